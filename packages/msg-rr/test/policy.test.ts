/**
 * Goal: policy documents are read to the letter of their schemas; what is wrong is said by JSON
 * Pointer, and no input at all gives anything but a value or CONTRACT_INVALID.
 * Method: a good document of each kind, and tables of one change each with the pointer it must give.
 */
import type { JsonValue } from "@reprise/canonical-json";
import { MsgError } from "@reprise/msg-core";
import { readMatching, readPolicy, readPolicyIndex } from "@reprise/msg-rr";
import { describe, expect, test } from "vitest";

const indexEntry = {
  id: "lab_v1",
  policy_path: "arch/rr/policies/lab_v1.policy.json",
  sanitize_id: "s_v1",
  sanitize_path: "arch/rr/sanitizers/s_v1.sanitize.json",
  worlds_allowed: ["run-os", "solve-rr"],
  kinds_allowed: ["rr"],
  ops_allowed: ["std.msg.kafka.publish_env_v1"],
  cassette_brand: "std.rr.cassette_v1",
};
const index = { schema_version: "x07.arch.rr.index@0.1.0", policies: [indexEntry] };
const policy = {
  schema_version: "x07.arch.rr.policy@0.1.0",
  id: "lab_v1",
  v: 1,
  mode_default: "replay_v1",
  match_mode: "lookup_v1",
  budgets: {
    max_cassette_bytes: 5,
    max_entries: 4,
    max_req_bytes: 3,
    max_resp_bytes: 2,
    max_key_bytes: 1,
  },
};
const matching = { schema_version: "reprise.rr.matching@0.1.0" };

type Changes = Readonly<Record<string, JsonValue | undefined>>;

/** `document` with the members at these pointers set, or taken out where undefined. */
function changed(document: unknown, changes: Changes): JsonValue {
  const copy = JSON.parse(JSON.stringify(document));
  for (const [pointer, value] of Object.entries(changes)) {
    const tokens = pointer.slice(1).split("/");
    const last = tokens.pop() ?? "";
    let at = copy;
    for (const token of tokens) at = at[token];
    if (value === undefined) delete at[last];
    else at[last] = value;
  }
  return copy;
}

function pointerOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (!MsgError.is(error) || error.code !== "CONTRACT_INVALID") throw error;
    expect(error.message).toContain(error.details.pointer ?? "");
    return error.details.pointer ?? "none";
  }
  return "nothing thrown";
}

test("an index is read with its defaults", () => {
  const { policies, modesAllowed } = readPolicyIndex(index);
  expect(modesAllowed).toEqual(["replay"]);
  expect([...policies.values()]).toEqual([
    {
      id: "lab_v1",
      policyPath: "arch/rr/policies/lab_v1.policy.json",
      sanitizeId: "s_v1",
      sanitizePath: "arch/rr/sanitizers/s_v1.sanitize.json",
      worldsAllowed: ["run-os", "solve-rr"],
      kindsAllowed: ["rr"],
      opsAllowed: ["std.msg.kafka.publish_env_v1"],
    },
  ]);
  const all = ["off", "record_v1", "replay_v1", "record_missing_v1", "rewrite_v1"];
  const modes = readPolicyIndex({ ...index, defaults: { record_modes_allowed: all } });
  expect(modes.modesAllowed).toEqual(["off", "record", "replay", "record-missing", "rewrite"]);
});

test("a policy is read with its budgets", () => {
  expect(readPolicy(policy)).toEqual({
    id: "lab_v1",
    modeDefault: "replay",
    matchMode: "lookup",
    budgets: {
      maxCassetteBytes: 5,
      maxEntries: 4,
      maxReqBytes: 3,
      maxRespBytes: 2,
      maxKeyBytes: 1,
    },
  });
  const transcript = changed(policy, { "/match_mode": "transcript_v1", "/mode_default": "off" });
  expect(readPolicy(transcript)).toMatchObject({ modeDefault: "off", matchMode: "transcript" });
});

test("matching is read with its defaults", () => {
  expect(readMatching(matching)).toEqual({ order: "per-key", volatile: [] });
  const volatile = ["/key", "/headers/a~1b", "/value", "/value/a/0/b", "/value/", "/value//x~0"];
  expect(readMatching({ ...matching, order: "exact", volatile })).toEqual({
    order: "exact",
    volatile,
  });
});

