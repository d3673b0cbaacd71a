/** A RabbitMQ of a test's own, and what only its operator can do to it. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type RunningBroker, startBroker } from "@reprise/brokers/os";
import { type Channel, connect } from "amqplib";

export interface PrivateBroker {
  readonly broker: RunningBroker;
  /** `rabbitmqctl` on this node. */
  control(...args: readonly string[]): Promise<void>;
  /** Something done with the raw client. */
  administer<Result>(work: (channel: Channel) => Promise<Result>): Promise<Result>;
  /**
   * Has it write down which queues there are. Killed within about two seconds of a declaration, RabbitMQ
   * 3.10 may have forgotten the queue, and the confirmed messages in it.
   */
  keepDeclarations(): Promise<void>;
  end(): Promise<void>;
}

export async function startPrivateBroker(
  config: Readonly<Record<string, string>> = {},
): Promise<PrivateBroker> {
  const folder = mkdtempSync(join(tmpdir(), "reprise-amqp-"));
  const broker = await startBroker({ kind: "amqp", folder, config });
  return {
    broker,
    async control(...args) {
      // The node's own environment has its name, its cookie's home and its ports.
      const env = environmentOf(broker.pid);
      const flags = `-start_epmd false -erl_epmd_port ${env.RABBITMQ_DIST_PORT}`;
      const program = join(env.RABBITMQ_SCRIPTS_DIR ?? "", "rabbitmqctl");
      await promisify(execFile)(program, ["--node", env.RABBITMQ_NODENAME ?? "", ...args], {
        env: { ...env, ERL_FLAGS: flags, RABBITMQ_CTL_ERL_ARGS: flags, detached: "" },
      });
    },
    administer: (work) => administer(broker.port, work),
    async keepDeclarations() {
      await broker.stop();
      await broker.restart();
    },
    async end() {
      await broker.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export async function administer<Result>(
  port: number,
  work: (channel: Channel) => Promise<Result>,
): Promise<Result> {
  const connection = await connect({ hostname: "127.0.0.1", port });
  try {
    return await work(await connection.createChannel());
  } finally {
    await connection.close();
  }
}

function environmentOf(pid: number): Readonly<Record<string, string>> {
  const lines = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  return Object.fromEntries(
    lines.filter(Boolean).map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}
