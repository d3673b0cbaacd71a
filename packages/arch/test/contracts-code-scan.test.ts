/**
 * Goal: policies, recordable operations and budgets in the code are held against their contracts.
 * Method: module graphs by hand, with one fact each; the world of the module, the policy and the
 * manifest's switches varied one by one.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { expect, test } from "vitest";
import type { ScannedCode } from "../src/contracts/code-scan.ts";
import type { BudgetFacts, PolicyUse } from "../src/source-facts.ts";
import { handGraph } from "./hand-graph.ts";
import { check, shown } from "./hand-repository.ts";
import { type LabChanges, labFiles } from "./lab-contracts.ts";

const at = { start: { line: 4, col: 3 }, end: { line: 4, col: 9 } };

interface Code {
  readonly world?: string | undefined;
  readonly uses?: undefined | readonly Omit<PolicyUse, "start" | "end">[];
  readonly budgets?: BudgetFacts;
}

/** One module, `src/a.ts`, whose id is `src/a`. */
function code({ uses = [], budgets, ...rest }: Code): ScannedCode {
  const { world } = { world: "run-os-sandboxed", ...rest };
  const policies = uses.map((use): PolicyUse => ({ ...use, ...at }));
  const facts = { policies, ...(budgets === undefined ? {} : { budgets }) };
  const graph = handGraph({ "src/a.ts": facts });
  return { graph, nodeOf: () => (world === undefined ? undefined : { id: "n", world }) };
}

const told = (scanned: Code, changes: LabChanges = {}): readonly string[] =>
  check(labFiles(changes), { code: code(scanned) }).diagnostics.map(shown);

const scope = (id: string | undefined): Code["uses"] => [{ call: "with-policy", id }];
const call = (id: string, within?: string): Code["uses"] => [{ call: "recordable", id, within }];

const notRequired = { manifest: { "/contracts_v1/rr/require_policy_for_os_calls": false } };
const amqpOnly = { rr: { "/policies/0/ops_allowed": ["std.msg.amqp.publish_env_v1"] } };
const twoPolicies: LabChanges = {
  rr: {
    "/policies/1": {
      id: "p2",
      policy_path: "arch/rr/policies/p2.policy.json",
      sanitize_id: "s1",
      sanitize_path: "arch/rr/sanitizers/s1.sanitize.json",
      worlds_allowed: ["run-os-sandboxed"],
      kinds_allowed: ["rr"],
      ops_allowed: ["std.msg.memory.publish_env_v1"],
      cassette_brand: "std.rr.cassette_v1",
    },
  },
};

const [opaque, world, notFound, required, notAllowed] = [
  "W_ARCH_CONTRACT_OPAQUE_USAGE",
  "E_ARCH_RR_WORLD_VIOLATION",
  "E_ARCH_RR_POLICY_NOT_FOUND",
  "E_ARCH_RR_POLICY_REQUIRED",
  "E_ARCH_RR_OP_NOT_ALLOWED",
].map((each) => `${each} src/a.ts:4`);

type Row = readonly [string, Code, LabChanges, readonly (string | undefined)[]];

const policies: readonly Row[] = [
  ["a policy", { uses: scope("p1") }, {}, []],
  ["one that there is not", { uses: scope("p9") }, {}, [notFound]],
  ["one whose id is no literal", { uses: scope(undefined) }, {}, [opaque]],
  ["a policy in another world", { uses: scope("p1"), world: "run-os" }, {}, [world]],
  ["a policy in a solve world", { uses: scope("p1"), world: "solve-rr" }, {}, []],
  ["a policy in no node", { uses: scope("p9"), world: undefined }, {}, []],
  ["a call under no policy", { uses: call("std.msg.kafka") }, {}, [required]],
  ["the same by its operation", { uses: call("std.msg.kafka.publish_env_v1") }, {}, [required]],
  ["the same in a solve world", { uses: call("std.msg.kafka"), world: "solve-rr" }, {}, []],
  ["the same where nobody asks", { uses: call("std.msg.kafka") }, notRequired, []],
  ["a call that cannot be recorded", { uses: call("std.msg.nats") }, {}, []],
  ["a call of another name", { uses: call("std.msg.kaf") }, {}, []],
  ["a call under a policy", { uses: call("std.msg.kafka", "p1") }, {}, []],
  ["a call under one that is no literal", { uses: call("std.msg.kafka", "") }, {}, []],
  ["a call under one that there is not", { uses: call("std.msg.kafka", "p9") }, {}, []],
  [
    "a call under one that does not allow it",
    { uses: call("std.msg.memory", "p1") },
    twoPolicies,
    [notAllowed],
  ],
  ["a call under one that does", { uses: call("std.msg.memory", "p2") }, twoPolicies, []],
  ["a call of one operation of several", { uses: call("std.msg.amqp", "p1") }, amqpOnly, []],
];

test.each(policies)("%s", (_, scanned, changes, expected) => {
  const more = changes === twoPolicies ? { "arch/rr/policies/p2.policy.json": secondPolicy } : {};
  const found = check(labFiles(changes, more), { code: code(scanned) }).diagnostics.map(shown);
  expect(found.filter((each) => each.includes("src/a.ts"))).toEqual(expected);
});

const secondPolicy: JsonValue = {
  schema_version: "x07.arch.rr.policy@0.1.0",
  id: "p2",
  v: 1,
  mode_default: "replay_v1",
  match_mode: "lookup_v1",
  budgets: {
    max_cassette_bytes: 1,
    max_entries: 1,
    max_req_bytes: 1,
    max_resp_bytes: 1,
    max_key_bytes: 1,
  },
};

