/**
 * The shape of a row of the table of ambient calls.
 *
 * A *name* is a path from the global object (`Math.random`), a method of any object (`.getHours`) or
 * a form of syntax (`new Date()`, `import()`). `counts` says when naming it is using it:
 *
 *     any      wherever it stands, `typeof` included: a host may lack it
 *     call     when it is called or constructed, or handed on to who may; not when it is compared
 *     part     when one of its members that have a row is used, when a member is taken that only
 *              the run will name, or when it is handed on whole
 *     method   when a method of this name is called, or taken, on any object
 *     form     never by its name: whoever reads the syntax says so
 */
import type { Capability } from "./capability.js";

export interface AmbientCall {
  readonly name: string;
  readonly capability: Capability;
  readonly counts: "any" | "call" | "part" | "method" | "form";
  /** What to do instead: half a sentence after "instead:". */
  readonly instead: string;
  /**
   * Inside a solve world at run time: `answered` from the cassette; `refused` with a typed error;
   * `tamed`, so that it does the same in every run; `passed`, because nothing of it comes back to the
   * program, or the same in every run, or because its members have rows of their own; `unseen`,
   * because the language gives nobody a place to stand between.
   */
  readonly atRunTime: "answered" | "refused" | "tamed" | "passed" | "unseen";
  /** Not a use where this argument, from 0, names a locale. */
  readonly locale?: number;
  /** And where this one, from 0, is options with a `timeZone`. */
  readonly timeZone?: number;
}
