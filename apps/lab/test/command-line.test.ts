/**
 * Goal: the command line says what it can do, and refuses what it cannot with status 2.
 * Method: the command in this process; its texts and statuses.
 */
import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { lab, repositoryArch } from "./lab-in-process.js";

test.each([[], ["record"], ["agents"], ["replay"], ["verify"], ["bench"]])(
  "help of %s has examples",
  async (...command) => {
    const { status, stdout } = await lab(...command, "--help");
    expect(status).toBe(0);
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain("Exit status:");
  },
);

test.each([
  [["record"], /required option '--cassette <name>'/],
  [["record", "--cassette", "a", "--messages", "-1"], /expected a whole number from 0/],
  [["record", "--cassette", "a", "--seed", "1.5"], /expected a whole number from 0/],
  [["agents"], /required option '--cassette <name>'/],
  [["agents", "--cassette", "a", "--agents", "4"], /expected a whole number from 5 to 50/],
  [["agents", "--cassette", "a", "--agents", "51"], /expected a whole number from 5 to 50/],
  [["agents", "--cassette", "a", "--rounds", "0"], /expected a whole number from 1 to 10000/],
  [["agents", "--cassette", "a", "--driver", "kafka"], /Allowed choices are memory, redis/],
  [["agents", "--cassette", "a", "--mirror", "0"], /expected a whole number from 1 to 65535/],
  [["agents", "--cassette", "a", "--mirror", "65536"], /expected a whole number from 1 to 65535/],
  [["bench", "--rounds", "0"], /expected a whole number from 1 to 100/],
  [["rewind", "--cassette", "a"], /unknown command/],
  [["verify", "--cassette", "a", "--speed", "2"], /unknown option/],
  [
    ["record", "--cassette", "a", "--driver", "carrier-pigeon"],
    /Allowed choices are memory, kafka, amqp, redis/,
  ],
])("%j is refused", async (args, message) => {
  const { status, stdout, stderr } = await lab(...args);
  expect(stderr).toMatch(message);
  expect(status).toBe(2);
  expect(stdout).toBe("");
});

test("bench measures a run by itself, recorded and replayed, and leaves nothing behind", async () => {
  const before = readdirSync(tmpdir()).filter((name) => name.startsWith("reprise-lab-bench-"));
  const options = ["--messages", "200", "--rounds", "1", "--arch", repositoryArch, "--json"];
  const { status, stdout } = await lab("bench", ...options);
  expect(status).toBe(0);
  const { live, recorded, replayed, ...rest } = JSON.parse(stdout);
  expect(rest).toEqual({ ok: true, driver: "memory", messages: 200, seed: 42, rounds: 1 });
  for (const rate of [live, recorded, replayed]) expect(rate).toBeGreaterThan(0);
  const after = readdirSync(tmpdir()).filter((name) => name.startsWith("reprise-lab-bench-"));
  expect(after).toEqual(before);
});
