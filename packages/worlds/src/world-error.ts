/**
 * The one error of worlds: something was to be reached that a world does not reach.
 *
 * A code names the case, and is API: match on it, never on the text. The table says who has to act.
 */
import type { Capability } from "./capability.js";
import type { World } from "./world.js";

/** Who has to act: the calling code, the machine, or Reprise. */
export type WorldFault = "caller" | "environment" | "bug";

export type WorldErrorCode =
  /** A call that its world may not make. */
  | "AMBIENT_REFUSED"
  /** A call of code that went on after the scope that it belongs to. */
  | "WORLD_ENDED"
  /** A scope inside another that would reach what the other does not. */
  | "WORLD_WIDER"
  /** What answers for the clock and for randomness gave something else than was asked. */
  | "SOURCE_INVALID"
  /** A sandbox policy that its schema refuses. */
  | "POLICY_INVALID"
  /** A change to a policy that cannot be read, or that the policy leaves no room for. */
  | "POLICY_OVERRIDE_INVALID"
  /** A call that the policy of the sandbox does not list. */
  | "SANDBOX_REFUSED"
  /** A sandboxed program used as much as its policy allows, and was ended. */
  | "LIMIT_MET"
  /** The sandbox could not be set up here. */
  | "SANDBOX_UNAVAILABLE";

const faults: Readonly<Record<WorldErrorCode, WorldFault>> = {
  AMBIENT_REFUSED: "caller",
  WORLD_ENDED: "caller",
  WORLD_WIDER: "caller",
  SOURCE_INVALID: "caller",
  POLICY_INVALID: "caller",
  POLICY_OVERRIDE_INVALID: "caller",
  SANDBOX_REFUSED: "caller",
  LIMIT_MET: "caller",
  SANDBOX_UNAVAILABLE: "environment",
};

/** What a program may want to act on, besides the code. Each field is there only where it applies. */
export interface WorldErrorDetails {
  readonly cause?: unknown;
  /** The call as a program writes it: `Date.now`, `node:fs.readFileSync`. */
  readonly call?: string;
  readonly capability?: Capability;
  readonly world?: World;
  /** How many readings of the clock and random draws were answered in the scope before. */
  readonly index?: number;
  /** What to do instead: half a sentence. */
  readonly instead?: string;
  /** A JSON Pointer to the first value of a policy that is wrong. */
  readonly pointer?: string;
  /** Where a refused call was to reach: `127.0.0.1:9092`, a path, a program. */
  readonly where?: string;
  readonly policyId?: string;
  /** The part of the policy that refuses: `net.allow_hosts`, `fs.write_roots`. */
  readonly rule?: string;
  /** Which limit was met, as the policy names it: `wall_ms`, `cpu_ms`, `mem_bytes`. */
  readonly limit?: string;
}

const brand = Symbol.for("@reprise/worlds/WorldError");

/** Thrown at the call. `WorldError.is` recognises it across copies of this package. */
export class WorldError extends Error {
  override readonly name: string = "WorldError";
  readonly code: WorldErrorCode;
  readonly fault: WorldFault;
  readonly details: WorldErrorDetails;

  constructor(code: WorldErrorCode, message: string, details: WorldErrorDetails = {}) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    this.code = code;
    this.fault = faults[code];
    this.details = details;
    Object.defineProperty(this, brand, { value: true });
  }

  static is(error: unknown): error is WorldError {
    return typeof error === "object" && error !== null && brand in error;
  }
}
