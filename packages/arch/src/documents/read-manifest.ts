/**
 * Reads the manifest and the overlay beside it. What is wrong with either makes the whole check
 * impossible, so it is reported alone and the command ends with status 3.
 */
import { isWorld } from "@reprise/worlds";
import type { Diagnostic } from "../diagnostic.js";
import { globProblem } from "../path-globs.js";
import type { RepositoryFiles } from "../repository-files.js";
import { finding } from "../rules/finding.js";
import { locationAt, numberFindings, readFinding, schemaFindings } from "./document-findings.js";
import { type JsonDocument, readDocument } from "./json-document.js";
import { pointerTo } from "./json-position.js";
import { type Manifest, manifestVersion } from "./manifest.js";
import { defaultOverlay, type Overlay, overlayPath, overlayVersion } from "./overlay.js";
import type { ValidateDocument } from "./schema-versions.js";

export const manifestPath = "arch/manifest.x07arch.json";

/** What reading needs of the world. */
export interface DocumentSource {
  readonly files: RepositoryFiles;
  readonly validate: ValidateDocument;
}

/** Nothing can be checked: exit status 3. The hash is known where the document is JSON. */
export interface Unusable {
  readonly kind: "unusable";
  readonly diagnostics: readonly Diagnostic[];
  readonly hash: string | undefined;
}

export interface UsableManifest {
  readonly kind: "manifest";
  readonly manifest: Manifest;
  readonly document: JsonDocument;
  /** `document.hash()`. */
  readonly hash: string;
  readonly overlay: Overlay;
  /** undefined: the repository has none, and the overlay is the default one. */
  readonly overlayDocument: JsonDocument | undefined;
  /** Warnings. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The manifest at `path`, and `arch/reprise.arch.json` where there is one. */
export function readManifest(
  source: DocumentSource,
  path: string = manifestPath,
): UsableManifest | Unusable {
  const read = readDocument(source.files, path);
  if (read.kind !== "document") {
    const codes = { read: "E_ARCH_MANIFEST_READ", parse: "E_ARCH_MANIFEST_JSON_PARSE" } as const;
    return unusable([readFinding(read, { path, what: "manifest", codes })]);
  }
  const { document } = read;
  const issues = source.validate(manifestVersion, document.value);
  if (issues.length > 0) {
    return unusable(schemaFindings("E_ARCH_MANIFEST_SCHEMA_INVALID", document, issues), document);
  }
  // The schema that it has just passed says of each member what the type says.
  const manifest = document.value as unknown as Manifest;
  const invalid = manifestFindings(manifest, document);
  if (invalid.length > 0) return unusable(invalid, document);
  const overlay = readOverlay(source);
  if ("kind" in overlay) return { ...overlay, hash: document.hash() };
  const diagnostics = [
    ...numberFindings(document),
    ...(overlay.overlayDocument === undefined ? [] : numberFindings(overlay.overlayDocument)),
  ];
  const hash = document.hash();
  return { kind: "manifest", manifest, document, hash, diagnostics, ...overlay };
}

function unusable(diagnostics: readonly Diagnostic[], document?: JsonDocument): Unusable {
  return { kind: "unusable", diagnostics, hash: document?.hash() };
}

/** What the schema does not say: the first duplicate id, unknown world or bad glob of each node. */
function manifestFindings({ nodes }: Manifest, document: JsonDocument): readonly Diagnostic[] {
  const seen = new Set<string>();
  const found: Diagnostic[] = [];
  const invalid = (message: string, pointer: string, note: string): void => {
    const loc = locationAt(document, pointer);
    const code = "E_ARCH_MANIFEST_INVALID";
    found.push(finding({ code, stage: "parse", message, loc, notes: [note] }));
  };
  for (const [index, { id, world, match }] of nodes.entries()) {
    const at = (...keys: readonly (string | number)[]): string =>
      pointerTo("nodes", index, ...keys);
    if (seen.has(id)) {
      invalid("duplicate node id in manifest.nodes", at("id"), `give node ${id} another id`);
    }
    seen.add(id);
    if (!isWorld(world)) {
      const message = `unsupported node world ${JSON.stringify(world)} (node=${JSON.stringify(id)})`;
      invalid(message, at("world"), "write one of X07's worlds, such as solve-pure or run-os");
    }
    for (const [place, glob] of match.path_globs.entries()) {
      const problem = globProblem(glob);
      if (problem === undefined) continue;
      const message = `invalid node match glob (node=${id}): ${problem}`;
      invalid(message, at("match", "path_globs", place), "mend the glob");
    }
  }
  return found;
}

interface ReadOverlay {
  readonly overlay: Overlay;
  readonly overlayDocument: JsonDocument | undefined;
}

function readOverlay({ files, validate }: DocumentSource): ReadOverlay | Unusable {
  const path = overlayPath;
  const read = readDocument(files, path);
  if (read.kind === "missing") return { overlay: defaultOverlay, overlayDocument: undefined };
  if (read.kind !== "document") {
    const codes = { read: "E_ARCH_OVERLAY_READ", parse: "E_ARCH_OVERLAY_JSON_PARSE" } as const;
    return unusable([readFinding(read, { path, what: "overlay", codes })]);
  }
  const { document } = read;
  const issues = validate(overlayVersion, document.value);
  if (issues.length > 0) {
    return unusable(schemaFindings("E_ARCH_OVERLAY_SCHEMA_INVALID", document, issues));
  }
  // The schema that it has just passed: each member, where it is there, is as the type says.
  const given = document.value as unknown as Partial<Overlay>;
  const overlay = { ...defaultOverlay, ...given };
  const invalid = [...(overlay.include ?? []), ...(overlay.exclude ?? [])].flatMap((glob) => {
    const problem = globProblem(glob);
    if (problem === undefined) return [];
    const message = `invalid glob ${JSON.stringify(glob)}: ${problem}`;
    const loc = locationAt(document, overlay.include?.includes(glob) ? "/include" : "/exclude");
    return [finding({ code: "E_ARCH_OVERLAY_INVALID", stage: "parse", message, loc })];
  });
  return invalid.length > 0 ? unusable(invalid) : { overlay, overlayDocument: document };
}
