/** JSON as tsconfig.json has it: with comments, and commas after the last member. */

/** Throws a SyntaxError where it is not even that. */
export function parseJsonWithComments(text: string): unknown {
  return JSON.parse(withoutTrailingCommas(withoutComments(text)));
}

const stringOrComment = /"(?:[^"\\]|\\.)*"|\/\*[\s\S]*?\*\/|\/\/[^\n]*/g;
const stringOrComma = /"(?:[^"\\]|\\.)*"|,(?=\s*[\]}])/g;

function withoutComments(text: string): string {
  const start = text.startsWith("\ufeff") ? 1 : 0;
  return text
    .slice(start)
    .replace(stringOrComment, (found) => (found.startsWith('"') ? found : " "));
}

function withoutTrailingCommas(text: string): string {
  return text.replace(stringOrComma, (found) => (found.startsWith('"') ? found : ""));
}
