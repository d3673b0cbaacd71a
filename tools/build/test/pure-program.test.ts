/**
 * Goal: a pure file that names a thing of the operating system does not compile.
 * Method: the program of tsconfig.pure.json with one more file in it, whose text is given here; a
 * harmless text must pass, so that the refusals are known to come from what is planted.
 */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const planted = join(root, "packages/msg-core/src/planted.ts");
const configFile = join(root, "tsconfig.pure.json");
const config = ts.getParsedCommandLineOfConfigFile(
  configFile,
  {},
  { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined },
);

/** The program's own files, parsed once for all tests. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/** What the compiler says of the planted file. */
function errorsOf(text: string): readonly string[] {
  if (config === undefined) throw new Error(`${configFile} cannot be read`);
  const options = { ...config.options, composite: true };
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (name) => name === planted || fileExists(name);
  host.readFile = (name) => (name === planted ? text : readFile(name));
  host.getSourceFile = (name, version, ...rest) => {
    if (name === planted) return ts.createSourceFile(name, text, version, true);
    if (!parsed.has(name)) parsed.set(name, getSourceFile(name, version, ...rest));
    return parsed.get(name);
  };
  const rootNames = [...config.fileNames, planted];
  const program = ts.createProgram({ rootNames, options, host });
  const file = program.getSourceFile(planted);
  const found = [
    ...program.getOptionsDiagnostics(),
    ...program.getSemanticDiagnostics(file),
    ...program.getSyntacticDiagnostics(file),
  ];
  return found
    .filter((one) => one.file?.fileName === planted)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

test.each([
  "export const one: number = 1;",
  'export const bytes: Uint8Array = new TextEncoder().encode("a");',
  "export const at = (time: number): string => new Date(time).toISOString();",
  'import { viewUnder } from "./bytes.js"; export const view: unknown = viewUnder;',
])("a pure file may say: %s", (text) => {
  expect(errorsOf(text)).toEqual([]);
});

test.each([
  ["process.env", "export const home: unknown = process.env.HOME;", /process/],
  [
    "node:fs",
    'import { readFileSync } from "node:fs"; export const r: unknown = readFileSync;',
    /fs/,
  ],
  ["a bare builtin", 'import * as net from "net"; export const n: unknown = net;', /net/],
  ["Buffer", "export const bytes: unknown = Buffer.alloc(1);", /Buffer/],
  ["setTimeout", "setTimeout(() => {}, 1); export {};", /setTimeout/],
  ["fetch", 'export const page: unknown = fetch("http://localhost");', /fetch/],
  ["crypto", "export const id: unknown = crypto.randomUUID();", /crypto/],
  ["performance", "export const now: unknown = performance.now();", /performance/],
  ["console", "console.log(1); export {};", /console/],
  ["__dirname", "export const here: unknown = __dirname;", /__dirname/],
  ["require", 'export const fs: unknown = require("fs");', /require/],
])("a pure file that names %s does not compile", (_, text, message) => {
  expect(errorsOf(text).join("\n")).toMatch(message);
});

test("a pure file that imports src/os does not compile", () => {
  const folder = relativeTo("packages/msg-rr/src/os/index.js");
  const errors = errorsOf(`import * as os from "${folder}"; export const o: unknown = os;`);
  expect(errors.join("\n")).toMatch(/not listed within the file list of project/);
});

function relativeTo(path: string): string {
  const up = dirname(planted)
    .slice(root.length)
    .split("/")
    .map(() => "..")
    .join("/");
  return `${up}/${path}`;
}
