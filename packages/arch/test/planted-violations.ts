/**
 * One violation for each rule, as somebody might write it who does not know better: a file that is
 * new, or a change to one that is there, and where what is found.
 */
import type { Manifest, ManifestNode } from "../src/documents/manifest.ts";

export interface Planted {
  readonly file: string;
  /** Of a file that is new. */
  readonly text?: string;
  /** Of one that is there. */
  readonly edit?: (text: string) => string;
  /** `line CODE` of this file, or `file:line CODE`. */
  readonly expect: readonly string[];
}

/** Rules that this repository has no use for, switched on so that each can be broken. */
export function withEveryRule(manifest: Manifest): Manifest {
  const own = new Set(["planted-layers", "planted-cycles"]);
  return {
    ...manifest,
    rules: [
      ...manifest.rules.filter(({ id }) => !own.has(id)),
      { kind: "layers_v1", id: "planted-layers", layers: ["worlds", "obs"], direction: "down" },
      { kind: "deny_cycles_v1", id: "planted-cycles", scope: "modules" },
    ],
    checks: { ...manifest.checks, brand_boundary_v1: { enabled: true } },
    tool_budgets: { ...manifest.tool_budgets, max_diags: 100_000 },
  };
}

function inJson(change: (document: never) => object): (text: string) => string {
  return (text) => `${JSON.stringify(change(JSON.parse(text) as never), null, 2)}\n`;
}

const undeclared = "E_ARCH_DEPENDENCY_UNDECLARED";

const reachingOut: readonly Planted[] = [
  {
    file: "packages/msg-core/src/planted-kafka.ts",
    text: '/** A broker, in the core. */\n\nimport { Kafka } from "kafkajs";\nexport const kafka = Kafka;\n',
    expect: ["3 E_ARCH_WORLD_CAPABILITY", `3 ${undeclared}`],
  },
  {
    file: "packages/canonical-json/src/planted-clock.ts",
    text: "/** When. */\nexport const started = Date.now();\n",
    expect: ["2 E_ARCH_AMBIENT"],
  },
  {
    file: "apps/lab/src/planted-dice.ts",
    text: "const { random } = Math;\nexport const die = () => 1 + Math.floor(6 * random());\n",
    expect: ["1 E_ARCH_AMBIENT"],
  },
  {
    file: "packages/msg-memory/package.json",
    edit: inJson(({ dependencies, ...rest }: { dependencies: object }) => ({
      dependencies: { "left-pad": "1", ioredis: "1", ...dependencies },
      ...rest,
    })),
    expect: [
      "3 E_ARCH_WORLD_CAPABILITY",
      "3 E_ARCH_DEPENDENCY_UNUSED",
      "4 E_ARCH_WORLD_CAPABILITY",
      "4 E_ARCH_DEPENDENCY_UNUSED",
    ],
  },
  {
    // Through what reaches further than it may: the chain is what is told.
    file: "packages/obs/src/planted-os.ts",
    text: 'export const wait = () => {};\nexport { withPolicy } from "@reprise/msg-rr/os";\n',
    expect: [
      "2 E_ARCH_WORLD_EDGE_FORBIDDEN",
      "2 E_ARCH_TRUST_ZONE_EDGE",
      "2 E_ARCH_VISIBILITY",
      "2 E_ARCH_EDGE_NOT_ALLOWED",
      `2 ${undeclared}`,
    ],
  },
];

const edges: readonly Planted[] = [
  {
    file: "packages/msg-core/src/planted-edge.ts",
    text: 'import type { World } from "@reprise/worlds";\nexport type Planted = World;\n',
    expect: ["1 E_ARCH_EDGE_NOT_ALLOWED", `1 ${undeclared}`],
  },
  {
    file: "packages/msg-memory/src/planted-session.ts",
    text: '\n\n\nexport type { Envelope } from "@reprise/msg-core";\nexport * from "@reprise/msg-rr";\n',
    expect: ["5 E_ARCH_DEPS_DENY", `5 ${undeclared}`],
  },
  {
    file: "packages/worlds/src/planted-up.ts",
    text: 'export const metrics = import("@reprise/obs");\n',
    expect: ["1 E_ARCH_LAYERS_VIOLATION", `1 ${undeclared}`],
  },
  {
    file: "packages/msg-conformance/src/planted-command.ts",
    text: 'import "@reprise/cli";\n',
    expect: ["1 E_ARCH_VISIBILITY", "1 E_ARCH_EDGE_NOT_ALLOWED", `1 ${undeclared}`],
  },
  {
    file: "packages/obs/src/planted-hen.ts",
    text: '// One of them came first.\nimport { egg } from "./planted-yolk.js";\nexport const hen = () => egg;\n',
    expect: ["2 E_ARCH_CYCLE"],
  },
  {
    file: "packages/obs/src/planted-yolk.ts",
    text: 'import { hen } from "./planted-hen.js";\nexport const egg = () => hen;\n',
    expect: [],
  },
  {
    // A circle of nodes: msg-core stands on canonical-json.
    file: "packages/canonical-json/src/planted-envelope.ts",
    text: 'import type { Envelope } from "@reprise/msg-core";\nexport type Planted = Envelope;\n',
    expect: [
      "1 E_ARCH_EDGE_NOT_ALLOWED",
      "1 E_ARCH_IMPORT_PREFIX_NOT_ALLOWED",
      `1 ${undeclared}`,
      "1 E_ARCH_CYCLE",
    ],
  },
];

