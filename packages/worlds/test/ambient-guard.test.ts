/**
 * Goal: a scope is what was called in it and nothing else: it begins and ends with its body, scopes
 * inside each other and beside each other do not mix, and what goes on after its scope is refused.
 * Method: sources that say whose they are; bodies that wait for each other by promises, never by time.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { EventEmitter } from "node:events";
import { type AmbientSources, WorldError } from "@reprise/worlds";
import { guardAmbient, inWorld, liveSources } from "@reprise/worlds/os";
import { expect, test } from "vitest";
import { refusalBy } from "../../../tools/testing/refusal.ts";
import { countedSources, refusalIn } from "./counted-sources.js";

/** Says the time `ms` at every reading. */
const always = (ms: number): AmbientSources => ({
  clock: () => BigInt(ms) * 1_000_000n,
  entropy: (_, size) => new Uint8Array(size).fill(ms),
});

/** A promise and the one who settles it. */
function createGate<Value>() {
  let open: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    open = resolve;
  });
  return { promise, resolve: (value: Value) => open(value) };
}

const errorOf = refusalBy(WorldError.is);

test("what the body gives, it gives; what it throws, it throws", async () => {
  expect(inWorld("solve-pure", undefined, () => 5)).toBe(5);
  expect(await inWorld("solve-pure", undefined, async () => 5)).toBe(5);
  const broken = new Error("broken");
  expect(() =>
    inWorld("solve-pure", undefined, () => {
      throw broken;
    }),
  ).toThrow(broken);
  await expect(inWorld("solve-pure", undefined, () => Promise.reject(broken))).rejects.toBe(broken);
});

test("the error names the call, the world, how many draws there were, and what to do", () => {
  const error = errorOf(() =>
    inWorld("solve-rr", always(1), () => {
      Date.now();
      Math.random();
      return process.env.HOME;
    }),
  );
  expect(error.message).toBe(
    "process.env reaches the process or the machine, which solve-rr does not (after 2 draws); " +
      "instead: take the value as an argument",
  );
  expect(error.details).toEqual({
    call: "process.env",
    capability: "environment",
    instead: "take the value as an argument",
    world: "solve-rr",
    index: 2,
  });
});

test("a scope goes on over promises, callbacks and emitters, and ends with its body", async () => {
  const emitter = new EventEmitter();
  const times = await inWorld("solve-rr", always(7), async () => {
    const read: number[] = [];
    emitter.on("tick", () => read.push(Date.now()));
    read.push(Date.now());
    await null;
    read.push(Date.now());
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    emitter.emit("tick");
    await new Promise<void>((resolve) => process.nextTick(resolve));
    read.push(Date.now());
    return await Promise.resolve().then(() => [...read, Date.now()]);
  });
  expect(times).toEqual([7, 7, 7, 7, 7]);
  expect(Date.now()).toBeGreaterThan(7);
});

test("scopes beside each other do not mix, nor with what is outside", async () => {
  const turns = createTurns();
  const seen: string[] = [];
  const run = async (name: string, ms: number) => {
    for (let round = 0; round < 3; round++) {
      await turns.next(name);
      seen.push(`${name} ${Date.now() === ms}`);
    }
  };
  await Promise.all([
    inWorld("solve-rr", always(1), () => run("a", 1)),
    inWorld("solve-pure", always(2), () => run("b", 2)),
    run("outside", Number.NaN),
    turns.give(["a", "b", "outside", "b", "a", "outside", "outside", "a", "b"]),
  ]);
  expect(seen).toEqual([
    "a true",
    "b true",
    "outside false",
    "b true",
    "a true",
    "outside false",
    "outside false",
    "a true",
    "b true",
  ]);
});

/** Lets those who wait for their turn go on, one at a time. */
function createTurns() {
  const waiting = new Map<string, () => void>();
  const port = (name: string) => new Promise<void>((resolve) => waiting.set(name, resolve));
  return {
    next: port,
    async give(names: readonly string[]) {
      for (const name of names) {
        // All who were let on have come to wait again: each takes a few microtasks.
        for (let count = 0; count < 20; count++) await null;
        const resolve = waiting.get(name);
        waiting.delete(name);
        resolve?.();
      }
    },
  };
}

