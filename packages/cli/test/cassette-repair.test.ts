/*
 * Goal: a repair drops a cut tail and nothing else, keeps a copy, and leaves everything alone where
 * it is not sure.
 * Method: main() on real files in temporary folders, cut and damaged by hand; what the files hold
 * afterwards.
 */
import { appendFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodeCassetteEntry } from "@reprise/msg-rr";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Run, run } from "./fake-host.js";
import { cassetteOf, handMade, recordedOrders } from "./recordings.js";

const whole = cassetteOf(handMade({}), handMade({ key: "k2" }));
const entry = encodeCassetteEntry(handMade({ key: "k3" }));
const cut = Buffer.concat([whole, entry.subarray(0, 100)]);
let cwd: string;

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "reprise-repair-"));
});

afterEach(() => rm(cwd, { recursive: true }));

const put = (bytes: Uint8Array): Promise<void> => writeFile(join(cwd, "c"), bytes);
const now = (name = "c"): Promise<Buffer> => readFile(join(cwd, name));
const repair = (...args: string[]): Promise<Run> =>
  run(["cassette", "repair", "c", ...args], { cwd });

describe("a cut tail", () => {
  test("is dropped, and the file as it was kept beside", async () => {
    await put(cut);
    expect(await repair()).toEqual({
      status: 0,
      stderr: "",
      stdout: `cassette  c, 620 bytes
kept      2 entries, 520 bytes
dropped   entry 2, cut short: 100 bytes from byte 520 to the end
copy      c.before-repair
result    repaired
`,
    });
    expect(await now()).toEqual(whole);
    expect(await now("c.before-repair")).toEqual(cut);
    expect((await repair()).stdout).toContain("nothing to repair");
  });

  test("--dry-run tells the same and changes nothing", async () => {
    await put(cut);
    const { status, stdout } = await repair("--dry-run");
    expect(status).toBe(0);
    expect(stdout).toBe(`cassette       c, 620 bytes
would keep     2 entries, 520 bytes
would drop     entry 2, cut short: 100 bytes from byte 520 to the end
would copy to  c.before-repair
result         nothing was changed
`);
    expect(await now()).toEqual(cut);
    expect(await readdir(cwd)).toEqual(["c"]);
  });

  test("--no-backup keeps no copy, --backup does", async () => {
    await put(cut);
    expect((await repair("--no-backup")).stdout).not.toContain("copy");
    expect(await readdir(cwd)).toEqual(["c"]);
    await put(cut);
    await repair("--backup");
    expect(await readdir(cwd)).toEqual(["c", "c.before-repair"]);
  });

  test("--json", async () => {
    await put(cut);
    const told = {
      type: "repair",
      cassette: "c",
      kept: { entries: 2, bytes: 520 },
      dropped: { bytes: 100, offset: 520 },
      copy: "c.before-repair",
    };
    const dry = await repair("--json", "--dry-run");
    expect(JSON.parse(dry.stdout)).toEqual({ ...told, dry_run: true, repaired: false });
    const wet = await repair("--json");
    expect(JSON.parse(wet.stdout)).toEqual({ ...told, dry_run: false, repaired: true });
    const again = await repair("--json");
    expect(JSON.parse(again.stdout)).toMatchObject({ dropped: { bytes: 0 }, copy: null });
  });

  test("wherever the last entry of a recording was cut, the ones before it are kept", async () => {
    const orders = await recordedOrders();
    const last = lastOffset(orders);
    for (let size = last + 1; size < orders.length; size += 7) {
      await put(orders.subarray(0, size));
      expect((await repair("--no-backup")).status, `${size} bytes`).toBe(0);
      expect(await now()).toEqual(Buffer.from(orders.subarray(0, last)));
    }
  });

  test("of the only entry leaves an empty cassette", async () => {
    await put(entry.subarray(0, 50));
    expect((await repair()).stdout).toContain("kept      0 entries, 0 bytes\n");
    expect((await stat(join(cwd, "c"))).size).toBe(0);
  });
});

test.each([
  ["a whole cassette", whole],
  ["an empty one", new Uint8Array(0)],
])("%s: nothing to repair", async (_, bytes) => {
  await put(bytes);
  const { status, stdout, stderr } = await repair();
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("result    nothing to repair\n");
  expect(await now()).toEqual(Buffer.from(bytes));
  expect(await readdir(cwd)).toEqual(["c"]);
});

