/** A repository in memory: files by path, a value as JSON. And one whose contracts are all in order. */
import type { JsonValue } from "@reprise/canonical-json";
import { type CheckedContracts, checkContracts } from "../src/contracts/check-contracts.ts";
import type { ScannedCode } from "../src/contracts/code-scan.ts";
import type { Diagnostic } from "../src/diagnostic.ts";
import {
  readManifest,
  type Unusable,
  type UsableManifest,
} from "../src/documents/read-manifest.ts";
import type { ValidateDocument } from "../src/documents/schema-versions.ts";
import { createDocumentValidator } from "../src/os/json-schemas.ts";
import type { FileText, RepositoryFiles } from "../src/repository-files.ts";

/** A text, a JSON value, or what reading is to give. */
export type HandFile = string | JsonValue | (FileText & { kind: "unreadable" });
export type HandFiles = Readonly<Record<string, HandFile | undefined>>;

export const validate: ValidateDocument = createDocumentValidator();

export function handFiles(files: HandFiles): RepositoryFiles {
  const paths = Object.keys(files)
    .filter((path) => files[path] !== undefined)
    .sort();
  return {
    read(path) {
      const file = Object.hasOwn(files, path) ? files[path] : undefined;
      if (file === undefined) return { kind: "missing" };
      if (isUnreadable(file)) return file;
      const text = typeof file === "string" ? file : JSON.stringify(file, null, 2);
      return { kind: "text", text, bytes: Buffer.byteLength(text) };
    },
    isFolder: (path) => paths.some((each) => each.startsWith(`${path}/`)),
    list: (folder) => paths.filter((path) => path.startsWith(`${folder}/`)),
  };
}

function isUnreadable(file: HandFile): file is FileText & { kind: "unreadable" } {
  return typeof file === "object" && file !== null && "kind" in file && file.kind === "unreadable";
}

/** A change of a value: members by JSON Pointer; `undefined` removes. */
export type Change = Readonly<Record<string, JsonValue | undefined>>;

export function changed(value: JsonValue, change: Change): JsonValue {
  const copy = structuredClone(value) as Record<string, unknown>;
  for (const [pointer, member] of Object.entries(change)) {
    const steps = pointer.split("/").slice(1);
    const last = steps.pop() ?? "";
    const holder = steps.reduce<Record<string, unknown>>(
      (inner, step) => inner[step] as Record<string, unknown>,
      copy,
    );
    if (member === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
    else if (member === undefined) delete holder[last];
    else holder[last] = member;
  }
  return copy as JsonValue;
}

export const noCode: ScannedCode = { graph: { modules: new Map() }, nodeOf: () => undefined };

export interface CheckOptions {
  readonly code?: ScannedCode;
  readonly writing?: boolean;
}

export function manifestOf(files: HandFiles): UsableManifest {
  const read: UsableManifest | Unusable = readManifest({ files: handFiles(files), validate });
  if (read.kind === "manifest") return read;
  throw new Error(`the manifest is unusable: ${JSON.stringify(read.diagnostics, null, 2)}`);
}

/** Checks the contracts. The lock that is not there is not told of. */
export function check(files: HandFiles, options: CheckOptions = {}): CheckedContracts {
  const manifest = manifestOf(files);
  const { code = noCode, writing = true } = options;
  return checkContracts({ files: handFiles(files), validate, manifest, code, writing });
}

/** `CODE file:line`, or the code alone where there is no place. */
export function shown({ code, loc }: Diagnostic): string {
  return loc === undefined ? code : `${code} ${loc.span.file}:${loc.span.start.line}`;
}

export function codesOf(files: HandFiles, options?: CheckOptions): readonly string[] {
  return check(files, options).diagnostics.map(({ code }) => code);
}
