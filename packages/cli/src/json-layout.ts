/**
 * JSON text laid out anew, its tokens untouched: numbers keep their spelling, members their order,
 * and a member that is there twice stays there twice. What is shown is what was sent.
 */

const indentation = "  ";
const space = /[ \t\r\n]/;

/** Whether `text` is a JSON object or array. A bare number or word reads the same as text. */
export function isJsonStructure(text: string): boolean {
  const first = text.trimStart()[0];
  if (first !== "{" && first !== "[") return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON text on one line: without the space between its tokens. */
export function compactJson(json: string): string {
  let compact = "";
  for (const token of tokensOf(json)) compact += token;
  return compact;
}

/** JSON text with a line for each member. */
export function indentedJson(json: string): string {
  let depth = 0;
  let text = "";
  let opened = false;
  const line = (): string => `\n${indentation.repeat(depth)}`;
  for (const token of tokensOf(json)) {
    const closes = token === "}" || token === "]";
    if (closes) depth -= 1;
    if (opened !== closes && (opened || closes)) text += line();
    opened = token === "{" || token === "[";
    if (opened) depth += 1;
    text += token;
    if (token === ",") text += line();
    if (token === ":") text += " ";
  }
  return text;
}

/** The tokens of a valid JSON text, in order. */
function* tokensOf(json: string): Generator<string> {
  let at = 0;
  while (at < json.length) {
    // Within bounds: the cast holds.
    const character = json[at] as string;
    if (space.test(character)) {
      at += 1;
      continue;
    }
    const end = "{}[],:".includes(character) ? at + 1 : tokenEnd(json, at);
    yield json.slice(at, end);
    at = end;
  }
}

function tokenEnd(json: string, start: number): number {
  let at = start + 1;
  if (json[start] === '"') {
    while (at < json.length && json[at] !== '"') at += json[at] === "\\" ? 2 : 1;
    return at + 1;
  }
  while (at < json.length && !",]}: \t\r\n".includes(json[at] as string)) at += 1;
  return at;
}
