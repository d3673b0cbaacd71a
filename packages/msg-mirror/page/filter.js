/** Which rows are shown: a text anywhere in them, a stream, a type. */

/** Characters of a value that are searched. */
const searchedMax = 4096;

/** @typedef {import("./journal.js").Entry} Entry */

/** All that the text is looked for in, in lower case. @param {Entry["frame"]} frame */
export function searchText(frame) {
  if (frame.frame === "gap") return "";
  if (frame.frame === "broker") {
    return `${frame.source}\n${frame.name}\n${frame.detail}`.toLowerCase();
  }
  const { source, stream, id, direction, amp, message, reason = "", error } = frame;
  const parts = [source, stream, id, direction, reason];
  if (error) parts.push(error.code, error.message);
  if (amp) parts.push(amp.type, amp.actor, amp.op_id, amp.snap_sha, amp.signature);
  if (message.key) parts.push(message.key.data);
  for (const [header, value] of Object.entries(message.headers ?? {})) parts.push(header, value);
  parts.push(message.value.data.slice(0, searchedMax));
  return parts.join("\n").toLowerCase();
}

/**
 * As the mirror's own subscriptions: a name, or a beginning with `*`; several with commas.
 *
 * @param {string} text
 * @returns {string[] | undefined} undefined for all
 */
export function patternsOf(text) {
  const patterns = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return patterns.length === 0 ? undefined : patterns;
}

/**
 * @param {{ find: string, stream: string, type: string }} wanted
 * @returns {((entry: Entry) => boolean) | undefined} undefined for all
 */
export function createFilter({ find, stream, type }) {
  const words = find
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const streams = patternsOf(stream);
  const types = patternsOf(type);
  if (words.length === 0 && !streams && !types) return undefined;
  return ({ frame, search }) => {
    // Where something is missing, it may be what is looked for.
    if (frame.frame === "gap") return true;
    const isMessage = frame.frame === "message";
    if (streams && !(isMessage && matchesAny(streams, frame.stream))) return false;
    if (types && !(isMessage && matchesAny(types, frame.amp?.type))) return false;
    return words.every((word) => search.includes(word));
  };
}

/** @param {string[]} patterns @param {string | undefined} name */
function matchesAny(patterns, name) {
  if (name === undefined) return false;
  return patterns.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );
}
