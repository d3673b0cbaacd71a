/**
 * Goal: each role answers each message that it knows as the table in behaviour.ts says, answers the same
 * to the same message, and refuses everything else.
 * Method: agents without a bus; messages by hand, under many ids where chance decides.
 */
import { expect, test } from "vitest";
import { agentsMax, createRoster } from "../src/agents/roster.js";
import { attemptsMax, lanesMax, readTask } from "../src/agents/task.js";
import { agentOf, answerOf, manyOf, messageOf, teamOf } from "./agent-stage.js";

const task = { round: 0, hop: 3, attempt: 1, base: "base" };
const types = (role: Parameters<typeof agentOf>[1], type: string, payload = task): Set<string> => {
  const team = teamOf();
  const heard = manyOf(messageOf({ type, payload }));
  return new Set(heard.map((one) => answerOf(team, agentOf(team, role), one).message.type));
};

test.each([
  ["planner", "GOAL.SET", ["PLAN.PROPOSED"]],
  ["fixer", "PLAN.PROPOSED", ["FIX.PATCH_APPLIED"]],
  ["fixer", "VERIFY.FAILED", ["FIX.PATCH_APPLIED"]],
  ["fixer", "REVIEW.CHANGES_REQUESTED", ["FIX.PATCH_APPLIED"]],
  ["verifier", "FIX.PATCH_APPLIED", ["VERIFY.FAILED", "VERIFY.PASSED"]],
  ["reviewer", "VERIFY.PASSED", ["REVIEW.APPROVED", "REVIEW.CHANGES_REQUESTED"]],
  ["publisher", "REVIEW.APPROVED", ["RELEASE.PUBLISHED"]],
] as const)("a %s that hears %s says %j", (role, type, said) => {
  expect([...types(role, type)].sort()).toEqual([...said]);
});

test("a fixer gives up after the last attempt, with the snapshot that the round began with", () => {
  const team = teamOf();
  const payload = { ...task, attempt: attemptsMax };
  const heard = messageOf({ type: "VERIFY.FAILED", snap_sha: "broken", payload });
  const { message, to } = answerOf(team, agentOf(team, "fixer"), heard);
  expect(message).toMatchObject({ type: "FIX.GIVEN_UP", snap_sha: "base" });
  expect(to.role).toBe("operator");
});

test("some one in four patches fails, and one in eight reviews asks for changes", () => {
  const team = teamOf();
  const share = (role: "verifier" | "reviewer", type: string, said: string): number => {
    const heard = manyOf(messageOf({ type, payload: task }), 2000);
    const answers = heard.map((one) => answerOf(team, agentOf(team, role), one).message.type);
    return answers.filter((one) => one === said).length / heard.length;
  };
  expect(share("verifier", "FIX.PATCH_APPLIED", "VERIFY.FAILED")).toBeCloseTo(1 / 4, 1);
  expect(share("reviewer", "VERIFY.PASSED", "REVIEW.CHANGES_REQUESTED")).toBeCloseTo(1 / 8, 1);
});

