/**
 * What a driver writes beside a committed offset, in its metadata, for the one that reads on.
 *
 * ```
 * reprise1 open   <driver> -         <done>     the partition is being read
 * reprise1 closed <driver> <handed>  <done>     the driver let go of it, and had handed out messages
 *                                               below <handed>
 * ```
 *
 * `<done>`: what is settled behind the committed offset, as `5-7,9`, or `-`. Where a note is missing,
 * somebody else's, or open, nobody knows what was handed out: all there is may have been.
 */
export interface OffsetNote {
  readonly state: "open" | "closed";
  /** Which driver wrote it: letters, digits, `_`, `-`. */
  readonly driver: string;
  /** Offsets from here on were not handed out. 0 while open. */
  readonly handed: number;
  /** Ascending, each once. */
  readonly done: readonly number[];
}

/** Brokers take 4,096 bytes (`offset.metadata.max.bytes`), unless they are told to take fewer. */
const noteLengthMax = 1024;
/** A range that would make so many offsets is not ours. */
const doneMax = 1_000_000;

/** At most 1,024 characters: what is done and does not fit will be delivered again. */
export function encodeNote({ state, driver, handed, done }: OffsetNote): string {
  const head = `reprise1 ${state} ${driver} ${state === "open" ? "-" : handed} `;
  let text = "";
  for (let at = 0; at < done.length; ) {
    // Inside the array.
    const first = done[at] as number;
    let last = first;
    for (at += 1; at < done.length && done[at] === last + 1; at++) last += 1;
    const range = `${text === "" ? "" : ","}${first}${last === first ? "" : `-${last}`}`;
    if (head.length + text.length + range.length > noteLengthMax) break;
    text += range;
  }
  return head + (text === "" ? "-" : text);
}

const pattern =
  /^reprise1 (?:open ([A-Za-z0-9_-]+) -|closed ([A-Za-z0-9_-]+) ([0-9]{1,16})) (\S+)$/;

/** undefined where it is not a note. */
export function decodeNote(text: string | null | undefined): OffsetNote | undefined {
  const match = pattern.exec(text ?? "");
  if (match === null) return undefined;
  const [, openedBy, closedBy, handed = "0", ranges = "-"] = match;
  const done = ranges === "-" ? [] : decodeRanges(ranges);
  if (done === undefined) return undefined;
  return {
    state: openedBy === undefined ? "closed" : "open",
    driver: openedBy ?? closedBy ?? "",
    handed: Number(handed),
    done,
  };
}

function decodeRanges(text: string): readonly number[] | undefined {
  const offsets: number[] = [];
  for (const range of text.split(",")) {
    const match = /^([0-9]{1,16})(?:-([0-9]{1,16}))?$/.exec(range);
    if (match === null) return undefined;
    const first = Number(match[1]);
    const last = Number(match[2] ?? match[1]);
    const previous = offsets[offsets.length - 1] ?? -1;
    if (first <= previous || last < first) return undefined;
    if (offsets.length + last - first >= doneMax) return undefined;
    for (let offset = first; offset <= last; offset++) offsets.push(offset);
  }
  return offsets;
}
