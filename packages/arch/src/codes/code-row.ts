/** The form of a row in the tables of codes. */

export interface CodeRow {
  /** One sentence: when it is found. */
  readonly says: string;
  /** What to do next. */
  readonly next: string;
  /** A few lines that show it, for `explain`. */
  readonly example: string;
}
