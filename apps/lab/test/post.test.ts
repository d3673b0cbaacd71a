/**
 * Goal: what leaves is signed by who says it, what comes in is valid only if it is whole and from its
 * actor, and what is wrong on purpose is wrong in the way that it says.
 * Method: the goals of a run, sealed and opened; every byte of one changed; every flaw.
 */
import { createAmpKeyring, encodeAmpMessage, parseAmpMessage } from "@reprise/msg-amp";
import { nodeSignatures } from "@reprise/msg-amp/os";
import { expect, test } from "vitest";
import { createPost } from "../src/agents/post.js";
import { createRoster } from "../src/agents/roster.js";
import type { Flaw, Speech } from "../src/agents/speech.js";
import { flaws } from "../src/agents/strays.js";
import { agentOf, answerOf, messageOf, teamOf } from "./agent-stage.js";

const team = teamOf();
const post = createPost({ roster: team.roster, seed: 1, signatures: nodeSignatures });
const plan = answerOf(team, agentOf(team, "planner"), messageOf());

test("agents sign with keys of their own, the operator and reviewers with a shared secret", () => {
  const schemes = team.roster.everybody.map((from) => {
    const message = messageOf({ actor: from.name });
    const heard = post.open(post.seal({ from, to: from, message }));
    if (heard.state !== "valid") throw new Error(heard.reason);
    return heard.message.sig?.split(":").slice(0, -1).join(":");
  });
  expect(schemes).toEqual([
    "hmac-sha256",
    "ed25519:lab.planner",
    "ed25519:lab.fixer",
    "ed25519:lab.verifier",
    "hmac-sha256",
    "ed25519:lab.publisher",
  ]);
});

test("pure JavaScript and node sign the same", () => {
  const pure = createPost({ roster: createRoster(5), seed: 1 });
  expect(pure.seal(plan)).toEqual(post.seal(plan));
  expect(createPost({ roster: createRoster(5), seed: 2 }).seal(plan)).not.toEqual(post.seal(plan));
});

test.each([
  ["unsigned", "unsigned", /planner would have signed it/],
  ["malformed", "malformed", /JSON_INVALID/],
  ["unknown key", "unknown key", /lab\.stranger/],
  ["altered", "bad signature", /lab\.planner did not sign this/],
] as const)("a speech that is to be %s is heard as %s", (flaw, state, reason) => {
  const heard = post.open(post.seal({ ...plan, flaw }));
  expect(heard).toMatchObject({ state, reason: expect.stringMatching(reason) });
});

test("every flaw comes up, by the seed", () => {
  const seen = new Set<Flaw | undefined>();
  for (let seed = 1; seed <= 40; seed++) {
    const strays = teamOf({ seed, rounds: 1 })
      .open()
      .filter(({ flaw }: Speech) => flaw !== undefined);
    expect(strays).toHaveLength(1);
    seen.add(strays[0]?.flaw);
  }
  expect([...seen].sort()).toEqual([...flaws].sort());
});

test("no byte of a message can be changed", () => {
  const sealed = post.seal(plan);
  for (let at = 0; at < sealed.value.length; at++) {
    const value = Uint8Array.from(sealed.value);
    value[at] = (value[at] ?? 0) ^ 1;
    expect(post.open({ ...sealed, value }).state, `byte ${at}`).not.toBe("valid");
  }
});

test("nobody signs for another, and headers must say what the message says", () => {
  const from = agentOf(team, "fixer");
  const forged = post.seal({ ...plan, from });
  expect(post.open(forged)).toMatchObject({
    state: "bad signature",
    reason: expect.stringContaining("lab.fixer does not sign for actor"),
  });
  const sealed = post.seal(plan);
  const headers = { ...sealed.headers, "amp-actor": "operator" };
  expect(post.open({ ...sealed, headers })).toMatchObject({
    state: "malformed",
    reason: expect.stringContaining("ENVELOPE_MISMATCH"),
  });
});

test("a key that the run does not have signs nothing for it, though it says that it does", () => {
  const sealed = post.seal(plan);
  const { sig: _, ...unsigned } = parseAmpMessage(sealed.value);
  const seed = new Uint8Array(32).fill(9);
  const ring = createAmpKeyring([{ scheme: "ed25519", id: "lab.planner", seed }]);
  const value = encodeAmpMessage(ring.sign(unsigned));
  expect(post.open({ ...sealed, value }).state).toBe("bad signature");
});
