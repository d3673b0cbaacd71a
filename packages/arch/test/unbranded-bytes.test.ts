/**
 * Goal: bytes without a brand are found in the parameters and results of exported functions, each
 * where its type stands, and nowhere else.
 * Method: one declaration each, by hand, with what must be found as text.
 */
import { expect, test } from "vitest";
import { unbrandedBytes } from "../src/facts/unbranded-bytes.ts";
import { parseText } from "./parse-text.ts";

function bytesIn(text: string): readonly string[] {
  const { program, positionOf } = parseText(text);
  return unbrandedBytes(program, positionOf).map(
    ({ symbol, param, type, start }) =>
      `${start.line}:${start.col} ${symbol}(${param ?? ""})${param === undefined ? ": " : " "}${type}`,
  );
}

const cases: readonly (readonly [text: string, ...found: string[]])[] = [
  ["export function f(a: Uint8Array): void {}", "1:22 f(a) Uint8Array"],
  ["export function f(): Buffer { return b; }", "1:22 f(): Buffer"],
  [
    "export function f(a: ArrayBuffer, b: number, c?: DataView): Uint8Array<ArrayBuffer> {}",
    "1:22 f(a) ArrayBuffer",
    "1:50 f(c) DataView",
    "1:61 f(): Uint8Array",
  ],
  ["export const f = (a: Uint8Array) => a;", "1:22 f(a) Uint8Array"],
  ["export const f = async function (): Promise<Uint8Array> {};", "1:45 f(): Uint8Array"],
  ["export const f: (a: Uint8Array) => void = g;", "1:21 f(a) Uint8Array"],
  ["export const f = ((a: Uint8Array) => a) satisfies F;", "1:23 f(a) Uint8Array"],
  ["export default function (a: Uint8Array) {}", "1:29 default(a) Uint8Array"],
  ["export default (a: Uint8Array) => a;", "1:20 default(a) Uint8Array"],
  ["function f(a: Uint8Array) {} export { f };", "1:15 f(a) Uint8Array"],
  ["function f(a: Uint8Array) {} export { f as g };", "1:15 g(a) Uint8Array"],
  ["function f(a: Uint8Array) {} export default f;", "1:15 default(a) Uint8Array"],
  ["const f = (a: Buffer) => a; export { f };", "1:15 f(a) Buffer"],
  [
    "export function f(a: Buffer): void; export function f(a: string): void; export function f() {}",
    "1:22 f(a) Buffer",
  ],
  ["export declare function f(): DataView;", "1:30 f(): DataView"],
  ["export function f(a: Uint8Array | undefined) {}", "1:22 f(a) Uint8Array"],
  [
    "export function f(a: string | (Buffer | DataView)) {}",
    "1:32 f(a) Buffer",
    "1:41 f(a) DataView",
  ],
  ["export function f(a: readonly Uint8Array[]) {}", "1:31 f(a) Uint8Array"],
  ["export function f(a: ReadonlyArray<Uint8Array>) {}", "1:36 f(a) Uint8Array"],
  ["export function f(a: Readonly<Uint8Array>) {}", "1:31 f(a) Uint8Array"],
  ["export function f(...a: Uint8Array[]) {}", "1:25 f(a) Uint8Array"],
  [
    "export function f(): [key: Uint8Array, Buffer?] {}",
    "1:28 f(): Uint8Array",
    "1:40 f(): Buffer",
  ],
  ["export function f(): AsyncIterable<Uint8Array> {}", "1:36 f(): Uint8Array"],
  ["export function f(a: Uint8Array = b) {}", "1:22 f(a) Uint8Array"],
  ["export function f([a]: Uint8Array) {}", "1:24 f(#0) Uint8Array"],
  ["export function f(\n  this: T,\n  a: Uint8Array,\n) {}", "3:6 f(a) Uint8Array"],

  ["function f(a: Uint8Array): Buffer {}"],
  ["const f = (a: Uint8Array) => a;"],
  ["export function f(a: EnvelopeBytes): CassetteBytes {}"],
  ["export function f(a: Uint8Array & Brand): Branded<Uint8Array, 'envelope'> {}"],
  ["export function f(a: { bytes: Uint8Array }): Map<string, Uint8Array> {}"],
  ["export function f(a: (b: Uint8Array) => Buffer) {}"],
  ["export function f(a: Uint16Array, b: number[], c: string) {}"],
  ["export function f(a: node.Buffer, b: typeof bytes) {}"],
  ["export function f() { return new Uint8Array(1); }"],
  ["export function f() { return (a: Uint8Array) => a; }"],
  ["export const bytes: Uint8Array = new Uint8Array(1);"],
  ["export class A { f(a: Uint8Array): Buffer {} }"],
  ["export interface A { f(a: Uint8Array): Buffer }"],
  ["export type F = (a: Uint8Array) => Buffer;"],
  ["export { f } from 'x'; function f(a: Uint8Array) {}"],
  ["export * from 'x';"],
];

test.each(cases)("%s", (text, ...found) => {
  expect(bytesIn(text)).toEqual(found);
});
