/**
 * A driver that answers from a cassette: no broker, no network, no clock. It does what the session
 * says: strict, every call is compared with the recording and every recorded entry must come up;
 * lenient, X07's rules (the request is not compared).
 */
import { type Driver, MsgError } from "@reprise/msg-core";
import type { ReplayOptions } from "./driver-options.js";
import { modes } from "./modes.js";
import { lenientReplayDriver } from "./replay-lenient.js";
import { strictReplayDriver } from "./replay-strict.js";
import type { Session } from "./session.js";

/**
 * Throws MODE_NO_REPLAY, RECORDED_MISMATCH. Its calls reject with what was recorded, and where the
 * program does something else with REPLAY_DIFFERS or, past the end, NO_MATCH; the message says where.
 */
export function replayDriver(session: Session, options: ReplayOptions): Driver {
  if (!modes[session.mode].replays) {
    throw new MsgError("MODE_NO_REPLAY", `a session in mode ${session.mode} does not replay`);
  }
  return session.strictness === "strict"
    ? strictReplayDriver(session, options)
    : lenientReplayDriver(session, options);
}
