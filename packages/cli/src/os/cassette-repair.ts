/**
 * `reprise cassette repair`: takes away the last entry of a cassette if its end is missing.
 *
 * The order is what makes it safe: the whole file is read first, the copy is made next, and the file
 * is cut only if it is still as long as what was read.
 */
import { constants } from "node:fs";
import { copyFile, lstat, unlink } from "node:fs/promises";
import { MsgError } from "@reprise/msg-core";
import { CliError, status } from "../cli-error.js";
import { isCutFrame } from "../cut-frame.js";
import { planAsJson, planText, type RepairPlan } from "../repair-plan.js";
import { type CassetteFile, entriesOf, withCassetteFile } from "./cassette-file.js";
import { locateCassette, unavailable } from "./cassette-location.js";
import { type CommandContext, printJson } from "./command-group.js";
import { createProgress } from "./terminal.js";

export interface RepairOptions {
  readonly dryRun?: true;
  /** Default true. */
  readonly backup?: boolean;
  readonly json?: true;
}

const copySuffix = ".before-repair";

/** Resolves with the exit status. Rejects with what is wrong beyond a cut tail. */
export async function repairCassette(
  named: string,
  options: RepairOptions,
  context: CommandContext,
): Promise<number> {
  const location = await locateCassette(context.host.cwd, named);
  const { dryRun = false, backup = true } = options;
  const plan = await withCassetteFile(location, dryRun ? "read" : "write", async (file) => {
    if (!file.regular) {
      throw new CliError("FILE_UNAVAILABLE", `${file.shown}: it is no regular file`);
    }
    const { entries, bytes } = await wholeEntries(file, context);
    const dropped = file.size - bytes;
    const copy = backup ? `${file.shown}${copySuffix}` : undefined;
    if (dropped > 0) {
      if (backup) await checkNoCopy(file);
      if (!dryRun) await cut(file, bytes, backup);
    }
    return { shown: file.shown, entries, bytes, dropped, copy, dryRun };
  });
  await tell(plan, options, context);
  return status.fine;
}

async function tell(
  plan: RepairPlan,
  { json }: RepairOptions,
  context: CommandContext,
): Promise<void> {
  if (json === true) await printJson(context, planAsJson(plan));
  else await context.output.write(planText(plan));
}

/** The entries before the cut, or all of them. Rejects with any other damage. */
async function wholeEntries(
  file: CassetteFile,
  { host }: CommandContext,
): Promise<{ entries: number; bytes: number }> {
  const progress = createProgress(host);
  let entries = 0;
  let bytes = 0;
  try {
    for await (const piece of entriesOf(file)) {
      for (const { size } of piece.entries) {
        entries += 1;
        bytes += size;
      }
      progress.show({ entries, bytes: piece.bytes, total: file.size });
    }
    if (bytes !== file.size) throw changed(file);
  } catch (error) {
    if (!MsgError.is(error) || error.code !== "CASSETTE_TRUNCATED") throw error;
    if (!isCutFrame(await tailOf(file, bytes))) throw notCut(file, { entries, bytes });
  } finally {
    progress.clear();
  }
  return { entries, bytes };
}

/** No longer than a frame may be: the reader refuses more. */
async function tailOf({ handle, size }: CassetteFile, start: number): Promise<Uint8Array> {
  const length = size - start;
  const tail = new Uint8Array(length);
  for (let got = 0; got < length; ) {
    const { bytesRead } = await handle.read(tail, got, length - got, start + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return tail;
}

async function checkNoCopy({ path, shown }: CassetteFile): Promise<void> {
  try {
    await lstat(`${path}${copySuffix}`);
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return;
    throw unavailable(`${shown}${copySuffix}`, cause);
  }
  throw copyExists(shown);
}

async function cut(file: CassetteFile, size: number, backup: boolean): Promise<void> {
  const { handle, path, shown } = file;
  const copy = `${path}${copySuffix}`;
  if (backup) {
    await copyFile(path, copy, constants.COPYFILE_EXCL).catch((cause: unknown) => {
      if ((cause as { code?: unknown }).code === "EEXIST") throw copyExists(shown);
      throw unavailable(`${shown}${copySuffix}`, cause);
    });
  }
  try {
    if ((await handle.stat()).size !== file.size) {
      if (backup) await unlink(copy);
      throw changed(file);
    }
    await handle.truncate(size);
    await handle.sync();
  } catch (cause) {
    throw CliError.is(cause) ? cause : unavailable(shown, cause);
  }
}

function copyExists(shown: string): CliError {
  return new CliError("COPY_EXISTS", `${shown}${copySuffix} is there already`);
}

function changed({ shown }: CassetteFile): CliError {
  return new CliError("FILE_CHANGED", `${shown} changed while it was read`);
}

function notCut(
  { shown, size }: CassetteFile,
  { entries, bytes }: { entries: number; bytes: number },
): CliError {
  const message =
    `${shown}: entry ${entries}, at byte ${bytes}, is not cut short but wrong: its length leads ` +
    `beyond the end of the file, its content does not. Cutting there would drop ${size - bytes} bytes`;
  return new CliError("NOT_REPAIRABLE", message, { entry: entries, offset: bytes });
}
