/**
 * Settlements: what is acked is committed as far as nothing before it is unsettled; the rest of it
 * stands in the note beside the offset. A retry sends the reader back to its message.
 */
import type { Incoming, LinkContext, SettleStep } from "@reprise/msg-core/driver";
import type { Held, Lease } from "./lease.js";
import { createProgress } from "./progress.js";
import type { KafkaHandle, Reader } from "./reader.js";

type KafkaIncoming = Incoming<KafkaHandle>;

export interface Settling {
  settle(steps: readonly SettleStep<KafkaHandle>[]): Promise<readonly KafkaIncoming[]>;
}

/** A call's settlements that count, and what is passed over. */
interface Sorted {
  readonly acked: ReadonlyMap<Held, readonly KafkaIncoming[]>;
  /** The first message that is retried of each partition. */
  readonly retried: ReadonlyMap<Held, KafkaIncoming>;
  readonly passedOver: KafkaIncoming[];
}

export function createSettling(
  reader: Reader,
  context: Pick<LinkContext<KafkaHandle>, "revoke">,
): Settling {
  /** After a commit that failed: read on from where the broker is. */
  const goBack = (lease: Lease, held: Held, committed: number): void => {
    const cameTo = held.progress?.next ?? committed;
    held.progress = createProgress({ committed, done: [] });
    held.progress.markAgain(cameTo);
    context.revoke(({ handle }) => handle.held === held);
    reader.seek(lease, held, committed);
  };

  const retry = (lease: Lease, held: Held, { handle: { offset } }: KafkaIncoming): void => {
    held.progress?.rewind(offset);
    // Messages are handed out in their order: those before it were, too.
    held.progress?.markAgain(offset + 1);
    context.revoke(({ handle }) => handle.held === held && handle.offset > offset);
    reader.seek(lease, held, offset);
  };

  return {
    async settle(steps) {
      const lease = reader.current();
      if (lease === undefined) return steps.map(({ incoming }) => incoming);
      const { acked, retried, passedOver } = sort(lease, steps);
      const before = new Map<Held, number>();
      for (const [held, incomings] of acked) {
        before.set(held, held.progress?.committed ?? 0);
        for (const { handle } of incomings) held.progress?.settle(handle.offset);
        held.isDirty = true;
      }
      if (acked.size > 0) {
        try {
          if ((await reader.commitsOf(lease).flush()) === "stale") {
            return steps.map(({ incoming }) => incoming);
          }
        } catch (error) {
          for (const [held, committed] of before) goBack(lease, held, committed);
          for (const held of retried.keys()) {
            if (!before.has(held)) goBack(lease, held, held.progress?.committed ?? 0);
          }
          throw error;
        }
      }
      if (reader.current() !== lease) return [...passedOver, ...retried.values()];
      for (const [held, incoming] of retried) retry(lease, held, incoming);
      return passedOver;
    },
  };
}

function sort(lease: Lease, steps: readonly SettleStep<KafkaHandle>[]): Sorted {
  const acked = new Map<Held, KafkaIncoming[]>();
  const retried = new Map<Held, KafkaIncoming>();
  const passedOver: KafkaIncoming[] = [];
  for (const { incoming, outcome } of steps) {
    const { handle } = incoming;
    const { held } = handle;
    if (handle.lease !== lease) {
      passedOver.push(incoming);
      continue;
    }
    const back = retried.get(held);
    if (back !== undefined && handle.offset > back.handle.offset) {
      passedOver.push(incoming);
    } else if (outcome === "retry") {
      // An earlier one takes back what a later one would have begun with.
      if (back !== undefined) passedOver.push(back);
      retried.set(held, incoming);
    } else {
      const some = acked.get(held);
      if (some === undefined) acked.set(held, [incoming]);
      else some.push(incoming);
    }
  }
  return { acked, retried, passedOver };
}
