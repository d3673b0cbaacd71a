/** How a private Redis is started. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CheckedOptions, logFiles } from "../options.js";
import { redisProbe } from "../probe-bytes.js";
import { redisIsSecure, renderRedisConfig } from "../redis-config.js";
import { findBinary } from "./binaries.js";
import type { NodePlan } from "./broker-node.js";
import { answersAt } from "./probing.js";

/** Writes the configuration; `options.folder` is absolute. */
export function planRedis(options: CheckedOptions, port: number): NodePlan {
  const { folder, config, detached, answerWithinMs, signal, onProcess } = options;
  const program = findBinary("redis-server");
  mkdirSync(join(folder, "data"), { recursive: true });
  const file = join(folder, "redis.conf");
  writeFileSync(file, renderRedisConfig({ port, config }));
  const secure = redisIsSecure({ port, config });
  return {
    kind: "redis",
    name: "redis",
    port,
    ports: [port],
    command: {
      program,
      args: [file],
      env: { PATH: process.env.PATH ?? "", LC_ALL: "C" },
      cwd: folder,
      logFile: join(folder, logFiles.redis),
      detached,
    },
    answers: () => answersAt({ port, secure, probe: redisProbe() }),
    answerWithinMs,
    signal,
    onProcess,
  };
}
