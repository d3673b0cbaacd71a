/*
 * Goal: the command lists any cassette, says what is wrong with a damaged one after what could be
 * read, and tells kindly what is no cassette.
 * Method: main() on real files in a temporary folder, with terminals and pipes that are none.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeCassetteEntry } from "@reprise/msg-rr";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type FakeHostOptions, type Run, run } from "./fake-host.js";
import { cassetteOf, handMade, recordedOrders } from "./recordings.js";

let cwd: string;
let orders: Uint8Array;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "reprise-inspect-"));
  orders = await recordedOrders();
  await put(".x07_rr/orders/cassette.rrbin", orders);
});

afterAll(() => rm(cwd, { recursive: true }));

async function put(name: string, bytes: Uint8Array | string): Promise<void> {
  await mkdir(dirname(join(cwd, name)), { recursive: true });
  await writeFile(join(cwd, name), bytes);
}

function inspect(args: readonly string[], options: Partial<FakeHostOptions> = {}): Promise<Run> {
  return run(["cassette", "inspect", ...args], { cwd, ...options });
}

const rowsOf = (stdout: string): readonly string[] =>
  stdout.split("\n").filter((line) => /^ *\d+ /.test(line));

describe("which file is meant", () => {
  test("a folder below .x07_rr, as the lab records it", async () => {
    const { status, stdout, stderr } = await inspect(["orders"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^cassette \.x07_rr\/orders\/cassette\.rrbin, 5\.\d KiB\n/);
    expect(rowsOf(stdout)).toHaveLength(14);
  });

  test("a file, a folder that holds one, a name below .x07_rr, an absolute path", async () => {
    await put(".x07_rr/team/one.rrbin", cassetteOf(handMade({})));
    for (const name of [
      ".x07_rr/orders/cassette.rrbin",
      ".x07_rr/orders",
      "orders/cassette.rrbin",
      "team/one.rrbin",
      join(cwd, ".x07_rr/team/one.rrbin"),
    ]) {
      expect((await inspect([name])).status, name).toBe(0);
    }
  });

  test("a file comes before a name of the same text below .x07_rr", async () => {
    await put("twice", cassetteOf(handMade({ key: "outside" })));
    await put(".x07_rr/twice", cassetteOf(handMade({ key: "inside" })));
    expect((await inspect(["twice"])).stdout).toContain("outside");
  });

  test("what is not there: where it was looked for, and what to do", async () => {
    expect(await inspect(["nowhere"])).toEqual({
      status: 2,
      stdout: "",
      stderr:
        "reprise: FILE_MISSING: no cassette nowhere (looked for nowhere and .x07_rr/nowhere)\n" +
        "next: give the path of a file, or the name of a cassette below .x07_rr\n",
    });
    expect((await inspect(["/nowhere"])).stderr).toContain("no cassette /nowhere\n");
    expect((await inspect([".x07_rr/orders/cassette.rrbin/x"])).status).toBe(2);
  });

  test("a folder without a cassette", async () => {
    const { status, stderr } = await inspect([".x07_rr/team"]);
    expect(status).toBe(2);
    expect(stderr).toContain(".x07_rr/team is a folder without a cassette.rrbin in it");
  });

  test("a name that would drive the terminal does not", async () => {
    const { stderr } = await inspect(["\u001b[2J"]);
    expect(stderr).toContain("no cassette \\x1b[2J");
    expect(stderr).not.toContain("\u001b");
  });
});

describe("what is listed", () => {
  test.each([
    [
      ["--op", "settle"],
      [8, 9, 12, 13],
    ],
    [
      ["--op", "publish,settle", "--from", "3", "--to", "9"],
      [3, 8, 9],
    ],
    [
      ["--topic", "orders", "--limit", "2"],
      [1, 2],
    ],
    [
      ["--key", "customer-3"],
      [3, 7, 11, 13],
    ],
    [["--endpoint", "elsewhere"], []],
  ])("%j", async (args, expected) => {
    const { status, stdout } = await inspect(["orders", ...args]);
    expect(status).toBe(0);
    expect(rowsOf(stdout).map(Number.parseFloat)).toEqual(expected);
  });

  test("an end before the end is told; one at the end is not", async () => {
    const { stdout } = await inspect(["orders", "--limit", "3"]);
    expect(stdout).toContain("ended       at --limit 3: the rest was not read\n");
    expect(stdout).toContain("entries     3 in 1.2 KiB\n");
    expect((await inspect(["orders", "--to", "5"])).stdout).toContain("ended       at --to 5");
    expect((await inspect(["orders", "--to", "13"])).stdout).not.toContain("ended");
  });

  test("--json: an object a line, the same entries", async () => {
    const { stdout } = await inspect(["orders", "--json", "--op", "settle"]);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(["entry", "entry", "entry", "entry", "summary"]);
    expect(lines[1]).toMatchObject({ entry: 9, outcome: "retry", latency_ticks: 750 });
    expect(lines[4]).toMatchObject({ entries: 14, listed: 4, checksums: "all" });
  });

  test("the empty file is a cassette of no entries", async () => {
    await put("empty", "");
    const { status, stdout } = await inspect(["empty"]);
    expect([status, stdout]).toEqual([0, "cassette empty, 0 bytes\n\nentries  0 in 0 bytes\n"]);
  });

  test.each([
    [["--op", "publsh"], /"publsh" is none of publish, deliver/],
    [["--from", "x"], /expected a whole number from 0/],
    [["--limit", "0"], /expected a whole number from 1/],
    [["--width", "10"], /expected a whole number from 40/],
    [["--from", "5", "--to", "4"], /USAGE: --from 5 is behind --to 4/],
    [["--colour"], /unknown option '--colour'/],
  ])("%j is refused", async (args, problem) => {
    const { status, stdout, stderr } = await inspect(["orders", ...args]);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(problem);
  });
});

describe("what it looks like", () => {
  test("a terminal: colours, and lines that fit", async () => {
    const { stdout } = await inspect(["orders"], { columns: 80 });
    expect(stdout).toContain("\u001b[33m1 retry\u001b[0m");
    expect(stdout).toContain("left out");
  });

  test.each<[string, readonly string[], Partial<FakeHostOptions>, boolean]>([
    ["a pipe", [], {}, false],
    ["a pipe, asked for", ["--color"], {}, true],
    ["a terminal, told not to", ["--no-color"], { columns: 80 }, false],
    ["a terminal, NO_COLOR", [], { columns: 80, env: { NO_COLOR: "1" } }, false],
    ["a terminal, NO_COLOR empty", [], { columns: 80, env: { NO_COLOR: "" } }, true],
    ["a terminal, NO_COLOR, asked for", ["--color"], { columns: 80, env: { NO_COLOR: "1" } }, true],
    ["a dumb terminal", [], { columns: 80, env: { TERM: "dumb" } }, false],
  ])("colours: %s", async (_, args, options, expected) => {
    const { stdout } = await inspect(["orders", ...args], options);
    expect(stdout.includes("\u001b[")).toBe(expected);
  });

  test("a pipe cuts nothing, unless a width is asked for", async () => {
    expect((await inspect(["orders"])).stdout).not.toContain("…");
    expect((await inspect(["orders", "--width", "80"])).stdout).toContain("…");
  });

  test("a hostile message drives neither terminal nor rows, in any form", async () => {
    const hostile = { key: "\u009b31mk\n    9  publish", value: "\u001b]0;owned\u0007\u202e" };
    await put("hostile", cassetteOf(handMade({ ...hostile, topic: "t\u001b[2J", endpoint: "\r" })));
    for (const form of [[], ["--full"], ["--json"]]) {
      const { stdout } = await inspect(["hostile", ...form], {
        columns: 200,
        env: { NO_COLOR: "1" },
      });
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      expect(stdout, form.join()).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    }
    const [line] = (await inspect(["hostile", "--json"])).stdout.split("\n");
    expect(JSON.parse(line ?? "").value).toEqual({ utf8: hostile.value });
  });

  test("progress is drawn on a terminal while it takes long, and taken away", async () => {
    const entries = Array.from({ length: 3000 }, () => handMade({ value: "v".repeat(100) }));
    await put("long", cassetteOf(...entries));
    const quiet = await inspect(["long", "--op", "settle"], { stepMs: 200 });
    expect(quiet.stderr).toBe("");
    const { stderr } = await inspect(["long", "--op", "settle"], {
      stepMs: 200,
      stderrTerminal: true,
    });
    expect(stderr).toMatch(/reading {2}[\d,]+ entries, [\d.]+ KiB, \d+ %/);
    expect(stderr.endsWith("\r\u001b[K")).toBe(true);
    const soon = await inspect(["orders"], { stepMs: 1, stderrTerminal: true });
    expect(soon.stderr).toBe("");
  });
});

describe("what is damaged", () => {
  test("a cut tail: what is whole is listed, then the place and the next step", async () => {
    await put("cut", orders.subarray(0, -3));
    const { status, stdout, stderr } = await inspect(["cut"]);
    expect(status).toBe(1);
    expect(rowsOf(stdout)).toHaveLength(13);
    expect(stdout).toContain("ended       at byte 4,92");
    const at = orders.length - lastSize();
    expect(stderr).toMatch(
      new RegExp(
        `^reprise: CASSETTE_TRUNCATED: cut: cassette entry 13, at byte ${at}, is cut short`,
      ),
    );
    expect(stderr).toContain(
      "next: reprise cassette repair PATH --dry-run shows what can be kept\n",
    );
  });

  test("a changed byte: the entries before it, then its place", async () => {
    const bytes = Uint8Array.from(orders);
    const at = Buffer.from(orders).indexOf("customer-3");
    bytes[at] = 0x43;
    await put("changed", bytes);
    const { status, stdout, stderr } = await inspect(["changed", "--json"]);
    expect(status).toBe(1);
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(["entry", "entry", "entry", "summary", "error"]);
    expect(lines[4]).toMatchObject({ code: "CASSETTE_CHECKSUM", entry: 3 });
    expect(stderr).toContain("CASSETTE_CHECKSUM: changed: cassette entry 3, at byte ");
    expect(stderr).toContain("next: restore the file (git checkout), or record it again\n");
  });

  test("an entry in the middle that is none", async () => {
    const bad = encodeCassetteEntry(handMade({}));
    bad[5] = 4;
    await put("middle", Buffer.concat([cassetteOf(handMade({})), bad, cassetteOf(handMade({}))]));
    const { status, stdout, stderr } = await inspect(["middle"]);
    expect(status).toBe(1);
    expect(rowsOf(stdout)).toHaveLength(1);
    expect(stderr).toMatch(/CASSETTE_ENTRY_INVALID: middle: cassette entry 1, at byte 26\d/);
  });

  test("a picture", async () => {
    await put(
      "logo.png",
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13),
    );
    expect(await inspect(["logo.png"])).toEqual({
      status: 1,
      stdout: "",
      stderr:
        "reprise: NOT_A_CASSETTE: logo.png is not a cassette: it looks like a PNG image\n" +
        "next: give a cassette: a .rrbin file that was recorded; ls .x07_rr shows those there are\n",
    });
  });
});

test("a reader that has gone ends it quietly; a disk that is full does not", async () => {
  const gone = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
  expect(await inspect(["orders"], { broken: gone })).toEqual({
    status: 0,
    stdout: "",
    stderr: "",
  });
  const full = Object.assign(new Error("ENOSPC: no space left"), { code: "ENOSPC" });
  const { status, stderr } = await inspect(["orders"], { broken: full });
  expect(status).toBe(3);
  expect(stderr).toContain(
    "OUTPUT_FAILED: stdout cannot be written: ENOSPC: no space left\nnext: ",
  );
});

test("help has examples and the exit statuses; no command is a usage error", async () => {
  const help = await inspect(["--help"]);
  expect(help.status).toBe(0);
  expect(help.stdout).toContain("Examples:\n  reprise cassette inspect orders\n");
  expect(help.stdout).toContain("Exit status:\n  0  fine\n  1  the cassette is damaged\n");
  expect((await run([], { cwd })).status).toBe(2);
  expect((await run(["cassette"], { cwd })).stderr).toContain("repair");
  expect((await run(["cassete"], { cwd })).stderr).toContain("Did you mean cassette?");
});

/** The frame of the last entry, by its length. */
function lastSize(): number {
  const view = new DataView(orders.buffer, orders.byteOffset, orders.byteLength);
  let at = 0;
  let size = 0;
  while (at < orders.length) {
    size = 4 + view.getUint32(at, true);
    at += size;
  }
  return size;
}
