/**
 * How deep the brackets of a text are nested, strings and comments taken for code. The parser goes
 * down one call for each, and a process whose stack is used up ends without a word; so a text that is
 * nested too deep is never given to it.
 */

/** The parser's stack ends between 10,000 and 20,000, on a thread of node's pool. */
export const bracketDepthMax = 4_000;

/** Where it becomes too deep; undefined: it does not. */
export function tooDeepAt(text: string): number | undefined {
  if (text.length <= bracketDepthMax) return undefined;
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    switch (text.charCodeAt(index)) {
      // ( [ {
      case 0x28:
      case 0x5b:
      case 0x7b:
        depth += 1;
        if (depth > bracketDepthMax) return index;
        break;
      // ) ] }
      case 0x29:
      case 0x5d:
      case 0x7d:
        if (depth > 0) depth -= 1;
        break;
    }
  }
  return undefined;
}
