/** The one tsup configuration of every package: ESM, types, a chunk shared between entries. */
import { defineConfig, type Options } from "tsup";

export function library(entry: Record<string, string>): Options {
  return defineConfig({
    entry,
    format: "esm",
    target: "node20",
    platform: "node",
    clean: true,
    splitting: true,
    sourcemap: true,
    treeshake: true,
    dts: { compilerOptions: { composite: false, noEmit: false, paths: {} } },
    tsconfig: "../../tsconfig.build.json",
  }) as Options;
}
