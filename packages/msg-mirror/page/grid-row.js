/** One row of the table: eight cells that are written when another message comes into sight. */
import { clockTime, countText, directionTone, safe, signatureWords, sizeText } from "./wording.js";

/** @typedef {import("./journal.js").Entry} Entry */
/** @typedef {{ text: string, tone: string }} Words */
/** @typedef {ReturnType<typeof createRow>} Row */

/** @type {[column: string, title: string][]} */
const titles = [
  ["time", "Time"],
  ["direction", "What"],
  ["stream", "Stream"],
  ["type", "Type"],
  ["actor", "Actor"],
  ["op", "op_id"],
  ["size", "Size"],
  ["signature", "Signature"],
];
const columns = titles.map(([column]) => column);

/**
 * Makes the elements a grid (WAI-ARIA): one stop for the Tab key, with the row that the keys are at
 * as its active descendant.
 *
 * @param {HTMLElement} grid @param {HTMLElement} head @param {HTMLElement} rows
 */
export function furnish(grid, head, rows) {
  grid.tabIndex = 0;
  grid.setAttribute("role", "grid");
  grid.setAttribute("aria-label", "Live messages, the newest first");
  grid.setAttribute("aria-colcount", String(columns.length));
  grid.setAttribute("aria-describedby", "keys");
  head.setAttribute("role", "row");
  head.setAttribute("aria-rowindex", "1");
  rows.setAttribute("role", "rowgroup");
  head.replaceChildren(
    ...titles.map(([column, title], index) => {
      const cell = createCell(column, index);
      cell.setAttribute("role", "columnheader");
      cell.textContent = title;
      return cell;
    }),
  );
}

/** @param {number} number makes its id */
export function createRow(number) {
  const element = document.createElement("div");
  element.className = "row";
  element.id = `row-${number}`;
  element.setAttribute("role", "row");
  const cells = columns.map(createCell);
  element.append(...cells);
  let offset = -1;
  let marked = "";
  const row = {
    element,
    /** Of the entry that is written here; -1 for none. */
    place: -1,
    /** @param {Entry} entry @param {number} place */
    write(entry, place) {
      row.place = place;
      element.dataset.kind = entry.frame.frame;
      const words = wordsOf(entry.frame);
      for (const [index, cell] of cells.entries()) {
        const { text, tone } = words[index] ?? none;
        if (cell.textContent !== text) cell.textContent = text;
        const name = `${columns[index]} ${tone}`;
        if (cell.className !== name) cell.className = name;
      }
    },
    /** @param {number} top @param {number} index from the newest */
    move(top, index) {
      if (element.hidden) element.hidden = false;
      if (top === offset) return;
      offset = top;
      element.style.transform = `translateY(${top}px)`;
      element.setAttribute("aria-rowindex", String(index + 2));
    },
    /** @param {boolean} isActive the keys are here @param {boolean} isOpen it is inspected */
    mark(isActive, isOpen) {
      const now = `${isActive} ${isOpen}`;
      if (now === marked) return;
      marked = now;
      element.classList.toggle("active", isActive);
      element.setAttribute("aria-selected", String(isOpen));
    },
    hide() {
      row.place = -1;
      if (!element.hidden) element.hidden = true;
    },
  };
  return row;
}

/** @param {string} column @param {number} index */
function createCell(column, index) {
  const cell = document.createElement("span");
  cell.className = column;
  cell.setAttribute("role", "gridcell");
  cell.setAttribute("aria-colindex", String(index + 1));
  return cell;
}

const none = { text: "", tone: "" };

/** The eight texts, and how they look. @param {Entry["frame"]} frame @returns {Words[]} */
function wordsOf(frame) {
  if (frame.frame === "gap") {
    const text = `${countText(frame.missed)} left out here: more than the mirror shows`;
    return [none, none, none, { text, tone: "" }];
  }
  const time = { text: clockTime(frame.time), tone: "" };
  if (frame.frame === "broker") {
    const what = { text: "broker", tone: "tone-warn" };
    return [time, what, plain(frame.source), plain(`${frame.name} ${frame.detail}`)];
  }
  const { amp, message, direction } = frame;
  const signature = signatureWords(amp?.signature);
  return [
    time,
    { text: safe(direction), tone: `tone-${directionTone(direction)}` },
    plain(frame.stream),
    amp ? plain(amp.type) : { text: preview(message.value), tone: "preview" },
    plain(amp ? amp.actor : frame.source),
    plain(amp ? amp.op_id : (message.key?.data ?? "")),
    { text: sizeText(frame.size), tone: "" },
    { text: signature.text, tone: `tone-${signature.tone}` },
  ];
}

/** @param {string} text */
function plain(text) {
  return { text: safe(text), tone: "" };
}

/** @param {{ encoding: string, data: string }} value */
function preview({ encoding, data }) {
  if (data === "") return "empty";
  return (encoding === "base64" ? "base64 " : "") + safe(data.slice(0, 160));
}
