/**
 * Which world the running code is in, and what it is told there.
 *
 * A scope is carried by an AsyncLocalStorage: whatever the body starts (a promise, a callback) is in
 * it, and what runs beside it is not. One storage serves the process, however many copies of this
 * package there are.
 *
 * Most code runs in no world, and must not pay for those who do. `watching` is false as long as no
 * running or waiting code can be in one: scopes hold a token, and the collector says when nobody
 * holds it any more. Asking a boolean is all that `Date.now()` costs then.
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { ambientAdvice } from "../ambient-advice.js";
import { ambientCalls } from "../ambient-calls.js";
import type { AmbientSources, ClockCall, EntropyCall } from "../ambient-sources.js";
import { isCalendar } from "../ambient-sources.js";
import { type Capability, capabilities } from "../capability.js";
import { mayReach, type World } from "../world.js";
import { WorldError, type WorldErrorCode } from "../world-error.js";

export interface Scope {
  readonly world: World;
  /** Absent: the clock and randomness are refused too. */
  readonly sources: AmbientSources | undefined;
  /** The scope that this one was made in. */
  readonly outer: Scope | undefined;
  /** How many draws were answered. */
  draws: number;
  ended: boolean;
  readonly token: object;
}

/** What a call is, for the error that refuses it. */
export interface Refusal {
  readonly call: string;
  readonly capability: Capability;
  readonly instead: string;
}

interface Guard {
  readonly storage: AsyncLocalStorage<Scope | undefined>;
  watching: boolean;
  token: WeakRef<object> | undefined;
  /** Set by the first that installs the guard. */
  isInstalled: boolean;
}

/** Taken before anything stands in front of them. */
const { FinalizationRegistry: Registry, WeakRef: Weak } = globalThis;

export const guard: Guard = sharedGuard();

/** One for all copies of this package: a second guard would ask its own sources. */
function sharedGuard(): Guard {
  const key = Symbol.for("@reprise/worlds/ambient-guard@1");
  // Nobody else uses this name: what is there is a guard of this version.
  const shared = globalThis as unknown as Record<symbol, Guard | undefined>;
  const known = shared[key];
  if (known !== undefined) return known;
  const storage = new AsyncLocalStorage<Scope | undefined>();
  const fresh = { storage, watching: false, token: undefined, isInstalled: false };
  Object.defineProperty(globalThis, key, { value: fresh });
  return fresh;
}

const collected = new Registry<WeakRef<object>>((token) => {
  if (guard.token === token) guard.watching = false;
});

/** What every scope holds that was made since the last time there was none. */
function currentToken(): object {
  const known = guard.token?.deref();
  if (known !== undefined) return known;
  const token = {};
  guard.token = new Weak(token);
  collected.register(token, guard.token);
  guard.watching = true;
  return token;
}

/** The scope of the running code. Asked by every guarded call. */
export function scopeHere(): Scope | undefined {
  return guard.watching ? guard.storage.getStore() : undefined;
}

export function createScope(world: World, sources: AmbientSources | undefined): Scope {
  const outer = guard.storage.getStore();
  return { world, sources, outer, draws: 0, ended: false, token: currentToken() };
}

/** Runs `work` where `scope` was made: what its sources do is no part of it. */
export function outside<Result>(scope: Scope, work: () => Result): Result {
  return guard.storage.run(scope.outer, work);
}

/** What the table says of a call; `capability` where it has no row. */
export function refusalOf(call: string, capability: Capability = "environment"): Refusal {
  const row = ambientCalls.get(call);
  if (row !== undefined) return { call, capability: row.capability, instead: row.instead };
  return { call, capability, instead: ambientAdvice[capability] };
}

/** Throws AMBIENT_REFUSED where the world does not reach that, WORLD_ENDED after its end. */
export function checkMay(scope: Scope, refusal: Refusal): void {
  checkRunning(scope, refusal);
  if (!mayReach(scope.world, refusal.capability)) throw refused(scope, refusal);
}

export function refused(scope: Scope, refusal: Refusal): WorldError {
  const { call, capability, instead } = refusal;
  return errorOf("AMBIENT_REFUSED", scope, {
    refusal,
    message:
      `${call} reaches ${capabilities[capability]}, which ${scope.world} does not ` +
      `(after ${drawsText(scope)}); instead: ${instead}`,
  });
}

/** Throws WORLD_ENDED. */
export function checkRunning(scope: Scope, refusal: Refusal): void {
  for (let one: Scope | undefined = scope; one !== undefined; one = one.outer) {
    if (!one.ended) continue;
    throw errorOf("WORLD_ENDED", scope, {
      refusal,
      message:
        `${refusal.call} by code that went on after its scope of ${one.world} had ended ` +
        `(after ${drawsText(scope)}); instead: await it before the scope ends`,
    });
  }
}

/** The answer of the scope's sources. Throws AMBIENT_REFUSED, WORLD_ENDED, SOURCE_INVALID, what they throw. */
export function drawClock(scope: Scope, call: ClockCall): bigint {
  const sources = sourcesOf(scope, call);
  const reading: unknown = outside(scope, () => sources.clock(call));
  const most = isCalendar(call) ? calendarMax : stopWatchMax;
  if (typeof reading === "bigint" && reading >= -most && reading <= most) {
    scope.draws += 1;
    return reading;
  }
  const got = typeof reading === "bigint" ? `${reading}` : `a ${typeof reading}`;
  throw sourceInvalid(scope, call, `expected a bigint of at most ${most} nanoseconds, got ${got}`);
}

/** The same for randomness. */
export function drawEntropy(scope: Scope, call: EntropyCall, size: number): Uint8Array {
  const sources = sourcesOf(scope, call);
  const bytes: unknown = outside(scope, () => sources.entropy(call, size));
  if (bytes instanceof Uint8Array && bytes.length === size) {
    scope.draws += 1;
    return bytes;
  }
  const got = bytes instanceof Uint8Array ? `${bytes.length}` : `a ${typeof bytes}`;
  throw sourceInvalid(scope, call, `expected ${size} bytes, got ${got}`);
}

/** As far as a Date goes, and what 64 bits hold: nanoseconds. */
const calendarMax = 8_640_000_000_000_000n * 1_000_000n;
const stopWatchMax = 2n ** 63n - 1n;

function sourcesOf(scope: Scope, call: ClockCall | EntropyCall): AmbientSources {
  const capability = isEntropy(call) ? "randomness" : "clock";
  const refusal = refusalOf(call, capability);
  checkRunning(scope, refusal);
  if (scope.sources === undefined) throw refused(scope, { ...refusal, capability });
  return scope.sources;
}

function isEntropy(call: string): boolean {
  return call === "Math.random" || call.startsWith("crypto.");
}

function sourceInvalid(scope: Scope, call: string, problem: string): WorldError {
  const refusal = refusalOf(call, "clock");
  const message = `the source of ${call} gave no answer: ${problem} (after ${drawsText(scope)})`;
  return errorOf("SOURCE_INVALID", scope, { refusal, message });
}

function errorOf(
  code: WorldErrorCode,
  { world, draws }: Scope,
  { refusal, message }: { readonly refusal: Refusal; readonly message: string },
): WorldError {
  return new WorldError(code, message, { ...refusal, world, index: draws });
}

function drawsText({ draws }: Scope): string {
  return draws === 1 ? "1 draw" : `${draws} draws`;
}
