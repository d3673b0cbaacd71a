/** Frames as a session writes them: each with the checksum that goes on from the entry before. */
import { type CassetteEntry, checksumKey, encodeCassetteEntry } from "./cassette-entry.js";
import { type Checksum, entryChecksum } from "./checksum.js";
import { newEntryFields, scanEntry } from "./entry-scan.js";

const placeholder = new Uint8Array(4);
const fields = newEntryFields();

/** The frame of `entry` with its checksum in place. Throws CASSETTE_ENTRY_INVALID. */
export function sealedFrame(
  entry: CassetteEntry,
  { checksum, previous }: { checksum: Checksum; previous: number },
): { readonly bytes: Uint8Array; readonly checksum: number } {
  const bytes = encodeCassetteEntry({
    ...entry,
    extra: [[checksumKey, placeholder], ...entry.extra],
  });
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  scanEntry(view, { at: 0, entry: 0 }, fields);
  const sum = entryChecksum(bytes, fields, { checksum, previous });
  view.setUint32(fields.checksumAt, sum, true);
  return { bytes, checksum: sum };
}
