/**
 * Goal: the command line says what it can do, and refuses what it cannot with status 2.
 * Method: the command in this process; its texts and statuses.
 */
import { expect, test } from "vitest";
import { createPlace, lab } from "./lab-in-process.js";

test.each([[], ["record"], ["replay"], ["verify"]])(
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
  [["rewind", "--cassette", "a"], /unknown command/],
  [["verify", "--cassette", "a", "--speed", "2"], /unknown option/],
  [["record", "--cassette", "a", "--driver", "carrier-pigeon"], /SESSION_CONFIG: driver/],
])("%j is refused", async (args, message) => {
  const place = createPlace();
  try {
    const known = args.includes("carrier-pigeon") ? place.options : [];
    const { status, stdout, stderr } = await lab(...args, ...known);
    expect(stderr).toMatch(message);
    expect(status).toBe(2);
    expect(stdout).toBe("");
  } finally {
    place.remove();
  }
});