describe("what is left alone", () => {
  const refused = async (bytes: Uint8Array, code: string): Promise<Run> => {
    await put(bytes);
    const result = await repair();
    expect(result.stdout).toBe("");
    expect(result.stderr).toMatch(new RegExp(`^reprise: ${code}: c`));
    expect(result.stderr).toContain("\nnext: ");
    expect(await now()).toEqual(Buffer.from(bytes));
    expect(await readdir(cwd)).toEqual(["c"]);
    return result;
  };

  test("a bad entry in the middle", async () => {
    const bad = Uint8Array.from(entry);
    bad[5] = 4;
    const { status, stderr } = await refused(
      Buffer.concat([whole, bad, entry]),
      "CASSETTE_ENTRY_INVALID",
    );
    expect(status).toBe(1);
    expect(stderr).toContain("entry 2, at byte 52");
    expect(stderr).toContain("restore the file (git checkout), or record it again");
  });

  test("a wrong length in the middle: whole entries follow", async () => {
    const bad = Buffer.from(entry);
    bad.writeUInt32LE(bad.readUInt32LE(0) + 2 ** 16, 0);
    const { status, stderr } = await refused(
      Buffer.concat([whole, bad, ...Array.from({ length: 20 }, () => entry)]),
      "NOT_REPAIRABLE",
    );
    expect(status).toBe(1);
    expect(stderr).toContain("entry 2, at byte 520, is not cut short but wrong");
    expect(stderr).toContain(`would drop ${21 * entry.length} bytes`);
  });

  test("a changed byte before a cut tail", async () => {
    const orders = Buffer.from(await recordedOrders());
    orders[orders.indexOf("customer-1")] = 0x43;
    const { status } = await refused(orders.subarray(0, -3), "CASSETTE_CHECKSUM");
    expect(status).toBe(1);
  });

  test("a tail of zeros, as a machine that lost power leaves it", async () => {
    const { stderr } = await refused(
      Buffer.concat([whole, new Uint8Array(64)]),
      "CASSETTE_ENTRY_INVALID",
    );
    expect(stderr).toContain("at byte 520");
  });

  test("a text", async () => {
    const { status } = await refused(new TextEncoder().encode("# A heading\n"), "NOT_A_CASSETTE");
    expect(status).toBe(1);
  });
});

describe("a copy that is there already", () => {
  test.each([["--dry-run"], ["--backup"]])("is not overwritten, with %s", async (option) => {
    await put(cut);
    await writeFile(join(cwd, "c.before-repair"), "precious");
    const { status, stdout, stderr } = await repair(option);
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toContain("COPY_EXISTS: c.before-repair is there already\nnext: ");
    expect(await now()).toEqual(cut);
    expect(String(await now("c.before-repair"))).toBe("precious");
  });

  test("nor is one that is a link to nowhere", async () => {
    await put(cut);
    await symlink("nowhere", join(cwd, "c.before-repair"));
    expect((await repair()).status).toBe(2);
    expect(await now()).toEqual(cut);
  });

  test("does not matter where there is nothing to repair", async () => {
    await put(whole);
    await writeFile(join(cwd, "c.before-repair"), "precious");
    expect((await repair()).status).toBe(0);
  });
});

test("a file that grows meanwhile is left as it is", async () => {
  await put(cut);
  // The progress line is drawn between reading and cutting: the recording goes on there.
  const { status, stderr } = await run(["cassette", "repair", "c"], {
    cwd,
    stepMs: 1000,
    stderrTerminal: true,
    onStderr: () => appendFileSync(join(cwd, "c"), "x"),
  });
  expect(status).toBe(1);
  expect(stderr).toContain("FILE_CHANGED: c changed while it was read\n");
  expect((await now()).subarray(0, cut.length)).toEqual(cut);
  expect(await readdir(cwd)).toEqual(["c"]);
});

test("what is not there, and what is no file", async () => {
  expect((await repair()).status).toBe(2);
  expect((await run(["cassette", "repair", "/dev/null"], { cwd })).stderr).toContain(
    "FILE_UNAVAILABLE: /dev/null: it is no regular file",
  );
});

function lastOffset(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  let last = 0;
  while (at < bytes.length) {
    last = at;
    at += 4 + view.getUint32(at, true);
  }
  return last;
}
