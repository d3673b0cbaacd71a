/** Every diagnostic says what to do next: where a rule has not said it, the table of codes does. */
import { codes } from "./codes.js";
import type { Diagnostic } from "./diagnostic.js";

export function completed(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.map((each) =>
    each.notes === undefined || each.notes.length === 0
      ? { ...each, notes: [codes[each.code].next] }
      : each,
  );
}
