/**
 * The worlds: for each, what code in it may reach. The names are X07's.
 *
 * A world is solve (the same input gives the same output, always) or OS. The one rule between them:
 * a solve world depends on no OS world. A solve world may depend on another solve world, but then
 * what it reaches through it must be its own to reach: `mayReach` is asked of everything at the end
 * of a chain of imports, with the world at its beginning.
 */
import { type Capability, capabilities } from "./capability.js";

export type World =
  | "solve-pure"
  | "solve-fs"
  | "solve-rr"
  | "solve-kv"
  | "solve-full"
  | "run-os"
  | "run-os-sandboxed";

export interface WorldRow {
  readonly kind: "solve" | "os";
  readonly reaches: readonly Capability[];
  /** One line, for a person. */
  readonly says: string;
}

const everything: readonly Capability[] = Object.keys(capabilities).filter(
  // Proof of the type: the keys of `capabilities` are the union, by its declaration.
  (name): name is Capability => name in capabilities,
);

export const worlds: Readonly<Record<World, WorldRow>> = {
  "solve-pure": { kind: "solve", reaches: [], says: "nothing" },
  "solve-fs": { kind: "solve", reaches: ["files"], says: "files that it is given" },
  "solve-rr": { kind: "solve", reaches: ["cassette"], says: "a cassette, read only" },
  "solve-kv": { kind: "solve", reaches: ["store"], says: "a key-value store that it is given" },
  "solve-full": {
    kind: "solve",
    reaches: ["files", "cassette", "store"],
    says: "files, a cassette and a store that it is given",
  },
  "run-os": { kind: "os", reaches: everything, says: "everything" },
  "run-os-sandboxed": { kind: "os", reaches: everything, says: "what its policy file lists" },
};

export function isWorld(name: string): name is World {
  return Object.hasOwn(worlds, name);
}

/** Whether a module of world `from` may import one of world `to`. */
export function mayDependOn(from: World, to: World): boolean {
  return worlds[from].kind === "os" || worlds[to].kind === "solve";
}

/** Whether code in `world` may reach that. What is not known is everything at once. */
export function mayReach(world: World, capability: Capability | "pure" | "unknown"): boolean {
  if (capability === "pure" || worlds[world].kind === "os") return true;
  return capability !== "unknown" && worlds[world].reaches.includes(capability);
}
