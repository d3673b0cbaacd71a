/**
 * What followed from what: the messages of a run as trees, by the `parent` in their causality.
 *
 * A message has at most one parent, so from each there is one way up. It ends at a root (no parent), at
 * a parent that is not among the messages, or goes in a circle, which no honest agents make: an id is
 * made after its cause. All is found in one pass, without recursion.
 */
import { AmpError } from "./amp-error.js";
import type { AmpMessage } from "./message.js";

export interface AmpCausalityTree {
  /** Those without a parent, in the order given. */
  readonly roots: readonly AmpMessage[];
  /** Those whose parent is not among the messages. */
  readonly orphans: readonly AmpMessage[];
  /** Each circle once, its ids from parent to child. */
  readonly cycles: readonly (readonly string[])[];
  /** Ids that came more than once: the first message counts. */
  readonly repeated: readonly string[];
  message(opId: string): AmpMessage | undefined;
  /** What has it for a parent, in the order given. */
  children(opId: string): readonly AmpMessage[];
  /** The way from the top down to the message, it included; undefined: it is not among the messages. */
  chain(opId: string): AmpChain | undefined;
}

export interface AmpChain {
  /** From the top down. In a circle: from the message's child, down to the message. */
  readonly messages: readonly AmpMessage[];
  /** How the way up ends. */
  readonly end: "root" | "missing parent" | "cycle";
}

export const treeMessagesMax: number = 1_000_000;

/** Throws LIMIT_EXCEEDED. */
export function causalityTree(messages: readonly AmpMessage[]): AmpCausalityTree {
  if (messages.length > treeMessagesMax) {
    const text = `${messages.length} messages, at most ${treeMessagesMax}`;
    const details = { limit: treeMessagesMax, actual: messages.length };
    throw new AmpError("LIMIT_EXCEEDED", text, details);
  }
  const byId = new Map<string, AmpMessage>();
  const repeated = new Set<string>();
  for (const message of messages) {
    if (byId.has(message.op_id)) repeated.add(message.op_id);
    else byId.set(message.op_id, message);
  }
  const children = new Map<string, AmpMessage[]>();
  const roots: AmpMessage[] = [];
  const orphans: AmpMessage[] = [];
  for (const message of byId.values()) {
    const parent = parentOf(message);
    if (parent === undefined) roots.push(message);
    else {
      if (!byId.has(parent)) orphans.push(message);
      const siblings = children.get(parent);
      if (siblings === undefined) children.set(parent, [message]);
      else siblings.push(message);
    }
  }
  return {
    roots,
    orphans,
    cycles: cyclesOf(byId),
    repeated: [...repeated],
    message: (opId) => byId.get(opId),
    children: (opId) => children.get(opId) ?? [],
    chain: (opId) => chainOf(byId, opId),
  };
}

function parentOf({ causality }: AmpMessage): string | undefined {
  return Object.hasOwn(causality, "parent") ? (causality.parent ?? undefined) : undefined;
}

function chainOf(byId: ReadonlyMap<string, AmpMessage>, opId: string): AmpChain | undefined {
  const first = byId.get(opId);
  if (first === undefined) return undefined;
  const seen = new Set<AmpMessage>();
  let message = first;
  for (;;) {
    seen.add(message);
    const parent = parentOf(message);
    if (parent === undefined) return { messages: [...seen].reverse(), end: "root" };
    const above = byId.get(parent);
    if (above === undefined) return { messages: [...seen].reverse(), end: "missing parent" };
    if (seen.has(above)) return { messages: [...seen].reverse(), end: "cycle" };
    message = above;
  }
}

/** Each message is walked over once: a way that meets an earlier one ends there. */
function cyclesOf(byId: ReadonlyMap<string, AmpMessage>): readonly (readonly string[])[] {
  const cycles: (readonly string[])[] = [];
  const done = new Set<string>();
  for (const start of byId.keys()) {
    const way = new Set<string>();
    let id: string | undefined = start;
    while (id !== undefined && byId.has(id) && !done.has(id) && !way.has(id)) {
      way.add(id);
      const message = byId.get(id);
      id = message && parentOf(message);
    }
    if (id !== undefined && way.has(id)) {
      const ids = [...way];
      cycles.push(ids.slice(ids.indexOf(id)).reverse());
    }
    for (const walked of way) done.add(walked);
  }
  return cycles;
}
