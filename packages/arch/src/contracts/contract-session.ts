/**
 * One check of the contracts: opens documents, keeps what is found, and remembers what was opened,
 * for the locks and for what nobody refers to. X07's rules of opening a document are here:
 *
 * | the file is | what is said |
 * |---|---|
 * | missing | lint, "contract file is missing", data path |
 * | unreadable | parse, "read contract file: ..." |
 * | not JSON | parse, "parse contract JSON: ..." |
 * | of another schema_version | one diagnostic, and the schema is not asked |
 * | not what its schema says | one diagnostic for each place |
 *
 * A document is opened once, however many refer to it. Each counts against the contract budgets,
 * which end the opening of documents, not the run.
 */
import type { JsonObject, JsonValue } from "@reprise/canonical-json";
import type { DiagnosticCode } from "../codes.js";
import type { Diagnostic, Findings, Location, SuggestedPatch } from "../diagnostic.js";
import { locationAt, numberFindings, schemaFindings } from "../documents/document-findings.js";
import { type JsonDocument, type ReadDocument, readDocument } from "../documents/json-document.js";
import type { Enforce } from "../documents/manifest.js";
import type { DocumentSource } from "../documents/read-manifest.js";
import { hasShape, type SchemaVersion } from "../documents/schema-versions.js";
import { type FindingParts, finding, locationIn, locationOf } from "../rules/finding.js";
import { secretFindings } from "./secrets.js";

export interface ContractBudget {
  readonly filesMax: number;
  readonly bytesMax: number;
}

/** What a kind of document is called, and the codes for what may be wrong with it. */
export interface DocumentKind {
  readonly version: SchemaVersion;
  /** "RR index", as in "schema_version mismatch for RR index". */
  readonly name: string;
  readonly codes: {
    /** Missing, or unreadable. */
    readonly read: DiagnosticCode;
    readonly parse: DiagnosticCode;
    readonly version: DiagnosticCode;
    readonly schema: DiagnosticCode;
  };
  /** Data of a wrong version has what was expected and got. */
  readonly tellsVersion?: boolean;
}

/** One code for whatever is wrong, as most groups have it. */
export function kindWithOneCode(
  version: SchemaVersion,
  name: string,
  code: DiagnosticCode,
): DocumentKind {
  return { version, name, codes: { read: code, parse: code, version: code, schema: code } };
}

export interface Reference {
  readonly path: string;
  readonly kind: DocumentKind;
  readonly enforce?: Enforce;
  /** Where it is named. */
  readonly from?: Location;
  /** In which lock, and where in it. Absent: in none. */
  readonly lock?: "indexes" | "files" | "reprise-indexes" | "reprise-files";
}

export interface OpenedDocument {
  readonly document: JsonDocument;
  /** Its schema_version is the one that was expected. */
  readonly current: boolean;
  /** It can be read as its type. */
  readonly shaped: boolean;
}

export interface ContractSession extends DocumentSource {
  open(reference: Reference): OpenedDocument | undefined;
  /** A file that the contracts may have and need not. */
  openOptional(reference: Reference): OpenedDocument | undefined;
  report(parts: FindingParts, enforce?: Enforce): void;
  suggest(patch: SuggestedPatch): void;
  /** Counts a file that is not opened here. False: the budget is spent. */
  spend(bytes: number): boolean;
  /** Every path that a contract names, whether it is there or not. */
  readonly referenced: Set<string>;
  readonly contracts: {
    readonly indexes: Map<string, string>;
    readonly files: Map<string, string>;
  };
  readonly reprise: { readonly indexes: Map<string, string>; readonly files: Map<string, string> };
  findings(): Findings;
}

export function createContractSession(
  source: DocumentSource,
  budget: ContractBudget,
): ContractSession {
  const diagnostics: Diagnostic[] = [];
  const patches = new Map<string, SuggestedPatch>();
  const opened = new Map<string, OpenedDocument | undefined>();
  const emptyHashes = (): { indexes: Map<string, string>; files: Map<string, string> } => ({
    indexes: new Map(),
    files: new Map(),
  });
  const report = (parts: FindingParts, enforce: Enforce = "error"): void => {
    if (enforce === "off") return;
    const found = finding(parts);
    diagnostics.push(enforce === "warn" ? { ...found, severity: "warning" } : found);
  };
  const session: ContractSession = {
    ...source,
    referenced: new Set(),
    contracts: emptyHashes(),
    reprise: emptyHashes(),
    report,
    spend: createPurse(budget, report),
    suggest: (suggested) => mergePatch(patches, suggested),
    open: (reference) => openWith(reference, false),
    openOptional: (reference) => openWith(reference, true),
    findings: () => ({ diagnostics, patches: [...patches.values()] }),
  };
  const openWith = (reference: Reference, optional: boolean): OpenedDocument | undefined => {
    const { path, kind } = reference;
    const key = `${kind.version} ${path}`;
    if (opened.has(key)) return opened.get(key);
    const read = readDocument(source.files, path);
    if (optional && read.kind === "missing") return undefined;
    const result = openDocument(session, reference, read);
    opened.set(key, result);
    return result;
  };
  return session;
}

