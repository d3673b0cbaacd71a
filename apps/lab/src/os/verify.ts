/** `lab verify`: replays twice, and compares both with each other and with what was recorded. */
import { type OutputName, outputNamesOf } from "../output-files.js";
import { type AnyReplay, replayAny } from "./any-replay.js";
import { readOutputs } from "./places.js";
import type { ReplayRunOptions } from "./replaying.js";

export interface Verification {
  readonly replay: AnyReplay;
  /** What is not byte-identical; none if all is well. */
  readonly differences: readonly OutputDifference[];
}

export interface OutputDifference {
  readonly file: OutputName;
  readonly between: "recording and replay" | "first and second replay";
  readonly line: number;
  readonly expected: string;
  readonly got: string;
}

export async function verify(options: ReplayRunOptions): Promise<Verification> {
  const first = await replayAny(options);
  const second = await replayAny(options);
  const stored = readOutputs(first.places.folder, first.facts);
  const differences: OutputDifference[] = [];
  for (const file of outputNamesOf(first.facts)) {
    const got = first.outputs.files[file] ?? "";
    const recorded = differenceOf(stored[file] ?? "", got);
    if (recorded !== undefined) {
      differences.push({ file, between: "recording and replay", ...recorded });
    }
    const repeated = differenceOf(got, second.outputs.files[file] ?? "");
    if (repeated !== undefined) {
      differences.push({ file, between: "first and second replay", ...repeated });
    }
  }
  return { replay: first, differences };
}

const shownMax = 120;
const shownBefore = 40;

/** The first line that differs, from a little before the place where it does. */
function differenceOf(
  expected: string,
  got: string,
): Pick<OutputDifference, "line" | "expected" | "got"> | undefined {
  if (expected === got) return undefined;
  let at = 0;
  while (expected[at] === got[at]) at++;
  const line = expected.slice(0, at).split("\n").length;
  const start = Math.max(expected.lastIndexOf("\n", at - 1) + 1, at - shownBefore);
  const show = (text: string): string => {
    const [first = ""] = text.slice(start, start + shownMax).split("\n");
    return first === "" ? "(nothing)" : first;
  };
  return { line, expected: show(expected), got: show(got) };
}
