/** What the terminal is like, and one line on it that is drawn over while something takes long. */
import { colourInk, type Ink, plainInk } from "../ink.js";
import { counted, shownBytes } from "../quantities.js";
import type { Host } from "./host.js";

export interface LookOptions {
  /** true or false where the command line says so. */
  readonly color?: boolean;
  readonly width?: number;
}

export interface Look {
  readonly ink: Ink;
  /** Columns to fit into; undefined where nothing is cut. */
  readonly width: number | undefined;
  readonly terminal: boolean;
}

const usualColumns = 80;
export const columnsMin: number = 40;

/** A pipe gets no colour and nothing cut, unless the command line asks for it. */
export function lookOf({ stdout, env }: Host, { color, width }: LookOptions): Look {
  const terminal = stdout.isTTY === true;
  const noColour = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  const columns = terminal ? stdout.columns || usualColumns : undefined;
  return {
    ink: (color ?? (terminal && !noColour)) ? colourInk : plainInk,
    width: width ?? (columns === undefined ? undefined : Math.max(columns, columnsMin)),
    terminal,
  };
}

export interface Progress {
  show(done: { readonly entries: number; readonly bytes: number; readonly total: number }): void;
  /** Takes the line away: before anything else is written, and at the end. */
  clear(): void;
}

export interface StatusLine {
  /** Draws the text over what was there. Not at once, and not always: it may be called often. */
  show(text: string): void;
  /** Takes the line away: before anything else is written, and at the end. */
  clear(): void;
}

/** Work that is done sooner draws nothing. */
const quietMs = 300;
const drawEveryMs = 100;
const clearLine = "\r\u001b[K";

/** Draws on stderr, where that is a terminal. */
export function createStatusLine({ stderr, now }: Host): StatusLine {
  const terminal = stderr.isTTY === true;
  let drawAt = now() + quietMs;
  let drawn = false;
  return {
    show(text) {
      if (!terminal) return;
      const time = now();
      if (time < drawAt) return;
      drawAt = time + drawEveryMs;
      drawn = true;
      stderr.write(`${clearLine}${text}`, () => {});
    },
    clear() {
      if (drawn) stderr.write(clearLine, () => {});
      drawn = false;
    },
  };
}

/** How far the reading of a file is. */
export function createProgress(host: Host): Progress {
  const line = createStatusLine(host);
  return {
    show({ entries, bytes, total }) {
      const part = total > 0 ? `, ${Math.floor((100 * bytes) / total)} %` : "";
      line.show(`reading  ${counted(entries, "entry", "entries")}, ${shownBytes(bytes)}${part}`);
    },
    clear: () => line.clear(),
  };
}

/** Shows `text` with the seconds that have gone by, until what is returned is called. */
export function showWaiting(host: Host, text: string): () => void {
  const line = createStatusLine(host);
  if (host.stderr.isTTY !== true) return () => {};
  const began = host.now();
  const timer = setInterval(() => {
    line.show(`${text}  ${Math.floor((host.now() - began) / 1000)} s`);
  }, drawEveryMs);
  return () => {
    clearInterval(timer);
    line.clear();
  };
}
