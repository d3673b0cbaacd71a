#!/usr/bin/env node
/**
 * The `tidy` command: runs the rules over the repository and prints what they find.
 *
 * Results go to stdout, one line per finding; a usage error goes to stderr. Exit 0: nothing found;
 * 1: findings; 2: the command or the tree cannot be understood.
 */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openProject, ProjectError } from "./project.mjs";
import { rules } from "./rules.mjs";

const help = `Checks the machine-checked rules of the house style.

Usage: node tools/tidy/tidy.mjs [options]

  --only <rule>   run this rule alone; may be repeated
  --no-packed     leave out the slow rule that packs every package
  --write         first write the generated files (arch/api/*.api.md)
  --root <dir>    the repository to check; the one around this file by default
  --help          print this

Rules:
${rules.map(({ id, says }) => `  ${id.padEnd(12)} ${says}`).join("\n")}

Examples:
  node tools/tidy/tidy.mjs --no-packed          while working: under two seconds
  node tools/tidy/tidy.mjs --only sizes         one rule
  node tools/tidy/tidy.mjs --only api --write   after a change to a public declaration

Exit status: 0 nothing found, 1 findings, 2 usage.
`;

const optionTypes = /** @type {const} */ ({
  only: { type: "string", multiple: true },
  packed: { type: "boolean" },
  write: { type: "boolean" },
  root: { type: "string" },
  help: { type: "boolean" },
});

/** @param {readonly string[]} args */
async function main(args) {
  const options = readOptions(args);
  if ("refused" in options) {
    process.stderr.write(`tidy: ${options.refused}\nNext: node tools/tidy/tidy.mjs --help\n`);
    return 2;
  }
  if (options.wantsHelp) {
    process.stdout.write(help);
    return 0;
  }
  try {
    return await run(options);
  } catch (error) {
    if (!(error instanceof ProjectError)) throw error;
    process.stderr.write(`tidy: ${error.message}\nNext: give the repository with --root <dir>\n`);
    return 2;
  }
}

/** @param {readonly string[]} args */
function readOptions(args) {
  try {
    const { values } = parseArgs({ args: [...args], options: optionTypes, allowNegative: true });
    const { only = [], packed = true, write = false, help: wantsHelp = false, root } = values;
    const unknown = only.find((id) => !rules.some((rule) => rule.id === id));
    if (unknown !== undefined) return { refused: `there is no rule called ${unknown}` };
    return { only, packed, write, wantsHelp, root };
  } catch (error) {
    return { refused: error instanceof Error ? error.message : String(error) };
  }
}

/** @param {{ only: string[], packed: boolean, write: boolean, root?: string | undefined }} options */
async function run({ only, packed, write, root }) {
  const chosen = rules.filter(({ id }) =>
    only.length > 0 ? only.includes(id) : packed || id !== "packed",
  );
  const top =
    root === undefined ? fileURLToPath(new URL("../../", import.meta.url)) : resolve(root);
  const project = openProject(top);
  if (write) {
    for (const deed of chosen.flatMap((rule) => rule.write?.(project) ?? [])) {
      process.stdout.write(`${deed}\n`);
    }
  }
  const count = await report(chosen, write ? openProject(top) : project);
  return count === 0 ? 0 : 1;
}

/**
 * @param {readonly import("./project.mjs").Rule[]} chosen
 * @param {import("./project.mjs").Project} project
 */
async function report(chosen, project) {
  let count = 0;
  for (const rule of chosen) {
    for (const { path, line, message, next } of await rule.check(project)) {
      process.stdout.write(`${path}:${line} ${rule.id} ${message}. Next: ${next ?? rule.next}\n`);
      count += 1;
    }
  }
  const scope = `${chosen.length} rules, ${project.sources.length} source files`;
  process.stdout.write(`tidy: ${count} ${count === 1 ? "finding" : "findings"} (${scope})\n`);
  return count;
}

process.exitCode = await main(process.argv.slice(2));
