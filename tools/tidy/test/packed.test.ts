/**
 * *Goal*: the packed rule hears publint and arethetypeswrong, asks neither about CommonJS, and judges
 * what would be published rather than what lies in the folder.
 * *Method*: a sound built package, spoilt in one place that only one of the two can see.
 */
import { describe, expect, test } from "vitest";
import { findings, manifest, manifestWith } from "./planted-tree.ts";

const at = "packages/thing/package.json:1";
const { ".": root, "./os": os } = manifest.exports;

describe("packed", () => {
  test("a sound package, which a CommonJS file could not require", async () => {
    expect(await findings("packed")).toEqual([]);
  });

  test("publint: types after default", async () => {
    const late = { default: root.default, types: root.types };
    const found = await findings("packed", manifestWith({ exports: { ".": late } }));
    expect(found[0]).toBe(
      `${at} publint: pkg.exports["."].types should be the first in the object as conditions are order-sensitive so it can be resolved by TypeScript`,
    );
    for (const line of found) expect(line).toContain(`${at} publint: `);
  });

  test("arethetypeswrong: a declaration that node cannot resolve", async () => {
    const tree = {
      "packages/thing/dist/index.d.ts": 'export { thing } from "./part";\nexport type Thing = 1;\n',
      "packages/thing/dist/part.d.ts": "export declare const thing: 1;\n",
    };
    const found = await findings("packed", tree);
    expect(found).not.toEqual([]);
    for (const line of found) expect(line).toMatch(/^packages\/thing\/package\.json:1 attw: /);
  });

  test("a file that exists but is not published", async () => {
    const found = await findings("packed", manifestWith({ files: ["dist/os", "README.md"] }));
    expect(found.some((line) => line.startsWith(`${at} publint: `))).toBe(true);
    expect(found.some((line) => line.startsWith(`${at} attw: `))).toBe(true);
  });

  test("a file that is not exported may be missing from the package", async () => {
    const tree = manifestWith({ exports: { "./os": os }, files: ["dist", "README.md"] });
    expect(await findings("packed", { ...tree, "packages/thing/dist/spare.js": "" })).toEqual([]);
  });

  test("nothing built", async () => {
    const names = ["index.js", "index.d.ts", "os/index.js", "os/index.d.ts"];
    const unbuilt = names.map((name) => [`packages/thing/dist/${name}`, undefined] as const);
    expect(await findings("packed", Object.fromEntries(unbuilt))).toEqual([`${at} no dist`]);
  });

  test("what pnpm refuses to pack", async () => {
    const [found, ...others] = await findings("packed", manifestWith({ version: undefined }));
    expect(found).toMatch(/^packages\/thing\/package\.json:1 pnpm pack: .*version/);
    expect(others).toEqual([]);
  });
});
