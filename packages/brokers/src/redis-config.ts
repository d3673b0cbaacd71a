/**
 * redis.conf for a Redis whose acknowledged writes survive a SIGKILL: every command is appended to
 * the log and synced before it is answered (`appendfsync always`), and no snapshot competes with it.
 */
import { type ConfigLines, renderConfigLines } from "./config-lines.js";
import { loopback } from "./options.js";

export interface RedisConfigOptions {
  readonly port: number;
  readonly config: ConfigLines;
}

/** The text of redis.conf; the working directory of the process is its data folder. */
export function renderRedisConfig({ port, config }: RedisConfigOptions): string {
  const ours = {
    bind: loopback,
    "protected-mode": "yes",
    port: String(port),
    dir: "data",
    daemonize: "no",
    appendonly: "yes",
    appendfsync: "always",
    save: '""',
    "tcp-backlog": "128",
    maxmemory: "256mb",
    "maxmemory-policy": "noeviction",
    "always-show-logo": "no",
  };
  return renderConfigLines(ours, config, " ");
}

/** Whether clients reach the port only with TLS: then the probe must speak it too. */
export function redisIsSecure({ port, config }: RedisConfigOptions): boolean {
  return config["tls-port"] === String(port);
}
