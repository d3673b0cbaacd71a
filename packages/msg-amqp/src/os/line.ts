/**
 * One connection, kept up. There is one attempt at a time; each has a number, and whatever belongs to
 * an earlier one is recognised by its session and ignored.
 *
 * ```
 * idle -> connecting -> up
 *             ^  |       |      the session ends: once, however many events say so
 *             |  v       v
 *            waiting (100 ms, doubling up to 5 s)
 * any -> closed
 * ```
 *
 * amqplib's own recovery is not used: a connection lost while its `setup` runs goes unnoticed there.
 * Here the listeners are on before anything else, and every step of setting up races against the
 * session's end and a deadline.
 */
import { MsgError } from "@reprise/msg-core";
import { type Timer, withDeadline } from "@reprise/msg-core/driver";
import { isFinal } from "../failures.js";
import type { ClientConnection, Dial } from "./client.js";

export interface Session {
  readonly connection: ClientConnection;
  /** Counts the attempts. */
  readonly generation: number;
  isOver(): boolean;
  /** Ends it, and the socket with it. Only the first call counts. */
  end(cause: MsgError): void;
  /** What `work` gives, or the cause as soon as the session ends. */
  whileUp<Value>(work: Promise<Value>): Promise<Value>;
}

export interface LineOptions {
  readonly dial: Dial;
  readonly timer: Timer;
  /** For the handshake, and again for setting up. */
  readonly connectTimeoutMs: number;
  /** What a listener is told, as an error of ours. */
  readonly lost: (cause: unknown) => MsgError;
  /** Channels, topology, consumers. */
  readonly setUp: (session: Session) => Promise<void>;
  /** Says goodbye, in order, on a session that is up. */
  readonly hangUp: (session: Session) => Promise<void>;
  /** Each session that was being set up or up has one end. */
  readonly ended: (session: Session, cause: MsgError) => void;
  readonly changed: (state: LineChange) => void;
}

export type LineChange =
  | { readonly to: "up"; readonly generation: number }
  | { readonly to: "waiting" | "failed"; readonly cause: MsgError };

export interface Line {
  /** The first attempt: rejects with what is wrong, and then tries no more. */
  open(): Promise<void>;
  /** As `open`, but goes on trying unless that cannot help. */
  keepTrying(): Promise<void>;
  close(deadlineMs: number): Promise<void>;
}

const delayFirstMs = 100;
const delayMaxMs = 5000;

type State = "idle" | "connecting" | "up" | "waiting" | "closed";

export function createLine(options: LineOptions): Line {
  const { timer, changed } = options;
  let state: State = "idle";
  let generation = 0;
  let failures = 0;
  let session: Session | undefined;
  let controller = new AbortController();
  let stopTimer = (): void => undefined;
  const isClosed = (): boolean => state === "closed";

  const connect = async (): Promise<void> => {
    state = "connecting";
    generation += 1;
    controller = new AbortController();
    try {
      const connection = await inTime(options.dial(controller.signal), options, "the handshake");
      const opened = createSession(connection, { generation, controller, options, onEnd });
      session = opened;
      await inTime(opened.whileUp(options.setUp(opened)), options, "the set-up");
      if (isClosed() || opened.isOver()) throw closedError();
    } catch (error) {
      const cause = options.lost(error);
      session?.end(cause);
      controller.abort();
      throw cause;
    }
    state = "up";
    failures = 0;
    changed({ to: "up", generation });
  };
  const onEnd = (ended: Session, cause: MsgError): void => {
    options.ended(ended, cause);
    // One that was being set up is `connect`'s to deal with.
    if (ended === session && state === "up") retryAfter(cause);
  };
  const retryAfter = (cause: MsgError): void => {
    if (isClosed()) return;
    if (isFinal(cause)) {
      state = "closed";
      changed({ to: "failed", cause });
      return;
    }
    state = "waiting";
    changed({ to: "waiting", cause });
    stopTimer = timer(delayAfter(failures), () => {
      connect().catch(retryAfter);
    });
    failures += 1;
  };

  return {
    open: connect,
    keepTrying: () =>
      connect().catch((cause: MsgError) => {
        if (isFinal(cause)) throw cause;
        retryAfter(cause);
      }),
    async close(deadlineMs) {
      const wasUp = state === "up";
      state = "closed";
      stopTimer();
      const last = session;
      if (wasUp && last !== undefined) await sayGoodbye(last, options, deadlineMs);
      last?.end(closedError());
      controller.abort();
    },
  };
}

function inTime<Value>(
  work: Promise<Value>,
  { timer, connectTimeoutMs: ms }: LineOptions,
  what: string,
): Promise<Value> {
  const late = (): MsgError => new MsgError("BROKER_TIMEOUT", `${what} took over ${ms} ms`);
  return withDeadline(work, { timer, ms, late });
}

function delayAfter(failures: number): number {
  return Math.min(delayMaxMs, delayFirstMs * 2 ** Math.min(failures, 16));
}

/** Whatever becomes of it: the broker takes the end of the socket for a goodbye. */
async function sayGoodbye(
  session: Session,
  { hangUp, timer }: LineOptions,
  ms: number,
): Promise<void> {
  const goodbye = session.whileUp(hangUp(session).then(() => session.connection.close()));
  await withDeadline(goodbye, { timer, ms, late: closedError }).catch(() => undefined);
}

interface SessionParts {
  readonly generation: number;
  readonly controller: AbortController;
  readonly options: Pick<LineOptions, "lost">;
  readonly onEnd: (session: Session, cause: MsgError) => void;
}

function createSession(
  connection: ClientConnection,
  { generation, controller, options, onEnd }: SessionParts,
): Session {
  let over = false;
  let fail: (cause: MsgError) => void = () => undefined;
  const end = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // It ends when nobody waits, too.
  end.catch(() => undefined);
  const session: Session = {
    connection,
    generation,
    isOver: () => over,
    end(cause) {
      if (over) return;
      over = true;
      fail(cause);
      // `end` alone would leave a half-open socket to the system, for minutes.
      controller.abort();
      onEnd(session, cause);
    },
    whileUp: (work) => Promise.race([end, work]),
  };
  connection.on("error", (error) => session.end(options.lost(error)));
  connection.on("close", (error) => session.end(options.lost(error)));
  return session;
}

function closedError(): MsgError {
  return new MsgError("CLOSED", "the connection is closed");
}
