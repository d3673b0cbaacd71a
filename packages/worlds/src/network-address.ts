/**
 * One spelling for each IP address: `::ffff:127.0.0.1` is `127.0.0.1`, `0:0::1` is `::1` written out.
 *
 * The guard decides by this inside a program that may have replaced every method of every prototype.
 * So nothing is called here: characters are read by index, numbers are counted, text is joined.
 */

const addressLengthMax = 64;
/** Taken before a program could put another in its place. */
const Groups = Uint16Array;

/**
 * IPv4 as four decimal numbers; IPv6 as eight hexadecimal ones, with its zone after `%`; undefined for
 * everything that is no address in one of its standard spellings (`127.1`, `0x7f.1`, a name).
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > addressLengthMax) return undefined;
  return dottedQuad(text, 0, text.length) ?? ipv6(text);
}

function dottedQuad(text: string, from: number, to: number): string | undefined {
  let result = "";
  let value = -1;
  let dots = 0;
  let digits = 0;
  for (let place = from; place < to; place++) {
    const character = text[place] ?? "";
    if (character === ".") {
      if (value < 0 || dots === 3) return undefined;
      result += `${value}.`;
      dots += 1;
      value = -1;
      digits = 0;
      continue;
    }
    // A leading zero would be octal to some.
    if (!(character >= "0" && character <= "9") || value === 0) return undefined;
    value = value < 0 ? +character : value * 10 + +character;
    digits += 1;
    if (digits > 3 || value > 255) return undefined;
  }
  return dots === 3 && value >= 0 ? `${result}${value}` : undefined;
}

function ipv6(text: string): string | undefined {
  let end = 0;
  while (end < text.length && text[end] !== "%") end += 1;
  if (end === text.length - 1) return undefined;
  let zone = "";
  for (let place = end; place < text.length; place++) zone += text[place] ?? "";
  const groups = new Groups(8);
  const count = readGroups(text, end, groups);
  if (count === undefined) return undefined;
  const isMapped =
    zone === "" &&
    groups[0] === 0 &&
    groups[1] === 0 &&
    groups[2] === 0 &&
    groups[3] === 0 &&
    groups[4] === 0 &&
    groups[5] === 0xffff;
  const high = groups[6] ?? 0;
  const low = groups[7] ?? 0;
  if (isMapped) return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  let result = "";
  for (let place = 0; place < 8; place++) {
    result += `${place === 0 ? "" : ":"}${hexadecimal(groups[place] ?? 0)}`;
  }
  return result + zone;
}

/** Fills in the eight groups. Undefined where the text is no address. */
function readGroups(text: string, end: number, groups: Uint16Array): true | undefined {
  let count = 0;
  let gap = -1;
  let place = 0;
  if (text[0] === ":") {
    if (text[1] !== ":") return undefined;
    gap = 0;
    place = 2;
  }
  while (place < end) {
    if (count === 8) return undefined;
    if (isQuadAt(text, place, end)) {
      if (count > 6 || !readQuad(text, { from: place, to: end, groups, at: count }))
        return undefined;
      count += 2;
      place = end;
      break;
    }
    let value = 0;
    let digits = 0;
    for (; place < end && text[place] !== ":"; place++) {
      const digit = hexDigit(text[place] ?? "");
      if (digit < 0 || digits === 4) return undefined;
      value = value * 16 + digit;
      digits += 1;
    }
    if (digits === 0) return undefined;
    groups[count] = value;
    count += 1;
    if (place === end) break;
    place += 1;
    if (text[place] === ":" && place < end) {
      if (gap >= 0) return undefined;
      gap = count;
      place += 1;
    } else if (place === end) return undefined;
  }
  return spread(groups, count, gap);
}

/** Moves what comes after `::` to the end. */
function spread(groups: Uint16Array, count: number, gap: number): true | undefined {
  if (gap < 0) return count === 8 ? true : undefined;
  if (count === 8) return undefined;
  const shift = 8 - count;
  for (let place = 7; place >= gap + shift; place--) groups[place] = groups[place - shift] ?? 0;
  for (let place = gap; place < gap + shift; place++) groups[place] = 0;
  return true;
}

function isQuadAt(text: string, from: number, end: number): boolean {
  for (let place = from; place < end && text[place] !== ":"; place++) {
    if (text[place] === ".") return true;
  }
  return false;
}

function readQuad(
  text: string,
  {
    from,
    to,
    groups,
    at,
  }: {
    readonly from: number;
    readonly to: number;
    readonly groups: Uint16Array;
    readonly at: number;
  },
): boolean {
  const quad = dottedQuad(text, from, to);
  if (quad === undefined) return false;
  let value = 0;
  let part = 0;
  for (let place = 0; place <= quad.length; place++) {
    const character = quad[place] ?? ".";
    if (character !== ".") {
      value = value * 10 + +character;
      continue;
    }
    const group = at + (part >> 1);
    groups[group] = part % 2 === 0 ? value << 8 : (groups[group] ?? 0) | value;
    part += 1;
    value = 0;
  }
  return true;
}

const hexDigits = "0123456789abcdef";

function hexDigit(character: string): number {
  if (character >= "0" && character <= "9") return +character;
  for (let value = 10; value < 16; value++) {
    const lower = hexDigits[value] ?? "";
    if (character === lower || character === upper(value)) return value;
  }
  return -1;
}

function upper(value: number): string {
  return "ABCDEF"[value - 10] ?? "";
}

function hexadecimal(value: number): string {
  let result = "";
  for (let shift = 12; shift >= 0; shift -= 4) {
    const digit = (value >> shift) & 15;
    if (digit !== 0 || result !== "" || shift === 0) result += hexDigits[digit] ?? "";
  }
  return result;
}
