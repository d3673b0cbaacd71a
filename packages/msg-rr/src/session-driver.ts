/**
 * The driver for a session, whatever its mode: the real one, the real one recorded, the recording
 * replayed, or, where something is missing from the recording, the real one for that.
 */
import type { Driver } from "@reprise/msg-core";
import type { SessionDriverOptions } from "./driver-options.js";
import { recordMissingDriver } from "./record-missing-driver.js";
import { recordingDriver } from "./recording-driver.js";
import { replayDriver } from "./replay-driver.js";
import type { Session } from "./session.js";

export async function sessionDriver(
  session: Session,
  { kind, endpoint, open }: SessionDriverOptions,
): Promise<Driver> {
  switch (session.mode) {
    case "off":
      return await open();
    case "record":
    case "rewrite":
      return recordingDriver(await open(), session);
    case "replay":
      return replayDriver(session, { kind, endpoint });
    case "record-missing":
      return recordMissingDriver(session, { kind, endpoint, open });
  }
}