test("in X07's words, with its data", () => {
  const first = (scanned: Code, changes: LabChanges = {}, files = {}) =>
    check(labFiles(changes, files), { code: code(scanned) }).diagnostics.find(
      ({ loc }) => loc?.span.file === "src/a.ts",
    );
  expect(first({ uses: scope("p1"), world: "run-os" })).toMatchObject({
    message: "RR policy is not allowed in this world",
    data: { policy_id: "p1", world: "run-os" },
    loc: { span: at },
  });
  expect(first({ uses: scope("p9") })).toMatchObject({
    message: "RR policy_id is not declared in arch/rr index",
    data: { policy_id: "p9" },
  });
  expect(first({ uses: call("std.msg.kafka") })).toMatchObject({
    message: "recordable op requires std.rr.with_policy_v1 in OS worlds",
    data: { op: "std.msg.kafka.event_v1", world: "run-os-sandboxed" },
  });
  const files = { "arch/rr/policies/p2.policy.json": secondPolicy };
  expect(first({ uses: call("std.msg.kafka", "p2") }, twoPolicies, files)).toMatchObject({
    message: "recordable op is not allowed by this RR policy",
    data: { policy_id: "p2", op: "std.msg.kafka.event_v1" },
  });
  expect(first({ uses: scope(undefined) })).toMatchObject({
    message: "std.rr.with_policy_v1 policy_id must be bytes.lit for arch check",
    severity: "warning",
  });
});

test("nothing is scanned where the index cannot be read", () => {
  const files = labFiles({}, { "arch/rr/index.x07rr.json": "{" });
  const found = check(files, { code: code({ uses: scope("p9") }) }).diagnostics;
  expect(found.filter(({ loc }) => loc?.span.file === "src/a.ts")).toEqual([]);
});

const selector = { module_prefix: "src/", fn: "work" };
const selected = (change: Record<string, JsonValue> = {}): LabChanges => ({
  budgets: { "/profiles/0/selectors": [selector], ...change },
});
const facts = (wrapped: string | undefined, name = "work"): BudgetFacts => ({
  scopes: [],
  functions: [{ name, scope: wrapped, ...at }],
});
const scoped = (id: string | undefined): BudgetFacts => ({
  functions: [],
  scopes: [{ id, ...at }],
});

const budgets: readonly Row[] = [
  ["a scope", { budgets: scoped("b1"), world: "run-os" }, {}, []],
  [
    "a scope of no profile",
    { budgets: scoped("b9"), world: "run-os" },
    {},
    ["E_ARCH_BUDGET_PROFILE_NOT_FOUND src/a.ts:4"],
  ],
  ["a scope that is no literal", { budgets: scoped(undefined), world: "run-os" }, {}, [opaque]],
  [
    "a scope in another world",
    { budgets: scoped("b1") },
    {},
    ["E_ARCH_BUDGET_WORLD_VIOLATION src/a.ts:4"],
  ],
  [
    "a scope in any world",
    { budgets: scoped("b1") },
    { budgets: { "/profiles/0/worlds_allowed": [] } },
    [],
  ],
  ["a scope in no node", { budgets: scoped("b9"), world: undefined }, {}, []],
  ["a function in its scope", { budgets: facts("b1"), world: "run-os" }, selected(), []],
  [
    "a function in none",
    { budgets: facts(undefined), world: "run-os" },
    selected(),
    ["E_ARCH_BUDGET_SCOPE_MISSING src/a.ts:4"],
  ],
  [
    "a function in another's",
    { budgets: facts("b2"), world: "run-os" },
    selected(),
    ["E_ARCH_BUDGET_SCOPE_MISSING src/a.ts:4"],
  ],
  [
    "a function in none, and nobody asks",
    { budgets: facts(undefined), world: "run-os" },
    { ...selected(), manifest: { "/contracts_v1/budgets/require_scopes": false } },
    [],
  ],
  [
    "a profile that is off",
    { budgets: facts(undefined), world: "run-os" },
    selected({ "/profiles/0/enforce": "off" }),
    [],
  ],
  [
    "a function that is not there",
    { budgets: facts("b1", "play"), world: "run-os" },
    selected(),
    ["E_ARCH_BUDGET_SELECTOR_FN_NOT_FOUND src/a.ts:1"],
  ],
  [
    "a module that was not looked at",
    { world: "run-os" },
    selected(),
    ["E_ARCH_BUDGET_SELECTOR_FN_NOT_FOUND src/a.ts:1"],
  ],
  [
    "no such module",
    { world: "run-os" },
    { budgets: { "/profiles/0/selectors": [{ ...selector, module_prefix: "lib/" }] } },
    ["E_ARCH_BUDGET_SELECTOR_MODULE_PREFIX_NOT_FOUND"],
  ],
  [
    "a selected module in another world",
    { budgets: facts("b1") },
    selected(),
    ["E_ARCH_BUDGET_WORLD_VIOLATION src/a.ts:1"],
  ],
];

test.each(budgets)("%s", (_, scanned, changes, expected) => {
  expect(told(scanned, changes)).toEqual(expected);
});

test("a profile that only warns", () => {
  const changes = selected({ "/profiles/0/enforce": "warn" });
  const scanned = { code: code({ budgets: facts(undefined), world: "run-os" }) };
  expect(check(labFiles(changes), scanned).diagnostics).toMatchObject([
    {
      code: "E_ARCH_BUDGET_SCOPE_MISSING",
      severity: "warning",
      message: "function must be wrapped in budget.scope_from_arch_v1",
      data: { profile_id: "b1", fn: "work" },
    },
  ]);
});
