/*
 * Goal: nothing that reaches the system gets into a solve world, by whatever chain; and the ways that
 * are allowed stay open.
 * Method: graphs written by hand in which a pure module reaches kafkajs, node or an unknown package
 * directly, through an OS node, through a module of no node, through another solve world, by types
 * alone and by package.json; beside each, the same graph with one thing changed.
 */
import { describe, expect, test } from "vitest";
import {
  foundIn,
  type HandNode,
  handGraph,
  handInput,
  handManifest,
  placesOf,
} from "./hand-graph.ts";

const edge = "E_ARCH_WORLD_EDGE_FORBIDDEN";
const capability = "E_ARCH_WORLD_CAPABILITY";
const ambient = "E_ARCH_AMBIENT";

const nodes = (pure: HandNode["world"] = "solve-pure"): Record<string, HandNode> => ({
  pure: { in: ["pure/**"], ...(pure === undefined ? {} : { world: pure }) },
  os: { in: ["os/**"] },
  other: { in: ["other/**"], world: "solve-fs" },
});

describe("edges between worlds", () => {
  const graph = handGraph({
    "pure/x.ts": ["pure/y.ts", "os/x.ts"],
    "pure/y.ts": [],
    "os/x.ts": ["os/y.ts", "pure/y.ts"],
    "os/y.ts": ["node:fs"],
  });

  test("a solve node imports an OS node: at its import, with the chain to what is reached", () => {
    expect(foundIn(handInput(graph, handManifest(nodes())), edge, capability)).toMatchObject([
      {
        code: edge,
        message: "solve-* nodes must not depend on run-os* nodes",
        loc: { span: { file: "pure/x.ts", start: { line: 2, col: 20 } } },
        data: {
          node_from: "pure",
          node_to: "os",
          world_from: "solve-pure",
          world_to: "run-os",
          chain: ["pure/x", "os/x", "os/y", "node:fs"],
        },
        related: [
          { message: "pure/x.ts imports os/x.ts" },
          { message: "os/x.ts imports os/y.ts" },
          { message: "os/y.ts imports node:fs", loc: { span: { file: "os/y.ts" } } },
        ],
      },
    ]);
    expect(placesOf(handInput(graph, handManifest(nodes("run-os-sandboxed"))), edge)).toEqual([]);
  });

  test("with the check off, what is reached is still refused, by its chain", () => {
    const off = (name: "world_of_imported_v1" | "enforce_world_caps") => {
      const manifest = handManifest(nodes());
      const value = name === "enforce_world_caps" ? false : { enabled: false };
      return { ...manifest, checks: { ...manifest.checks, [name]: value } };
    };
    expect(foundIn(handInput(graph, off("world_of_imported_v1")), edge, capability)).toMatchObject([
      {
        code: capability,
        data: { import: "node:fs", chain: ["pure/x", "os/x", "os/y", "node:fs"] },
      },
    ]);
    expect(placesOf(handInput(graph, off("enforce_world_caps")), edge, capability)).toEqual([]);
  });
});

describe("externals of solve nodes", () => {
  const found = (
    imports: readonly string[],
    world: HandNode["world"] = "solve-pure",
    pure: readonly string[] = [],
  ) =>
    foundIn(
      handInput(handGraph({ "pure/x.ts": imports }), handManifest(nodes(world)), {
        pure_externals: pure,
      }),
      capability,
    ).map(({ data, loc }) => `${data?.import} ${data?.capability} ${loc?.span.start.line}`);

  test("a client, a module of node, a package that nobody knows", () => {
    expect(found(["kafkajs", "node:net", "ioredis", "some-package", "valibot"])).toEqual([
      "kafkajs network 1",
      "node:net network 2",
      "ioredis network 3",
      "some-package unknown 4",
    ]);
  });

  test("what a world may reach it may import; an OS world may import anything", () => {
    expect(found(["node:fs"])).toEqual(["node:fs files 1"]);
    expect(found(["node:fs", "node:net"], "solve-fs")).toEqual(["node:net network 2"]);
    expect(found(["node:fs", "kafkajs", "some-package"], "run-os")).toEqual([]);
  });

  test("a repository may say that one of its externals is pure, its subpaths too, no others", () => {
    expect(found(["some-package", "some-package/deep"], "solve-pure", ["some-package"])).toEqual(
      [],
    );
    expect(found(["some-package-2"], "solve-pure", ["some-package"])).toHaveLength(1);
  });

  test("told once for each module, at the import that stays at run time", () => {
    expect(found(["type kafkajs", "kafkajs", "kafkajs"])).toEqual(["kafkajs network 2"]);
  });

  test("by types alone: as the overlay has it", () => {
    const graph = handGraph({ "pure/x.ts": ["type kafkajs"] });
    const severities = (["counted", "separate", "ignored"] as const).map((type_only_imports) =>
      foundIn(handInput(graph, handManifest(nodes()), { type_only_imports }), capability).map(
        ({ severity }) => severity,
      ),
    );
    expect(severities).toEqual([["error"], ["warning"], []]);
  });
});

