/**
 * Goal: trees and chains are those the parents say; what is missing, goes in circles, or comes twice is
 * said.
 * Method: small families written by hand; a chain of a hundred thousand.
 */
import { type AmpMessage, causalityTree } from "@reprise/msg-amp";
import { describe, expect, test } from "vitest";
import { sample } from "./samples.ts";

const born = (op_id: string, parent?: string | null): AmpMessage => ({
  ...sample,
  op_id,
  causality: parent === undefined ? {} : { parent },
});
const ids = (messages: readonly AmpMessage[] | undefined): readonly string[] | undefined =>
  messages?.map(({ op_id }) => op_id);

test("a family", () => {
  const tree = causalityTree([
    born("b", "a"),
    born("a"),
    born("c", "b"),
    born("d", "b"),
    born("other", null),
  ]);
  expect(ids(tree.roots)).toEqual(["a", "other"]);
  expect(ids(tree.children("b"))).toEqual(["c", "d"]);
  expect(ids(tree.children("d"))).toEqual([]);
  expect(tree.chain("d")?.end).toBe("root");
  expect(ids(tree.chain("d")?.messages)).toEqual(["a", "b", "d"]);
  expect([tree.orphans, tree.cycles, tree.repeated]).toEqual([[], [], []]);
  expect(tree.chain("nobody")).toBeUndefined();
  expect(tree.message("c")?.op_id).toBe("c");
});

test("a parent that is missing", () => {
  const tree = causalityTree([born("b", "a"), born("c", "b")]);
  expect(ids(tree.orphans)).toEqual(["b"]);
  expect(tree.roots).toEqual([]);
  expect(tree.chain("c")).toMatchObject({ end: "missing parent" });
  expect(ids(tree.chain("c")?.messages)).toEqual(["b", "c"]);
});

describe("circles", () => {
  test("of one", () => {
    const tree = causalityTree([born("a", "a")]);
    expect(tree.cycles).toEqual([["a"]]);
    expect(tree.chain("a")?.end).toBe("cycle");
  });
  test("of three, with a tail that is not in it, and another", () => {
    const family = [born("t", "a"), born("a", "c"), born("b", "a"), born("c", "b")];
    const tree = causalityTree([...family, born("x", "y"), born("y", "x")]);
    expect(tree.cycles).toEqual([
      ["b", "c", "a"],
      ["y", "x"],
    ]);
    expect(ids(tree.chain("t")?.messages)).toEqual(["b", "c", "a", "t"]);
    expect(tree.chain("t")?.end).toBe("cycle");
  });
});

test("an id that comes twice: the first counts", () => {
  const tree = causalityTree([born("a"), born("b", "a"), born("a", "b")]);
  expect(tree.repeated).toEqual(["a"]);
  expect([tree.cycles, ids(tree.roots)]).toEqual([[], ["a"]]);
});

test("ids that every object has a member for are ids", () => {
  const tree = causalityTree([
    born("constructor"),
    born("b", "constructor"),
    born("c", "toString"),
  ]);
  expect(ids(tree.chain("b")?.messages)).toEqual(["constructor", "b"]);
  expect(ids(tree.orphans)).toEqual(["c"]);
});

test("a long chain", () => {
  const count = 100_000;
  const messages = Array.from({ length: count }, (_, at) =>
    born(`m${at}`, at === 0 ? undefined : `m${at - 1}`),
  );
  const tree = causalityTree(messages.reverse());
  expect(tree.chain(`m${count - 1}`)?.messages).toHaveLength(count);
  expect(tree.cycles).toEqual([]);
});
