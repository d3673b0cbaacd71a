/**
 * Runs in the sandbox: tries every attempt of the tables that it is told, one after another, and writes
 * what came of each, a line of JSON. An attempt gives a value if it came through, "nothing" if there was
 * nothing to be had, "absent" if this node knows no such thing.
 *
 *     node run.mjs '{"tables": ["network"], "targets": {...}}'
 */
import { writeSync } from "node:fs";

// Attempts go old ways too.
process.noDeprecation = true;
const [{ tables, targets }] = process.argv.slice(2).map((text) => JSON.parse(text));

for (const table of tables) {
  const { attempts } = await import(`./${table}.mjs`);
  for (const [name, rule, run] of attempts) {
    const got = await outcome(() => run(targets));
    writeSync(1, `${JSON.stringify({ table, name, rule, got })}\n`);
  }
}
// Handles that an attempt left behind are nobody's to wait for.
process.exit(0);

async function outcome(run) {
  try {
    const value = await run();
    if (value === "absent" || value === "nothing") return value;
    return `came through: ${describe(value)}`;
  } catch (error) {
    return refusal(error) ?? `${error?.name} ${error?.code}: ${error?.message}`;
  }
}

function describe(value) {
  try {
    return `${typeof value} ${String(value).slice(0, 80)}`;
  } catch {
    return typeof value;
  }
}

/** A refusal, or the refusal that is the cause. */
function refusal(error, depth = 5) {
  if (error === null || typeof error !== "object" || depth === 0) return undefined;
  if (error.code === "SANDBOX_REFUSED") {
    const { policyId, rule, call } = error.details;
    return typeof call === "string" && policyId === "escapes" ? `refused by ${rule}` : "no details";
  }
  return refusal(error.cause, depth - 1);
}
