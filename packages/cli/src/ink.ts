/** Colours, or none: the listing says what a text is, and this what it looks like. */

export type Tone = "heading" | "quiet" | "good" | "warning" | "bad" | "name";

export type Ink = (tone: Tone, text: string) => string;

/** The parameters of SGR, the escape sequence that sets colours: those that every terminal has. */
const sgr: Readonly<Record<Tone, string>> = {
  heading: "1",
  quiet: "2",
  good: "32",
  warning: "33",
  bad: "31",
  name: "36",
};

export const plainInk: Ink = (_, text) => text;

export const colourInk: Ink = (tone, text) =>
  text === "" ? text : `\u001b[${sgr[tone]}m${text}\u001b[0m`;
