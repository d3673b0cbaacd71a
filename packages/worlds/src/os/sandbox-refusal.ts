/**
 * What a refused call throws, and what it does to the exit code.
 *
 * A refusal says what was called, where it was to reach, which policy refuses it and by which rule. It
 * comes where a program looks for the call's failure: thrown, given to the callback, as the rejection
 * or as the socket's `error`. If nobody takes it, the process ends with 3.
 */
import { WorldError } from "../world-error.js";

export interface RefusedCall {
  /** As a program writes it. */
  readonly call: string;
  /** Where it was to reach, if anywhere. */
  readonly where?: string | undefined;
  /** The part of the policy that would have to be another. */
  readonly rule: string;
}

export type Refuse = (call: RefusedCall) => WorldError;

export function refusalsOf(policyId: string): Refuse {
  return ({ call, where, rule }) => {
    const target = where === undefined || where === "" ? "" : ` of ${where}`;
    return new WorldError(
      "SANDBOX_REFUSED",
      `${call}${target} is refused by ${rule} of policy ${policyId}`,
      {
        call,
        ...(where === undefined ? {} : { where }),
        policyId,
        rule,
        world: "run-os-sandboxed",
      },
    );
  };
}

const refusedCode = 3;
/** How far a refusal may be from the error that ends the process. */
const depthMax = 8;

/** A refusal that nobody takes ends the process with 3, whatever wraps it. */
export function exitOnRefusal(): void {
  process.on("uncaughtExceptionMonitor", (error) => {
    const isTaken =
      process.listenerCount("uncaughtException") > 0 ||
      process.hasUncaughtExceptionCaptureCallback();
    if (isTaken || !isRefusal(error, depthMax)) return;
    process.once("exit", () => {
      process.exitCode = refusedCode;
    });
  });
}

function isRefusal(error: unknown, depth: number): boolean {
  if (typeof error !== "object" || error === null || depth === 0) return false;
  if (WorldError.is(error) && error.code === "SANDBOX_REFUSED") return true;
  if ("cause" in error && isRefusal(error.cause, depth - 1)) return true;
  const { errors } = error as { readonly errors?: unknown };
  return Array.isArray(errors) && errors.some((one) => isRefusal(one, depth - 1));
}
