/**
 * The keys of a run, made from its seed: whoever has the cassette can verify it, and forge it. Keys of
 * real agents are random, and stay with them.
 *
 * An Ed25519 key vouches for one agent. The HMAC secret is shared by those who sign with it, so it says
 * that a message is from one of them, not from whom.
 */
import {
  type AmpKey,
  type AmpKeyring,
  createAmpKeyring,
  type SignaturePort,
} from "@reprise/msg-amp";
import type { Chance } from "./chance.js";
import type { Agent } from "./roster.js";

export interface AgentKeys {
  /** Signs for one agent. */
  signerOf(agent: Agent): AmpKeyring;
  /** Verifies everybody. */
  readonly verifier: AmpKeyring;
}

/** `port` computes; default: in pure JavaScript. */
export function createAgentKeys(
  agents: readonly Agent[],
  { chance, port }: { readonly chance: Chance; readonly port?: SignaturePort | undefined },
): AgentKeys {
  const secret: AmpKey = { scheme: "hmac-sha256", secret: chance.bytes("secret") };
  const keyOf = ({ name, scheme }: Agent): AmpKey =>
    scheme === "hmac-sha256" ? secret : keyPairOf(name, chance);
  const signers = new Map(
    agents.map((agent) => [agent.name, createAmpKeyring([keyOf(agent)], port)]),
  );
  const keyPairs = agents.filter(({ scheme }) => scheme === "ed25519").map(keyOf);
  return {
    signerOf({ name }) {
      const signer = signers.get(name);
      if (signer === undefined) throw new RangeError(`no keys were made for ${name}`);
      return signer;
    },
    verifier: createAmpKeyring([secret, ...keyPairs], port),
  };
}

/** A key that says it is `name`'s. */
export function keyPairOf(name: string, chance: Chance): AmpKey {
  return { scheme: "ed25519", id: `lab.${name}`, seed: chance.bytes("key", name), actors: [name] };
}
