/**
 * Goal: what the table of ambient calls says of run time is so, row by row; what is refused inside does
 * what it did outside.
 * Method: every row that this runtime has, tried inside a world; then the rows by hand, with their
 * arguments, inside and outside.
 */
import { type AmbientCall, ambientCalls } from "@reprise/worlds";
import { guardAmbient, inWorld } from "@reprise/worlds/os";
import { afterEach, expect, test, vi } from "vitest";
import { countedSources, refusalIn } from "./counted-sources.js";

const RealFunction = Function;
const say = vi.fn(() => process.env.PATH === undefined);
Object.assign(console, { say });
guardAmbient();
afterEach(() => vi.restoreAllMocks());

/** Where a row's name leads in this runtime. */
function placeOf({ name }: AmbientCall): { holder: object; key: string } | undefined {
  const parts = name.split(".");
  const key = parts.pop() ?? "";
  let holder: unknown = globalThis;
  for (const part of parts)
    holder = holder === undefined ? undefined : Reflect.get(Object(holder), part);
  if (holder === undefined || !(key in Object(holder))) return undefined;
  return { holder: Object(holder), key };
}

const refused = [...ambientCalls.values()].filter(
  (call) => call.atRunTime === "refused" && placeOf(call) !== undefined,
);

test("there is something to try", () => {
  expect(refused.length).toBeGreaterThan(30);
});

test.each(refused.map((call) => [call.name, call] as const))("%s is refused", (name, call) => {
  const refusal = refusalIn(() => {
    const { holder, key } = placeOf(call) ?? { holder: {}, key: "" };
    const value: unknown = Reflect.get(holder, key);
    return typeof value === "function" ? value() : value;
  }, countedSources());
  expect(refusal).toBe(`AMBIENT_REFUSED ${name}`);
});

const passed = [...ambientCalls.values()].filter(
  (call) => call.atRunTime === "passed" && placeOf(call) !== undefined,
);

test.each(passed.map((call) => [call.name, call] as const))("%s can be named", (_, call) => {
  const { holder, key } = placeOf(call) ?? { holder: {}, key: "" };
  expect(inWorld("solve-pure", undefined, () => typeof Reflect.get(holder, key))).not.toBe(
    "undefined",
  );
});

test.each<[string, () => unknown]>([
  ["setTimeout", () => setTimeout(() => undefined, 0)],
  ["clearTimeout", () => clearTimeout(undefined)],
  ["AbortSignal.timeout", () => AbortSignal.timeout(5)],
  ["fetch", () => fetch("http://localhost")],
  ["WebSocket", () => new (Reflect.get(globalThis, "WebSocket") ?? fetch)("ws://localhost")],
  ["MessageChannel", () => new MessageChannel()],
  ["BroadcastChannel", () => new BroadcastChannel("x")],
  ["WeakRef", () => new WeakRef({})],
  ["FinalizationRegistry", () => new FinalizationRegistry(() => undefined)],
  ["Function", () => Function("return 1")],
  ["Function", () => new Function("return 1")],
  ["Function", () => refused.constructor.constructor("return 1")],
  ["Function", () => (async () => undefined).constructor("return 1")],
  ["Function", () => function* () {}.constructor("return 1")],
  ["Atomics.wait", () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0)],
])("%s with its arguments is refused", (name, call) => {
  // Node 20 has no WebSocket: fetch stands for it there.
  const expected = name === "WebSocket" && !("WebSocket" in globalThis) ? "fetch" : name;
  expect(refusalIn(call, countedSources())).toBe(`AMBIENT_REFUSED ${expected}`);
});

test("outside, all of them work", async () => {
  expect(new WeakRef({}).deref()).toEqual({});
  expect(new FinalizationRegistry(() => undefined)).toBeInstanceOf(FinalizationRegistry);
  expect(Function("return 1")()).toBe(1);
  expect(new Function("a", "return a + 1")(1)).toBe(2);
  expect((async () => undefined).constructor("return 1")()).toBeInstanceOf(Promise);
  expect(Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)).toBe("not-equal");
  expect(await new Promise((resolve) => setTimeout(resolve, 0, "late"))).toBe("late");
  expect(AbortSignal.timeout(100_000).aborted).toBe(false);
  const { port1, port2 } = new MessageChannel();
  const heard = new Promise((resolve) =>
    port2.addEventListener("message", resolve, { once: true }),
  );
  port2.start();
  port1.postMessage("x");
  expect(await heard).toMatchObject({ data: "x" });
  port1.close();
});

