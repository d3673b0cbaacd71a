/**
 * Goal: of exclusive states exactly one holds; of others, those that were switched on.
 * Method: walk through the states and read the rendered lines.
 */
import { createRegistry, renderOpenMetrics, stateset } from "@reprise/obs";
import { expect, test } from "vitest";
import { refusalOf } from "./refusal.ts";

function linesOf(registry: Parameters<typeof renderOpenMetrics>[0]) {
  return renderOpenMetrics(registry).split("\n").slice(1, -2);
}

test("exclusive states: none before the first, then exactly one", () => {
  const registry = createRegistry({ s: stateset({ help: "", states: ["up", "down", "lost"] }) });
  const s = registry.stateset("s");
  expect(linesOf(registry)).toEqual([]);
  for (const entered of ["up", "lost", "lost", "down"] as const) {
    s.enter(entered);
    const on = linesOf(registry).filter((line) => line.endsWith(" 1"));
    expect(on).toEqual([`s{s="${entered}"} 1`]);
    expect(linesOf(registry)).toHaveLength(3);
  }
  expect(refusalOf(() => s.set("up", true)).code).toBe("STATES_EXCLUSIVE");
});

test("other states are each by itself", () => {
  const registry = createRegistry({
    s: stateset({ help: "", labels: ["n"], states: ["b", "a"], exclusive: false }),
  });
  const s = registry.stateset("s");
  s.set("a", true, { n: "1" });
  s.set("b", true, { n: "1" });
  s.set("a", false, { n: "1" });
  s.set("b", false, { n: "2" });
  s.enter("a", { n: "3" });
  expect(linesOf(registry)).toEqual([
    's{n="1",s="a"} 0',
    's{n="1",s="b"} 1',
    's{n="2",s="a"} 0',
    's{n="2",s="b"} 0',
    's{n="3",s="a"} 1',
    's{n="3",s="b"} 0',
  ]);
});

test.each([["A"], [""], ["a "], [undefined], [null], ["__proto__"], ["length"]])(
  "state %o is refused",
  (state) => {
    const registry = createRegistry({ s: stateset({ help: "", states: ["a"], exclusive: false }) });
    const s = registry.stateset("s");
    expect(refusalOf(() => s.enter(state as "a")).code).toBe("STATE_UNDECLARED");
    expect(refusalOf(() => s.set(state as "a", true)).code).toBe("STATE_UNDECLARED");
    expect(linesOf(registry)).toEqual([]);
  },
);
