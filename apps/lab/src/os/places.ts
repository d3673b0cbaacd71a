/** Where a run's files are: a cassette NAME is a folder under `.x07_rr`, its outputs beside it. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { MsgError } from "@reprise/msg-core";
import { checkCassettePath } from "@reprise/msg-rr";
import { cassetteFolder } from "@reprise/msg-rr/os";
import { type OutputFiles, type OutputName, outputNamesOf } from "../output-files.js";

export interface Places {
  /** The folder that holds `.x07_rr`. */
  readonly root: string;
  /** The cassette's path under `.x07_rr`. */
  readonly cassette: string;
  /** The folder of the recording: the cassette, and the outputs it was recorded with. */
  readonly folder: string;
}

/** Throws CASSETTE_PATH for a name that leaves `.x07_rr`. */
export function placesOf({ root, cassette }: { root: string; cassette: string }): Places {
  checkCassettePath(cassette);
  return {
    root: resolve(root),
    cassette: `${cassette}/cassette.rrbin`,
    folder: join(resolve(root), cassetteFolder, cassette),
  };
}

/** Writes the files of a run into `folder`; each is there whole or not at all. */
export function writeOutputs(folder: string, files: OutputFiles): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const beside = join(folder, `${name}.${process.pid}.partial`);
    writeFileSync(beside, text);
    renameSync(beside, join(folder, name));
  }
}

/** The outputs of a run, in `folder`. Throws CASSETTE_UNAVAILABLE where one is missing. */
export function readOutputs(
  folder: string,
  facts: Parameters<typeof outputNamesOf>[0],
): OutputFiles {
  const read = (name: OutputName): string => {
    try {
      return readFileSync(join(folder, name), "utf8");
    } catch (cause) {
      const message = `${join(folder, name)} cannot be read: record the cassette again`;
      throw new MsgError("CASSETTE_UNAVAILABLE", message, { cause });
    }
  };
  return Object.fromEntries(outputNamesOf(facts).map((name) => [name, read(name)]));
}
