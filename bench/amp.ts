/**
 * Signatures of agents' messages, canonical bytes and all checks included: node's crypto beside noble,
 * which is the default because it needs no operating system. One operation is one message of some
 * 460 bytes. Not judged: it is why the port is there.
 */
import {
  type AmpKey,
  type AmpMessage,
  createAmpKeyring,
  createAmpMessage,
  encodeAmpMessage,
  nobleSignatures,
  parseAmpMessage,
} from "@reprise/msg-amp";
import { nodeSignatures } from "@reprise/msg-amp/os";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

let made = 0;
const ports = {
  uuid: () => `00000000-0000-4000-8000-${String(made++).padStart(12, "0")}`,
  nowMicros: () => 1_795_000_000_000_000 + made,
};
const message = createAmpMessage(
  {
    type: "FIX.PATCH_APPLIED",
    actor: "fixer",
    snap_sha: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    payload: { files: ["src/orders.ts", "src/totals.ts"], note: "rounds half to even ".repeat(8) },
  },
  ports,
);
const seed = new Uint8Array(32).fill(7);
const pair: AmpKey = { scheme: "ed25519", id: "fixer", seed };
const shared: AmpKey = { scheme: "hmac-sha256", secret: seed };

function compared(name: string, key: AmpKey): readonly BenchmarkCase[] {
  const [node, noble] = [nodeSignatures, nobleSignatures].map((port) =>
    createAmpKeyring([key], port),
  ) as [ReturnType<typeof createAmpKeyring>, ReturnType<typeof createAmpKeyring>];
  const signed: AmpMessage = node.sign(message);
  return [
    {
      name: `${name}, sign`,
      ours: () => node.sign(message),
      peers: [{ name: "noble", run: () => noble.sign(message) }],
    },
    {
      name: `${name}, verify`,
      ours: () => node.verify(signed),
      peers: [{ name: "noble", run: () => noble.verify(signed) }],
    },
  ];
}

const text = encodeAmpMessage(message);

export const benchmark: Benchmark = {
  name: "amp",
  cases: [
    ...compared("Ed25519", pair),
    ...compared("HMAC-SHA-256", shared),
    { name: "a message written", ours: () => encodeAmpMessage(message), peers: [] },
    { name: "a message read", ours: () => parseAmpMessage(text), peers: [] },
  ],
};
