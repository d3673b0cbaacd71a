/**
 * What an expression loads modules with, if it does: node's `require` and what `createRequire` gives,
 * `process.getBuiltinModule`, and the mocking calls of vitest and jest. Names are followed through
 * imports and constants, so that another name for it does not hide it.
 */
import type { Expression, MemberExpression } from "@oxc-project/types";
import type { ImportKind } from "../source-facts.js";
import { literalText, withoutWrapping } from "./literal-text.js";
import type { NameBindings } from "./name-bindings.js";

export type LoaderKind = Extract<
  ImportKind,
  "require" | "create-require" | "get-builtin-module" | "mock" | "dynamic"
>;

export interface ModuleLoaders {
  /** What kind of import a call of it is. */
  kindOf(callee: Expression): LoaderKind | undefined;
  /** The class URL. */
  isUrlClass(expression: Expression): boolean;
  /** `import.meta.url`. */
  isModuleUrl(expression: Expression): boolean;
}

const mockCalls = new Set(
  `mock doMock unmock doUnmock dontMock deepUnmock setMock importActual importMock requireActual
  requireMock createMockFromModule genMockFromModule unstable_mockModule unstable_unmockModule`.split(
    /\s+/,
  ),
);
const mockers = new Set(["vi", "vitest", "jest"]);

/** Constants that name constants are followed so far. */
const aliasesMax = 16;

export function createModuleLoaders(bindings: NameBindings): ModuleLoaders {
  const kindOf = (callee: Expression, depth = 0): LoaderKind | undefined => {
    const inner = withoutWrapping(callee);
    if (depth > aliasesMax) return undefined;
    if (inner.type === "CallExpression") {
      return makesRequire(inner.callee, depth + 1) ? "create-require" : undefined;
    }
    if (inner.type === "MemberExpression") return kindOfMember(inner, depth + 1);
    if (inner.type !== "Identifier") return undefined;
    const binding = bindings.find(inner.name, inner.start);
    if (binding === undefined) return inner.name === "require" ? "require" : undefined;
    if (binding.imported?.name === "getBuiltinModule") return "get-builtin-module";
    if (binding.member === "getBuiltinModule") return "get-builtin-module";
    if (binding.member !== undefined || binding.value === undefined) return undefined;
    return kindOf(binding.value, depth + 1);
  };

  const kindOfMember = (member: MemberExpression, depth: number): LoaderKind | undefined => {
    const name = memberName(member);
    const object = withoutWrapping(member.object);
    if (name === undefined) return undefined;
    if (name === "getBuiltinModule") return "get-builtin-module";
    if (isImportMeta(object)) return name === "resolve" || name === "glob" ? "dynamic" : undefined;
    if (name === "require") return isGlobal(object, "module") ? "require" : undefined;
    if (name === "resolve") return kindOf(object, depth + 1);
    if (mockCalls.has(name) && object.type === "Identifier" && mockers.has(object.name)) {
      const binding = bindings.find(object.name, object.start);
      return binding === undefined || binding.imported !== undefined ? "mock" : undefined;
    }
    return undefined;
  };

  /** `createRequire` of node:module. */
  const makesRequire = (callee: Expression, depth: number): boolean => {
    const inner = withoutWrapping(callee);
    if (depth > aliasesMax) return false;
    if (inner.type === "MemberExpression") return memberName(inner) === "createRequire";
    if (inner.type !== "Identifier") return false;
    const binding = bindings.find(inner.name, inner.start);
    if (binding === undefined) return false;
    if (binding.imported?.name === "createRequire") return true;
    if (binding.member !== undefined) return binding.member === "createRequire";
    return binding.value !== undefined && makesRequire(binding.value, depth + 1);
  };

  const isGlobal = (expression: Expression, name: string): boolean =>
    expression.type === "Identifier" &&
    expression.name === name &&
    bindings.find(name, expression.start) === undefined;

  return {
    kindOf,
    isModuleUrl: (expression) => isModuleUrl(expression, bindings),
    isUrlClass: (expression) => isUrlClass(expression, bindings),
  };
}

function isModuleUrl(expression: Expression, bindings: NameBindings, depth = 0): boolean {
  const inner = withoutWrapping(expression);
  if (inner.type === "MemberExpression") {
    return isImportMeta(withoutWrapping(inner.object)) && memberName(inner) === "url";
  }
  if (inner.type !== "Identifier" || depth > aliasesMax) return false;
  const value = bindings.find(inner.name, inner.start)?.value;
  return value !== undefined && isModuleUrl(value, bindings, depth + 1);
}

function isUrlClass(expression: Expression, bindings: NameBindings): boolean {
  const inner = withoutWrapping(expression);
  if (inner.type === "MemberExpression") return memberName(inner) === "URL";
  if (inner.type !== "Identifier") return false;
  const binding = bindings.find(inner.name, inner.start);
  return binding === undefined ? inner.name === "URL" : binding.imported?.name === "URL";
}

function memberName(member: MemberExpression): string | undefined {
  if (member.computed) return literalText(member.property);
  return member.property.name;
}

function isImportMeta(expression: Expression): boolean {
  return expression.type === "MetaProperty" && expression.meta.name === "import";
}
