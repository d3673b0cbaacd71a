/*
 * Goal: the last lines of a log, and then each as it is written, once, until the reader has enough.
 * Method: a file that the test writes; it goes on when the text has come, never after a time.
 */
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { followLog } from "../src/os/log-follow.js";
import { logTail } from "../src/os/log-tail.js";

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reprise-log-"));
  path = join(folder, "broker.log");
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each([
  ["a\nb\nc\n", 2, "b\nc"],
  ["a\nb\nc", 2, "b\nc"],
  ["a\n", 5, "a"],
  ["", 5, ""],
  [`${"x".repeat(2_000_000)}\nlast\n`, 1, "last"],
])("the tail of %.10j, %i lines", (text, lines, tail) => {
  writeFileSync(path, text);
  expect(logTail(path, lines)).toBe(tail);
});

test("a log that is not there has no tail", () => {
  expect(logTail(path, 5)).toBe("");
});

/** What has been written so far, and a promise of a text being in it. */
function collector() {
  let text = "";
  let look = (): void => {};
  return {
    text: () => text,
    async write(more: string): Promise<void> {
      text += more;
      look();
    },
    includes: (part: string): Promise<void> =>
      new Promise((resolve) => {
        look = () => {
          if (text.includes(part)) resolve();
        };
        look();
      }),
  };
}

test("without following it ends", async () => {
  writeFileSync(path, "a\nb\nc\n");
  const { signal } = new AbortController();
  const { text, write } = collector();
  await followLog({ path, lines: 2, follow: false, signal, write });
  expect(text()).toBe("b\nc\n");
});

test("following: what is appended comes, also after the log was begun again", async () => {
  writeFileSync(path, "a\nb\n");
  const controller = new AbortController();
  const { text, write, includes } = collector();
  const { signal } = controller;
  const done = followLog({ path, lines: 1, follow: true, signal, write });
  await includes("b\n");
  appendFileSync(path, "c\n");
  await includes("c\n");
  appendFileSync(path, "d");
  await includes("d");
  writeFileSync(path, "e\n");
  await includes("e\n");
  controller.abort();
  await done;
  expect(text()).toBe("b\nc\nde\n");
});

test("a signal that was aborted before ends it after the tail", async () => {
  writeFileSync(path, "a\n");
  const { text, write } = collector();
  await followLog({ path, lines: 1, follow: true, signal: AbortSignal.abort(), write });
  expect(text()).toBe("a\n");
});

test("a reader that fails ends it", async () => {
  writeFileSync(path, "a\n");
  const { signal } = new AbortController();
  const write = (): Promise<void> => Promise.reject(new Error("gone"));
  await expect(followLog({ path, lines: 1, follow: true, signal, write })).rejects.toThrow("gone");
});
