/**
 * The table: only the rows that are in sight exist, and each is written once, when it comes into
 * sight. Afterwards it is moved, not written. The newest row is at the top; as long as one looks at
 * the top the list runs on, and as soon as one looks further down, or chooses a row, it stands still
 * under the eye while new rows come above.
 */
import { createRow, furnish } from "./grid-row.js";

/** Rows that are drawn above and below what is in sight. */
const spare = 6;

/**
 * @typedef {object} GridParts
 * @property {HTMLElement} grid the element that scrolls
 * @property {HTMLElement} head
 * @property {HTMLElement} rows
 * @property {ReturnType<typeof import("./journal.js").createJournal>} journal
 * @property {(entry: import("./journal.js").Entry) => void} onOpen
 * @property {() => void} onChange something about what is in sight is different now
 */

export class Grid {
  #parts;
  /** By slot: the row whose place modulo the number of slots it is. @type {import("./grid-row.js").Row[]} */
  #slots = [];
  #rowHeight = 30;
  #headHeight = 30;
  #height = 0;
  #turn = -1;
  /** The place behind the newest, at the last drawing. */
  #end = 0;
  #isHeld = false;
  /** The place that the keys move. @type {number | undefined} */
  #active;
  /** The place that is inspected. @type {number | undefined} */
  #open;

  /** @param {GridParts} parts */
  constructor(parts) {
    this.#parts = parts;
    const { grid, head, rows, onChange } = parts;
    furnish(grid, head, rows);
    grid.addEventListener("keydown", (event) => this.#press(event));
    grid.addEventListener("click", (event) => this.#click(event.target));
    grid.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(() => {
      this.#measure();
      onChange();
    }).observe(grid);
    this.#measure();
  }

  /** Whether there are newer rows above what is in sight. */
  get hasNewer() {
    return this.#isHeld && this.#parts.grid.scrollTop >= this.#rowHeight;
  }

  draw() {
    const { grid, rows, journal } = this.#parts;
    const { view } = journal;
    const end = view.base + view.length;
    if (this.#turn !== journal.turn) this.#begin(end);
    if (this.#active !== undefined) this.#active = clamp(this.#active, view.base, end - 1);
    rows.style.height = `${view.length * this.#rowHeight}px`;
    if (this.#isHeld && end > this.#end) grid.scrollTop += (end - this.#end) * this.#rowHeight;
    this.#end = end;
    grid.setAttribute("aria-rowcount", String(view.length + 1));
    const first = Math.max(0, Math.floor(grid.scrollTop / this.#rowHeight) - spare);
    this.#drawRows(first, Math.min(view.length, first + this.#slots.length), end);
    const shown = this.#active === undefined ? undefined : this.#slotOf(this.#active);
    if (shown && shown.place === this.#active) {
      grid.setAttribute("aria-activedescendant", shown.element.id);
    } else grid.removeAttribute("aria-activedescendant");
  }

  /** Back to the newest. */
  release() {
    this.#isHeld = false;
    this.#active = undefined;
    this.#parts.grid.scrollTop = 0;
    this.#parts.onChange();
  }

  /** The inspector was closed. */
  unmark() {
    this.#open = undefined;
    this.#parts.onChange();
  }

  /** @param {number} first index from the newest @param {number} last @param {number} end */
  #drawRows(first, last, end) {
    const { view } = this.#parts.journal;
    const drawn = new Set();
    for (let index = first; index < last; index++) {
      const place = end - 1 - index;
      const row = this.#slotOf(place);
      const entry = view.at(place);
      if (!row || !entry) continue;
      drawn.add(row);
      if (row.place !== place) row.write(entry, place);
      row.move(index * this.#rowHeight, index);
      row.mark(place === this.#active, place === this.#open);
    }
    for (const row of this.#slots) if (!drawn.has(row)) row.hide();
  }

  /** @param {number} place */
  #slotOf(place) {
    return this.#slots[place % this.#slots.length];
  }

  /** Places begin anew: another filter, or nothing is left. @param {number} end */
  #begin(end) {
    this.#turn = this.#parts.journal.turn;
    this.#end = end;
    this.#active = undefined;
    this.#open = undefined;
    this.#isHeld = false;
    this.#parts.grid.scrollTop = 0;
    for (const row of this.#slots) row.place = -1;
  }

  #measure() {
    const { grid, head, rows } = this.#parts;
    const style = getComputedStyle(document.documentElement);
    this.#rowHeight = Number.parseFloat(style.getPropertyValue("--row")) || 30;
    const isShown = getComputedStyle(head).position === "sticky";
    this.#headHeight = isShown ? this.#rowHeight : 0;
    this.#height = grid.clientHeight;
    const needed = Math.ceil(this.#height / this.#rowHeight) + spare * 2;
    if (needed !== this.#slots.length) {
      const old = this.#slots;
      this.#slots = Array.from({ length: needed }, (_, slot) => old[slot] ?? createRow(slot));
      rows.replaceChildren(...this.#slots.map((row) => row.element));
    }
    for (const row of this.#slots) row.place = -1;
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { view } = this.#parts.journal;
    const newest = view.base + view.length - 1;
    const page = Math.max(1, Math.floor((this.#height - this.#headHeight) / this.#rowHeight) - 1);
    const at = this.#active ?? newest;
    /** @type {Record<string, () => void>} */
    const acts = {
      ArrowDown: () => this.#goTo(this.#active === undefined ? newest : at - 1),
      ArrowUp: () => this.#goTo(at + 1),
      PageDown: () => this.#goTo(at - page),
      PageUp: () => this.#goTo(at + page),
      End: () => this.#goTo(view.base),
      Home: () => this.release(),
      Enter: () => this.#openAt(at),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  /** @param {EventTarget | null} target */
  #click(target) {
    const element = target instanceof Element ? target.closest(".row") : null;
    const row = this.#slots.find((slot) => slot.element === element);
    if (row && row.place >= 0) this.#openAt(row.place);
  }

  #scrolled() {
    const { grid, onChange } = this.#parts;
    if (grid.scrollTop >= this.#rowHeight) this.#isHeld = true;
    else if (grid.scrollTop <= 0 && this.#open === undefined && this.#active === undefined) {
      this.#isHeld = false;
    }
    onChange();
  }

  /** @param {number} place */
  #goTo(place) {
    const { grid, journal, onChange } = this.#parts;
    const { view } = journal;
    if (view.length === 0) return;
    // What came since the last drawing is not on the screen yet.
    if (this.#end !== view.base + view.length) this.draw();
    this.#isHeld = true;
    this.#active = clamp(place, view.base, this.#end - 1);
    const top = (this.#end - 1 - this.#active) * this.#rowHeight;
    const room = this.#height - this.#headHeight - this.#rowHeight;
    if (top < grid.scrollTop) grid.scrollTop = top;
    else if (top > grid.scrollTop + room) grid.scrollTop = top - room;
    onChange();
  }

  /** @param {number} place */
  #openAt(place) {
    const entry = this.#parts.journal.view.at(place);
    if (!entry || entry.frame.frame === "gap") return;
    this.#active = place;
    this.#open = place;
    this.#isHeld = true;
    this.#parts.onChange();
    this.#parts.onOpen(entry);
  }
}

/** @param {number} number @param {number} least @param {number} most */
function clamp(number, least, most) {
  return Math.max(least, Math.min(number, most));
}