test("draws are counted for each scope", () => {
  const index = (draws: number) =>
    errorOf(() =>
      inWorld("solve-rr", always(1), () => {
        for (let count = 0; count < draws; count++) Date.now();
        inWorld("solve-rr", always(2), () => Date.now());
        fetch("http://localhost");
      }),
    ).details.index;
  expect([index(0), index(3)]).toEqual([0, 3]);
});

test("a scope inside another asks its own sources, and the other goes on with its own", () => {
  const times = inWorld("solve-rr", always(1), () => {
    const inner = inWorld("solve-pure", always(2), () => Date.now());
    return [Date.now(), inner, Date.now()];
  });
  expect(times).toEqual([1, 2, 1]);
  expect(
    refusalIn(() => inWorld("solve-pure", undefined, () => Date.now()), countedSources()),
  ).toBe("AMBIENT_REFUSED Date.now");
});

test.each([
  ["solve-pure", "solve-rr"],
  ["solve-pure", "solve-full"],
  ["solve-rr", "solve-fs"],
  ["solve-rr", "run-os"],
  ["solve-full", "run-os-sandboxed"],
  ["solve-pure", "run-os"],
] as const)("in %s nothing runs in %s", (outer, inner) => {
  const reached: string[] = [];
  const error = errorOf(() =>
    inWorld(outer, undefined, () => inWorld(inner, undefined, () => reached.push(inner))),
  );
  expect([error.code, reached]).toEqual(["WORLD_WIDER", []]);
  expect(error.message).toContain(`a scope of ${inner} inside one of ${outer}`);
});

test.each([
  ["solve-full", "solve-rr"],
  ["solve-full", "solve-fs"],
  ["solve-rr", "solve-rr"],
  ["solve-rr", "solve-pure"],
  ["run-os", "solve-full"],
  ["run-os", "run-os"],
] as const)("in %s something may run in %s", (outer, inner) => {
  expect(inWorld(outer, undefined, () => inWorld(inner, undefined, () => inner))).toBe(inner);
});

test("an OS world is no scope: everything is real there", () => {
  const before = Date.now();
  expect(inWorld("run-os", always(1), () => Date.now())).toBeGreaterThanOrEqual(before);
  expect(inWorld("run-os", undefined, () => process.env.PATH)).toBe(process.env.PATH);
});

test("a world that reaches files is let to them", () => {
  const { getBuiltinModule } = process;
  const fs = getBuiltinModule("node:fs");
  const read = () => fs.existsSync("/");
  expect(inWorld("solve-fs", undefined, read)).toBe(true);
  expect(inWorld("solve-full", undefined, read)).toBe(true);
  expect(refusalIn(read)).toBe("AMBIENT_REFUSED node:fs.existsSync");
  expect(errorOf(() => inWorld("solve-fs", undefined, () => fetch("http://x"))).code).toBe(
    "AMBIENT_REFUSED",
  );
});

test("what goes on after its scope is refused, the clock too", async () => {
  const gate = createGate<void>();
  const told: string[] = [];
  const attempts: readonly (readonly [string, () => unknown])[] = [
    ["Date.now", () => Date.now()],
    ["Math.random", () => Math.random()],
    ["process.env", () => process.env.HOME],
    ["inWorld", () => inWorld("solve-pure", always(1), () => 1)],
  ];
  let left: Promise<void> | undefined;
  inWorld("solve-rr", always(1), () => {
    left = gate.promise.then(() => {
      for (const [call, attempt] of attempts) {
        const { code, details } = errorOf(attempt);
        told.push(`${code} ${details.call === call}`);
      }
    });
  });
  gate.resolve();
  await left;
  expect(told).toEqual(attempts.map(() => "WORLD_ENDED true"));
});

test("it ends when its promise is settled, whichever way, and not before", async () => {
  const late: unknown[] = [];
  const gate = createGate<void>();
  const body = async () => {
    void gate.promise.then(() => late.push(errorOf(() => Date.now()).code));
    await null;
    late.push(Date.now());
    throw new Error("broken");
  };
  await expect(inWorld("solve-rr", always(3), body)).rejects.toThrow("broken");
  gate.resolve();
  await null;
  await null;
  expect(late).toEqual([3, "WORLD_ENDED"]);
});

test("it ends when its body throws", async () => {
  const gate = createGate<void>();
  let left: Promise<string> | undefined;
  const body = () => {
    left = gate.promise.then(() => errorOf(() => Date.now()).code);
    throw new Error("broken");
  };
  expect(() => inWorld("solve-rr", always(1), body)).toThrow("broken");
  gate.resolve();
  expect(await left).toBe("WORLD_ENDED");
});

