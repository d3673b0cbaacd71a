/**
 * Goal: the table for people has every metric, and no text of a definition can break out of its cell.
 * Method: definitions by hand, in any order, with awkward help; the table by hand.
 */
import { counter, describeMetrics, gauge, histogram, info, stateset } from "@reprise/obs";
import { expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

test("a row for each metric, by name", () => {
  const table = describeMetrics({
    b_seconds: histogram({ help: "Time.", unit: "s", buckets: [0.5, 1], labels: ["z", "a"] }),
    a: counter({ help: "Things | others `x` <b>\nand a\\b.", unit: "{thing}" }),
    build: info({ help: "", labels: ["version"] }),
    state: stateset({ help: "State.", states: ["up", "down"] }),
    z: gauge({ help: "Level." }),
  });
  expect(table).toBe(
    [
      "| name | type | unit | labels | meaning |",
      "| --- | --- | --- | --- | --- |",
      "| `a` | counter | `{thing}` |  | Things \\| others \\`x\\` \\<b> and a\\\\b. |",
      "| `b_seconds` | histogram | `s` | `a` `z` | Time. Buckets: 0.5, 1. |",
      "| `build` | info |  | `version` |  |",
      "| `state` | stateset |  |  | State. |",
      "| `z` | gauge |  |  | Level. |",
      "",
    ].join("\n"),
  );
});

test("what could not be declared cannot be described", () => {
  expect(refusalOf(() => describeMetrics({ "a b": gauge({ help: "" }) })).code).toBe(
    "NAME_INVALID",
  );
});
