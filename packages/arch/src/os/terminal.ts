/** What the terminal is like, and one line on it that is drawn over while something takes long. */
import { colourInk, type Ink, plainInk } from "../report/ink.js";
import type { Host } from "./host.js";

/** A pipe gets no colour, unless the command line asks for it. */
export function inkOf({ stdout, env }: Host, color: boolean | undefined): Ink {
  const noColour = (env.NO_COLOR ?? "") !== "" || env.TERM === "dumb";
  return (color ?? (stdout.isTTY === true && !noColour)) ? colourInk : plainInk;
}

/** Narrower than this, lines that are broken cannot be read either. */
const columnsMin = 40;

/** Where lines are to be broken; undefined: nowhere, as in a pipe. */
export function widthOf({ stdout: { isTTY, columns = 0 } }: Host): number | undefined {
  return isTTY === true && columns >= columnsMin ? columns : undefined;
}

export interface Progress {
  show(text: string): void;
  /** Takes the line away: before anything else is written, and at the end. */
  clear(): void;
}

/** Work that is done sooner draws nothing. */
const quietMs = 300;
const drawEveryMs = 100;
const clearLine = "\r\u001b[K";

/** Draws on stderr, where that is a terminal. */
export function createProgress({ stderr, now }: Host): Progress {
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