test("a scope whose outer scope has ended has ended", async () => {
  const gate = createGate<void>();
  let left: Promise<string> | undefined;
  inWorld("solve-rr", always(1), () => {
    left = inWorld("solve-rr", always(2), async () => {
      await gate.promise;
      return errorOf(() => Date.now()).code;
    });
  });
  gate.resolve();
  expect(await left).toBe("WORLD_ENDED");
});

test("a thenable is waited for like a promise", async () => {
  const { promise, resolve } = createGate<number>();
  // biome-ignore lint/suspicious/noThenProperty: that is what is tested
  const thenable = { then: promise.then.bind(promise) };
  let left: Promise<number> | undefined;
  const result = inWorld("solve-rr", always(4), () => {
    left = promise.then(() => Date.now());
    return thenable;
  });
  resolve(5);
  expect(await left).toBe(4);
  expect(await result).toBe(5);
});

test("a timer cannot be scheduled, so nothing of a scope comes later by itself", () => {
  for (const schedule of [setTimeout, setInterval, setImmediate]) {
    const ran: string[] = [];
    const error = errorOf(() =>
      inWorld("solve-rr", always(1), () => schedule(() => ran.push("ran"), 0)),
    );
    expect([error.code, error.details.capability, ran]).toEqual(["AMBIENT_REFUSED", "timer", []]);
  }
});

test("a port that was bound outside does its work outside", async () => {
  const clock = AsyncLocalStorage.bind(() => Date.now());
  const before = Date.now();
  const seen = inWorld("solve-rr", always(1), () => [clock(), Date.now()]);
  expect(seen[0]).toBeGreaterThanOrEqual(before);
  expect(seen[1]).toBe(1);
  const bound = inWorld("solve-rr", always(1), () => AsyncLocalStorage.bind(() => Date.now()));
  expect(errorOf(bound).code).toBe("WORLD_ENDED");
});

test("a source does what its caller may: outside everything, in a scope what the scope may", () => {
  const real: AmbientSources = { ...liveSources(), clock: () => BigInt(Date.now()) * 1_000_000n };
  const before = Date.now();
  expect(inWorld("solve-rr", real, () => Date.now())).toBeGreaterThanOrEqual(before);
  const nested = inWorld("solve-rr", always(9), () => inWorld("solve-rr", real, () => Date.now()));
  expect(nested).toBe(9);
});

test("what a source throws the call throws, and it counts for nothing", () => {
  const gone = new Error("no more");
  const failing: AmbientSources = {
    ...always(1),
    clock() {
      throw gone;
    },
  };
  const index = errorOf(() =>
    inWorld("solve-rr", failing, () => {
      expect(() => Date.now()).toThrow(gone);
      setTimeout(() => undefined);
    }),
  ).details.index;
  expect(index).toBe(0);
});

test.each<[string, unknown]>([
  ["a number", 5],
  ["undefined", undefined],
  ["a time that no date has", 8_640_000_000_000_001n * 1_000_000n],
  ["a promise", Promise.resolve(5n)],
])("a source of time that gives %s", (_, reading) => {
  const sources = { ...always(1), clock: () => reading } as AmbientSources;
  expect(refusalIn(() => Date.now(), sources)).toBe("SOURCE_INVALID Date.now");
});

test.each<[string, unknown]>([
  ["too few bytes", new Uint8Array(7)],
  ["too many", new Uint8Array(9)],
  ["an array", [1, 2, 3, 4, 5, 6, 7, 8]],
  ["nothing", undefined],
])("a source of randomness that gives %s", (_, bytes) => {
  const sources = { ...always(1), entropy: () => bytes } as AmbientSources;
  expect(refusalIn(() => Math.random(), sources)).toBe("SOURCE_INVALID Math.random");
});

test("the guard is put in place once", () => {
  const { Date: guarded } = globalThis;
  const functions = [Date.now, Math.random, fetch, setTimeout, performance.now];
  guardAmbient();
  inWorld("solve-pure", undefined, () => undefined);
  expect(globalThis.Date).toBe(guarded);
  expect([Date.now, Math.random, fetch, setTimeout, performance.now]).toEqual(functions);
});