test("the first test of a pure package: it is told where tests belong", () => {
  const graph = handGraph({ "pure/x.test.ts": ["some-runner"] });
  const [found] = foundIn(handInput(graph, handManifest(nodes())), capability);
  expect(found?.notes?.[0]).toMatch(
    /^a test or tool is not for solve-pure: .* trust_zone test_only/,
  );
});

describe("chains", () => {
  const loose = { ...handManifest(nodes()).checks, deny_orphans: false };

  test("an import of types alone, told as a warning, hides none that is there at run time", () => {
    const graph = handGraph({
      "pure/x.ts": ["type loose/a.ts", "loose/a.ts"],
      "loose/a.ts": ["kafkajs"],
    });
    const input = handInput(
      graph,
      { ...handManifest(nodes()), checks: loose },
      { type_only_imports: "separate" },
    );
    expect(foundIn(input, capability)).toMatchObject([
      { severity: "error", loc: { span: { file: "pure/x.ts", start: { line: 2 } } } },
    ]);
  });

  test("through modules of no node, the shortest of two", () => {
    const graph = handGraph({
      "pure/x.ts": ["loose/a.ts"],
      "loose/a.ts": ["loose/b.ts", "loose/c.ts"],
      "loose/b.ts": ["loose/d.ts"],
      "loose/c.ts": ["amqplib"],
      "loose/d.ts": ["kafkajs"],
    });
    expect(
      foundIn(handInput(graph, handManifest(nodes(), { checks: loose })), capability),
    ).toMatchObject([
      {
        loc: { span: { file: "pure/x.ts", start: { line: 1 } } },
        data: {
          import: "amqplib",
          capability: "network",
          chain: ["pure/x", "loose/a", "loose/c", "amqplib"],
        },
        notes: [
          expect.any(String),
          expect.stringContaining("pure/x -> loose/a -> loose/c -> amqplib"),
        ],
        related: [
          { message: "pure/x.ts imports loose/a.ts" },
          { message: "loose/a.ts imports loose/c.ts", loc: { span: { start: { line: 2 } } } },
          { message: "loose/c.ts imports amqplib" },
        ],
      },
    ]);
  });

  test("a solve module answers for itself: those that import it are not told", () => {
    const graph = handGraph({ "pure/x.ts": ["pure/y.ts"], "pure/y.ts": ["kafkajs"] });
    expect(placesOf(handInput(graph, handManifest(nodes())), capability)).toEqual([
      `${capability} pure/y.ts:1`,
    ]);
  });

  test("through another solve world that may reach more", () => {
    const graph = handGraph({ "pure/x.ts": ["other/x.ts"], "other/x.ts": ["node:fs"] });
    expect(foundIn(handInput(graph, handManifest(nodes())), capability)).toMatchObject([
      { data: { module_path: "pure/x.ts", chain: ["pure/x", "other/x", "node:fs"] } },
    ]);
    expect(placesOf(handInput(graph, handManifest(nodes("solve-full"))), capability)).toEqual([]);
  });

  test("modules of no node that go round in a circle and reach nothing", () => {
    const graph = handGraph({
      "pure/x.ts": ["loose/a.ts"],
      "loose/a.ts": ["loose/b.ts", "valibot"],
      "loose/b.ts": ["loose/a.ts", "pure/x.ts"],
    });
    const input = handInput(graph, handManifest(nodes(), { checks: loose }));
    expect(placesOf(input, capability)).toEqual([]);
  });
});

