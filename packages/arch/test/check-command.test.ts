/*
 * Goal: the command's statuses, forms and files are what its help says, for good trees and for bad
 * input of every kind; and it never answers with a stack trace.
 * Method: small trees in the temporary folder, the command run in this process with a host that keeps
 * what it prints.
 */
import { chmodSync, existsSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { shop, shopFiles, shopManifest } from "./small-shop.ts";
import { emptyFolder, run, writeTree } from "./temporary-tree.ts";

const impure = { "packages/money/src/clock.ts": "export const start = Date.now();\n" };

describe("check", () => {
  test("a tree that passes: 0, one line", async () => {
    const cwd = writeTree(shop());
    expect(await run(["check"], { cwd })).toEqual({
      status: 0,
      stdout: "no violations (3 modules, 2 nodes, 2 edges)\n",
      stderr: "",
      killed: false,
    });
  });

  test("one that does not: 2, each with its place and what to do", async () => {
    const { status, stdout } = await run(["check"], { cwd: writeTree(shop(impure)) });
    expect(status).toBe(2);
    expect(stdout).toContain("error E_ARCH_AMBIENT packages/money/src/clock.ts:1:22\n");
    expect(stdout).toContain(
      "  1 | export const start = Date.now();\n    |                      ^^^^^^^^\n",
    );
    expect(stdout).toContain("\n1 error (4 modules, 2 nodes, 2 edges)\n");
  });

  test("--cache-dir: facts are kept there, though nothing is installed", async () => {
    const cwd = writeTree(shop(impure));
    const kept = join(cwd, "kept/here/facts");
    const first = await run(["check", "--cache-dir", "kept/here"], { cwd });
    expect([first.status, existsSync(kept)]).toEqual([2, true]);
    expect(await run(["check", "--cache-dir", "kept/here"], { cwd })).toEqual(first);
    await run(["check", "--no-cache", "--cache-dir", "other"], { cwd });
    expect(existsSync(join(cwd, "other"))).toBe(false);
  });

  test("300 errors are status 2 too", async () => {
    const many = Array.from({ length: 300 }, () => "Math.random();").join("\n");
    const cwd = writeTree(
      shop(
        { "packages/money/src/many.ts": many },
        { tool_budgets: { max_modules: 9, max_edges: 9, max_diags: 999 } },
      ),
    );
    const { status, stdout } = await run(["check"], { cwd });
    expect([status, stdout.split("\n").at(-2)]).toEqual([
      2,
      "300 errors (4 modules, 2 nodes, 2 edges)",
    ]);
  });

  test("warnings alone are status 0", async () => {
    const cwd = writeTree(
      shop({ "packages/server/src/os/plugin.ts": "await import(process.argv[2]);\n" }),
    );
    const { status, stdout } = await run(["check"], { cwd });
    expect([status, stdout.split("\n").at(-2)]).toEqual([
      0,
      "1 warning (4 modules, 2 nodes, 2 edges)",
    ]);
  });

  test("from a folder inside the repository, or from outside by its name", async () => {
    const root = writeTree(shop(impure));
    const inside = await run(["check"], { cwd: join(root, "packages/money") });
    const outside = await run(["check", "--repo-root", root], { cwd: emptyFolder() });
    expect(inside).toEqual(await run(["check"], { cwd: root }));
    expect(outside).toEqual(inside);
  });

  test("a manifest and a lock of other names", async () => {
    const cwd = writeTree({ ...shopFiles, "rules/here.json": shopManifest() });
    const args = ["--repo-root", ".", "--manifest", "rules/here.json", "--lock", "rules/lock.json"];
    expect((await run(["check", ...args, "--write-lock"], { cwd })).status).toBe(0);
    expect(existsSync(join(cwd, "rules/lock.json"))).toBe(true);
    expect((await run(["check", ...args], { cwd })).status).toBe(0);
    expect((await run(["check", "--manifest", join(cwd, "rules/here.json")], { cwd })).status).toBe(
      0,
    );
  });
});

describe("locks", () => {
  test("written, kept, found stale, written again though there are errors", async () => {
    const cwd = writeTree(shop());
    expect((await run(["check", "--write-lock"], { cwd })).status).toBe(0);
    const lock = (): string => readFileSync(join(cwd, "arch/manifest.lock.json"), "utf8");
    const first = lock();
    writeTree(shop(impure, { repo: { id: "other", root: "." } }), cwd);
    const stale = await run(["check"], { cwd });
    expect(stale.status).toBe(2);
    expect(stale.stdout).toContain("manifest hash does not match lock (use --write-lock)");
    const again = await run(["check", "--write-lock"], { cwd });
    expect(again.status).toBe(2);
    expect(again.stdout).not.toContain("E_ARCH_LOCK_MISMATCH");
    expect(lock()).not.toBe(first);
    expect((await run(["check"], { cwd })).stdout).not.toContain("E_ARCH_LOCK_MISMATCH");
  });
});

describe("what makes a check impossible: 3, alone in the report", () => {
  const report = async (files: Parameters<typeof writeTree>[0], ...args: readonly string[]) => {
    const cwd = writeTree(files);
    const { status, stdout, stderr } = await run(
      ["check", "--repo-root", ".", "--format", "json", ...args],
      { cwd },
    );
    const { diags } = JSON.parse(stdout === "" ? '{"diags":[]}' : stdout);
    return [status, diags.map(({ code }: { code: string }) => code), stderr];
  };

  test.each([
    ["there is no manifest", shopFiles, "E_ARCH_MANIFEST_READ"],
    [
      "it is not JSON",
      shop({ "arch/manifest.x07arch.json": "{ not" }),
      "E_ARCH_MANIFEST_JSON_PARSE",
    ],
    [
      "it has a member twice",
      shop({ "arch/manifest.x07arch.json": '{"a":1,"a":2}' }),
      "E_ARCH_MANIFEST_JSON_PARSE",
    ],
    [
      "it is of another version",
      shop({}, { schema_version: "x07.arch.manifest@9.0.0" }),
      "E_ARCH_MANIFEST_SCHEMA_INVALID",
    ],
    ["the lock is not JSON", shop({ "arch/manifest.lock.json": "" }), "E_ARCH_LOCK_JSON_PARSE"],
    [
      "the lock is of another version",
      shop({
        "arch/manifest.lock.json": {
          schema_version: "x07.arch.manifest.lock@9.0.0",
          manifest_path: "arch/manifest.x07arch.json",
          jcs_sha256_hex: "0".repeat(64),
          module_scan: { include_globs: [], exclude_globs: [] },
        },
      }),
      "E_ARCH_LOCK_SCHEMA_INVALID",
    ],
    [
      "the overlay is not JSON",
      shop({ "arch/reprise.arch.json": "[" }),
      "E_ARCH_OVERLAY_JSON_PARSE",
    ],
    ["the baseline is no baseline", shop({ "arch/baseline.json": {} }), "E_ARCH_BASELINE_INVALID"],
  ])("%s", async (_, files, code) => {
    const [status, codes, stderr] = await report(files);
    expect([status, [...new Set(codes as string[])], stderr]).toEqual([3, [code], ""]);
  });

  test("a lock or a baseline that was asked for and is not there", async () => {
    expect(await report(shop(), "--lock", "nowhere.json")).toEqual([3, ["E_ARCH_LOCK_READ"], ""]);
    expect(await report(shop(), "--baseline", "nowhere.json")).toEqual([
      3,
      ["E_ARCH_BASELINE_INVALID"],
      "",
    ]);
  });

  test("a folder that is none, a command line that says nothing sensible", async () => {
    const cwd = emptyFolder();
    const usage = [
      ["check", "--repo-root", "nowhere"],
      ["check", "--format", "pdf"],
      ["check", "--max-diags", "many"],
      ["check", "--max-diags", "-1"],
      ["check", "--unknown"],
      ["check", "--prune", "--write-baseline"],
      ["frobnicate"],
      ["explain", "E_NOTHING"],
    ];
    for (const args of usage) {
      const { status, stdout, stderr } = await run(args, { cwd });
      expect([status, stdout], args.join(" ")).toEqual([3, ""]);
      expect(stderr, args.join(" ")).not.toContain("    at ");
      expect(stderr.length, args.join(" ")).toBeGreaterThan(20);
    }
  });
});

describe("what cannot be read or followed: 2", () => {
  const codes = async (cwd: string): Promise<unknown> => {
    const { status, stdout } = await run(["check", "--format", "json"], { cwd });
    const { diags } = JSON.parse(stdout);
    return [
      status,
      ...diags.map(
        ({ code, data }: { code: string; data?: { module_path?: string } }) =>
          `${code} ${data?.module_path ?? ""}`,
      ),
    ];
  };

  test("no file at all", async () => {
    const cwd = writeTree({ "arch/manifest.x07arch.json": shopManifest() });
    expect(await codes(cwd)).toEqual([2, "E_ARCH_SCAN_EMPTY "]);
  });

  test("a file that does not parse, an import that leads nowhere", async () => {
    const cwd = writeTree(
      shop({
        "packages/money/src/broken.ts": "export const = 1;\n",
        "packages/money/src/lost.ts": 'import "./nowhere.js";\n',
      }),
    );
    expect(await codes(cwd)).toEqual([
      2,
      "E_ARCH_IMPORT_UNRESOLVED packages/money/src/lost.ts",
      "E_ARCH_MODULE_PARSE packages/money/src/broken.ts",
    ]);
  });

  test("links that go round, or out of the repository; a folder that nobody may read", async () => {
    const cwd = writeTree(shop({ "packages/money/src/shut/x.ts": "" }));
    symlinkSync(join(cwd, "packages"), join(cwd, "packages/money/src/round"));
    symlinkSync("/etc/hostname", join(cwd, "packages/money/src/out.ts"));
    chmodSync(join(cwd, "packages/money/src/shut"), 0o000);
    const [status, ...found] = (await codes(cwd)) as [number, ...string[]];
    chmodSync(join(cwd, "packages/money/src/shut"), 0o755);
    expect(status).toBe(2);
    expect(found).toContain("E_ARCH_SCAN_UNREADABLE packages/money/src/out.ts");
  });

  test("a file that is larger than anybody's source", async () => {
    const cwd = writeTree(
      shop({ "packages/money/src/large.js": `// ${"x".repeat(50 * 2 ** 20)}\n` }),
    );
    expect(await codes(cwd)).toEqual([2, "E_ARCH_SCAN_UNREADABLE packages/money/src/large.js"]);
  });
});

describe("budgets: 4", () => {
  test.each([
    ["--max-modules", "2", "tool_budgets.max_modules", 3],
    ["--max-edges", "1", "tool_budgets.max_edges", 2],
    ["--max-bytes-in", "10", "max_bytes_in", undefined],
    ["--max-diags", "1", "tool_budgets.max_diags", 2],
  ])("%s %s", async (option, limit, budget, actual) => {
    const twice = { "packages/money/src/clock.ts": "Date.now();\nMath.random();\n" };
    const cwd = writeTree(shop(option === "--max-diags" ? twice : {}));
    const { status, stdout } = await run(["check", "--format", "json", option, limit], { cwd });
    const { diags } = JSON.parse(stdout);
    expect(status).toBe(4);
    expect(diags[0].notes[0]).toMatch(new RegExp(`^(raise|give a larger) .*${option}`));
    expect(diags[0].notes[0]).not.toContain(`raise ${option}`);
    expect(diags).toHaveLength(1);
    expect(diags[0]).toMatchObject({
      code: "E_ARCH_TOOL_BUDGET_EXCEEDED",
      data: { budget, limit: Number(limit), ...(actual === undefined ? {} : { actual }) },
    });
    const enough = String(Number(limit) + 10_000);
    expect((await run(["check", option, enough], { cwd })).status).toBe(
      option === "--max-diags" ? 2 : 0,
    );
  });
});

describe("changes", () => {
  const missing = {
    "packages/new/src/x.ts": 'import "left-pad";\nimport "@shop/money";\n',
    "packages/new/package.json": {
      name: "@shop/new",
      dependencies: { "left-pad": "1", "@shop/money": "1" },
    },
  };

  test("--emit-patch writes them, --write makes them and checks again", async () => {
    const cwd = writeTree(shop(missing));
    const first = await run(["check", "--emit-patch", "patch.json"], { cwd });
    expect(first.status).toBe(2);
    expect(JSON.parse(readFileSync(join(cwd, "patch.json"), "utf8"))).toMatchObject({
      schema_version: "x07.arch.patchset@0.1.0",
      patches: [
        {
          path: "arch/manifest.x07arch.json",
          patch: [
            { op: "add", path: "/externals/allowed_exact/-", value: "left-pad" },
            { op: "add", path: "/nodes/-" },
          ],
        },
      ],
    });
    const second = await run(["check", "--write"], { cwd });
    expect([second.status, second.stdout]).toEqual([
      0,
      "no violations (4 modules, 3 nodes, 3 edges)\n",
    ]);
    expect((await run(["check"], { cwd })).stdout).toBe(second.stdout);
  });

  test("what a world refuses is not suggested", async () => {
    const cwd = writeTree(shop({ "packages/money/src/k.ts": 'import "kafkajs";\n' }));
    const { stdout } = await run(["check", "--format", "json"], { cwd });
    const { diags, suggested_patches } = JSON.parse(stdout);
    expect(diags.map(({ code }: { code: string }) => code)).toContain(
      "E_ARCH_EXTERNAL_IMPORT_NOT_ALLOWED",
    );
    expect(suggested_patches).toEqual([]);
  });
});

describe("baseline", () => {
  test("begun, tolerated, outgrown, stale, pruned", async () => {
    const cwd = writeTree(shop(impure));
    const check = (...args: readonly string[]) => run(["check", ...args], { cwd });
    expect((await check("--write-baseline")).status).toBe(0);
    expect((await check()).status).toBe(0);
    writeTree({ "packages/money/src/clock.ts": "\n\nexport const start = Date.now();\n" }, cwd);
    expect((await check()).status).toBe(0);
    writeTree({ "packages/money/src/clock.ts": "Date.now();\nDate.now();\n" }, cwd);
    expect((await check()).stdout).toContain("clock.ts:2:1");
    expect((await check("--write-baseline")).status).toBe(3);
    writeTree({ "packages/money/src/clock.ts": "export const start = 1;\n" }, cwd);
    expect((await check()).stdout).toContain("error E_ARCH_BASELINE_STALE arch/baseline.json");
    expect((await check("--prune")).status).toBe(0);
    expect((await check()).status).toBe(0);
    writeTree(impure, cwd);
    expect((await check()).status).toBe(2);
  });
});

describe("forms", () => {
  test.each(["json", "sarif", "junit", "github"])(
    "%s, the same in a file, with the text beside it",
    async (form) => {
      const cwd = writeTree(shop(impure));
      const { status, stdout } = await run(["check", "--format", form], { cwd });
      expect(status).toBe(2);
      expect(stdout.endsWith("\n")).toBe(true);
      const filed = await run(["check", "--format", form, "--out", "deep/report"], { cwd });
      expect(readFileSync(join(cwd, "deep/report"), "utf8")).toBe(stdout);
      expect(filed.stdout).toBe((await run(["check"], { cwd })).stdout);
    },
  );

  test("colours on a terminal alone, unless somebody says otherwise", async () => {
    const cwd = writeTree(shop(impure));
    const coloured = async (args: readonly string[], rest: object) =>
      (await run(["check", ...args], { cwd, ...rest })).stdout.includes("\u001b[");
    expect(await coloured([], {})).toBe(false);
    expect(await coloured([], { terminal: true })).toBe(true);
    expect(await coloured([], { terminal: true, env: { NO_COLOR: "1" } })).toBe(false);
    expect(await coloured([], { terminal: true, env: { TERM: "dumb" } })).toBe(false);
    expect(await coloured(["--no-color"], { terminal: true })).toBe(false);
    expect(await coloured(["--color"], {})).toBe(true);
    expect(await coloured(["--format", "json"], { terminal: true })).toBe(false);
  });

  test("progress is drawn over on a terminal, when it takes long, and never in a pipe", async () => {
    const cwd = writeTree(shop());
    const { stderr } = await run(["check"], { cwd, terminal: true, stepMs: 200 });
    const clear = "\r\u001b[K";
    expect(stderr.startsWith(`${clear}checking  `)).toBe(true);
    expect(stderr.endsWith(` modules read${clear}`)).toBe(true);
    expect((await run(["check"], { cwd, terminal: true })).stderr).toBe("");
    expect((await run(["check"], { cwd, stepMs: 200 })).stderr).toBe("");
  });
});

describe("endings", () => {
  test("a reader that has gone is no error of its own, a disk that is full is one", async () => {
    const cwd = writeTree(shop(impure));
    const gone = Object.assign(new Error("write EPIPE"), { code: "EPIPE" });
    expect(await run(["check"], { cwd, broken: gone })).toMatchObject({ status: 2, stderr: "" });
    const full = Object.assign(new Error("no space left"), { code: "ENOSPC" });
    const { status, stderr } = await run(["check"], { cwd, broken: full });
    expect([status, stderr]).toEqual([
      3,
      "reprise-arch: OUTPUT_FAILED: stdout cannot be written: no space left\nnext: check the disk and the permissions\n",
    ]);
  });

  test("a report that cannot be written", async () => {
    const cwd = writeTree(shop({ file: "" }));
    const { status, stderr } = await run(["check", "--out", "file/report"], { cwd });
    expect(status).toBe(3);
    expect(stderr).toContain("OUTPUT_FAILED");
  });

  test("Ctrl-C ends the process as the signal does", async () => {
    const cwd = writeTree(shop());
    const interrupted = AbortSignal.abort();
    expect(await run(["check"], { cwd, interrupted })).toMatchObject({ killed: true, stdout: "" });
  });
});

describe("graph, explain, help", () => {
  test("nodes as mermaid, modules as dot, both as JSON", async () => {
    const cwd = writeTree(shop());
    expect((await run(["graph"], { cwd })).stdout).toBe(
      [
        "graph TD",
        '  n0("money")',
        '  n1["server"]',
        "  n1 --> n0",
        "  classDef solve fill:#e6f4ea,stroke:#137333",
        "  class n0 solve",
        "",
      ].join("\n"),
    );
    expect((await run(["graph", "--modules", "--format", "dot"], { cwd })).stdout).toBe(
      [
        "digraph arch {",
        '  node [shape=box, fontname="sans-serif"];',
        '  "@shop/money/index" [style="rounded,filled", fillcolor="#e6f4ea"];',
        '  "@shop/money/total" [style="rounded,filled", fillcolor="#e6f4ea"];',
        '  "@shop/server/os/main";',
        '  "@shop/money/index" -> "@shop/money/total";',
        '  "@shop/server/os/main" -> "@shop/money/index";',
        "}",
        "",
      ].join("\n"),
    );
    expect(JSON.parse((await run(["graph", "--format", "json"], { cwd })).stdout)).toEqual({
      vertices: [
        { id: "money", world: "solve-pure", modules: 2 },
        { id: "server", world: "run-os", modules: 1 },
      ],
      edges: [{ from: "server", to: "money", imports: 1, type_only: false }],
    });
  });

  test("a graph of a manifest that cannot be read: 3, and why", async () => {
    const { status, stdout, stderr } = await run(["graph"], { cwd: writeTree(shopFiles) });
    expect([status, stdout]).toEqual([3, ""]);
    expect(stderr).toContain("E_ARCH_MANIFEST_READ");
  });

  test("a code is explained, whatever its case; a wrong one gets a hint", async () => {
    const cwd = emptyFolder();
    const { status, stdout } = await run(["explain", "cycle"], { cwd });
    expect(status).toBe(0);
    expect(stdout).toMatch(/^E_ARCH_CYCLE\n\n.*\n\nnext: .*\n\nexample:\n {4}/);
    expect((await run(["explain", "E_ARCH_WORLD"], { cwd })).stderr).toContain(
      "E_ARCH_WORLD_CAPABILITY",
    );
    expect((await run(["explain"], { cwd })).stdout).toContain("E_ARCH_BASELINE_STALE");
  });

  test("every command helps, with examples and statuses", async () => {
    const cwd = emptyFolder();
    for (const args of [[], ["check"], ["graph"], ["explain"], ["init"]]) {
      const { status, stdout } = await run([...args, "--help"], { cwd });
      expect(status).toBe(0);
      expect(stdout).toContain("Examples:\n  reprise-arch ");
      expect(stdout).toContain("  4  a budget is exceeded");
    }
    expect((await run(["--version"], { cwd })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    expect((await run([], { cwd })).status).toBe(3);
  });
});
