/**
 * Protocol buffers, as far as OTLP needs them: a field is its number and wire type, then its value.
 *
 * ```
 * key      varint   number << 3 | wire type
 * type 0   varint   int64 (two's complement), uint32, enum, bool
 * type 1   8 bytes  double, fixed64, sfixed64; little-endian
 * type 2   varint n, n bytes                    text, bytes, message, packed numbers
 * type 5   4 bytes  fixed32
 * ```
 *
 * A message's length stands before it and is known only after: one byte is kept free, and what
 * follows moves up in the rare case that it takes more. `bench/obs.ts` has the figures beside
 * protobufjs, which needs a run-time compiler of its schemas, Buffer, and 25 times the code.
 *
 * Source: Protocol Buffers, "Encoding"; proto3 leaves default values out and packs numbers.
 */
import type { Field, FieldKind, OtlpRecord, OtlpSchema, OtlpValue } from "./otlp-schema.js";

/** Fields in order of their tables: the same message, the same bytes. */
export function encodeOtlpProtobuf(schema: OtlpSchema, message: OtlpRecord): Uint8Array {
  const writer = new Writer();
  writeMessage(writer, schema, message);
  return writer.bytes();
}

const text = new TextEncoder();

class Writer {
  #buffer: Uint8Array = new Uint8Array(4_096);
  #view: DataView = new DataView(this.#buffer.buffer);
  #size = 0;

  bytes(): Uint8Array {
    return this.#buffer.slice(0, this.#size);
  }

  varint(value: number): void {
    this.#reserve(10);
    let rest = value;
    while (rest >= 0x80) {
      this.#buffer[this.#size++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#buffer[this.#size++] = rest;
  }

  /** Negative numbers take ten bytes. */
  varint64(value: bigint): void {
    this.#reserve(10);
    let rest = BigInt.asUintN(64, value);
    while (rest >= 0x80n) {
      this.#buffer[this.#size++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#size++] = Number(rest);
  }

  fixed64(value: bigint): void {
    this.#reserve(8);
    this.#view.setBigUint64(this.#size, BigInt.asUintN(64, value), true);
    this.#size += 8;
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#size, value, true);
    this.#size += 4;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#size, value, true);
    this.#size += 8;
  }

  string(value: string): void {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    this.#reserve(value.length * 3 + 5);
    const start = this.#open();
    const { written } = text.encodeInto(value, this.#buffer.subarray(this.#size));
    this.#size += written;
    this.#close(start);
  }

  hex(value: string): void {
    this.#reserve(value.length + 5);
    const start = this.#open();
    for (let place = 0; place < value.length; place += 2) {
      this.#buffer[this.#size++] = Number.parseInt(value.slice(place, place + 2), 16);
    }
    this.#close(start);
  }

  /** What `write` writes, behind its length. */
  delimited(write: () => void): void {
    this.#reserve(1);
    const start = this.#open();
    write();
    this.#close(start);
  }

  #open(): number {
    this.#size += 1;
    return this.#size;
  }

  #close(start: number): void {
    const length = this.#size - start;
    if (length < 0x80) {
      this.#buffer[start - 1] = length;
      return;
    }
    let width = 1;
    for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) width += 1;
    this.#reserve(width);
    this.#buffer.copyWithin(start - 1 + width, start, this.#size);
    this.#size = start - 1;
    this.varint(length);
    this.#size += length;
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, this.#size + more));
    grown.set(this.#buffer.subarray(0, this.#size));
    this.#buffer = grown;
    this.#view = new DataView(grown.buffer);
  }
}

function writeMessage(writer: Writer, { fields }: OtlpSchema, message: OtlpRecord): void {
  for (const field of fields) {
    const value = message[field.name];
    if (value === undefined) continue;
    // A repeated field's value is an array: the builders of this folder make them.
    if (field.repeated) writeAll(writer, field, value as readonly OtlpValue[]);
    else if (field.explicit || !isDefault(value)) writeField(writer, field, value);
  }
}

function writeAll(writer: Writer, field: Field, values: readonly OtlpValue[]): void {
  const { kind, number } = field;
  const isPacked = kind === "double" || kind === "fixed64";
  if (!isPacked) for (const value of values) writeField(writer, field, value);
  else if (values.length > 0) {
    writer.varint(number * 8 + 2);
    writer.delimited(() => {
      for (const value of values) writeValue(writer, kind, value);
    });
  }
}

function isDefault(value: OtlpValue): boolean {
  return value === "" || value === 0n || value === false || Object.is(value, 0);
}

function writeField(writer: Writer, { kind, number }: Field, value: OtlpValue): void {
  writer.varint(number * 8 + wireType(kind));
  writeValue(writer, kind, value);
}

function wireType(kind: FieldKind): number {
  if (typeof kind === "object") return 2;
  switch (kind) {
    case "string":
    case "id":
      return 2;
    case "double":
    case "fixed64":
    case "sfixed64":
      return 1;
    case "fixed32":
      return 5;
    default:
      return 0;
  }
}

// The casts: the builders of this folder give each field a value of its kind, which
// `test/otlp-protobuf.test.ts` holds them to with another decoder.
function writeValue(writer: Writer, kind: FieldKind, value: OtlpValue): void {
  if (typeof kind === "object") {
    writer.delimited(() => writeMessage(writer, kind, value as OtlpRecord));
    return;
  }
  switch (kind) {
    case "string":
      writer.string(value as string);
      break;
    case "id":
      writer.hex(value as string);
      break;
    case "bool":
      writer.varint(value === true ? 1 : 0);
      break;
    case "double":
      writer.double(value as number);
      break;
    case "fixed64":
    case "sfixed64":
      writer.fixed64(value as bigint);
      break;
    case "int64":
      writer.varint64(value as bigint);
      break;
    case "fixed32":
      writer.fixed32(value as number);
      break;
    case "uint32":
    case "enum":
      writer.varint(value as number);
      break;
  }
}