/** All changes of one file together; a file that two contracts name is mended once. */
function mergePatch(
  patches: Map<string, SuggestedPatch>,
  { path, patch, note }: SuggestedPatch,
): void {
  const before = patches.get(path);
  const known = new Set(before?.patch.map((operation) => JSON.stringify(operation)));
  const added = patch.filter((operation) => !known.has(JSON.stringify(operation)));
  const said = before?.note ?? note;
  const all = [...(before?.patch ?? []), ...added];
  patches.set(path, { path, patch: all, ...(said === undefined ? {} : { note: said }) });
}

function openDocument(
  session: ContractSession,
  reference: Reference,
  read: ReadDocument,
): OpenedDocument | undefined {
  const { path, enforce = "error", lock } = reference;
  session.referenced.add(path);
  if ("bytes" in read && !session.spend(read.bytes)) return undefined;
  if (read.kind !== "document") {
    reportUnread(session, reference, read);
    return undefined;
  }
  const { document } = read;
  if (!session.spend(document.bytes)) return undefined;
  for (const found of numberFindings(document)) session.report(found, enforce);
  for (const found of secretFindings(document)) session.report(found, enforce);
  if (lock !== undefined) hashesFor(session, lock).set(path, document.hash());
  return checkSchema(session, reference, document);
}

function hashesFor(
  { contracts, reprise }: ContractSession,
  lock: NonNullable<Reference["lock"]>,
): Map<string, string> {
  if (lock === "indexes" || lock === "files") return contracts[lock];
  return lock === "reprise-indexes" ? reprise.indexes : reprise.files;
}

function reportUnread(
  session: ContractSession,
  { path, kind, enforce, from }: Reference,
  read: Exclude<ReadDocument, { kind: "document" }>,
): void {
  const related = from === undefined ? [] : [{ message: "named here", loc: from }];
  if (read.kind === "missing") {
    const message = "contract file is missing";
    const code = kind.codes.read;
    session.report({ code, message, loc: locationOf(path), data: { path }, related }, enforce);
    return;
  }
  if (read.kind === "not-json") {
    const message = `parse contract JSON: ${read.message}`;
    const loc = locationIn(path, { start: read.at, end: read.at });
    session.report({ code: kind.codes.parse, stage: "parse", message, loc, related }, enforce);
    return;
  }
  if (read.outside) {
    const code = "E_ARCH_CONTRACT_OUTSIDE_ROOT";
    const message = "contract file is a link that leads out of the repository";
    session.report({ code, message, loc: locationOf(path), data: { path }, related });
  }
  const message = `read contract file: ${read.message}`;
  const code = kind.codes.read;
  session.report({ code, stage: "parse", message, loc: locationOf(path), related }, enforce);
}

function checkSchema(
  session: ContractSession,
  { kind, enforce }: Reference,
  document: JsonDocument,
): OpenedDocument {
  const got = memberOf(document.value, "schema_version");
  const issues = session.validate(kind.version, asVersion(document.value, kind.version));
  const shaped = hasShape(issues) && typeof got === "string";
  if (got === kind.version) {
    for (const found of schemaFindings(kind.codes.schema, document, issues)) {
      session.report(found, enforce);
    }
    return { document, current: true, shaped };
  }
  const data: JsonObject =
    kind.tellsVersion === true
      ? { expected: kind.version, got: typeof got === "string" ? got : null }
      : {};
  session.report(versionFinding(kind, document, data), enforce);
  return { document, current: false, shaped };
}

export function versionFinding(
  { codes, name, version }: DocumentKind,
  document: JsonDocument,
  data: JsonObject = {},
): FindingParts {
  return {
    code: codes.version,
    stage: "parse",
    message: `schema_version mismatch for ${name}`,
    loc: locationAt(document, "/schema_version"),
    data,
    notes: [`write "schema_version": "${version}", or use the tool that knows this version`],
  };
}

/** A wrong version is said once; the schema is asked of the rest only to know its shape. */
function asVersion(value: JsonValue, version: SchemaVersion): JsonValue {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return { ...value, schema_version: version };
}

export function memberOf(value: JsonValue, key: string): JsonValue | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  // Neither an array nor null: what is left of the union is the object.
  return Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
}

/** Each budget is told of once. */
function createPurse(
  { filesMax, bytesMax }: ContractBudget,
  report: (parts: FindingParts) => void,
): (bytes: number) => boolean {
  let files = 0;
  let bytes = 0;
  const told = new Set<string>();
  const exceeded = (budget: string, what: string, limit: number, actual: number): boolean => {
    if (actual <= limit) return false;
    if (!told.has(budget)) {
      told.add(budget);
      report({
        code: "E_ARCH_TOOL_BUDGET_EXCEEDED",
        message: `contracts budget exceeded: too many ${what}`,
        data: { budget: `tool_budgets.contracts_budgets.${budget}`, limit, actual },
      });
    }
    return true;
  };
  return (size) => {
    files += 1;
    bytes += size;
    if (exceeded("max_contract_files", "files", filesMax, files)) return false;
    return !exceeded("max_contract_bytes", "bytes", bytesMax, bytes);
  };
}
