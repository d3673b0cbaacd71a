/** Cassette entries for tests: by hand where bytes count, at random where many are wanted. */
import {
  type CassetteEntry,
  crc32,
  createMemoryStore,
  type ExtraField,
  openSession,
  type SessionPolicy,
} from "@reprise/msg-rr";
import { bytesOf, field, hexOf, u32 } from "../../../tools/testing/hex.ts";

const text = new TextEncoder();

/** One key of an entry's map: its name, and its value with the tag, in hexadecimal. */
export type Key = readonly [name: string, value: string];

export const numberOf = (lexeme: string): string => `02 ${field(hexOf(text.encode(lexeme)))}`;
export const stringOf = (value: string): string => `03 ${field(hexOf(text.encode(value)))}`;

/** The keys of the smallest entry there is an example of: err 0, key k, kind rr, op `op`, req q, resp r. */
export const minimalKeys: readonly Key[] = [
  ["err", numberOf("0")],
  ["key", stringOf("k")],
  ["kind", stringOf("rr")],
  ["op", stringOf("op")],
  ["req", stringOf("q")],
  ["resp", stringOf("r")],
];

/** The frame of a map of these keys, in the order they come in. */
export function frameOf(keys: readonly Key[]): string {
  const map = keys.map(([name, value]) => `${field(hexOf(text.encode(name)))} ${value}`).join("");
  return field(`01 05 ${u32(keys.length)} ${map}`);
}

/** `minimalKeys` with some replaced, left out (undefined) or added, in order of their names. */
export function keysWith(changes: Readonly<Record<string, string | undefined>>): readonly Key[] {
  const keys = new Map<string, string | undefined>([...minimalKeys, ...Object.entries(changes)]);
  return [...keys]
    .flatMap(([name, value]): Key[] => (value === undefined ? [] : [[name, value]]))
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

export function frameWith(changes: Readonly<Record<string, string | undefined>>): Uint8Array {
  return bytesOf(frameOf(keysWith(changes)));
}

export const minimalEntry: CassetteEntry = {
  kind: "rr",
  op: "op",
  key: "k",
  req: text.encode("q"),
  resp: text.encode("r"),
  err: 0,
  extra: [],
};

export const samplePolicy: SessionPolicy = {
  id: "sample_v1",
  matchMode: "lookup",
  budgets: {
    maxCassetteBytes: 2 ** 32 - 1,
    maxEntries: 10_000_000,
    maxReqBytes: 2 ** 20,
    maxRespBytes: 2 ** 20,
    maxKeyBytes: 128,
  },
};

/** A cassette as a session writes it: every entry with its checksum. */
export function sealed(entries: readonly CassetteEntry[]): Uint8Array {
  const store = createMemoryStore(new Uint8Array(0));
  const session = openSession({ policy: samplePolicy, mode: "record", store, checksum: crc32 });
  session.append(...entries);
  session.close();
  return store.bytes();
}

const pick = <Item>(random: () => number, items: readonly Item[]): Item =>
  // Never empty: the cast holds.
  items[random() % items.length] as Item;

/** Any entry: few names, bytes of any kind, now and then keys of another tool. */
export function randomEntry(random: () => number): CassetteEntry {
  const bytes = (max: number): Uint8Array =>
    Uint8Array.from({ length: random() % max }, () => random());
  const extras: readonly ExtraField[] = [
    [text.encode("aa"), null],
    [text.encode("note"), bytes(8)],
    [text.encode("trace"), [true, { lexeme: "1.0" }]],
    [Uint8Array.of(0xff), { entries: [[text.encode("x"), false]] }],
  ];
  return {
    kind: pick(random, ["rr", "rr", "rr", "http", ""]),
    op: pick(random, ["std.msg.memory.publish_env_v1", "std.msg.memory.poll_env_v1", "öp"]),
    key: pick(random, ["local_dev_v1", "k", "", "日本"]),
    req: bytes(100),
    resp: bytes(200),
    err: pick(random, [0, 0, 0, 1, 9501, -1, 2147483647, -2147483647]),
    ...(random() % 2 === 0 ? {} : { latencyTicks: pick(random, [0, 7, 4294967295]) }),
    extra: random() % 3 === 0 ? extras.filter(() => random() % 2 === 0) : [],
  };
}
