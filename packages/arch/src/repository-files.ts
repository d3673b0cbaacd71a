/** The port through which the pure part of the checker sees files that are not modules. */

export type FileText =
  | { readonly kind: "text"; readonly text: string; readonly bytes: number }
  | { readonly kind: "missing" }
  /** A folder, a link out of the root, no permission, not UTF-8, too large: `message` says which. */
  | {
      readonly kind: "unreadable";
      readonly message: string;
      /** `outside`: a link on the way leads out of the repository. */
      readonly reason?: "outside";
    };

export interface RepositoryFiles {
  /** `path` is relative to the repository, with `/`. A byte order mark is kept. Never throws. */
  read(path: string): FileText;
  isFolder(path: string): boolean;
  /** Every file and link below a folder, sorted; links are not followed. None where it is not there. */
  list(folder: string): readonly string[];
}
