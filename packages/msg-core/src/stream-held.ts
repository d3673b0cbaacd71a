/** What a stream bus has read in groups and not seen acknowledged: the bound on it. */
import { MsgError } from "./errors.js";
import { heldEntriesMax } from "./stream-limits.js";
import type { RawEntry } from "./stream-link.js";

export interface HeldEntries {
  /** How many more may be held. Throws LIMIT_EXCEEDED where none may. */
  room(): number;
  add(group: string, entries: readonly RawEntry[]): void;
  delete(group: string, entry: { readonly stream: string; readonly id: string }): void;
}

export function createHeldEntries(): HeldEntries {
  const held = new Set<string>();
  const nameOf = (group: string, stream: string, id: string): string =>
    JSON.stringify([group, stream, id]);
  return {
    room() {
      const room = heldEntriesMax - held.size;
      if (room > 0) return room;
      const limit = heldEntriesMax;
      const message = `${limit} entries are read and not acknowledged: acknowledge them first`;
      throw new MsgError("LIMIT_EXCEEDED", message, { limit, actual: held.size });
    },
    add(group, entries) {
      for (const { stream, id } of entries) held.add(nameOf(group, stream, id));
    },
    delete(group, { stream, id }) {
      held.delete(nameOf(group, stream, id));
    },
  };
}
