/**
 * Writes expositions for the judge: `node samples.mjs DIR`, after `@reprise/obs` has been built.
 *
 *   DIR/good/NAME.txt        what renderOpenMetrics made of a story
 *   DIR/good/NAME.txt.json   what a parser has to read, put together from what was recorded
 *   DIR/bad/NAME.txt         the same text with one fault: the judge has to refuse each
 *
 * The expectations are never taken from the renderer.
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
// arch-allow E_ARCH_DEPENDENCY_UNDECLARED: a tool of the root, which installs no package of its own
import { createRegistry, renderOpenMetrics } from "../../packages/obs/dist/index.js";
import { faults } from "./faults.mjs";
import { numberStories } from "./number-stories.mjs";
import { textStories } from "./text-stories.mjs";

function main(folder) {
  if (folder === undefined) {
    process.stderr.write("samples: which folder? node samples.mjs DIR\n");
    return 2;
  }
  for (const part of ["good", "bad"]) {
    rmSync(join(folder, part), { recursive: true, force: true });
    mkdirSync(join(folder, part), { recursive: true });
  }
  const texts = new Map();
  for (const { name, definitions, record, expected } of [...numberStories(), ...textStories()]) {
    const registry = createRegistry(definitions);
    record(registry);
    const text = renderOpenMetrics(registry);
    texts.set(name, text);
    writeFileSync(join(folder, "good", `${name}.txt`), text);
    writeFileSync(join(folder, "good", `${name}.txt.json`), JSON.stringify(expected));
  }
  for (const { name, of, from, to } of faults) {
    const text = texts.get(of) ?? "";
    const broken = text.replace(from, () => to);
    if (broken === text) {
      process.stderr.write(`samples: the fault ${name} changes nothing in ${of}\n`);
      return 1;
    }
    writeFileSync(join(folder, "bad", `${name}.txt`), broken);
  }
  process.stdout.write(`${texts.size} good and ${faults.length} bad expositions in ${folder}\n`);
  return 0;
}

process.exitCode = main(process.argv[2]);
