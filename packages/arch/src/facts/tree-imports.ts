/**
 * Imports that are no statements: calls, types, and what else names another module. Needs the syntax
 * tree, with its TypeScript part.
 *
 * Where it cannot be told what a call loads, the import has no specifier; a `require` that is handed
 * on as a value is such an import too, for who has it can load anything.
 */
import type { CallExpression, Node, Program } from "@oxc-project/types";
import { literalText } from "./literal-text.js";
import { createModuleLoaders, type ModuleLoaders } from "./module-loaders.js";
import type { FoundImport } from "./module-record.js";
import { createNameBindings } from "./name-bindings.js";
import { walkSyntax } from "./syntax-walk.js";

/** All but the statements at the top that the module record has. */
export function treeImports(program: Program): FoundImport[] {
  const bindings = createNameBindings();
  const found: FoundImport[] = [];
  // Who is called can only be said when every declaration has been seen.
  const uses: Use[] = [];
  walkSyntax(program, (node, parents) => {
    bindings.visit(node, parents);
    const statement = statementImport(node, parents);
    if (statement !== undefined) found.push(statement);
    if (isUse(node)) uses.push({ node, parent: parents.at(-1), above: parents.at(-2) });
  });
  const loaders = createModuleLoaders(bindings);
  for (const use of uses) {
    const called = useImport(use, loaders);
    if (called !== undefined) found.push(called);
  }
  return found;
}

type UseNode = Extract<Node, { type: "CallExpression" | "NewExpression" | "Identifier" }>;

interface Use {
  readonly node: UseNode;
  readonly parent: Node | undefined;
  readonly above: Node | undefined;
}

function isUse(node: Node): node is UseNode {
  const { type } = node;
  return type === "CallExpression" || type === "NewExpression" || type === "Identifier";
}

function statementImport(node: Node, parents: readonly Node[]): FoundImport | undefined {
  const at = { start: node.start, end: node.end };
  // Deeper, it stands in a declared module, which is all types.
  const isTop = parents.length === 1;
  switch (node.type) {
    case "ImportExpression":
      return { kind: "dynamic", specifier: literalText(node.source), typeOnly: false, ...at };
    case "TSImportType":
      return { kind: "import-type", specifier: node.source.value, typeOnly: true, ...at };
    case "TSImportEqualsDeclaration": {
      const { moduleReference, importKind } = node;
      if (moduleReference.type !== "TSExternalModuleReference") return undefined;
      const specifier = moduleReference.expression.value;
      return { kind: "import-equals", specifier, typeOnly: importKind === "type", ...at };
    }
    case "ImportDeclaration":
      if (isTop) return undefined;
      return { kind: "static", specifier: node.source.value, typeOnly: true, ...at };
    case "ExportAllDeclaration":
      if (isTop) return undefined;
      return { kind: "re-export", specifier: node.source.value, typeOnly: true, ...at };
    case "ExportNamedDeclaration":
      // With no name in it, the record does not have it.
      if (node.source === null || (isTop && node.specifiers.length > 0)) return undefined;
      return {
        kind: "re-export",
        specifier: node.source.value,
        typeOnly: !isTop || node.exportKind === "type",
        ...at,
      };
    default:
      return undefined;
  }
}

function useImport({ node, parent, above }: Use, loaders: ModuleLoaders): FoundImport | undefined {
  if (node.type === "CallExpression") return callImport(node, loaders);
  if (node.type === "NewExpression") return urlImport(node, loaders);
  if (parent === undefined || above?.type === "ObjectPattern") return undefined;
  if (!isHandedOn(node, parent)) return undefined;
  // An identifier that is handed on is an expression.
  const kind = loaders.kindOf(node as Extract<UseNode, { type: "Identifier" }> & IdentifierUse);
  if (kind === undefined) return undefined;
  return { kind, specifier: undefined, typeOnly: false, start: node.start, end: node.end };
}

type IdentifierUse = Extract<CallExpression["callee"], { type: "Identifier" }>;

function callImport(node: CallExpression, loaders: ModuleLoaders): FoundImport | undefined {
  const kind = loaders.kindOf(node.callee);
  if (kind === undefined) return undefined;
  const [first] = node.arguments;
  // `vi.mock(import("x"))`: the import in it is counted.
  if (kind === "mock" && first?.type === "ImportExpression") return undefined;
  const { start, end } = node;
  return { kind, specifier: argumentText(first), typeOnly: false, start, end };
}

/** `new URL("x", import.meta.url)`. */
function urlImport(
  { callee, arguments: [reference, base], start, end }: Extract<UseNode, { type: "NewExpression" }>,
  loaders: ModuleLoaders,
): FoundImport | undefined {
  if (base === undefined || base.type === "SpreadElement") return undefined;
  if (!loaders.isUrlClass(callee) || !loaders.isModuleUrl(base)) return undefined;
  const specifier = argumentText(reference);
  // With a scheme of its own it leads to no file of ours.
  if (specifier !== undefined && /^[a-z][a-z0-9+.-]+:/i.test(specifier)) return undefined;
  return { kind: "url", specifier, typeOnly: false, start, end };
}

function argumentText(
  argument: CallExpression["arguments"][number] | undefined,
): string | undefined {
  if (argument === undefined || argument.type === "SpreadElement") return undefined;
  return literalText(argument);
}

/**
 * Given away as a value. Not so in `require("x")`, `require.resolve`, `typeof require`, nor in
 * `const load = require`, whose name is followed.
 */
function isHandedOn(node: Node, parent: Node): boolean {
  switch (parent.type) {
    case "CallExpression":
    case "NewExpression":
      return parent.callee !== node;
    case "AssignmentExpression":
    case "AssignmentPattern":
      return parent.right === node;
    case "Property":
      return parent.value === node;
    case "PropertyDefinition":
      return parent.value === node;
    case "ConditionalExpression":
      return parent.test !== node;
    case "ArrowFunctionExpression":
      return parent.body === node;
    case "ArrayExpression":
    case "ExportDefaultDeclaration":
    case "LogicalExpression":
    case "ReturnStatement":
    case "SpreadElement":
    case "YieldExpression":
      return true;
    default:
      return false;
  }
}