describe.each<[string, (document: JsonValue) => unknown, unknown, readonly [Changes, string][]]>([
  [
    "index",
    readPolicyIndex,
    index,
    [
      [{ "/schema_version": "x07.arch.rr.index@0.2.0" }, "/schema_version"],
      [{ "/schema_version": undefined }, "/schema_version"],
      [{ "/policies": undefined }, "/policies"],
      [{ "/policies": {} }, "/policies"],
      [{ "/extra": 1 }, "/extra"],
      [{ "/policies/0/extra": null }, "/policies/0/extra"],
      [{ "/policies/0/id": "" }, "/policies/0/id"],
      [{ "/policies/0/id": "-x" }, "/policies/0/id"],
      [{ "/policies/0/id": "a b" }, "/policies/0/id"],
      [{ "/policies/0/id": "x".repeat(129) }, "/policies/0/id"],
      [{ "/policies/1": { ...indexEntry } }, "/policies/1/id"],
      [{ "/policies/0/policy_path": "" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "/etc/passwd" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "\\\\host" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "C:\\x" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "a/../../b" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "a\\..\\b" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "a\u0000" }, "/policies/0/policy_path"],
      [{ "/policies/0/policy_path": "x".repeat(1025) }, "/policies/0/policy_path"],
      [{ "/policies/0/sanitize_path": ".." }, "/policies/0/sanitize_path"],
      [{ "/policies/0/sanitize_id": 7 }, "/policies/0/sanitize_id"],
      [{ "/policies/0/worlds_allowed": "run-os" }, "/policies/0/worlds_allowed"],
      [{ "/policies/0/worlds_allowed": [""] }, "/policies/0/worlds_allowed/0"],
      [{ "/policies/0/kinds_allowed": ["x".repeat(65)] }, "/policies/0/kinds_allowed/0"],
      [{ "/policies/0/ops_allowed": ["x".repeat(257)] }, "/policies/0/ops_allowed/0"],
      [{ "/policies/0/ops_allowed": undefined }, "/policies/0/ops_allowed"],
      [{ "/policies/0/cassette_brand": "other" }, "/policies/0/cassette_brand"],
      [{ "/defaults": {} }, "/defaults/record_modes_allowed"],
      [{ "/defaults": { record_modes_allowed: ["replay"] } }, "/defaults/record_modes_allowed/0"],
    ],
  ],
  [
    "policy",
    readPolicy,
    policy,
    [
      [{ "/schema_version": 1 }, "/schema_version"],
      [{ "/v": 0 }, "/v"],
      [{ "/v": 1.5 }, "/v"],
      [{ "/id": undefined }, "/id"],
      [{ "/mode_default": "replay" }, "/mode_default"],
      [{ "/match_mode": "any" }, "/match_mode"],
      [{ "/budgets": undefined }, "/budgets"],
      [{ "/budgets/max_entries": -1 }, "/budgets/max_entries"],
      [{ "/budgets/max_key_bytes": "1" }, "/budgets/max_key_bytes"],
      [{ "/budgets/max_key_bytes": undefined }, "/budgets/max_key_bytes"],
      [{ "/budgets/max_time": 1 }, "/budgets/max_time"],
      [{ "/http": 1 }, "/http"],
    ],
  ],
  [
    "matching",
    readMatching,
    matching,
    [
      [{ "/schema_version": "x" }, "/schema_version"],
      [{ "/order": "per-partition" }, "/order"],
      [{ "/volatile": "/key" }, "/volatile"],
      [{ "/volatile": ["/topic"] }, "/volatile/0"],
      [{ "/volatile": ["key"] }, "/volatile/0"],
      [{ "/volatile": ["/key", "/key/x"] }, "/volatile/1"],
      [{ "/volatile": ["/headers"] }, "/volatile/0"],
      [{ "/volatile": ["/headers/a/b"] }, "/volatile/0"],
      [{ "/volatile": ["/value/~2"] }, "/volatile/0"],
      [{ "/volatile": ["/headers/~"] }, "/volatile/0"],
      [{ "/volatile": ["/values"] }, "/volatile/0"],
    ],
  ],
])("%s", (_, read, document, table) => {
  test("is good to begin with", () => {
    expect(pointerOf(() => read(changed(document, {})))).toBe("nothing thrown");
  });

  test.each(table)("with %j is refused at %s", (changes, pointer) => {
    expect(pointerOf(() => read(changed(document, changes)))).toBe(pointer);
  });

  test.each<[JsonValue]>([[null], [[]], ["text"], [1], [true]])("%j is refused", (other) => {
    expect(pointerOf(() => read(other))).not.toBe("nothing thrown");
  });
});
