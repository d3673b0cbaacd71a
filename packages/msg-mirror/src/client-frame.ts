/**
 * What a client sends: one JSON object in one text frame.
 *
 * ```
 * {"frame":"auth","token":"..."}                              first, where a token is asked for
 * {"frame":"subscribe","streams":["amp:*"],"types":["FIX.*"]}   at any time; takes the place of the one before
 * ```
 *
 * There are no other frames and no other members; anything else is refused, and the connection ended.
 */
import { type JsonObject, type JsonValue, parseJson } from "@reprise/canonical-json";
import { patternLengthMax, patternsMax, type SubscriptionRequest } from "./subscription.js";

export type ClientFrame =
  | { readonly frame: "auth"; readonly token: string }
  | ({ readonly frame: "subscribe" } & SubscriptionRequest);

export interface FrameRefusal {
  /** What was expected and what came; fits into a close frame (123 bytes). */
  readonly refusal: string;
}

/** Characters of a token. */
export const tokenLengthMax: number = 512;

/** Never throws. */
export function readClientFrame(text: string): ClientFrame | FrameRefusal {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return { refusal: "the frame is not JSON" };
  }
  if (!isObject(value)) return { refusal: "the frame is not a JSON object" };
  switch (value.frame) {
    case "auth":
      return readAuth(value);
    case "subscribe":
      return readSubscribe(value);
    default:
      return { refusal: "frame: expected auth or subscribe" };
  }
}

function readAuth(value: JsonObject): ClientFrame | FrameRefusal {
  const { token } = value;
  if (Object.keys(value).length !== 2) return { refusal: "auth: expected token and nothing else" };
  if (typeof token !== "string" || token.length > tokenLengthMax) {
    return { refusal: `auth: token is not text of at most ${tokenLengthMax} characters` };
  }
  return { frame: "auth", token };
}

function readSubscribe(value: JsonObject): ClientFrame | FrameRefusal {
  const known = ["frame", "streams", "types"];
  if (!Object.keys(value).every((name) => known.includes(name))) {
    return { refusal: "subscribe: expected streams, types and nothing else" };
  }
  const streams = readPatterns(value.streams);
  const types = readPatterns(value.types);
  if (streams === "bad" || types === "bad") {
    const list = streams === "bad" ? "streams" : "types";
    const what = `at most ${patternsMax} texts of at most ${patternLengthMax} characters`;
    return { refusal: `subscribe: ${list}: expected ${what}` };
  }
  return {
    frame: "subscribe",
    ...(streams === undefined ? undefined : { streams }),
    ...(types === undefined ? undefined : { types }),
  };
}

function readPatterns(value: JsonValue | undefined): readonly string[] | undefined | "bad" {
  if (value === undefined) return undefined;
  if (!isArray(value) || value.length > patternsMax) return "bad";
  const patterns: string[] = [];
  for (const pattern of value) {
    if (typeof pattern !== "string" || pattern.length > patternLengthMax) return "bad";
    patterns.push(pattern);
  }
  return patterns;
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
