/** One message in full: what is known of it, its headers, its value. */
import { directionTone, jsonPieces, safe, safeLines, signatureWords, sizeText } from "./wording.js";

/** @typedef {import("./journal.js").MessageFrame} MessageFrame */
/** @typedef {MessageFrame | import("./journal.js").BrokerFrame} Shown */

/**
 * @param {object} parts
 * @param {(id: string) => HTMLElement} parts.find
 * @param {(text: string) => void} parts.say
 * @param {() => void} parts.onClose
 */
export function createInspector({ find, say, onClose }) {
  const panel = find("inspector");
  /** @type {Shown | undefined} */
  let frame;

  const close = () => {
    if (panel.hidden) return;
    panel.hidden = true;
    frame = undefined;
    onClose();
  };

  // It scrolls, so the keys must get there.
  find("inspector-scroll").tabIndex = 0;
  find("inspector-close").addEventListener("click", close);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  find("copy-value").addEventListener("click", () => {
    if (frame) copy(valueText(frame), "value");
  });
  find("copy-frame").addEventListener("click", () => {
    if (frame) copy(frameText(frame), "frame");
  });

  /** @param {string} text @param {string} what */
  const copy = async (text, what) => {
    try {
      await navigator.clipboard.writeText(text);
      say(`Copied the ${what}`);
    } catch {
      // Not a secure context, or not allowed: the text is chosen, so that a key copies it.
      getSelection()?.selectAllChildren(find("value"));
      say("Not allowed to copy: the value is selected, press Ctrl+C");
    }
  };

  return {
    close,
    /** @param {Shown} wanted */
    show(wanted) {
      frame = wanted;
      const isMessage = frame.frame === "message";
      find("inspector-title").textContent = safe(titleOf(frame));
      find("facts").replaceChildren(...factsOf(frame).flatMap(pairOf));
      const headers = headersOf(frame);
      find("headers-part").hidden = headers.length === 0;
      find("headers").replaceChildren(...headers.flatMap(pairOf));
      find("value-note").textContent = frame.frame === "message" ? noteOf(frame.message.value) : "";
      find("value-part").hidden = !isMessage;
      find("value").replaceChildren(...valueNodes(frame));
      panel.hidden = false;
      find("inspector-scroll").scrollTop = 0;
      find("inspector-title").focus();
    },
  };
}

/** @param {Shown} frame */
function titleOf(frame) {
  return frame.frame === "broker" ? frame.name : (frame.amp?.type ?? frame.stream);
}

/** @typedef {[name: string, text: string | number | undefined, tone?: string]} Fact */

/** @param {Shown} frame @returns {Fact[]} */
function factsOf(frame) {
  /** @type {Fact[]} */
  const rows =
    frame.frame === "broker"
      ? [
          ["what", "broker", "warn"],
          ["time", frame.time],
          ["source", frame.source],
          ["detail", frame.detail],
        ]
      : messageFacts(frame);
  return rows.filter(([, text]) => text !== undefined && text !== "");
}

/** @param {MessageFrame} frame @returns {Fact[]} */
function messageFacts(frame) {
  const { amp, message, error, latency_us: took } = frame;
  const signature = signatureWords(amp?.signature);
  return [
    ["what", frame.direction, directionTone(frame.direction)],
    ["time", frame.time],
    ["source", frame.source],
    ["stream", frame.stream],
    ["id", frame.id],
    ["partition", frame.partition],
    ["attempt", frame.attempt],
    ["reason", frame.reason, "warn"],
    ["error", error && `${error.code}: ${error.message}`, "bad"],
    ["took", took === undefined ? undefined : `${took} µs`],
    ["actor", amp?.actor],
    ["op_id", amp?.op_id],
    ["snap_sha", amp?.snap_sha],
    ["signature", amp && signature.text, signature.tone],
    ["key", message.key && bodyLine(message.key)],
  ];
}

/** @param {Shown} frame @returns {Fact[]} */
function headersOf(frame) {
  if (frame.frame === "broker") return [];
  const { headers = {}, headers_left: left } = frame.message;
  /** @type {Fact[]} */
  const rows = Object.entries(headers);
  if (left) rows.push(["", `${left} more were left out`]);
  return rows;
}

/** @param {Fact} fact */
function pairOf([name, text, tone]) {
  const term = document.createElement("dt");
  term.textContent = safe(name);
  const fact = document.createElement("dd");
  fact.textContent = safeLines(String(text));
  if (tone) fact.className = `tone-${tone}`;
  return [term, fact];
}

/** @param {Shown} frame */
function valueNodes(frame) {
  if (frame.frame === "broker") return [];
  const { value } = frame.message;
  if (value.encoding !== "json") return [document.createTextNode(safeLines(value.data))];
  return jsonPieces(value.data).map(({ text, kind }) => {
    if (kind === "mark") return document.createTextNode(text);
    const piece = document.createElement("span");
    piece.className = kind;
    piece.textContent = text;
    return piece;
  });
}

const kinds = { json: "JSON", text: "text", base64: "bytes as base64" };

/** @param {MessageFrame["message"]["value"]} value */
function noteOf({ encoding, size, cut }) {
  return `${kinds[encoding]}, ${sizeText(size)}${cut ? ", cut: this is the beginning" : ""}`;
}

/** @param {{ encoding: string, data: string, cut?: boolean }} body */
function bodyLine({ encoding, data, cut }) {
  return `${encoding === "base64" ? "base64 " : ""}${data}${cut ? "…" : ""}`;
}

/** @param {Shown} frame */
function valueText(frame) {
  return frame.frame === "message" ? frame.message.value.data : frame.detail;
}

/** @param {Shown} frame */
function frameText(frame) {
  return JSON.stringify(frame, null, 2);
}
