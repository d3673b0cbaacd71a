/** How a reader of envelopes refuses: the code, what is wrong, and at which byte of the envelope. */
import { MsgError, type MsgErrorCode } from "./errors.js";

export function envelopeRefusal(code: MsgErrorCode, problem: string, offset: number): MsgError {
  return new MsgError(code, `envelope: ${problem}, at byte ${offset}`, { offset });
}
