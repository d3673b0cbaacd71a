/**
 * What ends the command without a report: a command line that says nothing sensible, a folder that is
 * not there, a disk that is full. What is wrong with a repository is never one of these, but a
 * diagnostic. The exit status is 3 for all: nothing was checked, or nobody was told.
 */

export type ArchErrorCode =
  | "USAGE"
  | "ROOT_INVALID"
  | "MANIFEST_EXISTS"
  | "NOTHING_FOUND"
  | "PATCH_FAILED"
  | "OUTPUT_FAILED"
  | "INTERNAL";

interface ArchErrorRow {
  readonly fault: "caller" | "environment" | "bug";
  readonly next: string;
}

export const archErrors: Readonly<Record<ArchErrorCode, ArchErrorRow>> = {
  USAGE: { fault: "caller", next: "reprise-arch --help shows what there is" },
  ROOT_INVALID: { fault: "caller", next: "give the folder of the repository with --repo-root" },
  MANIFEST_EXISTS: {
    fault: "caller",
    next: "reprise-arch check; to begin anew, remove the file first",
  },
  NOTHING_FOUND: {
    fault: "caller",
    next: "give the folder of the repository with --repo-root; node_modules and dist are left out",
  },
  PATCH_FAILED: { fault: "bug", next: "make the change by hand: --emit-patch shows it" },
  INTERNAL: { fault: "bug", next: "report it, with the command line and what is above" },
  OUTPUT_FAILED: { fault: "environment", next: "check the disk and the permissions" },
};

export class ArchError extends Error {
  override readonly name: string = "ArchError";
  readonly code: ArchErrorCode;

  constructor(code: ArchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  get next(): string {
    return archErrors[this.code].next;
  }
}