const imports: readonly Planted[] = [
  {
    file: "packages/msg-kafka/src/os/planted-rival.ts",
    text: 'import amqp from "amqplib";\nexport const rival = amqp;\n',
    expect: ["1 E_ARCH_IMPORT_PREFIX_DENIED", `1 ${undeclared}`],
  },
  {
    file: "packages/canonical-json/src/planted-schema.ts",
    text: 'export { string } from "valibot";\n',
    expect: ["1 E_ARCH_IMPORT_PREFIX_NOT_ALLOWED", `1 ${undeclared}`],
  },
  {
    file: "packages/obs/test/planted-external.test.ts",
    text: '/* Nobody asked for it. */\nimport pad from "left-pad";\npad("");\n',
    expect: ["2 E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED", `2 ${undeclared}`],
  },
  {
    file: "packages/cli/src/os/planted-path.ts",
    text: 'export { total } from "./nowhere.js";\nexport const plugin = (name: string) => import(name);\n',
    expect: ["1 E_ARCH_IMPORT_UNRESOLVED", "2 W_ARCH_IMPORT_OPAQUE"],
  },
  {
    file: "packages/obs/src/planted-neighbour.ts",
    text: 'export { limits } from "../../canonical-json/src/limits.js";\n',
    expect: [`1 ${undeclared}`],
  },
];

function plantIn(node: ManifestNode): ManifestNode {
  if (node.id !== "worlds") return node;
  const path_globs = [...node.match.path_globs, "packages/obs/src/planted-overlap.ts"];
  const contracts = { smoke_entry: "plantedEntry" };
  return { ...node, match: { ...node.match, path_globs }, contracts };
}

const nodes: readonly Planted[] = [
  {
    file: "stray/lost.ts",
    text: "export const lost = true;\n",
    expect: ["1 E_ARCH_NODE_ORPHAN_MODULE"],
  },
  {
    file: "packages/obs/src/planted-overlap.ts",
    text: "export const both = true;\n",
    expect: ["1 E_ARCH_NODE_OVERLAP_MODULE"],
  },
  {
    // Ahead of all others, so that its line is known.
    file: "arch/manifest.x07arch.json",
    edit: inJson(({ nodes: old, ...rest }: Manifest) => ({
      nodes: old.map(plantIn).sort((a, b) => Number(b.id === "worlds") - Number(a.id === "worlds")),
      ...rest,
    })),
    expect: ["24 E_ARCH_SMOKE_MISSING", "arch/manifest.lock.json:2 E_ARCH_LOCK_MISMATCH"],
  },
  {
    file: "packages/msg-core/src/planted-bytes.ts",
    text: "\nexport function planted(bytes: Uint8Array): number {\n  return bytes.length;\n}\n",
    expect: ["2 E_ARCH_PUBLIC_BYTES_UNBRANDED"],
  },
  {
    file: "packages/obs/src/planted-broken.ts",
    text: "export const fine = 1;\nexport const = 2;\n",
    expect: ["2 E_ARCH_MODULE_PARSE"],
  },
  {
    file: "packages/obs/src/planted-twin.js",
    text: "export const twin = 1;\n",
    expect: [],
  },
  {
    file: "packages/obs/src/planted-twin.ts",
    text: "export const twin = 1;\n",
    expect: ["1 E_ARCH_DUPLICATE_MODULE_ID"],
  },
];

const tolerated: readonly Planted[] = [
  {
    file: "packages/obs/src/planted-comment.ts",
    text: [
      "// arch-allow E_ARCH_AMBIENT: planted, and allowed",
      "export const allowed = Date.now();",
      "// arch-allow E_ARCH_CYCLE: there is none",
      "export const nothing = 1;",
      "// arch-allow E_ARCH_AMBIENT",
      "export const refused = Date.now();",
      "",
    ].join("\n"),
    expect: ["3 E_ARCH_EXCEPTION_UNUSED", "5 E_ARCH_EXCEPTION_REASON", "6 E_ARCH_AMBIENT"],
  },
  {
    file: "arch/baseline.json",
    text: JSON.stringify({
      schema_version: "reprise.arch.baseline@0.1.0",
      known: [{ code: "E_ARCH_CYCLE", path: "packages/obs/src/gone.ts", count: 1, about: {} }],
    }),
    expect: ["1 E_ARCH_BASELINE_STALE"],
  },
];

const contracts: readonly Planted[] = [
  {
    file: "arch/rr/policies/lab_memory_v1.policy.json",
    edit: (text) => text.replace('"lab_memory_v1"', '"lab_other_v1"'),
    expect: [
      "3 E_ARCH_RR_POLICY_ID_MISMATCH",
      "arch/contracts.lock.json:1 E_ARCH_CONTRACTS_LOCK_MISMATCH",
    ],
  },
  {
    file: "arch/msg/forgotten.x07msg.json",
    text: "{}\n",
    expect: ["1 E_ARCH_CONTRACT_UNREFERENCED"],
  },
];

export const planted: readonly Planted[] = [
  ...reachingOut,
  ...edges,
  ...imports,
  ...nodes,
  ...tolerated,
  ...contracts,
];
