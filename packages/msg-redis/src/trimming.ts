/**
 * Keeping streams from growing for ever, without taking from a group what it has not acknowledged.
 *
 * Redis trims by length or by id, and knows nothing of groups in either (`MAXLEN` makes holes in what
 * is pending: redis #5570). So the publisher looks from time to time how far every group is, and lets
 * its next XADDs trim up to there, approximately: whole nodes of the stream, never more.
 */
import type { RedisConnection, Reply } from "./connection.js";
import { compareIds, idBehind } from "./entry-id.js";
import type { Field } from "./mapping.js";
import type { RedisTrim } from "./options.js";
import { listOf, numberOf, textOf } from "./replies.js";
import { progressCommand } from "./scripts.js";

export interface Trimming {
  /** What XADD says between the stream's name and the entry's id. */
  readonly argumentsFor: (topic: string) => readonly Field[];
  /** One is published: whether it is time to look. */
  readonly published: (topic: string) => boolean;
  readonly look: (connection: RedisConnection, topic: string) => Promise<void>;
}

interface Stream {
  /** Published since the last look. */
  count: number;
  upTo: readonly Field[];
}

const nothing: readonly Field[] = [];

export function createTrimming(
  { length, what }: Required<RedisTrim>,
  tell: (name: string, detail: string) => void,
): Trimming {
  if (what !== "acknowledged") {
    const upTo = what === "oldest" ? ["MAXLEN", "~", String(length)] : nothing;
    return { argumentsFor: () => upTo, published: () => false, look: async () => undefined };
  }
  const streams = new Map<string, Stream>();
  /** A tenth is let grow unseen. */
  const every = Math.ceil(length / 10);
  return {
    argumentsFor: (topic) => streams.get(topic)?.upTo ?? nothing,
    published(topic) {
      const stream = streams.get(topic);
      if (stream === undefined) {
        streams.set(topic, { count: 0, upTo: nothing });
        return true;
      }
      stream.count += 1;
      if (stream.count < every) return false;
      stream.count = 0;
      return true;
    },
    async look(connection, topic) {
      const stream = streams.get(topic);
      const progress = readProgress(await connection.call(progressCommand(topic)));
      if (stream === undefined) return;
      const needed = progress.length > length ? progress.needed : undefined;
      stream.upTo = needed === undefined ? nothing : ["MINID", "~", needed.from];
      if (needed === undefined || progress.length <= 2 * length) return;
      const who = `group ${needed.group} has not acknowledged ${needed.from}`;
      tell("trim.held", `${topic} has ${progress.length} entries: ${who}`);
    },
  };
}

export interface Progress {
  readonly length: number;
  /** The smallest id that a group still needs, and which group; undefined where there is no group. */
  readonly needed: { readonly from: string; readonly group: string } | undefined;
}

/** Of `progressCommand`. */
export function readProgress(reply: Reply): Progress {
  const [length, ...groups] = listOf(reply);
  let needed: Progress["needed"];
  for (const row of groups) {
    const [name, last, firstPending] = listOf(row);
    const from =
      firstPending === null || firstPending === undefined
        ? idBehind(textOf(last))
        : textOf(firstPending);
    if (needed !== undefined && compareIds(needed.from, from) <= 0) continue;
    needed = { from, group: textOf(name) };
  }
  return { length: numberOf(length), needed };
}