describe("package.json", () => {
  const found = (
    dependencies: Readonly<Record<string, readonly string[]>>,
    modules: Readonly<Record<string, readonly string[]>> = {},
    type_only_imports: "counted" | "ignored" = "counted",
  ) =>
    foundIn(
      handInput(
        handGraph(
          { "pure/src/x.ts": [], "os/src/x.ts": [], ...modules },
          { pure: { name: "@x/pure", ...dependencies }, os: { name: "@x/os" } },
        ),
        handManifest({ ...nodes(), tests: { in: ["pure-test/**"], trust_zone: "test_only" } }),
        { type_only_imports },
      ),
      capability,
    ).map(
      ({ data, loc }) =>
        `${data?.import} ${data?.capability} ${loc?.span.file}:${loc?.span.start.line}`,
    );

  test("a package that is pure throughout declares nothing that is not", () => {
    expect(
      found({ dependencies: ["valibot", "kafkajs"], peerDependencies: ["some-package"] }),
    ).toEqual(["kafkajs network pure/package.json:5", "some-package unknown pure/package.json:9"]);
    expect(found({ devDependencies: ["kafkajs"], dependencies: ["valibot"] })).toEqual([]);
  });

  test("one with a part for the system may", () => {
    expect(found({ dependencies: ["kafkajs"] }, { "os/src/x.ts": [] })).toHaveLength(1);
    const graph = handGraph(
      { "pure/src/x.ts": [], "pure/src/os/x.ts": [] },
      { pure: { name: "@x/pure", dependencies: ["kafkajs"] } },
    );
    const manifest = handManifest({
      pure: { in: ["pure/src/*.ts"], world: "solve-pure" },
      os: { in: ["pure/src/os/**"] },
    });
    expect(placesOf(handInput(graph, manifest), capability)).toEqual([]);
  });

  test("a package of the workspace with nothing but OS code counts as such", () => {
    expect(found({ dependencies: ["@x/os"] })).toEqual(["@x/os os pure/package.json:4"]);
    const both = { "os/src/x.ts": [], "other/src/x.ts": [] };
    expect(found({ dependencies: ["@x/other"] }, both)).toEqual([
      "@x/other unknown pure/package.json:4",
    ]);
  });
});

describe("ambient uses", () => {
  const use = (name: string, kind: string, line: number) => ({
    name,
    capability: kind,
    start: { line, col: 3 },
    end: { line, col: 11 },
  });
  const graph = handGraph({
    "pure/x.ts": { ambient: [use("Date.now", "clock", 4), use("Math.random", "randomness", 9)] },
    "os/x.ts": { ambient: [use("process", "environment", 2)] },
  });

  test("each use in a solve node, where it is, with what to do instead", () => {
    const found = foundIn(handInput(graph, handManifest(nodes())), ambient);
    expect(found).toMatchObject([
      {
        message: "solve-* nodes must not use what differs from run to run or reaches outside",
        loc: { span: { file: "pure/x.ts", start: { line: 4, col: 3 }, end: { line: 4, col: 11 } } },
        data: { node: "pure", world: "solve-pure", name: "Date.now", capability: "clock" },
      },
      { data: { name: "Math.random" }, loc: { span: { start: { line: 9 } } } },
    ]);
    expect(found[0]?.notes?.[1]).toBe("Date.now reaches the clock");
  });

  test("none in an OS node, none where enforce_world_caps is off, none that the world may reach", () => {
    expect(placesOf(handInput(graph, handManifest(nodes("run-os"))), ambient)).toEqual([]);
    const manifest = handManifest(nodes());
    const off = { ...manifest, checks: { ...manifest.checks, enforce_world_caps: false } };
    expect(placesOf(handInput(graph, off), ambient)).toEqual([]);
    const files = handGraph({ "pure/x.ts": { ambient: [use("require()", "files", 1)] } });
    expect(placesOf(handInput(files, handManifest(nodes("solve-fs"))), ambient)).toEqual([]);
    expect(placesOf(handInput(files, manifest), ambient)).toHaveLength(1);
  });
});
