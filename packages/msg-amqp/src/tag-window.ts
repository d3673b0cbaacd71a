/**
 * Which acknowledgements to send. A channel counts its deliveries from 1; `multiple` settles all up
 * to a number at once.
 *
 * ```
 * 1 ........ floor | 5  6  7  8  9
 * all are settled    told   ^ acked now: one frame for what follows on the floor without a gap
 * ```
 *
 * A delivery beyond a gap gets a frame of its own: an earlier one is still with the program. Retries
 * go first, one by one: an ack of all up to a number must find them settled already.
 */
export interface SettleFrame {
  readonly outcome: "ack" | "retry";
  readonly tag: number;
  readonly multiple: boolean;
}

export interface TagWindow {
  /** The frames, in the order in which they have to go. Each tag is given once. */
  settle(acked: readonly number[], retried: readonly number[]): readonly SettleFrame[];
}

export function createTagWindow(): TagWindow {
  let floor = 0;
  /** Settled beyond the floor. */
  const told = new Set<number>();

  const raise = (): void => {
    while (told.delete(floor + 1)) floor += 1;
  };

  return {
    settle(acked, retried) {
      const frames: SettleFrame[] = [];
      for (const tag of retried) {
        frames.push({ outcome: "retry", tag, multiple: false });
        told.add(tag);
      }
      raise();
      let run = 0;
      let last = 0;
      for (const tag of ascending(acked)) {
        if (tag === floor + 1) {
          floor = tag;
          last = tag;
          run += 1;
          raise();
        } else {
          frames.push({ outcome: "ack", tag, multiple: false });
          told.add(tag);
        }
      }
      if (run > 0) frames.push({ outcome: "ack", tag: last, multiple: run > 1 });
      return frames;
    },
  };
}

function ascending(tags: readonly number[]): readonly number[] {
  let previous = 0;
  for (const tag of tags) {
    if (tag < previous) return [...tags].sort((left, right) => left - right);
    previous = tag;
  }
  return tags;
}
