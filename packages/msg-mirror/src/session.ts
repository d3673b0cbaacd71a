/**
 * What a client may do, and what follows from it.
 *
 * ```
 * stranger --auth, right--> in        (at once, where no token is asked for)
 *    |                      |  subscribe: another subscription
 *    '----- anything wrong -+--> ending --much more--> cut
 * ```
 *
 * The session decides and the caller acts: admits, answers, ends with a code, or cuts the connection.
 */
import { readClientFrame } from "./client-frame.js";
import { type CloseCode, closeCodes } from "./close-codes.js";
import { createRate } from "./rate.js";
import { createSubscription, everything, type Subscription } from "./subscription.js";

export type SessionStep =
  | { readonly act: "nothing" }
  /** Its token is right: call `admit`, if there is a place. */
  | { readonly act: "admit" }
  /** Answer with what it is subscribed to. */
  | { readonly act: "confirm" }
  | { readonly act: "end"; readonly code: CloseCode }
  | { readonly act: "cut" };

export interface Session {
  readonly state: "stranger" | "in" | "ending";
  readonly subscription: Subscription;
  admit(): void;
  /** Whether it was not ending before. */
  end(): boolean;
  /** A text frame; undefined for a binary one. `nowMs` is of a clock that does not go back. */
  frame(text: string | undefined, nowMs: number): SessionStep;
  /** A ping or a pong. */
  control(nowMs: number): SessionStep;
}

/** Frames that may come after the end: what was on its way already. To cut at once would lose the code. */
export const lateMax: number = 2000;

export interface SessionOptions {
  readonly isToken: (token: string) => boolean;
  /** Frames a second; twice as many at once. */
  readonly framesPerSecondMax: number;
}

export function createSession({ isToken, framesPerSecondMax }: SessionOptions): Session {
  const rate = createRate({ perSecond: framesPerSecondMax, burst: framesPerSecondMax * 2 });
  let state: "stranger" | "in" | "ending" = "stranger";
  let subscription = everything;
  let late = 0;

  const control = (nowMs: number): SessionStep => {
    if (state === "ending") {
      late += 1;
      return { act: late > lateMax ? "cut" : "nothing" };
    }
    return rate.take(nowMs) ? { act: "nothing" } : ending(closeCodes.tooManyFrames);
  };

  const read = (text: string): SessionStep => {
    const frame = readClientFrame(text);
    if ("refusal" in frame) return ending({ ...closeCodes.malformed, reason: frame.refusal });
    if (frame.frame === "auth") {
      if (!isToken(frame.token)) return ending(closeCodes.unauthorized);
      return { act: state === "in" ? "nothing" : "admit" };
    }
    if (state === "stranger") return ending(closeCodes.unauthorized);
    subscription = createSubscription(frame);
    return { act: "confirm" };
  };

  return {
    get state() {
      return state;
    },
    get subscription() {
      return subscription;
    },
    admit() {
      if (state === "stranger") state = "in";
    },
    end() {
      const was = state;
      state = "ending";
      return was !== "ending";
    },
    frame(text, nowMs) {
      const step = control(nowMs);
      if (step.act !== "nothing" || state === "ending") return step;
      return text === undefined ? ending(closeCodes.notText) : read(text);
    },
    control,
  };
}

function ending(code: CloseCode): SessionStep {
  return { act: "end", code };
}
