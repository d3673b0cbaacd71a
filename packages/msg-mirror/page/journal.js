/**
 * What the page remembers: the last messages, and the last ones that match the filter, so that a rare
 * one is not pushed out by others that nobody looks at. Both are bounded, in rows and in characters.
 *
 * A row's place is its number in the list of matching ones, from 0, for as long as the filter stays;
 * so a row that is drawn keeps its place while others come.
 */
import { searchText } from "./filter.js";

export const rowsMax = 2000;
export const charactersMax = 24 * 2 ** 20;

/** @typedef {import("../src/frame.js").MessageFrame} MessageFrame */
/** @typedef {import("../src/frame.js").BrokerFrame} BrokerFrame */
/** @typedef {MessageFrame | BrokerFrame | import("../src/frame.js").GapFrame} SeenFrame */

/**
 * @typedef {object} Entry
 * @property {SeenFrame} frame
 * @property {string} search
 * @property {number} characters
 */

/** A list that forgets its oldest. `base` is the place of its first. */
class Window {
  base = 0;
  characters = 0;
  /** @type {Entry[]} */
  #entries = [];
  #head = 0;

  get length() {
    return this.#entries.length - this.#head;
  }

  /** @param {Entry} entry */
  push(entry) {
    this.#entries.push(entry);
    this.characters += entry.characters;
    while (this.length > rowsMax || (this.characters > charactersMax && this.length > 1)) {
      this.characters -= this.#entries[this.#head]?.characters ?? 0;
      this.#head += 1;
      this.base += 1;
    }
    if (this.#head >= rowsMax) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }

  /** @param {number} place */
  at(place) {
    return place < this.base ? undefined : this.#entries[this.#head + place - this.base];
  }

  list() {
    return this.#entries.slice(this.#head);
  }

  clone() {
    const copy = new Window();
    copy.base = this.base;
    copy.characters = this.characters;
    copy.#entries = this.list();
    return copy;
  }
}

export function createJournal() {
  let all = new Window();
  let matching = new Window();
  /** What is shown while the page is paused. @type {Window | undefined} */
  let still;
  /** @type {((entry: Entry) => boolean) | undefined} */
  let filter;
  let turn = 0;
  let seen = 0;

  const matchAgain = () => {
    matching = new Window();
    turn += 1;
    for (const entry of all.list()) if (!filter || filter(entry)) matching.push(entry);
    if (still) still = matching.clone();
  };

  return {
    /** Changes whenever places begin anew. */
    get turn() {
      return turn;
    },
    get view() {
      return still ?? matching;
    },
    get kept() {
      return all.length;
    },
    /** Messages that came, kept or not. */
    get seen() {
      return seen;
    },
    get isPaused() {
      return still !== undefined;
    },
    get isFiltered() {
      return filter !== undefined;
    },
    /** Matching ones that came since the pause. */
    get held() {
      if (!still) return 0;
      return matching.base + matching.length - still.base - still.length;
    },
    /** @param {SeenFrame} frame @param {number} length characters of its text */
    add(frame, length) {
      if (frame.frame !== "gap") seen += 1;
      const search = searchText(frame);
      const entry = { frame, search, characters: length + search.length + 200 };
      all.push(entry);
      if (!filter || filter(entry)) matching.push(entry);
    },
    /** @param {((entry: Entry) => boolean) | undefined} wanted */
    filterBy(wanted) {
      filter = wanted;
      matchAgain();
    },
    pause() {
      still ??= matching.clone();
    },
    resume() {
      still = undefined;
    },
    clear() {
      all = new Window();
      matchAgain();
    },
  };
}
