/**
 * For a program that is to run sandboxed however it is started: it starts itself again, in the sandbox.
 *
 *     const exit = await relaunchSandboxed({ policy });
 *     if (exit === undefined) await main();  // inside
 *     else process.exitCode = exit.code;
 */
import { runSandboxed, type SandboxExit, type SandboxOptions } from "./sandbox-launch.js";
import { insideSandbox } from "./sandbox-mark.js";

export interface RelaunchOptions extends Omit<SandboxOptions, "program" | "args"> {
  /** As `process.argv` has it: node, the program, its arguments. That, if absent. */
  readonly argv?: readonly string[];
}

/**
 * Runs the program again, under the policy, and gives how that ended; undefined where it runs in a
 * sandbox already. Flags of node itself are not passed on. Throws what `runSandboxed` throws.
 */
export async function relaunchSandboxed(
  options: RelaunchOptions,
): Promise<SandboxExit | undefined> {
  if (insideSandbox() !== undefined) return undefined;
  const { argv = process.argv, ...rest } = options;
  const [, program = "", ...args] = argv;
  return await runSandboxed({ ...rest, program, args });
}
