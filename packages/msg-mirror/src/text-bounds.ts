/** How long texts in a frame may be: names are for columns of a table, not for carrying data. */

/** Characters of a stream, an id, a type, an actor and the like. */
export const shortTextMax: number = 512;
/** Characters of a reason, an error's message, a broker's detail. */
export const longTextMax: number = 2048;

/** The first `lengthMax` characters of a text; of what is no text, none. */
export function cutText(text: unknown, lengthMax: number): string {
  if (typeof text !== "string") return "";
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
