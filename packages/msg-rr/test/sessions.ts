/** Sessions on cassettes in memory. */
import {
  createMemoryStore,
  type MemoryStore,
  openSession,
  type Session,
  type SessionOptions,
} from "@reprise/msg-rr";

export const wideBudgets = {
  maxCassetteBytes: 2 ** 30,
  maxEntries: 1_000_000,
  maxReqBytes: 2 ** 20,
  maxRespBytes: 2 ** 20,
  maxKeyBytes: 128,
};

export const hint = "say yes";

export type Options = Partial<Omit<SessionOptions, "policy">> & {
  readonly matchMode?: "lookup" | "transcript";
  readonly budgets?: Partial<typeof wideBudgets>;
  readonly opsAllowed?: readonly string[];
};

export function sessionOn(store: MemoryStore, options: Options = {}): Session {
  const { matchMode = "lookup", budgets, opsAllowed, ...rest } = options;
  return openSession({
    policy: {
      id: "test_v1",
      matchMode,
      budgets: { ...wideBudgets, ...budgets },
      ...(opsAllowed === undefined ? {} : { opsAllowed }),
    },
    mode: "replay",
    store,
    acceptHint: hint,
    ...rest,
  });
}

/** What `work` records, as a cassette to replay. */
export async function recorded(
  work: (session: Session) => Promise<void> | void,
  options: Options = {},
): Promise<MemoryStore> {
  const store = createMemoryStore();
  const session = sessionOn(store, { mode: "record", ...options });
  await work(session);
  session.close();
  return store;
}
