/** Which driver of a session is meant, and how the real one is opened. */
import type { Driver, DriverKind } from "@reprise/msg-core";

export interface ReplayOptions {
  readonly kind: DriverKind;
  /** The endpoint that was recorded: the profile's id. One driver for each: two would share it. */
  readonly endpoint: string;
}

export interface SessionDriverOptions extends ReplayOptions {
  /** Opens the real driver: called only in modes that need it, and only once. */
  open(): Driver | Promise<Driver>;
}
