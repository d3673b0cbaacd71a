/**
 * Finds the parameters and results of exported functions that are bytes and say not of what.
 *
 * Bytes are `Uint8Array`, `Buffer`, `ArrayBuffer` and `DataView`, written so, and what is made of
 * them by a list (`readonly Uint8Array[]`, `Array`, `ReadonlyArray`, a tuple, a rest parameter), by
 * `| undefined`, or by a promise. A type of another name is taken for a brand, and so is an
 * intersection (`Uint8Array & Brand`); a field of an object is the object's matter. Only what is
 * written counts: a result that is inferred is not looked at.
 */
import type { Node, ParamPattern, Program, Statement, TSType } from "@oxc-project/types";
import type { Position } from "../diagnostic.js";
import type { UnbrandedBytes } from "../source-facts.js";

const bytes: ReadonlySet<string> = new Set(["Uint8Array", "Buffer", "ArrayBuffer", "DataView"]);

/** What holds values of its argument, and adds nothing to what they are. */
const holders: ReadonlySet<string> = new Set([
  "Array",
  "AsyncIterable",
  "Iterable",
  "Promise",
  "PromiseLike",
  "Readonly",
  "ReadonlyArray",
]);

interface Signature {
  readonly params: readonly ParamPattern[];
  readonly returnType?: { readonly typeAnnotation: TSType } | null;
}

/** In order of where they stand. The span is that of the type. */
export function unbrandedBytes(
  program: Program,
  positionOf: (offset: number) => Position,
): readonly UnbrandedBytes[] {
  const found = exportedFunctions(program).flatMap(([symbol, signature]) => [
    ...signature.params.flatMap((parameter, index) =>
      typesOf(annotationOf(parameter)).map((node) => ({
        symbol,
        param: nameOf(parameter) ?? `#${index}`,
        node,
      })),
    ),
    ...typesOf(signature.returnType?.typeAnnotation).map((node) => ({
      symbol,
      param: undefined,
      node,
    })),
  ]);
  return found
    .sort((a, b) => a.node.start - b.node.start)
    .map(({ symbol, param, node }) => ({
      symbol,
      param,
      type: typeName(node) ?? "",
      start: positionOf(node.start),
      end: positionOf(node.end),
    }));
}

/** By the names under which they are exported. */
function exportedFunctions(program: Program): readonly (readonly [string, Signature])[] {
  const local = new Map<string, Signature[]>();
  for (const statement of program.body) {
    for (const [name, signature] of functionsOf(declarationOf(statement))) {
      local.set(name, [...(local.get(name) ?? []), signature]);
    }
  }
  return program.body.flatMap((statement) => {
    if (statement.type === "ExportDefaultDeclaration") {
      const { declaration } = statement;
      if (declaration.type === "Identifier") return named("default", declaration.name, local);
      const signature = signatureOf(declaration);
      return signature === undefined ? [] : [["default", signature] as const];
    }
    if (statement.type !== "ExportNamedDeclaration" || statement.source !== null) return [];
    const renamed = statement.specifiers.flatMap(({ local: from, exported }) =>
      from.type === "Identifier"
        ? named("value" in exported ? exported.value : exported.name, from.name, local)
        : [],
    );
    return [...functionsOf(statement.declaration), ...renamed];
  });
}

function named(
  exported: string,
  name: string,
  local: ReadonlyMap<string, readonly Signature[]>,
): readonly (readonly [string, Signature])[] {
  return (local.get(name) ?? []).map((signature) => [exported, signature] as const);
}

function declarationOf(statement: Statement | Program["body"][number]): Node | null {
  return statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
}

/** `function f() {}`, overloads, `const f = () => ...`, `const f: (x: T) => U`. */
function functionsOf(declaration: Node | null): readonly (readonly [string, Signature])[] {
  if (declaration?.type === "VariableDeclaration") {
    return declaration.declarations.flatMap(({ id, init }) => {
      const signature = id.typeAnnotation
        ? signatureOf(id.typeAnnotation.typeAnnotation)
        : signatureOf(init);
      return id.type === "Identifier" && signature ? [[id.name, signature] as const] : [];
    });
  }
  const isFunction =
    declaration?.type === "FunctionDeclaration" || declaration?.type === "TSDeclareFunction";
  return isFunction && declaration.id !== null ? [[declaration.id.name, declaration]] : [];
}

function signatureOf(node: Node | null): Signature | undefined {
  switch (node?.type) {
    case "ArrowFunctionExpression":
    case "FunctionExpression":
    case "FunctionDeclaration":
    case "TSDeclareFunction":
    case "TSFunctionType":
      return node;
    case "ParenthesizedExpression":
    case "TSAsExpression":
    case "TSSatisfiesExpression":
      return signatureOf(node.expression);
    default:
      return undefined;
  }
}

function annotationOf(parameter: ParamPattern): TSType | undefined {
  if (parameter.type === "TSParameterProperty") return undefined;
  if (parameter.type === "AssignmentPattern") return parameter.left.typeAnnotation?.typeAnnotation;
  return parameter.typeAnnotation?.typeAnnotation;
}

function nameOf(parameter: Node): string | undefined {
  switch (parameter.type) {
    case "Identifier":
      return parameter.name;
    case "AssignmentPattern":
      return nameOf(parameter.left);
    case "RestElement":
      return nameOf(parameter.argument);
    default:
      return undefined;
  }
}

/** The bytes that are plain in a type. */
function typesOf(type: Node | null | undefined): readonly Node[] {
  switch (type?.type) {
    case "TSParenthesizedType":
    case "TSTypeOperator":
    case "TSOptionalType":
    case "TSRestType":
      return typesOf(type.typeAnnotation);
    case "TSArrayType":
      return typesOf(type.elementType);
    case "TSNamedTupleMember":
      return typesOf(type.elementType);
    case "TSTupleType":
      return type.elementTypes.flatMap(typesOf);
    case "TSUnionType":
      return type.types.flatMap(typesOf);
    case "TSTypeReference": {
      const name = typeName(type);
      if (name === undefined) return [];
      if (holders.has(name)) return type.typeArguments?.params.flatMap(typesOf) ?? [];
      return bytes.has(name) ? [type] : [];
    }
    default:
      return [];
  }
}

function typeName(type: Node): string | undefined {
  return type.type === "TSTypeReference" && type.typeName.type === "Identifier"
    ? type.typeName.name
    : undefined;
}
