/** `reprise-arch explain CODE`: what a diagnostic means, with an example. */
import { ArchError } from "../arch-error.js";
import type { CheckStatus } from "../check.js";
import { codeList, explain, findCode, similarCodes } from "../report/explanation.js";
import type { CommandContext } from "./command-context.js";
import { inkOf, widthOf } from "./terminal.js";

export async function explainCommand(
  name: string | undefined,
  { color }: { readonly color?: boolean },
  { host, output }: CommandContext,
): Promise<CheckStatus> {
  const ink = inkOf(host, color);
  const width = widthOf(host);
  if (name === undefined) {
    await output.write(codeList(ink, width));
    return 0;
  }
  const code = findCode(name);
  if (code === undefined) {
    const similar = similarCodes(name);
    const hint = similar.length === 0 ? "" : `; there is ${similar.join(", ")}`;
    throw new ArchError("USAGE", `there is no code ${name}${hint}`);
  }
  await output.write(explain(code, ink, width));
  return 0;
}
