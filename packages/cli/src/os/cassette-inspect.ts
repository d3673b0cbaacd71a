/** `reprise cassette inspect`: reads a cassette from end to end and lists it as it goes. */
import { CliError, status } from "../cli-error.js";
import { type EntryFacts, factsOf } from "../entry-facts.js";
import { createEntryFilter } from "../entry-filter.js";
import { createListing, type Listing } from "../listing.js";
import { createSummary } from "../listing-summary.js";
import { grouped, shownBytes } from "../quantities.js";
import { type CassetteFile, entriesOf, withCassetteFile } from "./cassette-file.js";
import { locateCassette } from "./cassette-location.js";
import type { CommandContext } from "./command-group.js";
import { createProgress, lookOf } from "./terminal.js";

export interface InspectOptions {
  readonly op?: readonly string[];
  readonly endpoint?: string;
  readonly topic?: string;
  readonly key?: string;
  readonly from?: number;
  readonly to?: number;
  readonly limit?: number;
  readonly full?: true;
  readonly json?: true;
  readonly width?: number;
  readonly color?: boolean;
}

/** Resolves with the exit status. Rejects, once what could be read is listed, with what is wrong. */
export async function inspectCassette(
  named: string,
  options: InspectOptions,
  context: CommandContext,
): Promise<number> {
  const { from = 0, to = from } = options;
  if (from > to) throw new CliError("USAGE", `--from ${from} is behind --to ${to}`);
  const location = await locateCassette(context.host.cwd, named);
  return await withCassetteFile(location, "read", (file) => list(file, options, context));
}

async function list(
  file: CassetteFile,
  options: InspectOptions,
  { host, output }: CommandContext,
): Promise<number> {
  const listing = listingFor(file, options, host);
  const progress = createProgress(host);
  const summary = createSummary();
  const isListed = createEntryFilter({
    ...options,
    ...(options.op === undefined ? {} : { operations: options.op }),
  });
  let text = "";
  let listed = 0;
  /** Takes one entry; says why it was the last one, if it was. */
  const take = (facts: EntryFacts): string | undefined => {
    const wanted = isListed(facts);
    summary.add(facts, wanted);
    if (wanted) {
      listed += 1;
      text += listing.add(facts);
    }
    const more = facts.offset + facts.size !== file.size;
    if (more && listed === options.limit) return `at --limit ${listed}: the rest was not read`;
    if (more && facts.index === options.to) return `at --to ${facts.index}: the rest was not read`;
    return undefined;
  };
  const flush = async (): Promise<void> => {
    if (text !== "") progress.clear();
    await output.write(text);
    text = "";
  };
  let ended: string | undefined;
  try {
    ended = await readEntries(file, take, async (done) => {
      await flush();
      progress.show({ ...done, total: file.size });
    });
  } catch (error) {
    progress.clear();
    const read = summary.summary();
    if (read.entries > 0) {
      // What could be read comes first. The reader of stdout may have gone: then nothing does.
      const where = `at byte ${grouped(read.bytes)}: what follows cannot be read`;
      await output.write(text + listing.end(read, where));
    }
    throw error;
  }
  progress.clear();
  await output.write(text + listing.end(summary.summary(), ended));
  return status.fine;
}

function listingFor(
  file: CassetteFile,
  options: InspectOptions,
  host: CommandContext["host"],
): Listing {
  const { ink, width, terminal } = lookOf(host, options);
  const size = file.regular ? `, ${shownBytes(file.size)}` : "";
  const form = options.full === true ? "pages" : "rows";
  return createListing({
    form: options.json === true ? "json" : form,
    title: `cassette ${file.shown}${size}`,
    ink,
    terminal,
    ...(width === undefined ? {} : { width }),
  });
}

/** Hands every entry to `take` until that says why it is enough; `afterPiece` runs now and then. */
async function readEntries(
  file: CassetteFile,
  take: (facts: EntryFacts) => string | undefined,
  afterPiece: (done: { entries: number; bytes: number }) => Promise<void>,
): Promise<string | undefined> {
  let count = 0;
  for await (const { entries, bytes } of entriesOf(file)) {
    for (const placed of entries) {
      count += 1;
      const enough = take(factsOf(placed));
      if (enough !== undefined) return enough;
    }
    await afterPiece({ entries: count, bytes });
  }
  return undefined;
}
