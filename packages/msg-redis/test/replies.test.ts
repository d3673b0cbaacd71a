/**
 * Goal: replies are read as Redis documents them, and one of another shape is an error, not a guess.
 * Method: replies by hand, of 7.0 and of 8.4, of scripts and of INFO; numbers worked out by hand.
 */
import { expect, test } from "vitest";
import { CommandError, type Reply } from "../src/connection.ts";
import { readLag, readUnread } from "../src/groups.ts";
import { refusalOf } from "../src/refusals.ts";
import { countedEntries, membersOf, readEntries, textOf } from "../src/replies.ts";
import { isAtLeast, readServerInfo } from "../src/server-info.ts";
import { readProgress } from "../src/trimming.ts";
import { bytes } from "./fake-connection.ts";

const list = (...items: readonly (Reply | string)[]): Reply =>
  items.map((item) => (typeof item === "string" ? bytes(item) : item));

test("XREADGROUP: nothing, new entries, entries of several streams", () => {
  expect(readEntries(null)).toEqual([]);
  const entry = list("1-0", list("value", "v"));
  expect(readEntries(list(list("a", list(entry)), list("b", list())))).toEqual([
    ["a", [{ id: "1-0", fields: [bytes("value"), bytes("v")], attempt: 1 }]],
    ["b", []],
  ]);
});

test("XREADGROUP with CLAIM: the count is of earlier deliveries; trimmed is nil", () => {
  const reply = list(list("a", list(list("1-0", null, 9, 2), list("2-0", list(), 0, 0))));
  expect(readEntries(reply)).toEqual([
    [
      "a",
      [
        { id: "1-0", fields: undefined, attempt: 3 },
        { id: "2-0", fields: [], attempt: 1 },
      ],
    ],
  ]);
});

test("scripts: the count is of all deliveries", () => {
  expect(countedEntries(list(list("1-0", list("value", "v"), 4)))).toEqual([
    { id: "1-0", fields: [bytes("value"), bytes("v")], attempt: 4 },
  ]);
});

test.each<[string, () => unknown]>([
  ["a number for a list", () => readEntries(7)],
  ["text for a list", () => readEntries(bytes("OK"))],
  ["a list for text", () => textOf(list("a"))],
  ["nothing for text", () => textOf(undefined)],
  ["text for a number", () => countedEntries(list(list("1-0", list(), "many")))],
])("%s is an error", (_, readIt) => {
  expect(readIt).toThrow(CommandError);
});

test("XINFO: names and values in turn", () => {
  expect([...membersOf(list("name", "g", "pending", 3))]).toEqual([
    ["name", bytes("g")],
    ["pending", 3],
  ]);
});

test.each<[string, Reply, unknown]>([
  ["no stream", list(0), { length: 0, needed: undefined }],
  ["no group", list(9), { length: 9, needed: undefined }],
  [
    "nothing pending: what comes next",
    list(9, list("g", "5-3", null)),
    { length: 9, needed: { from: "5-4", group: "g" } },
  ],
  [
    "pending: the smallest of it",
    list(9, list("g", "5-3", "2-1")),
    { length: 9, needed: { from: "2-1", group: "g" } },
  ],
  [
    "several groups: the slowest",
    list(9, list("a", "5-3", null), list("b", "9-0", "5-2"), list("c", "10-0", null)),
    { length: 9, needed: { from: "5-2", group: "b" } },
  ],
])("how far groups are: %s", (_, reply, expected) => {
  expect(readProgress(reply)).toEqual(expected);
});

// added, length, first id, last id, highest deleted, last delivered, read
test.each<[string, readonly Reply[], number | undefined]>([
  ["all read", [7, 7, bytes("1-0"), bytes("7-0"), bytes("0-0"), bytes("7-0"), 7], 0],
  ["two never read", [7, 2, bytes("6-0"), bytes("7-0"), bytes("0-0"), bytes("7-0"), 5], 2],
  ["two will not be", [7, 2, bytes("6-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), 3], 2],
  [
    "some yet to read",
    [7, 7, bytes("1-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), 3],
    undefined,
  ],
  [
    "single deletions",
    [7, 2, bytes("6-0"), bytes("7-0"), bytes("4-0"), bytes("3-0"), 3],
    undefined,
  ],
  ["not known", [7, 2, bytes("6-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), null], undefined],
  ["no group", [], undefined],
])("trimmed unread: %s", (_, reply, expected) => {
  expect(readUnread(reply)).toBe(expected);
});

// added, length, first id, last id, highest deleted, last delivered, read
test.each<[string, readonly Reply[], number | undefined]>([
  ["all read", [7, 7, bytes("1-0"), bytes("7-0"), bytes("0-0"), bytes("7-0"), 7], 0],
  ["some", [7, 7, bytes("1-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), 3], 4],
  ["trimmed behind it", [7, 5, bytes("3-0"), bytes("7-0"), bytes("0-0"), bytes("5-0"), 5], 2],
  ["trimmed before it", [7, 2, bytes("6-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), 3], 2],
  [
    "never read, begun late",
    [7, 2, bytes("6-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), null],
    2,
  ],
  [
    "begun at an id",
    [7, 7, bytes("1-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), null],
    undefined,
  ],
  [
    "single deletions",
    [7, 6, bytes("1-0"), bytes("7-0"), bytes("5-0"), bytes("3-0"), 3],
    undefined,
  ],
  ["all trimmed unread", [7, 0, bytes("0-0"), bytes("7-0"), bytes("0-0"), bytes("3-0"), 3], 0],
  ["no group", [], undefined],
])("lag: %s", (_, reply, expected) => {
  expect(readLag(reply)).toBe(expected);
});

test("INFO: what is told, and what is not", () => {
  const text =
    "# Server\r\nredis_version:8.4.2\r\nloading:1\r\nrole:slave\r\ncluster_enabled:1\r\naof_enabled:0\r\n";
  const told = readServerInfo(text);
  expect(told).toEqual({
    version: [8, 4],
    loading: true,
    cluster: true,
    replica: true,
    appendOnly: false,
  });
  const untold = readServerInfo("");
  expect(untold).toEqual({
    version: undefined,
    loading: false,
    cluster: false,
    replica: false,
    appendOnly: undefined,
  });
  expect([isAtLeast(told, 8, 4), isAtLeast(told, 7, 9), isAtLeast(told, 8, 5)]).toEqual([
    true,
    true,
    false,
  ]);
  expect([isAtLeast(told, 9, 0), isAtLeast(untold, 1, 0)]).toEqual([false, false]);
});

test.each([
  ["LOST", "CONNECTION_LOST"],
  ["NOAUTH", "AUTHENTICATION_FAILED"],
  ["WRONGPASS", "AUTHENTICATION_FAILED"],
  ["NOPERM", "BROKER_REFUSED"],
  ["WRONGTYPE", "TOPOLOGY_MISMATCH"],
  ["MOVED", "TOPOLOGY_MISMATCH"],
  ["OOM", "BROKER_REFUSED"],
  ["LOADING", "BROKER_TIMEOUT"],
  ["ERR", "BROKER_REFUSED"],
  ["constructor", "BROKER_REFUSED"],
])("what the server says with %s is %s", (prefix, code) => {
  const error = refusalOf("doing it", new CommandError(prefix, `${prefix} said`));
  expect([error.code, error.message.startsWith(`doing it: ${prefix} said`)]).toEqual([code, true]);
});
