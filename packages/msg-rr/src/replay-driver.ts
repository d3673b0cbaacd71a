/**
 * A driver that answers from a cassette: no broker, no network, no clock. It does what the session
 * says: strict, every call is compared with the recording and every recorded entry must come up;
 * lenient, X07's rules (the request is not compared).
 */
import type { Driver, DriverKind } from "@reprise/msg-core";
import { lenientReplayDriver } from "./replay-lenient.js";
import { strictReplayDriver } from "./replay-strict.js";
import type { Session } from "./session.js";

export interface ReplayOptions {
  readonly kind: DriverKind;
  /** The endpoint that was recorded: the profile's id. */
  readonly endpoint: string;
}

export function replayDriver(session: Session, options: ReplayOptions): Driver {
  return session.strictness === "strict"
    ? strictReplayDriver(session, options)
    : lenientReplayDriver(session, options);
}
