/**
 * Making messages. What a message takes of the world, its id and its time, comes through ports: an agent
 * that is replayed gets the same ones again, and says the same.
 */
import type { JsonObject } from "@reprise/canonical-json";
import { AmpError } from "./amp-error.js";
import type { AmpCausality, AmpMessage } from "./message.js";
import { encodeAmpMessage } from "./message-text.js";
import { timestampOf } from "./timestamp.js";

export interface AmpPorts {
  /** A UUID, or another text that is new each time. On Node: `randomUUID`. */
  readonly uuid: () => string;
  /** Whole microseconds since 1970-01-01T00:00:00Z. On Node: `() => Date.now() * 1000`. */
  readonly nowMicros: () => number;
}

export interface AmpDraft {
  readonly type: string;
  readonly actor: string;
  readonly snap_sha: string;
  /** Default: from the port. */
  readonly op_id?: string;
  /** Default {}. */
  readonly causality?: AmpCausality;
  /** Default {}. */
  readonly payload?: JsonObject;
  readonly proof?: JsonObject;
}

/**
 * An unsigned message. Throws MESSAGE_INVALID, LIMIT_EXCEEDED, PORT_INVALID (a port gave what is no id
 * or no time; what a port throws is thrown on).
 */
export function createAmpMessage(draft: AmpDraft, ports: AmpPorts): AmpMessage {
  const { type, actor, snap_sha, causality = {}, payload = {}, proof } = draft;
  const message: AmpMessage = {
    op_id: draft.op_id ?? idFrom(ports),
    at: timestampOf(ports.nowMicros()),
    type,
    actor,
    causality,
    snap_sha,
    payload,
    ...(proof === undefined ? {} : { proof }),
  };
  encodeAmpMessage(message);
  return message;
}

/** The causality of what is said because of `message`: it is the parent, and its root the root. */
export function causedBy(message: AmpMessage): AmpCausality {
  return { parent: message.op_id, root: message.causality.root ?? message.op_id };
}

function idFrom({ uuid }: AmpPorts): string {
  const id: unknown = uuid();
  if (typeof id === "string" && id !== "") return id;
  throw new AmpError("PORT_INVALID", `uuid port gave ${JSON.stringify(id)}, expected a text`);
}
