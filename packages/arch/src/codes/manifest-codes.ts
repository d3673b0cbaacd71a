/** Codes of the manifest and the overlay. */
import type { CodeRow } from "./code-row.js";

export type ManifestCode =
  | "E_ARCH_MANIFEST_READ"
  | "E_ARCH_MANIFEST_JSON_PARSE"
  | "E_ARCH_MANIFEST_SCHEMA_INVALID"
  | "E_ARCH_MANIFEST_INVALID"
  | "E_ARCH_OVERLAY_READ"
  | "E_ARCH_OVERLAY_JSON_PARSE"
  | "E_ARCH_OVERLAY_SCHEMA_INVALID"
  | "E_ARCH_OVERLAY_INVALID";

export const manifestCodes: Readonly<Record<ManifestCode, CodeRow>> = {
  E_ARCH_MANIFEST_READ: {
    says: "The manifest is missing, or cannot be read. Nothing is checked.",
    next: "reprise-arch init writes one; --manifest names another",
    example: "arch/manifest.x07arch.json is not there.",
  },
  E_ARCH_MANIFEST_JSON_PARSE: {
    says: "The manifest is not JSON, or has a key twice, or a byte order mark. Nothing is checked.",
    next: "mend the file at the place that is shown",
    example: '{ "nodes": [], "nodes": [] }',
  },
  E_ARCH_MANIFEST_SCHEMA_INVALID: {
    says: "The manifest does not fit its schema, or is of another version. Nothing is checked.",
    next: "compare it with the schema x07.arch.manifest@0.3.0; an editor completes from it",
    example: '{ "schema_version": "x07.arch.manifest@0.1.0", ... }',
  },
  E_ARCH_MANIFEST_INVALID: {
    says: "Two nodes of the manifest have one id, or a node has a world that there is not, or a glob that is none. Nothing is checked.",
    next: "mend the node at the place that is shown",
    example: '"nodes": [{ "id": "core", "world": "solve-clean", ... }]',
  },
  E_ARCH_OVERLAY_READ: {
    says: "arch/reprise.arch.json is there and cannot be read. Nothing is checked.",
    next: "mend or remove it",
    example: "it is a folder, or not UTF-8",
  },
  E_ARCH_OVERLAY_JSON_PARSE: {
    says: "arch/reprise.arch.json is not JSON, or has a key twice, or a byte order mark. Nothing is checked.",
    next: "mend the file at the place that is shown",
    example: '{ "include": ["src/**"], }',
  },
  E_ARCH_OVERLAY_SCHEMA_INVALID: {
    says: "arch/reprise.arch.json does not fit its schema. Nothing is checked.",
    next: "compare it with the schema reprise.arch.overlay@0.1.0; an editor completes from it",
    example: '{ "type_only_imports": "no" }',
  },
  E_ARCH_OVERLAY_INVALID: {
    says: "arch/reprise.arch.json has a glob that is none. Nothing is checked.",
    next: "mend the glob",
    example: '"include": ["src/[a"]',
  },
};
