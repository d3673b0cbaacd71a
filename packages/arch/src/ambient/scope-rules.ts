/**
 * What each kind of node does to scopes. A kind that is not here has no names of its own to say: its
 * children are read in the scope it stands in.
 *
 *     node                     scope of its own, and what is declared where
 *     function                 parameters (and an expression's own name); the body has another, so
 *                              that a default does not see a `var` of the body
 *     class                    its name again, inside
 *     block, for, switch,      one; a `var` goes past them
 *     catch
 *     static block, namespace  one that holds its `var`s
 *     enum                     its members, which later members may name
 */
import type { BindingPattern, Class, Node, ParamPattern } from "@oxc-project/types";
import { plainKey } from "./member-key.js";
import type { Scope, Site } from "./scope.js";
import type { ScopeReading } from "./scope-reader.js";
import { eachChild } from "./syntax-node.js";

type Rules = {
  readonly [Type in Node["type"]]?: (node: NodeOf<Type>, at: Site, reading: ScopeReading) => void;
};

/** The nodes that may have this type: some have one of several. */
type NodeOf<Type, N = Node> = N extends { readonly type: infer T }
  ? Type extends T
    ? N
    : never
  : never;

/** Reads the node and what is below it; false where it has no rule. */
export function declareNode(at: Site, reading: ScopeReading): boolean {
  // Proof of the cast: the rule is the one kept under this node's type, which is all it takes.
  const rule = rules[at.node.type] as
    | ((node: Node, at: Site, reading: ScopeReading) => void)
    | undefined;
  rule?.(at.node, at, reading);
  return rule !== undefined;
}

const nothing = (): void => undefined;

const inItsOwnScope = (node: Node, at: Site, reading: ScopeReading): void => {
  const scope = reading.open(at.scope);
  eachChild(node, (child) => reading.enter(child, at, scope));
};

const withItsVars = (node: Node, at: Site, reading: ScopeReading): void => {
  const scope = reading.open(at.scope, true);
  eachChild(node, (child) => reading.enter(child, at, scope));
};

/** A name that may stand for a value, and another that never does unless it is computed. */
const keyAndValue = (
  node: { key: Node; value: Node | null; computed: boolean; decorators?: readonly Node[] },
  at: Site,
  reading: ScopeReading,
): void => {
  for (const decorator of node.decorators ?? []) reading.enter(decorator, at);
  if (node.computed) reading.enter(node.key, at);
  reading.enter(node.value, at);
};

const classRule = (node: Class, at: Site, reading: ScopeReading): void => {
  if (node.declare === true) return;
  const scope = reading.open(at.scope);
  if (node.id !== null) {
    if (node.type === "ClassDeclaration") reading.declare(node.id.name, at, at.scope);
    reading.declare(node.id.name, at, scope);
  }
  for (const decorator of node.decorators) reading.enter(decorator, at);
  reading.enter(node.superClass, at, scope);
  reading.enter(node.body, at, scope);
};

const functionRule = (
  node: NodeOf<"FunctionDeclaration">,
  at: Site,
  reading: ScopeReading,
): void => {
  if (node.declare === true || node.body === null) return;
  const scope = reading.open(at.scope);
  const isDeclaration = node.type === "FunctionDeclaration";
  if (node.id !== null) reading.declare(node.id.name, at, isDeclaration ? at.scope : scope);
  const inside: Site = { node, parent: at.parent, scope };
  for (const parameter of node.params) declareParameter(parameter, inside, reading);
  enterBody(node.body, inside, reading);
};

/** A body's block is no scope besides the function's. */
function enterBody(body: Node, at: Site, reading: ScopeReading): void {
  const scope = reading.open(at.scope, true);
  const block: Site = { node: body, parent: at, scope };
  if (body.type !== "BlockStatement") reading.enter(body, at, scope);
  else for (const statement of body.body) reading.enter(statement, block);
}

interface Inside {
  readonly scope: Scope;
  readonly reading: ScopeReading;
}

function declareParameter(parameter: ParamPattern, at: Site, reading: ScopeReading): void {
  for (const decorator of parameter.decorators ?? []) reading.enter(decorator, at);
  const inside = { scope: at.scope, reading };
  const property: Site = { node: parameter, parent: at, scope: at.scope };
  if (parameter.type !== "TSParameterProperty") declarePattern(parameter, at, inside);
  else declarePattern(parameter.parameter, property, inside);
}

/** Declares the names of a pattern in `scope`, and reads its defaults and computed keys. */
function declarePattern(
  pattern: BindingPattern | Extract<ParamPattern, { type: "RestElement" }>,
  parent: Site,
  inside: Inside,
): void {
  const { scope, reading } = inside;
  const at: Site = { node: pattern, parent, scope: parent.scope };
  switch (pattern.type) {
    case "Identifier":
      if (pattern.name !== "this") reading.declare(pattern.name, at, scope);
      return;
    case "AssignmentPattern":
      declarePattern(pattern.left, at, inside);
      reading.enter(pattern.right, at);
      return;
    case "RestElement":
      declarePattern(pattern.argument, at, inside);
      return;
    case "ArrayPattern":
      for (const element of pattern.elements) {
        if (element !== null) declarePattern(element, at, inside);
      }
      return;
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type === "RestElement") {
          declarePattern(property, at, inside);
          continue;
        }
        const propertyAt: Site = { node: property, parent: at, scope: at.scope };
        if (property.computed) reading.enter(property.key, propertyAt);
        declarePattern(property.value, propertyAt, inside);
      }
  }
}

