/**
 * Goal: each file's imports are mapped by the tsconfig that is in charge of it, as the compiler maps
 * them: `paths`, `baseUrl`, what it extends, what it refers to.
 * Method: small repositories in temporary folders; what each import must lead to stands beside it.
 */
import { describe, expect, test } from "vitest";
import { readGraph } from "../src/os/read-graph.ts";
import { expectTargets as leads, makeRepository, targetsOf } from "./repository-folder.ts";

const members = { "package.json": { name: "root", workspaces: ["packages/*"] } };

describe("a tsconfig", () => {
  test("paths, the most exact pattern first", async () => {
    await leads(
      {
        "@/a": "src/a.ts",
        "@/deep/b": "other/b.ts",
        exact: "src/a.ts",
        "exact/x": "external exact",
        "end.x": "src/end.ts",
        "two/b": "other/b.ts",
        "@/gone": "unresolved tsconfig.json maps it to files that are not there",
        fs: "builtin node:fs",
        react: "external react",
        installed: "external installed",
      },
      {
        "tsconfig.json": `{ // the compiler's
          "compilerOptions": { "paths": {
            "*": ["./nowhere/*"], "react": ["./node_modules/@types/react"],
            "@/*": ["./src/*"], "@/deep/*": ["./other/*"], "exact": ["./src/a.ts"],
            "e*.x": ["./src/e*.ts"], "two/*": ["./src/*", "./other/*"], "inst*": ["./gone/*"],
          } }, /* and a comma */
        }`,
        "package.json": { dependencies: { installed: "1" } },
        "src/a.ts": "",
        "src/end.ts": "",
        "other/b.ts": "",
      },
    );
  });

  test("baseUrl, after the packages of the workspace", async () => {
    await leads(
      { "lib/a": "src/lib/a.ts", one: "packages/one/index.ts", kafkajs: "external kafkajs" },
      {
        ...members,
        "tsconfig.json": { compilerOptions: { baseUrl: "./src" } },
        "src/lib/a.ts": "",
        "src/one.ts": "",
        "packages/one/package.json": { name: "one" },
        "packages/one/index.ts": "",
      },
    );
  });

  test("what it extends: paths are relative to where they stand, or to who inherits", async () => {
    const paths = { "@/*": ["./src/*"], "~/*": ["$" + "{configDir}/src/*"] };
    await leads(
      {
        "@/a": "base/src/a.ts",
        "~/a": "packages/one/src/a.ts",
        "%/a": "unresolved no package can be called so, and no tsconfig maps it to a file",
      },
      {
        "base/tsconfig.json": { compilerOptions: { paths } },
        "first.json": { compilerOptions: { paths: { "%/*": ["./*"] } } },
        "packages/one/tsconfig.json": {
          extends: ["../../first.json", "@tsconfig/node20", "../../base/tsconfig"],
        },
        "base/src/a.ts": "",
        "packages/one/src/a.ts": "",
        "a.ts": "",
      },
      "packages/one/src/main.ts",
    );
  });

  test("what it extends may be a package of the workspace", async () => {
    const inherit = "$" + "{configDir}/src/*";
    await leads(
      { "@/a": "packages/one/src/a.ts", "~/a": "packages/one/src/a.ts" },
      {
        ...members,
        "packages/configs/package.json": { name: "@acme/configs" },
        "packages/configs/base.json": { compilerOptions: { paths: { "@/*": [inherit] } } },
        "packages/configs/tsconfig.json": {
          extends: "./base",
          compilerOptions: { paths: { "~/*": [inherit], "@/*": [inherit] } },
        },
        "packages/one/tsconfig.json": { extends: ["@acme/configs/base.json", "@acme/configs"] },
        "packages/one/src/a.ts": "",
      },
      "packages/one/src/main.ts",
    );
  });

  test("the nearest one is in charge", async () => {
    await leads(
      { "@/a": "packages/one/src/a.ts" },
      {
        "tsconfig.json": { compilerOptions: { paths: { "@/*": ["./*"] } } },
        "packages/one/tsconfig.json": { compilerOptions: { paths: { "@/*": ["./src/*"] } } },
        "a.ts": "",
        "packages/one/src/a.ts": "",
      },
      "packages/one/src/deep/main.ts",
    );
  });

  test("or the one that it refers to and that holds the file", async () => {
    const files = {
      "tsconfig.json": {
        files: [],
        references: [{ path: "./tsconfig.app.json" }, { path: "tests" }],
      },
      "tsconfig.app.json": {
        include: ["src"],
        exclude: ["src/other"],
        compilerOptions: { paths: { "@/*": ["./src/*"] } },
      },
      "tests/tsconfig.json": {
        references: [{ path: ".." }],
        compilerOptions: { paths: { "@/*": ["./*"] } },
      },
      "src/a.ts": "",
      "tests/a.ts": "",
    };
    await leads({ "@/a": "src/a.ts" }, files, "src/main.ts");
    await leads({ "@/a": "tests/a.ts" }, files, "tests/main.ts");
    const unmapped = "unresolved no package can be called so, and no tsconfig maps it to a file";
    await leads({ "@/a": unmapped }, files, "src/other/main.ts");
  });

  test("or the one that is named and holds the file", async () => {
    const files = {
      "tsconfig.json": { compilerOptions: { paths: { "@/*": ["./a/*"] } } },
      "tsconfig.pure.json": {
        include: ["src/**/*.ts"],
        compilerOptions: { paths: { "@/*": ["./b/*"] } },
      },
      "src/main.ts": 'import "@/x";',
      "test/main.ts": 'import "@/x";',
      "a/x.ts": "",
      "b/x.ts": "",
    };
    const options = { tsconfigs: ["tsconfig.pure.json"] };
    expect(await targetsOf(files, "src/main.ts", options)).toEqual(["b/x.ts"]);
    expect(await targetsOf(files, "test/main.ts", options)).toEqual(["a/x.ts"]);
  });

  test("that cannot be read, or extends itself, is reported and harms no other", async () => {
    const root = makeRepository({
      "one/tsconfig.json": "{ paths",
      "one/a.ts": 'import "./b.js";',
      "one/b.ts": "",
      "two/tsconfig.json": { extends: "./tsconfig.json" },
      "two/a.ts": 'import "x";',
      "three/tsconfig.json": { extends: "../gone.json" },
      "three/a.ts": 'import "x";',
      "four/tsconfig.json": "[]",
      "four/a.ts": 'import "x";',
    });
    const { modules, unreadable } = await readGraph({ root });
    expect(unreadable.map(({ path }) => path)).toEqual([
      "four/tsconfig.json",
      "one/tsconfig.json",
      "three/tsconfig.json",
    ]);
    expect(modules.get("one/a.ts")?.imports[0]?.target).toEqual({
      kind: "module",
      path: "one/b.ts",
    });
  });
});
