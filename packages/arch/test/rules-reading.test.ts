/*
 * Goal: what could not be read or followed is never silently passed over.
 * Method: graphs written by hand with one fault each, and beside it what is nearly one.
 */
import { describe, expect, test } from "vitest";
import type { ModuleGraph } from "../src/module-graph.ts";
import {
  foundIn,
  type HandNode,
  handGraph,
  handInput,
  handManifest,
  placesOf,
} from "./hand-graph.ts";

const path = "a/x.ts";
const nodes = (node: HandNode = {}) => handManifest({ a: { in: ["**"], ...node } });

test("a tree without modules is an error, one with a module is none", () => {
  const found = foundIn(handInput(handGraph({}), nodes()));
  expect(found).toMatchObject([
    { code: "E_ARCH_SCAN_EMPTY", severity: "error", message: "no file was scanned" },
  ]);
  expect(foundIn(handInput(handGraph({ [path]: [] }), nodes()))).toEqual([]);
});

test("a file that does not parse: the parser's text, at its place, stage parse", () => {
  const parseError = { message: "Unexpected token", at: { line: 3, col: 7 } };
  expect(foundIn(handInput(handGraph({ [path]: { parseError } }), nodes()))).toMatchObject([
    {
      code: "E_ARCH_MODULE_PARSE",
      stage: "parse",
      message: "Unexpected token",
      loc: { span: { file: path, start: { line: 3, col: 7 } } },
      data: { module_path: path },
    },
  ]);
});

test("two files of one id, and what could not be read", () => {
  const graph: ModuleGraph = {
    ...handGraph({ [path]: [] }),
    duplicates: [{ id: "a/x", path: "a/x.tsx", existing: path }],
    unreadable: [{ path: "a/shut", message: "folder cannot be listed: EACCES" }],
  };
  expect(foundIn(handInput(graph, nodes()))).toMatchObject([
    {
      code: "E_ARCH_SCAN_UNREADABLE",
      message: "folder cannot be listed: EACCES",
      loc: { span: { file: "a/shut" } },
    },
    {
      code: "E_ARCH_DUPLICATE_MODULE_ID",
      message: "duplicate module_id across scanned files",
      loc: { span: { file: "a/x.tsx" } },
      data: { module_id: "a/x", module_path: "a/x.tsx", module_path_existing: path },
    },
  ]);
});

describe("imports", () => {
  test("one that leads nowhere: why, at its place, even of types alone", () => {
    const graph = handGraph({
      [path]: ["a/y.ts", "?./nowhere.js", "type ?./types.js"],
      "a/y.ts": [],
    });
    expect(foundIn(handInput(graph, nodes()))).toMatchObject([
      {
        code: "E_ARCH_IMPORT_UNRESOLVED",
        message: "import does not resolve: nothing is there",
        loc: { span: { file: path, start: { line: 2 } } },
        data: { module_path: path, import: "?./nowhere.js" },
      },
      { code: "E_ARCH_IMPORT_UNRESOLVED", loc: { span: { start: { line: 3 } } } },
    ]);
    expect(placesOf(handInput(graph, nodes(), { type_only_imports: "ignored" }))).toEqual([
      `E_ARCH_IMPORT_UNRESOLVED ${path}:2`,
    ]);
  });

  const opaque = (kind: "dynamic" | "url" | "require", ambientLine?: number): ModuleGraph => {
    const graph = handGraph({ [path]: ["?x"] });
    const module = graph.modules.get(path);
    const [by] = module?.imports ?? [];
    if (module === undefined || by === undefined) throw new Error("no import");
    const place = { line: ambientLine ?? 0, col: 1 };
    const use = { name: "import()", capability: "code", start: place, end: place };
    const facts = { ...module.facts, ambient: ambientLine === undefined ? [] : [use] };
    const imports = [{ ...by, kind, specifier: undefined }];
    return { ...graph, modules: new Map([[path, { ...module, imports, facts }]]) };
  };
  const warning = [`W_ARCH_IMPORT_OPAQUE ${path}:1`];

  test("one that only the run will name: a warning", () => {
    expect(foundIn(handInput(opaque("require"), nodes()))).toMatchObject([
      { code: "W_ARCH_IMPORT_OPAQUE", severity: "warning", data: { kind: "require" } },
    ]);
  });

  test("not of a URL, not in tests, and not twice where it is an ambient use already", () => {
    expect(placesOf(handInput(opaque("url"), nodes()))).toEqual([]);
    expect(placesOf(handInput(opaque("dynamic"), nodes({ trust_zone: "test_only" })))).toEqual([]);
    const pure = nodes({ world: "solve-pure" });
    expect(placesOf(handInput(opaque("dynamic", 1), pure))).toEqual([`E_ARCH_AMBIENT ${path}:1`]);
    expect(placesOf(handInput(opaque("dynamic", 9), pure), "W_ARCH_IMPORT_OPAQUE")).toEqual(
      warning,
    );
    expect(placesOf(handInput(opaque("dynamic", 1), nodes()))).toEqual(warning);
  });
});