/** Whether a namespace is there when the program runs: one of types alone is not. */
function isInstantiated(body: NodeOf<"TSModuleBlock"> | null): boolean {
  return (body?.body ?? []).some((statement) => {
    const isExport = statement.type === "ExportNamedDeclaration";
    const declared = isExport ? (statement.declaration ?? statement) : statement;
    if ("declare" in declared && declared.declare === true) return false;
    return declared.type !== "TSInterfaceDeclaration" && declared.type !== "TSTypeAliasDeclaration";
  });
}

function varScope(scope: Scope): Scope {
  let at = scope;
  while (!at.holdsVars && at.parent !== undefined) at = at.parent;
  return at;
}

const rules: Rules = {
  Identifier: (node, at, reading) => reading.refer(node.name, at),
  Literal: nothing,
  TemplateElement: nothing,
  ThisExpression: nothing,
  Super: nothing,
  JSXIdentifier: nothing,
  JSXText: nothing,
  BreakStatement: nothing,
  ContinueStatement: nothing,
  ExportAllDeclaration: nothing,
  LabeledStatement: (node, at, reading) => reading.enter(node.body, at),

  MemberExpression: (node, at, reading) => {
    reading.enter(node.object, at);
    if (node.computed) reading.enter(node.property, at);
    const name = plainKey(node);
    if (name !== undefined) reading.member(name, at);
  },
  MetaProperty: (node, at, reading) => {
    if (node.meta.name === "import") reading.moduleForm(at);
  },
  ImportExpression: (node, at, reading) => {
    reading.moduleForm(at);
    reading.enter(node.source, at);
    reading.enter(node.options, at);
  },
  Property: keyAndValue,
  MethodDefinition: keyAndValue,
  PropertyDefinition: (node, at, reading) => {
    if (node.declare !== true) keyAndValue(node, at, reading);
  },
  AccessorProperty: keyAndValue,

  FunctionDeclaration: functionRule,
  FunctionExpression: functionRule,
  ArrowFunctionExpression: (node, at, reading) => {
    const inside: Site = { node, parent: at.parent, scope: reading.open(at.scope) };
    for (const parameter of node.params) declareParameter(parameter, inside, reading);
    enterBody(node.body, inside, reading);
  },
  ClassDeclaration: classRule,
  ClassExpression: classRule,

  VariableDeclaration: (node, at, reading) => {
    if (node.declare === true) return;
    const scope = node.kind === "var" ? varScope(at.scope) : at.scope;
    for (const declarator of node.declarations) {
      const declaratorAt: Site = { node: declarator, parent: at, scope: at.scope };
      declarePattern(declarator.id, declaratorAt, { scope, reading });
      reading.enter(declarator.init, declaratorAt);
    }
  },

  BlockStatement: inItsOwnScope,
  ForStatement: inItsOwnScope,
  ForInStatement: inItsOwnScope,
  ForOfStatement: inItsOwnScope,
  StaticBlock: withItsVars,
  TSModuleBlock: withItsVars,
  SwitchStatement: (node, at, reading) => {
    const scope = reading.open(at.scope);
    reading.enter(node.discriminant, at);
    for (const one of node.cases) reading.enter(one, at, scope);
  },
  CatchClause: (node, at, reading) => {
    const scope = reading.open(at.scope);
    if (node.param !== null) declarePattern(node.param, { ...at, scope }, { scope, reading });
    reading.enter(node.body, at, scope);
  },

  ImportDeclaration: (node, at, reading) => {
    if (node.importKind === "type") return;
    for (const specifier of node.specifiers) {
      if (specifier.type === "ImportSpecifier" && specifier.importKind === "type") continue;
      const specifierAt: Site = { node: specifier, parent: at, scope: at.scope };
      reading.declare(specifier.local.name, specifierAt, at.scope);
    }
  },
  ExportNamedDeclaration: (node, at, reading) => {
    if (node.source !== null || node.exportKind === "type") return;
    reading.enter(node.declaration, at);
    for (const specifier of node.specifiers) reading.enter(specifier, at);
  },
  ExportSpecifier: (node, at, reading) => {
    if (node.exportKind !== "type") reading.enter(node.local, at);
  },

  TSEnumDeclaration: (node, at, reading) => {
    if (node.declare) return;
    reading.declare(node.id.name, at, at.scope);
    const scope = reading.open(at.scope);
    for (const member of node.body.members) {
      const memberAt: Site = { node: member, parent: at, scope };
      if (member.id.type === "Identifier") reading.declare(member.id.name, memberAt, scope);
      reading.enter(member.initializer, memberAt, scope);
    }
  },
  TSModuleDeclaration: (node, at, reading) => {
    if (node.declare || node.global || !isInstantiated(node.body)) return;
    let name: Node = node.id;
    while (name.type === "TSQualifiedName") name = name.left;
    if (name.type === "Identifier") reading.declare(name.name, at, at.scope);
    reading.enter(node.body, at);
  },
  TSImportEqualsDeclaration: (node, at, reading) => {
    if (node.importKind === "type") return;
    reading.declare(node.id.name, at, at.scope);
    reading.enter(node.moduleReference, at);
  },
  TSQualifiedName: (node, at, reading) => reading.enter(node.left, at),
};
