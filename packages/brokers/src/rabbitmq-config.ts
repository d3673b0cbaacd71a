/**
 * rabbitmq.conf and the environment of a private RabbitMQ. No plugin is enabled, so there is no
 * management listener; the Erlang distribution listens on loopback and does without epmd
 * (`-erl_epmd_port` with `-start_epmd false`, Erlang/OTP 23.1 and later), so that nodes side by
 * side have nothing in common.
 */
import { type ConfigLines, renderConfigLines } from "./config-lines.js";
import { loopback } from "./options.js";

export interface RabbitmqConfigOptions {
  readonly port: number;
  readonly config: ConfigLines;
}

export function renderRabbitmqConfig({ port, config }: RabbitmqConfigOptions): string {
  const listens = Object.keys(config).some((name) => name.startsWith("listeners.tcp"));
  const ours: ConfigLines = {
    ...(listens ? {} : { "listeners.tcp.local": `${loopback}:${port}` }),
    "log.console": "true",
    "log.console.level": "info",
    "log.file": "false",
    "disk_free_limit.absolute": "50MB",
    default_user: "guest",
    default_pass: "guest",
  };
  return renderConfigLines(ours, config, " = ");
}

/** Whether clients reach the port only with TLS: then the probe must speak it too. */
export function rabbitmqIsSecure({ port, config }: RabbitmqConfigOptions): boolean {
  return Object.entries(config).some(
    ([name, value]) =>
      name.startsWith("listeners.ssl") && (value === String(port) || value.endsWith(`:${port}`)),
  );
}

export interface RabbitmqEnvironmentOptions {
  /** Absolute, with no trailing slash. */
  readonly folder: string;
  /** `name@localhost`, unique on the machine. */
  readonly nodeName: string;
  readonly distributionPort: number;
  /** A RabbitMQ home that has only what the broker loads; undefined for the installed one. */
  readonly leanHome: string | undefined;
}

/** The variables of the start script, complete: nothing of /etc/rabbitmq is read. */
export function rabbitmqEnvironment(
  options: RabbitmqEnvironmentOptions,
): Readonly<Record<string, string>> {
  const { folder, nodeName, distributionPort, leanHome } = options;
  const erlang = [
    `-sname ${nodeName}`,
    "-start_epmd false",
    `-erl_epmd_port ${distributionPort}`,
    "-kernel inet_dist_use_interface {127,0,0,1}",
  ];
  return {
    HOME: folder,
    ERL_EPMD_ADDRESS: loopback,
    ERL_CRASH_DUMP: `${folder}/erl_crash.dump`,
    ERL_CRASH_DUMP_SECONDS: "0",
    RABBITMQ_CONF_ENV_FILE: `${folder}/rabbitmq-env.conf`,
    RABBITMQ_CONFIG_FILE: `${folder}/rabbitmq`,
    RABBITMQ_ADVANCED_CONFIG_FILE: `${folder}/advanced`,
    RABBITMQ_ENABLED_PLUGINS_FILE: `${folder}/enabled_plugins`,
    RABBITMQ_GENERATED_CONFIG_DIR: `${folder}/generated`,
    RABBITMQ_MNESIA_BASE: `${folder}/data`,
    RABBITMQ_LOG_BASE: `${folder}/log`,
    RABBITMQ_LOGS: "-",
    RABBITMQ_PID_FILE: `${folder}/rabbitmq.pid`,
    RABBITMQ_NODENAME: nodeName,
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: erlang.join(" "),
    // The start script then becomes the Erlang machine (exec) instead of waiting for it.
    detached: "true",
    ...(leanHome === undefined
      ? {}
      : {
          RABBITMQ_SCRIPTS_DIR: `${leanHome}/sbin`,
          RABBITMQ_PLUGINS_DIR: `${leanHome}/plugins`,
        }),
  };
}

/** The names of the applications that an Erlang `.app` file says it needs. */
export function applicationsOf(appFile: string): readonly string[] {
  const lists = appFile.matchAll(/\{\s*(?:included_)?applications\s*,\s*\[([^\]]*)\]/g);
  return [...lists].flatMap((list) => (list[1] ?? "").match(/[a-z]\w*/g) ?? []);
}
