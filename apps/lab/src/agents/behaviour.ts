/**
 * What each role does with each type of message: one answer, decided by the message and the chance that
 * belongs to it. There is no state: all that an agent knows of a round came with the message.
 *
 * | role | hears | says |
 * |---|---|---|
 * | planner | GOAL.SET | PLAN.PROPOSED |
 * | fixer | PLAN.PROPOSED, VERIFY.FAILED, REVIEW.CHANGES_REQUESTED | FIX.PATCH_APPLIED; FIX.GIVEN_UP after three |
 * | verifier | FIX.PATCH_APPLIED | VERIFY.PASSED; one in four VERIFY.FAILED |
 * | reviewer | VERIFY.PASSED | REVIEW.APPROVED; one in eight REVIEW.CHANGES_REQUESTED |
 * | publisher | REVIEW.APPROVED | RELEASE.PUBLISHED |
 * | operator | RELEASE.PUBLISHED, FIX.GIVEN_UP | GOAL.SET of the lane's next round (goals.ts) |
 */
import type { JsonObject } from "@reprise/canonical-json";
import type { AmpMessage } from "@reprise/msg-amp";
import type { Random } from "../random.js";
import type { Chance } from "./chance.js";
import type { Role } from "./roster.js";
import { attemptsMax, type Task } from "./task.js";

/** What an agent has to say, and to which role. */
export interface Saying {
  readonly to: Role;
  readonly type: string;
  readonly snapSha: string;
  readonly attempt: number;
  readonly details: JsonObject;
  readonly proof?: JsonObject;
}

export interface Heard {
  readonly message: AmpMessage;
  readonly task: Task;
  readonly chance: Chance;
  /** What belongs to this message. */
  readonly random: Random;
}

type Behaviour = (heard: Heard) => Saying;

const failsOneIn = 4;
const changesOneIn = 8;
const files: readonly string[] = ["cart.ts", "checkout.ts", "invoice.ts", "stock.ts", "Größe.ts"];

/** How the operator hears that a round has ended. */
export const roundEnds: readonly string[] = ["RELEASE.PUBLISHED", "FIX.GIVEN_UP"];

const behaviours: Readonly<Record<Exclude<Role, "operator">, Readonly<Record<string, Behaviour>>>> =
  {
    planner: { "GOAL.SET": plan },
    fixer: { "PLAN.PROPOSED": fix, "VERIFY.FAILED": fix, "REVIEW.CHANGES_REQUESTED": fix },
    verifier: { "FIX.PATCH_APPLIED": verify },
    reviewer: { "VERIFY.PASSED": review },
    publisher: { "REVIEW.APPROVED": publish },
  };

/** Throws Error for a type that the role does not know. */
export function behave(role: Exclude<Role, "operator">, heard: Heard): Saying {
  const { type } = heard.message;
  const known = behaviours[role];
  const behaviour = Object.hasOwn(known, type) ? known[type] : undefined;
  if (behaviour === undefined) {
    throw new Error(`a ${role} hears ${Object.keys(known).join(", ")}, not ${type}`);
  }
  return behaviour(heard);
}

function plan({ message, task, random }: Heard): Saying {
  const steps = Array.from({ length: random.between(1, 3) }, () => `edit ${random.pick(files)}`);
  const { snap_sha: snapSha } = message;
  return { to: "fixer", type: "PLAN.PROPOSED", snapSha, attempt: task.attempt, details: { steps } };
}

function fix({ message, task, chance, random }: Heard): Saying {
  const { base, attempt } = task;
  if (attempt >= attemptsMax) {
    const details = { last: message.type };
    return { to: "operator", type: "FIX.GIVEN_UP", snapSha: base, attempt, details };
  }
  return {
    to: "verifier",
    type: "FIX.PATCH_APPLIED",
    // Of what was there, and of this patch alone.
    snapSha: chance.commit(message.snap_sha, message.op_id),
    attempt: attempt + 1,
    details: { files: random.between(1, 4), lines: random.between(1, 300) },
  };
}

function verify({ message, task: { attempt }, random }: Heard): Saying {
  const { snap_sha: snapSha } = message;
  const tests = random.between(20, 400);
  if (random.oneIn(failsOneIn)) {
    const details = { failed: random.between(1, 5), tests, first: random.pick(files) };
    return { to: "fixer", type: "VERIFY.FAILED", snapSha, attempt, details };
  }
  return { to: "reviewer", type: "VERIFY.PASSED", snapSha, attempt, details: { tests } };
}

function review({ message, task: { attempt }, random }: Heard): Saying {
  const { snap_sha: snapSha } = message;
  if (random.oneIn(changesOneIn)) {
    const details = { comment: `${random.pick(files)}: please name what this is for` };
    return { to: "fixer", type: "REVIEW.CHANGES_REQUESTED", snapSha, attempt, details };
  }
  const details = { verified_by: message.actor };
  return { to: "publisher", type: "REVIEW.APPROVED", snapSha, attempt, details };
}

function publish({ message, task: { attempt, round } }: Heard): Saying {
  return {
    to: "operator",
    type: "RELEASE.PUBLISHED",
    snapSha: message.snap_sha,
    attempt,
    details: { version: `0.${round + 1}.${attempt}` },
    proof: { approval: message.op_id, approved_by: message.actor },
  };
}
