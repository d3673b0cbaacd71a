/** The values this package writes and reads: JSON's own six kinds, and numbers kept as text. */

/** Any JSON value. Numbers are finite, strings are well-formed Unicode; both are checked on use. */
export type JsonValue = null | boolean | number | string | JsonArray | JsonObject;

export type JsonArray = readonly JsonValue[];

/** A plain object: the prototype is `Object.prototype`, null, or an object without one. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/**
 * A number as it stood in the text: `1.0`, `-0`, `1E400`, `12345678901234567890`.
 *
 * `parseJson` makes these when asked for `numbers: "lexeme"`. `canonicalize` refuses them, since
 * RFC 8785 has no place for a second spelling of a number.
 */
export class JsonNumber {
  /** The characters of the text, verbatim; always a JSON number (RFC 8259, section 6). */
  readonly lexeme: string;

  constructor(lexeme: string) {
    this.lexeme = lexeme;
  }
}

/** Any JSON value with its numbers kept as text. */
export type JsonLexicalValue =
  | null
  | boolean
  | string
  | JsonNumber
  | JsonLexicalArray
  | JsonLexicalObject;

export type JsonLexicalArray = readonly JsonLexicalValue[];

export interface JsonLexicalObject {
  readonly [key: string]: JsonLexicalValue;
}