test("an answer says what it follows from, and comes later", () => {
  const team = teamOf();
  const goal = messageOf();
  const plan = answerOf(team, agentOf(team, "planner"), goal).message;
  expect(plan.causality).toEqual({ parent: goal.op_id, root: goal.op_id });
  const fix = answerOf(team, agentOf(team, "fixer"), plan).message;
  expect(fix.causality).toEqual({ parent: plan.op_id, root: goal.op_id });
  expect([goal.at, plan.at, fix.at]).toEqual([goal.at, plan.at, fix.at].sort());
  expect(new Set([goal.op_id, plan.op_id, fix.op_id]).size).toBe(3);
  expect(fix.snap_sha).toMatch(/^[0-9a-f]{40}$/);
  expect(plan.op_id).toMatch(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test("the same message has the same answer: again, elsewhere, and at a later attempt", () => {
  const team = teamOf();
  for (const heard of manyOf(messageOf({ type: "FIX.PATCH_APPLIED", payload: task }), 50)) {
    const answer = answerOf(team, agentOf(team, "verifier"), heard);
    expect(answerOf(team, agentOf(team, "verifier"), heard)).toEqual(answer);
    const elsewhere = teamOf();
    expect(elsewhere.answer(agentOf(elsewhere, "verifier"), heard, 3)).toEqual([answer]);
  }
  const other = teamOf({ seed: 2 });
  const [heard = messageOf()] = manyOf(messageOf({ type: "PLAN.PROPOSED", payload: task }), 1);
  const here = answerOf(team, agentOf(team, "fixer"), heard).message;
  expect(answerOf(other, agentOf(other, "fixer"), heard).message.op_id).not.toBe(here.op_id);
});

test("now and then an agent is busy, at the first attempt alone", () => {
  const team = teamOf();
  const planner = agentOf(team, "planner");
  const heard = manyOf(messageOf(), 1000);
  const busy = heard.filter((one) => {
    try {
      return team.answer(planner, one, 1).length === 0;
    } catch (error) {
      expect(String(error)).toBe("Error: planner is busy");
      return true;
    }
  });
  expect(busy.length).toBeGreaterThan(15);
  expect(busy.length).toBeLessThan(80);
  for (const one of busy) expect(team.answer(planner, one, 2)).toHaveLength(1);
});

test.each([
  ["planner", "FIX.PATCH_APPLIED", /a planner hears GOAL\.SET, not FIX\.PATCH_APPLIED/],
  ["verifier", "toString", /not toString/],
  ["operator", "GOAL.SET", /an operator hears RELEASE\.PUBLISHED, FIX\.GIVEN_UP, not GOAL\.SET/],
] as const)("a %s does not know %s", (role, type, message) => {
  const team = teamOf();
  expect(() => team.answer(agentOf(team, role), messageOf({ type }), 2)).toThrow(message);
});

test.each([
  {},
  { ...task, round: -1 },
  { ...task, round: 0.5 },
  { ...task, round: 10_001 },
  { ...task, hop: 17 },
  { ...task, attempt: 4 },
  { ...task, attempt: "1" },
  { ...task, base: 7 },
  { ...task, base: null },
])("a payload that says nothing of its round is refused: %j", (payload) => {
  expect(() => readTask(payload)).toThrow(/^payload: expected/);
});

test("a run begins with a goal for each lane, and one more message that is no good", () => {
  for (const rounds of [1, lanesMax, lanesMax + 5]) {
    const goals = teamOf({ rounds }).open();
    const sound = goals.filter(({ flaw }) => flaw === undefined);
    const ids = new Set(sound.map(({ message }) => message.op_id));
    expect(ids.size).toBe(Math.min(rounds, lanesMax));
    for (const { message } of sound) expect(message).toMatchObject({ causality: {} });
  }
  expect(teamOf({ rounds: 1 }).open()).toHaveLength(3);
});

test("a lane goes on with what it released, and ends with the last round", () => {
  const team = teamOf({ rounds: lanesMax + 1, seed: 5 });
  const operator = agentOf(team, "operator");
  const released = (round: number) =>
    messageOf({ type: "RELEASE.PUBLISHED", snap_sha: "new", payload: { ...task, round } });
  const [next] = team.answer(operator, released(0), 2);
  expect(next?.message).toMatchObject({
    type: "GOAL.SET",
    snap_sha: "new",
    causality: { after: released(0).op_id },
    payload: { round: lanesMax, base: "new" },
  });
  expect(team.answer(operator, released(1), 2)).toEqual([]);
});

test("with more agents the roles repeat, and take rounds in turn", () => {
  const roster = createRoster(7);
  const names = roster.everybody.map(({ name }) => name);
  expect(names.slice(1, 6)).toEqual(["planner", "fixer", "verifier", "reviewer", "publisher"]);
  expect(names.slice(6)).toEqual(["planner-2", "fixer-2"]);
  const turns = [0, 1, 2].map((round) => roster.takes("fixer", round).name);
  expect(turns).toEqual(["fixer", "fixer-2", "fixer"]);
  expect(roster.takes("verifier", 1).name).toBe("verifier");
  expect(roster.readerOf("amp:lab:fixer-2:in")?.name).toBe("fixer-2");
  expect(roster.readerOf("amp:lab:global:events")?.name).toBe("operator");
  expect(roster.readerOf("amp:lab:nobody:in")).toBeUndefined();
});

test.each([4, agentsMax + 1, 5.5, Number.NaN])("%d agents are no team", (agents) => {
  expect(() => createRoster(agents)).toThrow(RangeError);
});
