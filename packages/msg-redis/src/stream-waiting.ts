/**
 * Reads that wait: each on a line of its own, because a command that waits holds up what is behind it. A
 * line that is done with is kept for the next.
 *
 * One command waits for `blockMs` of the settings at most, so that a dead connection is noticed. To end
 * it sooner, the server is told to unblock it; where the ACL forbids that, it ends by itself.
 */
import { MsgError } from "@reprise/msg-core";
import type { Command, Reply } from "./connection.js";
import type { StreamLine } from "./stream-line.js";

export interface StreamWaiting {
  /**
   * The reply to a command that waits. Rejects with LIMIT_EXCEEDED where too many wait, with CLOSED,
   * with BROKER_TIMEOUT, or with what the server refused.
   */
  call(what: string, request: WaitingRequest): Promise<Reply>;
  /** Unblocks what waits. */
  stop(): Promise<void>;
  close(): Promise<void>;
}

export interface WaitingRequest {
  readonly command: Command;
  readonly signal: AbortSignal | undefined;
  /** Each time that the command is written: again where a connection was lost. */
  readonly attempted?: () => void;
}

export interface StreamWaitingParts {
  readonly createReadingLine: () => StreamLine;
  readonly commands: StreamLine;
  readonly linesMax: number;
}

export function createStreamWaiting(parts: StreamWaitingParts): StreamWaiting {
  const { createReadingLine, commands, linesMax } = parts;
  const lines = new Set<StreamLine>();
  const idle: StreamLine[] = [];
  const busy = new Set<StreamLine>();

  const take = (): StreamLine => {
    const known = idle.pop();
    if (known !== undefined) return known;
    if (lines.size >= linesMax) {
      const message = `${linesMax} reads wait already, each with a connection (waitingReadsMax)`;
      throw new MsgError("LIMIT_EXCEEDED", message, { limit: linesMax, actual: linesMax + 1 });
    }
    const line = createReadingLine();
    lines.add(line);
    line.start();
    return line;
  };
  const unblock = async (line: StreamLine): Promise<void> => {
    const id = line.clientId();
    if (id === undefined) return;
    try {
      await commands.current()?.call(["CLIENT", "UNBLOCK", String(id)]);
    } catch {
      // The ACL forbids it, or there is no connection: the wait ends by itself.
    }
  };

  return {
    async call(what, { command, signal, attempted }) {
      const line = take();
      const giveUp = (): void => void unblock(line);
      busy.add(line);
      signal?.addEventListener("abort", giveUp, { once: true });
      try {
        return await line.calls.run(what, (connection) => {
          attempted?.();
          return connection.call(command);
        });
      } finally {
        signal?.removeEventListener("abort", giveUp);
        busy.delete(line);
        idle.push(line);
      }
    },
    async stop() {
      await Promise.all([...busy].map(unblock));
    },
    async close() {
      await Promise.all([...lines].map((line) => line.close()));
    },
  };
}
