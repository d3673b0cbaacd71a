/**
 * The message of the Agent Message Protocol: what one agent tells another, as one atomic unit.
 *
 * ```
 *  op_id      what makes it apply once: a UUID, unless the sender has a better key
 *  at         when, RFC 3339 UTC with six fractional digits and Z
 *  type       what it says, `FIX.PATCH_APPLIED`
 *  actor      who says it
 *  causality  what it follows from: `parent`, `root`, ... each an op_id or null
 *  snap_sha   the state of the code base that it speaks of
 *  payload    the sender's business
 *  proof      a bundle that backs it                                     left out when absent
 *  sig        signature-text.ts                                          left out when absent
 * ```
 *
 * The names are those of the JSON text. A message is plain JSON data, so it can be written, compared,
 * and put into a payload.
 */
import type { JsonObject } from "@reprise/canonical-json";

/** An alias, not an interface: it is a `JsonValue`. */
export type AmpMessage = {
  readonly op_id: string;
  readonly at: string;
  readonly type: string;
  readonly actor: string;
  readonly causality: AmpCausality;
  readonly snap_sha: string;
  readonly payload: JsonObject;
  readonly proof?: JsonObject;
  readonly sig?: string;
};

export type AmpCausality = { readonly [name: string]: string | null };

/** Characters (UTF-16 units) of `op_id`, `type`, `actor`, `snap_sha`, and of a causality's value. */
export const nameLengthMax: number = 256;
/** Members of `causality`; each name has 1 to 64 characters. */
export const causesMax: number = 64;
export const causeNameLengthMax: number = 64;
export const signatureLengthMax: number = 512;
/** Bytes of a message as JSON, in UTF-8, whoever wrote it. */
export const messageSizeMax: number = 2 ** 20;
