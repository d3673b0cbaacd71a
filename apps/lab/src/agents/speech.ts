/**
 * What somebody of a run says: a message without a signature, and where it goes. An agent has no keys:
 * what it says is signed outside of its world (post.ts).
 */
import type { JsonObject } from "@reprise/canonical-json";
import { type AmpCausality, type AmpMessage, createAmpMessage } from "@reprise/msg-amp";
import { portsFor } from "./agent-ports.js";
import type { Chance } from "./chance.js";
import type { Agent } from "./roster.js";

export interface Speech {
  readonly from: Agent;
  readonly to: Agent;
  /** Unsigned. */
  readonly message: AmpMessage;
  /** What is to be wrong with it when it is sent: on purpose. */
  readonly flaw?: Flaw;
}

/** See strays.ts. */
export type Flaw = "unsigned" | "malformed" | "unknown key" | "altered";

export interface SpeechDraft {
  readonly from: Agent;
  readonly to: Agent;
  readonly type: string;
  readonly snapSha: string;
  readonly payload: JsonObject;
  readonly proof?: JsonObject | undefined;
  readonly causality: AmpCausality;
  /** What its id and its time are made from, besides its place in the round. */
  readonly cause: string;
  readonly round: number;
  readonly hop: number;
}

/** With an id and a time. */
export function speechOf(draft: SpeechDraft, chance: Chance): Speech {
  const { from, to, type, snapSha, payload, proof, causality } = draft;
  const message = createAmpMessage(
    {
      type,
      actor: from.name,
      snap_sha: snapSha,
      causality,
      payload,
      ...(proof === undefined ? {} : { proof }),
    },
    portsFor(chance, draft),
  );
  return { from, to, message };
}
