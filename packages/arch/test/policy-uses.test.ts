/**
 * Goal: each policy's scope is found with its id, and each opening of a driver with the policies it
 * is under; what is called likewise and is something else is not.
 * Method: short modules by hand, each with what must be found, as text.
 */
import { expect, test } from "vitest";
import { mentionsPolicy, policyUses } from "../src/facts/policy-uses.ts";
import { parseText } from "./parse-text.ts";

/** `line:column with-policy id` or `line:column prefix within policy`. */
function usesIn(text: string): readonly string[] {
  const { program, positionOf } = parseText(text);
  const uses = policyUses(program, positionOf);
  if (uses.length > 0) expect(mentionsPolicy(text)).toBe(true);
  return uses.map(({ call, id, within, start }) => {
    const at = `${start.line}:${start.col}`;
    if (call === "with-policy") return `${at} with-policy ${id}`;
    return `${at} ${id} within ${within === "" ? "(opaque)" : within}`;
  });
}

const policy = `import { withPolicy } from "@reprise/msg-rr/os";`;
const kafka = `import { openKafkaDriver } from "@reprise/msg-kafka/os";`;
const head = `${policy} ${kafka}\n`;

const cases: readonly (readonly [what: string, text: string, ...uses: string[]])[] = [
  ["a scope", `${policy}\nwithPolicy({ policyId: "p" }, f)`, "2:1 with-policy p"],
  [
    "under another name",
    `import { withPolicy as w } from "@reprise/msg-rr/os";\nw({ policyId: "p" }, f)`,
    "2:1 with-policy p",
  ],
  [
    "through a namespace",
    `import * as rr from "@reprise/msg-rr/os";\nrr.withPolicy({ policyId: "p" }, f)`,
    "2:1 with-policy p",
  ],
  [
    "through a dynamic import",
    `const { withPolicy: w } = await import("@reprise/msg-rr/os");\nawait w({ policyId: "p" }, f)`,
    "2:7 with-policy p",
  ],
  [
    "through require",
    `const rr = require("@reprise/msg-rr/os");\nrr.withPolicy({ policyId: "p" }, f)`,
    "2:1 with-policy p",
  ],
  [
    "through an alias",
    `${policy}\nconst open = withPolicy; open({ policyId: "p" }, f)`,
    "2:26 with-policy p",
  ],
  [
    "an id that is a constant",
    `${policy}\nconst id = "p"; withPolicy({ policyId: id }, f)`,
    "2:17 with-policy p",
  ],
  [
    "options that are a constant",
    `${policy}\nconst options = { policyId: \`p\` }; withPolicy(options, f)`,
    "2:36 with-policy p",
  ],
  [
    "an id from elsewhere",
    `${policy}\nwithPolicy({ policyId: id }, f)`,
    "2:1 with-policy undefined",
  ],
  ["no options", `${policy}\nwithPolicy(options, f)`, "2:1 with-policy undefined"],
  [
    "an id that may be another",
    `${policy}\nwithPolicy({ policyId: "p", ...more }, f)`,
    "2:1 with-policy undefined",
  ],
  [
    "an id that comes last",
    `${policy}\nwithPolicy({ ...more, policyId: "p" }, f)`,
    "2:1 with-policy p",
  ],
  ["handed on", `${policy}\nrun(withPolicy)`, "2:5 with-policy undefined"],

  ["outside", `${kafka}\nawait openKafkaDriver(p)`, "2:7 std.msg.kafka. within undefined"],
  [
    "amqp and redis",
    `import { openAmqpDriver as a } from "@reprise/msg-amqp/os";
import { openRedisDriver } from "@reprise/msg-redis/os";
a(p); openRedisDriver(p);`,
    "3:1 std.msg.amqp. within undefined",
    "3:7 std.msg.redis. within undefined",
  ],
  ["a driver handed on", `${kafka}\nrun(openKafkaDriver)`, "2:5 std.msg.kafka. within undefined"],
  [
    "within a body",
    `${head}withPolicy({ policyId: "p" }, async () => { await openKafkaDriver(a); })`,
    "2:1 with-policy p",
    "2:51 std.msg.kafka. within p",
  ],
  [
    "within a function of a body",
    `${head}withPolicy({ policyId: "p" }, function () { return [1].map(() => openKafkaDriver(a)); })`,
    "2:1 with-policy p",
    "2:66 std.msg.kafka. within p",
  ],
  [
    "beside a body",
    `${head}withPolicy({ policyId: "p", driver: openKafkaDriver(a) }, () => 1)`,
    "2:1 with-policy p",
    "2:37 std.msg.kafka. within undefined",
  ],
  [
    "the innermost counts",
    `${head}withPolicy({ policyId: "p" }, () => withPolicy({ policyId: "q" }, () => openKafkaDriver(a)))`,
    "2:1 with-policy p",
    "2:37 with-policy q",
    "2:73 std.msg.kafka. within q",
  ],
  [
    "a policy nobody can tell",
    `${head}withPolicy(options, () => openKafkaDriver(a))`,
    "2:1 with-policy undefined",
    "2:27 std.msg.kafka. within (opaque)",
  ],
  [
    "in a function that is the body",
    `${head}async function run() { await openKafkaDriver(a); }
withPolicy({ policyId: "p" }, run)`,
    "2:30 std.msg.kafka. within p",
    "3:1 with-policy p",
  ],
  [
    "in a function that bodies call, through another, and itself",
    `${head}const open = () => { open(); return openKafkaDriver(a); };
function run() { return open(); }
withPolicy({ policyId: "q" }, () => run());
withPolicy({ policyId: "p" }, () => open());`,
    "2:37 std.msg.kafka. within p",
    "2:37 std.msg.kafka. within q",
    "4:1 with-policy q",
    "5:1 with-policy p",
  ],
  [
    "in two functions that call each other",
    `${head}function a() { b(); openKafkaDriver(x); }
function b() { a(); }
withPolicy({ policyId: "p" }, () => a());`,
    "2:21 std.msg.kafka. within p",
    "4:1 with-policy p",
  ],
  [
    "called from outside too",
    `${head}function open() { return openKafkaDriver(a); }
withPolicy({ policyId: "p" }, () => open());
open();`,
    "2:26 std.msg.kafka. within undefined",
    "3:1 with-policy p",
  ],
  [
    "handed to somebody",
    `${head}function open() { return openKafkaDriver(a); }
withPolicy({ policyId: "p" }, () => later(open));`,
    "2:26 std.msg.kafka. within undefined",
    "3:1 with-policy p",
  ],
  [
    "exported",
    `${head}export function open() { return openKafkaDriver(a); }
withPolicy({ policyId: "p" }, () => open());`,
    "2:33 std.msg.kafka. within undefined",
    "3:1 with-policy p",
  ],
  [
    "exported by its name",
    `${head}function open() { return openKafkaDriver(a); }
withPolicy({ policyId: "p" }, () => open());
export { open };`,
    "2:26 std.msg.kafka. within undefined",
    "3:1 with-policy p",
  ],
  [
    "a function that nobody calls",
    `${kafka}\nfunction open() { return openKafkaDriver(a); }`,
    "2:26 std.msg.kafka. within undefined",
  ],
  [
    "in a method",
    `${head}class Job { run() { openKafkaDriver(a); } }
withPolicy({ policyId: "p" }, () => new Job().run());`,
    "2:21 std.msg.kafka. within undefined",
    "3:1 with-policy p",
  ],

  ["somebody else's", `import { withPolicy } from "x"; withPolicy({ policyId: "p" }, f)`],
  ["one that hides it", `${policy}\nfunction f(withPolicy) { withPolicy({ policyId: "p" }, g); }`],
  [
    "a type",
    `import type { openKafkaDriver } from "@reprise/msg-kafka/os"; let a: typeof openKafkaDriver;`,
  ],
  ["another export", `import { currentSession } from "@reprise/msg-rr/os"; currentSession();`],
  [
    "the embedded broker",
    `import { openMemoryDriver } from "@reprise/msg-memory"; openMemoryDriver(p);`,
  ],
  ["an import alone", head],
];

test.each(cases)("%s", (_what, text, ...uses) => {
  expect(usesIn(text)).toEqual(uses);
});
