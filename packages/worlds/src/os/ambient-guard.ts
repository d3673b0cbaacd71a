/**
 * The ambient guard: a part of a program runs in a world, and the rest does not notice.
 *
 * Inside a solve world the clock and randomness are answered by the scope's sources; everything else
 * that is ambient (timers, network, files, environment, ...) throws at the call. Outside, every
 * function does what it did.
 *
 * The guard stands before the functions from the first `inWorld` of the process on, and stays. It is
 * there to keep an honest program honest: what cannot be caught is listed in the README, and code that
 * means to get out needs the sandbox.
 */
import type { AmbientSources } from "../ambient-sources.js";
import { type World, worlds } from "../world.js";
import { WorldError } from "../world-error.js";
import { guardClocks } from "./ambient-guard-clock.js";
import { guardGlobals } from "./ambient-guard-globals.js";
import { guardFirstModules, guardLoadedModules } from "./ambient-guard-modules.js";
import { checkRunning, createScope, guard, refusalOf, type Scope } from "./ambient-guard-scope.js";

/**
 * Puts the guard in place, if it is not. `inWorld` does it too; a program that wants references to be
 * guarded that its modules take when they are loaded calls this before it loads them.
 */
export function guardAmbient(): void {
  if (guard.isInstalled) return;
  guard.isInstalled = true;
  guardClocks();
  guardGlobals();
  guardFirstModules();
  guardLoadedModules();
}

/**
 * Runs `body` in a world, and gives what it gives. The scope lasts until `body` returns, or until the
 * promise that it returns is settled; what it started and did not await is refused everything from
 * then on (WORLD_ENDED).
 *
 * Without `sources` the clock and randomness are refused like the rest. A scope inside another has its
 * own sources and must reach no further (WORLD_WIDER): an OS world is for outside of all scopes, and
 * there `body` simply runs.
 *
 * Calls in it throw a `WorldError`, at once, even those that would have returned a promise:
 * AMBIENT_REFUSED, WORLD_ENDED, SOURCE_INVALID.
 */
export function inWorld<Result>(
  world: World,
  sources: AmbientSources | undefined,
  body: () => Result,
): Result {
  guardAmbient();
  guardLoadedModules();
  const outer = guard.storage.getStore();
  if (outer !== undefined) checkNested(outer, world);
  if (worlds[world].kind === "os") return body();
  const scope = createScope(world, sources);
  let result: Result;
  try {
    result = guard.storage.run(scope, body);
  } catch (error) {
    scope.ended = true;
    throw error;
  }
  // A promise of the same: the cast holds.
  if (isPromise(result)) return endWith(scope, result) as Result;
  scope.ended = true;
  return result;
}

function isPromise(result: unknown): result is PromiseLike<unknown> {
  if (typeof result !== "object" || result === null || !("then" in result)) return false;
  return typeof result.then === "function";
}

async function endWith(scope: Scope, result: PromiseLike<unknown>): Promise<unknown> {
  try {
    return await result;
  } finally {
    scope.ended = true;
  }
}

function checkNested(outer: Scope, world: World): void {
  checkRunning(outer, refusalOf("inWorld"));
  const further = worlds[world].reaches.find((one) => !worlds[outer.world].reaches.includes(one));
  if (further === undefined) return;
  const message =
    `a scope of ${world} inside one of ${outer.world} would reach further (${further}); ` +
    "instead: enter it outside, or hand its result in";
  throw new WorldError("WORLD_WIDER", message, { world, index: outer.draws });
}
