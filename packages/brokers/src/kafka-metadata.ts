/**
 * What Kafka's Metadata response, version 1, says of brokers and partitions. Big-endian; an array is
 * its count (4) and its elements; text is its length (2, -1 for none) and UTF-8.
 *
 *     brokers      node id (4), host (text), port (4), rack (text or none)
 *     controller   node id (4)
 *     topics       error (2), name (text), internal (1), partitions
 *     partition    error (2), number (4), leader (4, -1 for none), replicas, in-sync replicas (4 each)
 */

export interface PartitionFacts {
  /** A node id; -1: nobody leads. */
  readonly leader: number;
  readonly replicas: readonly number[];
  readonly inSync: readonly number[];
}

export interface MetadataFacts {
  /** Ids of the nodes that the controller has admitted (that are not fenced). */
  readonly brokers: readonly number[];
  readonly partitions: readonly PartitionFacts[];
}

/** undefined for bytes that end too soon. */
export function decodeMetadata(body: DataView): MetadataFacts | undefined {
  const reader = createReader(body);
  const brokers = reader.array(() => {
    const id = reader.int32();
    reader.text();
    reader.int32();
    reader.text();
    return id;
  });
  reader.int32();
  const partitions = reader.array(() => {
    reader.skip(2);
    reader.text();
    reader.skip(1);
    return reader.array(() => {
      reader.skip(6);
      const leader = reader.int32();
      const replicas = reader.array(reader.int32);
      return { leader, replicas, inSync: reader.array(reader.int32) };
    });
  });
  return reader.isShort() ? undefined : { brokers, partitions: partitions.flat() };
}

interface Reader {
  int32(): number;
  text(): void;
  skip(bytes: number): void;
  array<Element>(element: () => Element): readonly Element[];
  /** Something was to be read that is not there. */
  isShort(): boolean;
}

/** Beyond the end there is nothing: zeros are read, arrays end, and `isShort` is true for good. */
function createReader(view: DataView): Reader {
  let at = 0;
  let short = false;
  const take = (bytes: number): number | undefined => {
    const from = at;
    if (short || bytes > view.byteLength - from) short = true;
    else at += bytes;
    return short ? undefined : from;
  };
  const int32 = (): number => {
    const from = take(4);
    return from === undefined ? 0 : view.getInt32(from);
  };
  return {
    int32,
    skip: (bytes) => void take(bytes),
    text() {
      const from = take(2);
      if (from !== undefined) take(Math.max(0, view.getInt16(from)));
    },
    array(element) {
      const elements = [];
      for (let left = int32(); left > 0 && !short; left--) elements.push(element());
      return elements;
    },
    isShort: () => short,
  };
}
