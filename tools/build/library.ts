/**
 * The one tsup configuration of every package: ESM, and a chunk for what two entries share. `tsup`
 * writes the code, `tsup --dts-only` the types: the lab needs no types, and they take most of the time.
 */
import type { Options } from "tsup";

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
    tsconfig: "../../tsconfig.build.json",
  });
}
