/**
 * The state file and its lock. Two commands in one folder would start two brokers for one port: the
 * second is told so. A lock whose holder is gone is nobody's.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { BrokersError } from "../errors.js";
import {
  decodeFleetState,
  encodeFleetState,
  type FleetRecord,
  type FleetState,
} from "../fleet-state.js";
import type { BrokerKind } from "../options.js";
import { identityOf, isSameProcess } from "./process-identity.js";

export interface FleetStore {
  /** Empty if there is no file. Throws STATE_INVALID, FOLDER_UNAVAILABLE. */
  read(): FleetState;
  /** Sets or removes one record; whoever reads meanwhile sees the old or the new file. */
  write(kind: BrokerKind, record: FleetRecord | undefined): void;
  /** Runs `body` alone. Rejects with BUSY. */
  alone<Result>(body: () => Promise<Result>): Promise<Result>;
}

export function openFleetStore(folder: string): FleetStore {
  const file = join(folder, "state.json");
  const read = (): FleetState => {
    const text = textOf(file);
    return text === undefined ? {} : decodeFleetState(text, file);
  };
  return {
    read,
    write(kind, record) {
      const { [kind]: _, ...others } = read();
      const state = record === undefined ? others : { ...others, [kind]: record };
      refusing(folder, () => {
        mkdirSync(folder, { recursive: true });
        writeFileSync(`${file}.new`, encodeFleetState(state));
        renameSync(`${file}.new`, file);
      });
    },
    async alone(body) {
      const lock = join(folder, "lock");
      takeLock(folder, lock);
      try {
        return await body();
      } finally {
        rmSync(lock, { force: true });
      }
    },
  };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    if ((cause as { code?: unknown }).code === "ENOENT") return undefined;
    throw new BrokersError("FOLDER_UNAVAILABLE", `${file} cannot be read: ${String(cause)}`, {
      cause,
    });
  }
}

function refusing(folder: string, body: () => void): void {
  try {
    body();
  } catch (cause) {
    const message = `${folder} cannot be written: ${String(cause)}`;
    throw new BrokersError("FOLDER_UNAVAILABLE", message, { cause });
  }
}

function takeLock(folder: string, lock: string): void {
  const own = identityOf(process.pid);
  const text = JSON.stringify(own ?? { pid: process.pid, birth: "" });
  refusing(folder, () => mkdirSync(folder, { recursive: true }));
  if (wrote(folder, lock, text)) return;
  const holder = holderOf(lock);
  if (holder === undefined) rmSync(lock, { force: true });
  if (holder === undefined && wrote(folder, lock, text)) return;
  const who = holder === undefined ? "another process" : `process ${holder}`;
  throw new BrokersError("BUSY", `${who} works on the brokers of ${folder} (${lock})`);
}

/** false if the file is there already. */
function wrote(folder: string, lock: string, text: string): boolean {
  let taken = false;
  refusing(folder, () => {
    try {
      writeFileSync(lock, text, { flag: "wx" });
      taken = true;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "EEXIST") throw error;
    }
  });
  return taken;
}

/** The pid of the lock's holder; undefined if it is gone. */
function holderOf(lock: string): number | undefined {
  try {
    const { pid, birth } = JSON.parse(readFileSync(lock, "utf8")) as Record<string, unknown>;
    if (typeof pid !== "number" || typeof birth !== "string") return undefined;
    return isSameProcess({ pid, birth }) ? pid : undefined;
  } catch {
    return undefined;
  }
}
