/**
 * The admin client in use. One that fails is not asked again: kafkajs' knows the brokers that were
 * there when it last looked, and looks again only after an answer of one of them.
 */
import { MsgError } from "@reprise/msg-core";
import type { AdminClient, KafkaClient } from "./client.js";
import { failureOf } from "./failure.js";

export interface Admins {
  /** What `work` gives or rejects with; where it cannot connect, that. */
  use<Value>(work: (admin: AdminClient) => Promise<Value>): Promise<Value>;
  /** Disconnects all; a rejection is dropped. */
  end(): Promise<void>;
}

export function createAdmins(client: Pick<KafkaClient, "connectAdmin">): Admins {
  const all = new Set<Promise<AdminClient>>();
  let present: Promise<AdminClient> | undefined;

  const end = async (connecting: Promise<AdminClient>): Promise<void> => {
    if (present === connecting) present = undefined;
    try {
      await (await connecting).disconnect();
    } catch {
      // Nothing is lost by it.
    }
    all.delete(connecting);
  };

  const connect = (): Promise<AdminClient> => {
    const connecting = client.connectAdmin();
    all.add(connecting);
    // Who waits for it hears of it; the next is another one.
    connecting.catch(() => end(connecting));
    return connecting;
  };

  return {
    async use(work) {
      present ??= connect();
      const connecting = present;
      const admin = await connecting;
      try {
        return await work(admin);
      } catch (error) {
        if (!isAnswer(error)) void end(connecting);
        throw error;
      }
    },
    async end() {
      await Promise.all([...all].map(end));
    },
  };
}

/** What a broker decided, or we ourselves: the client is not at fault. */
function isAnswer(error: unknown): boolean {
  const { kind } = failureOf(error);
  const isOurs = MsgError.is(error) && error.code !== "BROKER_TIMEOUT";
  return isOurs || kind === "unknown-topic" || kind === "denied" || kind === "refused";
}
