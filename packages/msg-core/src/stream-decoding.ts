/** Entries to messages, and what no message can be made of to the dead letters: reading goes on. */
import { MsgError } from "./errors.js";
import type { StreamCodec, StreamDelivery, StreamEntry, StreamLog } from "./stream-bus.js";
import { streamDeadLetterCodec, streamDeadLetterOf } from "./stream-dead-letter.js";
import type { HeldEntries } from "./stream-held.js";
import type { RawEntry, StreamLink } from "./stream-link.js";

export interface StreamDecoding<Message> {
  readonly link: StreamLink;
  readonly codec: StreamCodec<Message>;
  readonly log: StreamLog | undefined;
  /** What the name of a stream's dead letters adds to its own. Default ".dead-letter". */
  readonly deadLetterSuffix: string | undefined;
  readonly held: HeldEntries;
}

export type StreamReader = Pick<StreamDelivery, "group" | "consumer">;

/** Of the dead letters of one stream. */
const deadLettersMax = 10_000;

/**
 * The entries that messages could be made of. The others are put aside, and in a group acknowledged.
 */
export async function decodeAll<Message>(
  shell: StreamDecoding<Message>,
  raw: readonly RawEntry[],
  reader: StreamReader | undefined,
): Promise<readonly StreamEntry<Message>[]> {
  const { link, codec, log, held } = shell;
  const entries: StreamEntry<Message>[] = [];
  for (const one of raw) {
    const { stream, id, attempt } = one;
    const delivery = reader && { ...reader, attempt };
    try {
      entries.push({ stream, id, message: decode(codec, one), delivery });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // First the copy, then the acknowledgement: it may come twice, not be lost.
      await putAside(shell, one, reason);
      if (reader !== undefined) {
        await link.acknowledge({ stream, group: reader.group }, [id]);
        held.delete(reader.group, one);
      }
      log?.({ name: "malformed", detail: `${stream} ${id}: ${reason}` });
    }
  }
  return entries;
}

async function putAside<Message>(
  { link, deadLetterSuffix = ".dead-letter" }: StreamDecoding<Message>,
  entry: RawEntry,
  reason: string,
): Promise<void> {
  const { field, encode } = streamDeadLetterCodec;
  await link.add({
    stream: entry.stream + deadLetterSuffix,
    field,
    value: encode(streamDeadLetterOf(entry, reason)),
    maxLength: deadLettersMax,
    isDeadLetter: true,
  });
}

const decoder = new TextDecoder();

function decode<Message>(codec: StreamCodec<Message>, { fields }: RawEntry): Message {
  const [name, value] = fields;
  if (value !== undefined && fields.length === 2 && isText(name, codec.field)) {
    return codec.decode(value);
  }
  const names = fields.filter((_, at) => at % 2 === 0).slice(0, 10);
  const got = JSON.stringify(names.map((bytes) => decoder.decode(bytes.subarray(0, 64))));
  throw new MsgError("MESSAGE_UNMAPPABLE", `expected the one field ${codec.field}, got ${got}`);
}

/** `text` is ASCII: a codec's field. */
function isText(bytes: Uint8Array | undefined, text: string): boolean {
  if (bytes?.length !== text.length) return false;
  for (let at = 0; at < bytes.length; at++) if (bytes[at] !== text.charCodeAt(at)) return false;
  return true;
}
