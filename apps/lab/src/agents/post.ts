/**
 * Between the agents and the bus: signs what goes out, and verifies what comes in. It stands outside of
 * the agents' world: a key is no agent's to read, and signing draws randomness (noble, against timing),
 * though an Ed25519 signature has none in it.
 */
import {
  AmpError,
  type AmpKeyring,
  type AmpMessage,
  ampOfEnvelope,
  createAmpKeyring,
  envelopeOfAmp,
  type SignaturePort,
} from "@reprise/msg-amp";
import type { Envelope } from "@reprise/msg-core";
import { createAgentKeys, keyPairOf } from "./agent-keys.js";
import { createChance } from "./chance.js";
import type { Roster } from "./roster.js";
import type { Flaw, Speech } from "./speech.js";

export interface Post {
  /** Verifies everybody of the run. */
  readonly verifier: AmpKeyring;
  /** Signed by who says it, or flawed as it is meant to be. */
  seal(speech: Speech): Envelope;
  /** Never throws. */
  open(envelope: Envelope): Hearing;
}

/** A verdict of the keyring; `malformed`: there was no message to verify. */
export type SignatureState = "valid" | "unsigned" | "unknown key" | "bad signature" | "malformed";

/** What came in: a message that is its actor's own, or why it is not. */
export type Hearing =
  | { readonly state: "valid"; readonly message: AmpMessage }
  | { readonly state: Exclude<SignatureState, "valid">; readonly reason: string };

export interface PostOptions {
  readonly roster: Roster;
  readonly seed: number;
  /** Who computes signatures; default: pure JavaScript. */
  readonly signatures?: SignaturePort;
}

export function createPost({ roster, seed, signatures }: PostOptions): Post {
  const chance = createChance(seed);
  const { signerOf, verifier } = createAgentKeys(roster.everybody, { chance, port: signatures });
  const stranger = createAmpKeyring([keyPairOf("stranger", chance)], signatures);
  return {
    verifier,
    seal({ from, to, message, flaw }) {
      const signed = signerOf(from).sign(message);
      const sent = flaw === undefined ? signed : flawed(flaw, { message, signed, stranger });
      const envelope = envelopeOfAmp({ stream: to.inbox, message: sent });
      return flaw === "malformed" ? { ...envelope, value: cutShort(envelope.value) } : envelope;
    },
    open: (envelope) => hear(envelope, verifier),
  };
}

interface Signing {
  readonly message: AmpMessage;
  readonly signed: AmpMessage;
  readonly stranger: AmpKeyring;
}

function flawed(flaw: Flaw, { message, signed, stranger }: Signing): AmpMessage {
  switch (flaw) {
    case "unsigned":
      return message;
    case "malformed":
      return signed;
    case "unknown key":
      return stranger.sign(message);
    case "altered":
      return { ...signed, payload: { ...message.payload, lines: 2 } };
  }
}

function cutShort(bytes: Uint8Array): Uint8Array {
  return bytes.subarray(0, bytes.length - 1);
}

function hear(envelope: Envelope, keyring: AmpKeyring): Hearing {
  let message: AmpMessage;
  try {
    message = ampOfEnvelope(envelope).message;
  } catch (error) {
    if (!AmpError.is(error)) throw error;
    return { state: "malformed", reason: `malformed: ${error.code}: ${error.message}` };
  }
  const verdict = keyring.verify(message);
  switch (verdict.state) {
    case "valid":
      return { state: "valid", message };
    case "unsigned":
      return { state: "unsigned", reason: `unsigned: ${message.actor} would have signed it` };
    case "unknown key":
      return { state: verdict.state, reason: `unknown key: ${verdict.keyId ?? verdict.scheme}` };
    case "bad signature":
      return { state: verdict.state, reason: `bad signature: ${verdict.reason}` };
  }
}
