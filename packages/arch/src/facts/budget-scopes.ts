/**
 * Budget scopes in TypeScript. A scope is a call of `scopeFromArch("profile", body)`, by that name or
 * as a member of anything (`budget.scopeFromArch(...)`). A function is wrapped in one when the call is
 * all that it does:
 *
 *     function f() { return scopeFromArch("p", () => ...); }      also: return await ...
 *     const f = () => scopeFromArch("p", () => ...);
 *     const f = scopeFromArch("p", () => ...);
 *
 * Functions are those of the module's top level: selectors name no others.
 */
import type {
  CallExpression,
  Expression,
  FunctionBody,
  Node,
  Program,
  Statement,
} from "@oxc-project/types";
import type { Position } from "../diagnostic.js";
import type { BudgetFacts, BudgetScope, ScopedFunction } from "../source-facts.js";
import { literalText, withoutWrapping } from "./literal-text.js";
import { walkSyntax } from "./syntax-walk.js";

const scopeName = "scopeFromArch";

/** Whether a scope may be opened at all: by its name, or by one that is written with escapes. */
export function mentionsScope(text: string): boolean {
  return text.includes(scopeName) || text.includes("\\");
}

type PositionOf = (offset: number) => Position;

export function budgetFacts(program: Program, positionOf: PositionOf): BudgetFacts {
  const functions = new Map<string, ScopedFunction>();
  for (const statement of program.body) {
    for (const found of functionsOf(statement, positionOf)) {
      if (!functions.has(found.name)) functions.set(found.name, found);
    }
  }
  return { scopes: scopesOf(program, positionOf), functions: [...functions.values()] };
}

function scopesOf(program: Program, positionOf: PositionOf): readonly BudgetScope[] {
  const scopes: BudgetScope[] = [];
  walkSyntax(program, (node) => {
    if (node.type !== "CallExpression" || !isScopeCall(node)) return;
    scopes.push({ id: profileOf(node), start: positionOf(node.start), end: positionOf(node.end) });
  });
  return scopes;
}

function isScopeCall({ callee }: CallExpression): boolean {
  if (callee.type === "Identifier") return callee.name === scopeName;
  if (callee.type !== "MemberExpression") return false;
  // Not as a sum of texts: `mentionsScope` looks for the name in one piece.
  if (callee.computed) {
    const name = withoutWrapping(callee.property);
    return name.type !== "BinaryExpression" && literalText(name) === scopeName;
  }
  return callee.property.type === "Identifier" && callee.property.name === scopeName;
}

function profileOf({ arguments: [first] }: CallExpression): string | undefined {
  return first === undefined || first.type === "SpreadElement" ? undefined : literalText(first);
}

function functionsOf(statement: Statement | Program["body"][number], positionOf: PositionOf) {
  const declaration =
    statement.type === "ExportNamedDeclaration" || statement.type === "ExportDefaultDeclaration"
      ? statement.declaration
      : statement;
  const found: ScopedFunction[] = [];
  const add = (name: string, { start, end }: Node, scope: string | undefined): void => {
    found.push({ name, scope, start: positionOf(start), end: positionOf(end) });
  };
  if (declaration?.type === "FunctionDeclaration") {
    const name = declaration.id?.name ?? "default";
    add(name, declaration.id ?? declaration, scopeOfBody(declaration.body));
  } else if (declaration?.type === "VariableDeclaration") {
    for (const { id, init } of declaration.declarations) {
      if (id.type !== "Identifier" || init === null) continue;
      const value = withoutWrapping(init);
      const isFunction =
        value.type === "ArrowFunctionExpression" || value.type === "FunctionExpression";
      if (isFunction) add(id.name, id, scopeOfBody(value.body));
      else if (value.type === "CallExpression") add(id.name, id, scopeOfCall(value));
    }
  }
  return found;
}

/** The profile of a body that begins with `return scopeFromArch(...)`, or is that expression. */
function scopeOfBody(body: FunctionBody | Expression | null): string | undefined {
  if (body === null) return undefined;
  if (body.type !== "BlockStatement") return scopeOfCall(body);
  const [first] = body.body;
  if (first?.type !== "ReturnStatement" || first.argument === null) return undefined;
  return scopeOfCall(first.argument);
}

function scopeOfCall(expression: Expression): string | undefined {
  const inner = withoutWrapping(expression);
  if (inner.type === "AwaitExpression") return scopeOfCall(inner.argument);
  return inner.type === "CallExpression" && isScopeCall(inner) ? profileOf(inner) : undefined;
}
