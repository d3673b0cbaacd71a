/**
 * The buffer of one client: what was handed to its socket and is not yet written. It holds numbers,
 * not frames; those are the socket's, and one frame is the same bytes for all clients.
 *
 * ```
 * open --push beyond a bound--> full        nothing more is taken; a close frame follows what is held
 *   \------------close------------> closed
 * ```
 *
 * It is never open again: who was too slow once starts anew, with a new connection.
 */

export type OutboxState = "open" | "full" | "closed";

export interface Outbox {
  readonly state: OutboxState;
  readonly frames: number;
  readonly bytes: number;
  /** All that was pushed. */
  readonly pushed: number;
  /**
   * "send": hand it over now, and call `sent` when it is written. "full": this one went beyond a
   * bound; said once. "drop": it was full, or closed, before.
   */
  push(size: number): "send" | "full" | "drop";
  sent(size: number): void;
  close(): void;
}

export interface OutboxLimits {
  readonly framesMax: number;
  readonly bytesMax: number;
}

export function createOutbox({ framesMax, bytesMax }: OutboxLimits): Outbox {
  let state: OutboxState = "open";
  let frames = 0;
  let bytes = 0;
  let pushed = 0;
  return {
    get state() {
      return state;
    },
    get frames() {
      return frames;
    },
    get bytes() {
      return bytes;
    },
    get pushed() {
      return pushed;
    },
    push(size) {
      if (state !== "open") return "drop";
      // One frame is always let through, however long: a bound below it would end every client.
      if (frames >= framesMax || (frames > 0 && bytes + size > bytesMax)) {
        state = "full";
        return "full";
      }
      frames += 1;
      bytes += size;
      pushed += 1;
      return "send";
    },
    sent(size) {
      frames -= 1;
      bytes -= size;
    },
    close() {
      state = "closed";
    },
  };
}
