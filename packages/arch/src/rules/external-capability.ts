/**
 * What importing an external gives a module the power to do, and whether its world allows that. What
 * nobody knows to be harmless counts as a power too.
 */
import {
  capabilities,
  capabilityOfExternal,
  isCapability,
  mayReach,
  type World,
  worlds,
} from "@reprise/worlds";
import type { Overlay } from "../documents/overlay.js";

/** undefined: the world allows it. */
export function forbiddenCapability(
  name: string,
  world: World,
  overlay: Overlay,
): string | undefined {
  if (isPureHere(name, overlay)) return undefined;
  const capability = capabilityOfExternal(name);
  return mayReach(world, capability) ? undefined : capability;
}

function isPureHere(name: string, { pure_externals }: Overlay): boolean {
  return pure_externals.some((pure) => name === pure || name.startsWith(`${pure}/`));
}

export function isSolve(world: World): boolean {
  return worlds[world].kind === "solve";
}

/** Whether all that `inner` may reach, `outer` may reach too. */
export function reachesNoMore(inner: World, outer: World): boolean {
  return isSolve(inner) && worlds[inner].reaches.every((each) => mayReach(outer, each));
}

/** What to say of one that is not allowed. */
export function capabilityText(name: string, capability: string): string {
  return isCapability(capability)
    ? `${name} reaches ${capabilities[capability]}`
    : `nobody has said what ${name} reaches, so it counts as everything`;
}