test("what refuses is still a class, with its statics and its instances", () => {
  const made = Function("return 1");
  expect(made).toBeInstanceOf(Function);
  expect(test).toBeInstanceOf(Function);
  expect(made.constructor).toBe(Function);
  expect(Function.prototype).toBe(RealFunction.prototype);
  expect([Function.name, Function.length, setTimeout.name]).toEqual(["Function", 1, "setTimeout"]);
  class Weak extends WeakRef<object> {}
  expect(new Weak({})).toBeInstanceOf(Weak);
  expect(Object.keys(globalThis)).toContain("setTimeout");
});

test("WebSocket, where there is one, is what it was", () => {
  const there = Object.getOwnPropertyDescriptor(globalThis, "WebSocket");
  if (there === undefined) return;
  expect([there.enumerable, there.configurable]).toEqual([false, true]);
  const { WebSocket: Real } = process.getBuiltinModule("node:http") as { WebSocket?: unknown };
  const socket: unknown = Reflect.get(globalThis, "WebSocket");
  expect(socket).toBe(Real);
  expect(socket).toHaveProperty("CONNECTING", 0);
  expect(refusalIn(() => Reflect.get(process.getBuiltinModule("node:http"), "WebSocket"))).toBe(
    "AMBIENT_REFUSED process.getBuiltinModule",
  );
  const http = process.getBuiltinModule("node:http");
  expect(refusalIn(() => Reflect.get(http, "WebSocket"))).toBe("AMBIENT_REFUSED WebSocket");
  vi.stubGlobal("WebSocket", class Fake {});
  expect(Reflect.get(globalThis, "WebSocket")).toHaveProperty("name", "Fake");
  vi.unstubAllGlobals();
  expect(Reflect.get(globalThis, "WebSocket")).toBe(socket);
});

test("eval keeps the variables of its place, inside and outside", () => {
  const local = 5;
  // biome-ignore lint/security/noGlobalEval: that is what is tested
  expect(inWorld("solve-pure", undefined, () => eval("local + 1"))).toBe(local + 1);
});

test("a console may ask outside what it needs, and is told all that it is told", () => {
  // As a console does that looks whether its terminal has colours.
  const told = inWorld("solve-pure", undefined, () =>
    Reflect.apply(Reflect.get(console, "say"), console, ["x", 1]),
  );
  expect(told).toBe(false);
  expect(say).toHaveBeenCalledWith("x", 1);
  expect(refusalIn(say)).toBe("AMBIENT_REFUSED process.env");
});

test("fresh memory is zero", () => {
  const unclean = () => [Buffer.allocUnsafe(4096), Buffer.allocUnsafeSlow(4096)];
  for (const bytes of inWorld("solve-pure", undefined, unclean)) {
    expect(bytes.every((byte) => byte === 0)).toBe(true);
  }
  const joined = inWorld("solve-pure", undefined, () =>
    Buffer.concat([Buffer.from("a"), Buffer.from("b")]),
  );
  expect(String(joined)).toBe("ab");
  expect(unclean()).toHaveLength(2);
});

test("what touches nothing is let through", async () => {
  const done = await inWorld("solve-pure", undefined, async () => {
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    await new Promise<void>((resolve) => process.nextTick(resolve));
    const controller = new AbortController();
    controller.abort();
    return [
      structuredClone({ a: [1] }),
      new TextEncoder().encode("x").length,
      new URL("http://a/b").pathname,
      controller.signal.aborted,
      Math.max(1, 2),
      await new Blob(["x"]).text(),
    ];
  });
  expect(done).toEqual([{ a: [1] }, 1, "/b", true, 2, "x"]);
});
