/**
 * What answers for the clock and for randomness inside a solve world (`inWorld` of `@reprise/worlds`),
 * by a session: a recording asks the real sources and writes each draw down before the program gets
 * it; a replay gives the program what was written.
 *
 * Strictly, the draws of one key come in the order in which they were recorded, each by the call that
 * made it then. Programs that draw in several places at once (handlers that run side by side) give each
 * a key of its own, for their order among each other is chance.
 */
import { MsgError } from "@reprise/msg-core";
import type { AmbientSources } from "@reprise/worlds";
import { drawFailed, drawFailureOf } from "./draw-failure.js";
import { takeDraw } from "./draw-replay.js";
import {
  type Draw,
  type DrawRequest,
  decodeDraw,
  describeDraw,
  drawEntry,
  drawOperationOf,
  encodeNanoseconds,
} from "./draws.js";
import { modes } from "./modes.js";
import { rrKind } from "./operations.js";
import { mismatch } from "./record-reader.js";
import { replayBoardOf } from "./replay-board.js";
import type { Session } from "./session.js";

export interface SessionSourcesOptions {
  /** The real ones: needed in every mode but replay. `liveSources()` of `@reprise/worlds/os`. */
  readonly live?: AmbientSources;
  /** In whose order the draws stand. Default `ambient`. */
  readonly key?: string;
}

const keyDefault = "ambient";

/**
 * Sources by a session. Throws SESSION_CONFIG where its mode asks real ones and there are none. A draw
 * throws SESSION_CLOSED, POLICY_REFUSED; where it replays REPLAY_DIFFERS, NO_MATCH, RECORDED_MISMATCH;
 * where it records the code of a budget, CASSETTE_UNAVAILABLE, RESULT_INVALID: the recording is then
 * over, and the calls of its drivers give the same error.
 */
export function sessionSources(
  session: Session,
  { live, key = keyDefault }: SessionSourcesOptions = {},
): AmbientSources {
  const { mode } = session;
  if (mode !== "replay" && live === undefined) {
    const message = `a session in mode ${mode} asks the real clock; give sessionSources \`live\``;
    throw new MsgError("SESSION_CONFIG", message);
  }
  const ask = (request: DrawRequest, draw: (real: AmbientSources) => Uint8Array): Draw => {
    const fresh = (): Draw => {
      // Only a replay has none, and it asks for none: the cast holds.
      const resp = () => draw(live as AmbientSources);
      return mode === "off" ? unkept(request, resp()) : recordDraw(session, request, { key, resp });
    };
    if (!modes[mode].replays) return fresh();
    try {
      return replayDraw(session, key, request);
    } catch (error) {
      const isMissing = MsgError.is(error) && error.code === "NO_MATCH";
      if (mode === "record-missing" && isMissing) return fresh();
      throw error;
    }
  };
  return {
    clock(call) {
      const draw = ask({ call }, (real) => encodeNanoseconds(real.clock(call)));
      if (draw.kind === "clock") return draw.ns;
      throw mismatch("draw", "it is of bytes, a clock was asked");
    },
    entropy(call, size) {
      const draw = ask({ call, size }, (real) => real.entropy(call, size));
      if (draw.kind === "entropy" && draw.bytes.length === size) return draw.bytes.slice();
      throw mismatch("draw", `it is not of ${size} bytes`);
    },
  };
}

function unkept(request: DrawRequest, resp: Uint8Array): Draw {
  return decodeDraw(drawEntry(request, { key: keyDefault, resp }));
}

/** Written before it is answered: what the program saw is in the cassette, whatever it does with it. */
function recordDraw(
  session: Session,
  request: DrawRequest,
  { key, resp }: { readonly key: string; readonly resp: () => Uint8Array },
): Draw {
  session.checkOpen();
  const failure = drawFailureOf(session);
  if (failure !== undefined) throw failure;
  try {
    const entry = drawEntry(request, { key, resp: resp() });
    const draw = decodeDraw(entry);
    session.append(entry);
    return draw;
  } catch (error) {
    throw drawFailed(session, describeDraw(request), error);
  }
}

function replayDraw(session: Session, key: string, request: DrawRequest): Draw {
  if (session.strictness === "lenient") {
    return decodeDraw(session.next(rrKind, drawOperationOf(request), key));
  }
  const board = replayBoardOf(session);
  board.check();
  try {
    return decodeDraw(session.recorded.entry(takeDraw(session, key, request)));
  } catch (error) {
    throw board.told(error);
  }
}
