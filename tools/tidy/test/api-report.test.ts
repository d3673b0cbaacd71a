/**
 * *Goal*: a report shows the declarations themselves, whatever the bundler did with them.
 * *Method*: declaration files by hand in the shapes that tsup writes (chunks, entries that import each
 * other, invented names), and the report by hand beside them; then the same surface in other files.
 */
import { describe, expect, test } from "vitest";
import { renderReport } from "../api-report.mjs";

const render = (files: Readonly<Record<string, string>>): string => {
  const entries = Object.keys(files)
    .filter((file) => file.endsWith("index.d.ts"))
    .map((file) => ({ subpath: file === "index.d.ts" ? "thing" : `thing/${file[0]}`, file }))
    .reverse();
  return renderReport("thing", entries, (file) => files[file]);
};

/** The declarations of the only block, without the frame around them. */
const body = (text: string): string => {
  const report = render({ "index.d.ts": text });
  return report.slice(report.indexOf("```ts\n") + 6, report.lastIndexOf("\n```"));
};

describe("one entry", () => {
  test("sorted by name, without comments, overloads together, constants apart", () => {
    const text = `
      import { type Stats } from 'node:fs';
      /** A class. */
      declare class Zebra<T = Stats> extends Error {
          /** A field. */
          readonly code: T; // why
          #private;
          constructor(code: T);
      }
      declare function over(a: string): string;
      /** The second. */
      declare function over(a: number): number;
      declare const b: 1, a: unique symbol;
      type Code = "x" | "y";
      export { type Code, Zebra, a, b, over };`;
    expect(body(text)).toBe(
      `import { Stats } from "node:fs";

export type Code = "x" | "y";

export declare class Zebra<T = Stats> extends Error {
    readonly code: T;
    #private;
    constructor(code: T);
}

export declare const a: unique symbol;

export declare const b: 1;

export declare function over(a: string): string;
export declare function over(a: number): number;`,
    );
  });

  test("an alias, a second name, and exports that are declared in place", () => {
    const text = `
      interface Thing$1 { next?: Thing$1 }
      export declare const one: 1;
      export { type Thing$1 as Thing, type Thing$1 as Same };`;
    expect(body(text)).toBe(
      `export interface Same {
    next?: Same;
}

export { Same as Thing };

export declare const one: 1;`,
    );
  });

  test("what is named but not exported follows, under a name of its own", () => {
    const text = `
      interface Options$1 { deep: Deep }
      interface Options { a: 1 }
      interface Deep { b: 2 }
      interface Unused { c: 3 }
      declare function f(o: Options$1): void;
      declare function g(o: Options): void;
      export { f, g };`;
    expect(body(text)).toBe(
      `export declare function f(o: Options): void;

export declare function g(o: Options$2): void;

// Named above, not exported.

interface Deep {
    b: 2;
}

interface Options {
    deep: Deep;
}

interface Options$2 {
    a: 1;
}`,
    );
  });

  test("members, parameters and type parameters that share a hidden name stay as they are", () => {
    const text = `
      import * as fs from 'node:fs';
      interface Key$1 { Key$1: number }
      type Map<Key$1> = { [P in keyof Key$1]: P };
      type Item<T> = T extends (infer Key$1)[] ? Key$1 : never;
      interface Box { Key$1: Key$1; get(Key$1: string): fs.Key$1; is(Key$1: unknown): Key$1 is Key$1 }
      export type { Map, Item, Box };`;
    expect(body(text)).toBe(
      `import * as node_fs from "node:fs";

export interface Box {
    Key$1: Key;
    get(Key$1: string): node_fs.Key$1;
    is(Key$1: unknown): Key$1 is Key;
}

export type Item<T> = T extends (infer Key$1)[] ? Key$1 : never;

export type Map<Key$1> = {
    [P in keyof Key$1]: P;
};

// Named above, not exported.

interface Key {
    Key$1: number;
}`,
    );
  });

  test("what another package exports is passed on by name", () => {
    const text = `
      import { Envelope as E } from '@reprise/msg-core';
      export { Driver, Consumer as C } from '@reprise/msg-core';
      export * from 'other';
      declare const e: E;
      export { e };`;
    expect(body(text)).toBe(
      `import { Envelope } from "@reprise/msg-core";

export * from "other";

export { Consumer as C } from "@reprise/msg-core";

export { Driver } from "@reprise/msg-core";

export declare const e: Envelope;`,
    );
  });
});

const twoEntries = `# thing

Written by \`node tools/tidy/tidy.mjs --write\` from the built declarations.

## thing

\`\`\`ts
export declare class Fault extends Error {
    code: Code;
}

// Named above, not exported.

type Code = "a";
\`\`\`

## thing/o

\`\`\`ts
import { Fault as OsFault } from "thing";

export { Fault as OsFault } from "thing";

export declare function open(): OsFault | Code;

// Named above, not exported.

type Code = "a";
\`\`\`
`;

describe("two entries", () => {
  test.each([
    [
      "sharing a chunk under mangled names",
      {
        "index.d.ts": "export { F as Fault } from './faults-BvX1_z-9.js';",
        "o/index.d.ts": `import { F as Fault$1, C as Code } from '../faults-BvX1_z-9.js';
          export { F as OsFault } from '../faults-BvX1_z-9.js';
          declare function open(): Fault$1 | Code;
          export { open };`,
        "faults-BvX1_z-9.d.ts": `type Code$3 = "a";
          declare class Fault extends Error { code: Code$3 }
          export { Fault as F, type Code$3 as C };`,
      },
    ],
    [
      "passed on by two hops, one of them a star",
      {
        "index.d.ts": "export { Fault } from './hop.js';",
        "hop.d.ts": "export * from './base.js';",
        "base.d.ts": `export type Code = "a";
          declare class Fault extends Error { code: Code }
          export { Fault };`,
        "o/index.d.ts": `import { Fault, Code as C } from '../hop.js';
          declare function open(): Fault | C;
          export { Fault as OsFault, open };`,
      },
    ],
  ])("%s: one declaration, and the other entry refers to it", (_name, files) => {
    expect(render(files)).toBe(twoEntries);
  });

  test("a chunk that is missing is an error that names it", () => {
    expect(() => render({ "index.d.ts": "export { A } from './a-1.js';" })).toThrow("a-1.d.ts");
  });
});
