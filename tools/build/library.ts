/**
 * The one tsup configuration of every package: ESM, and a chunk for what two entries share. `tsup`
 * writes the code, `tsup --dts-only` the types: the lab needs no types, and they take most of the time.
 */
import { fileURLToPath } from "node:url";
import type { Options } from "tsup";

const tsconfig = fileURLToPath(new URL("../../tsconfig.build.json", import.meta.url));

export function library(entry: Record<string, string>): (options: Options) => Options {
  return ({ dts }) => ({
    entry,
    format: "esm",
    target: "node20",
    platform: "node",
    splitting: true,
    sourcemap: true,
    treeshake: true,
    clean: dts === undefined,
    dts:
      dts === undefined
        ? false
        : { only: true, compilerOptions: { composite: false, noEmit: false, paths: {} } },
    tsconfig,
  });
}
