/**
 * Writes down what a package offers: for every entry, each exported declaration without its
 * docstrings, sorted by name, then the declarations they name but that are not exported themselves.
 *
 * A symbol that two entries export is declared under the first and re-exported under the other. The
 * text depends only on the declarations: not on chunk names, not on their order, not on the names
 * that the bundler invented for two things of the same name.
 */
import ts from "typescript";
import { openDeclarations } from "./declarations.mjs";

/** @typedef {import("./declarations.mjs").Declarations} Declarations */
/** @typedef {import("./declarations.mjs").Target} Target */
/** @typedef {{ subpath: string, file: string }} Entry subpath as a user imports it: `@reprise/obs/os` */

/**
 * @typedef {object} Surface one entry, while it is written
 * @property {Declarations} declarations
 * @property {string} subpath
 * @property {ReadonlyMap<string, { subpath: string, name: string }>} owners the entry that declares a symbol, by key
 * @property {Map<string, string>} names the name a symbol bears in this entry, by key
 * @property {Set<string>} taken
 * @property {Set<string>} imports lines
 * @property {Target[]} hidden declared here, not exported, in order of discovery
 */

const printer = ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed });

/**
 * @param {string} packageName
 * @param {readonly Entry[]} entries
 * @param {(file: string) => string | undefined} read
 * @returns {string}
 */
export function renderReport(packageName, entries, read) {
  const declarations = openDeclarations(read);
  const sorted = [...entries].sort((a, b) => compare(a.subpath, b.subpath));
  const owners = new Map();
  for (const { subpath, file } of sorted) {
    for (const [name, target] of sortedSurface(declarations, file)) {
      if (!owners.has(keyOf(target))) owners.set(keyOf(target), { subpath, name });
    }
  }
  const blocks = sorted.map(({ subpath, file }) => {
    const body = renderEntry({ declarations, subpath, file, owners });
    return `## ${subpath}\n\n\`\`\`ts\n${body}\n\`\`\`\n`;
  });
  const intro = "Written by `node tools/tidy/tidy.mjs --write` from the built declarations.";
  return [`# ${packageName}\n`, `${intro}\n`, ...blocks].join("\n");
}

/**
 * @param {{ declarations: Declarations, subpath: string, file: string, owners: Surface["owners"] }} asked
 * @returns {string}
 */
function renderEntry({ declarations, subpath, file, owners }) {
  const exported = sortedSurface(declarations, file);
  /** @type {Surface} */
  const surface = {
    declarations,
    subpath,
    owners,
    names: new Map(),
    taken: new Set(exported.map(([name]) => name)),
    imports: new Set(),
    hidden: [],
  };
  for (const [name, target] of exported) {
    if (!surface.names.has(keyOf(target))) surface.names.set(keyOf(target), name);
  }
  const shown = exported.map(([name, target]) => renderExport(surface, name, target));
  /** @type {[string, string][]} */
  const hidden = [];
  for (const target of surface.hidden) {
    hidden.push([nameOf(surface, target), renderDeclaration(surface, target, "")]);
  }
  hidden.sort(([a], [b]) => compare(a, b));
  const parts = [
    [...surface.imports].sort(compare).join("\n"),
    shown.join("\n\n"),
    hidden.length === 0 ? "" : "// Named above, not exported.",
    hidden.map(([, text]) => text).join("\n\n"),
  ];
  return parts.filter((part) => part !== "").join("\n\n");
}

/**
 * @param {Surface} surface
 * @param {string} name
 * @param {Target} target
 * @returns {string}
 */
function renderExport(surface, name, target) {
  if (target.kind === "outside") {
    if (name.startsWith("* ")) return `export * from "${target.specifier}";`;
    if (target.name === "*") return `export * as ${name} from "${target.specifier}";`;
    return `export { ${renamed(target.name, name)} } from "${target.specifier}";`;
  }
  const owner = surface.owners.get(keyOf(target));
  if (owner !== undefined && owner.subpath !== surface.subpath) {
    return `export { ${renamed(owner.name, name)} } from "${owner.subpath}";`;
  }
  const declaredAs = nameOf(surface, target);
  if (declaredAs !== name) return `export { ${renamed(declaredAs, name)} };`;
  return renderDeclaration(surface, target, "export ");
}

/**
 * @param {Surface} surface
 * @param {Target} target a declaration of this package
 * @param {"export " | ""} prefix
 * @returns {string}
 */
function renderDeclaration(surface, target, prefix) {
  if (target.kind === "outside") return "";
  const module = surface.declarations.open(target.file);
  const nodes = module.declared.get(target.name) ?? [];
  const texts = nodes.map((node) => {
    const { transformed } = ts.transform(node, [(context) => renamer(surface, context)]);
    const text = printer.printNode(ts.EmitHint.Unspecified, transformed[0] ?? node, module.source);
    if (ts.isVariableDeclaration(node)) return `${prefix}declare ${keywordOf(node)} ${text};`;
    const bare = text.replace(/^(export )?(default )?(declare )?/, "");
    return `${prefix}${/^(interface|type)\b/.test(bare) ? "" : "declare "}${bare}`;
  });
  return texts.join("\n");
}

/**
 * Replaces every identifier that names a symbol by the name the symbol bears in this entry.
 *
 * @param {Surface} surface
 * @param {ts.TransformationContext} context
 * @returns {ts.Transformer<ts.Node>}
 */
function renamer(surface, context) {
  /** @param {ts.Node} node @returns {ts.Node} */
  const visit = (node) => {
    if (!ts.isIdentifier(node)) return ts.visitEachChild(node, visit, context);
    if (isOwnName(node) || isTypeParameter(node)) return node;
    const target = surface.declarations.resolve(node.getSourceFile().fileName, node.text);
    return target === undefined ? node : context.factory.createIdentifier(nameOf(surface, target));
  };
  return visit;
}

/**
 * The name of a symbol in this entry; a symbol met for the first time gets one, and an import or a
 * place among the hidden declarations.
 *
 * @param {Surface} surface
 * @param {Target} target
 * @returns {string}
 */
function nameOf(surface, target) {
  const key = keyOf(target);
  const known = surface.names.get(key);
  const owner = surface.owners.get(key);
  const isElsewhere = target.kind === "outside" || (owner && owner.subpath !== surface.subpath);
  const plain = plainName(target, owner?.name);
  const name = known ?? freshName(surface.taken, plain);
  surface.names.set(key, name);
  if (isElsewhere) {
    const specifier = target.kind === "outside" ? target.specifier : owner?.subpath;
    const clause = target.name === "*" ? `* as ${name}` : `{ ${renamed(plain, name)} }`;
    surface.imports.add(`import ${clause} from "${specifier}";`);
  } else if (known === undefined) surface.hidden.push(target);
  return name;
}

/**
 * @param {Target} target
 * @param {string | undefined} ownerName
 */
function plainName(target, ownerName) {
  if (ownerName !== undefined) return ownerName;
  if (target.kind === "here") return target.name.replace(/\$\d+$/, "");
  return target.name === "*" ? target.specifier.replace(/\W+(\w)?/g, "_$1") : target.name;
}

/**
 * @param {Set<string>} taken
 * @param {string} plain
 */
function freshName(taken, plain) {
  let name = plain;
  for (let count = 2; taken.has(name); count += 1) name = `${plain}$${count}`;
  taken.add(name);
  return name;
}

/**
 * Whether an identifier is the name of a member or parameter, which nobody outside can mean.
 *
 * @param {ts.Identifier} node
 */
function isOwnName(node) {
  const { parent } = node;
  if (ts.isQualifiedName(parent)) return parent.right === node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isTypePredicateNode(parent)) return parent.parameterName === node;
  if (ts.isImportTypeNode(parent)) return true;
  const named = /** @type {ts.NamedDeclaration} any node may be asked for a name */ (parent);
  return named.name === node && !isTopLevel(parent);
}

/** @param {ts.Node} node */
function isTopLevel(node) {
  const holder = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return ts.isSourceFile(holder.parent);
}

/**
 * Whether an identifier means a type parameter of a declaration around it.
 *
 * @param {ts.Identifier} node
 */
function isTypeParameter(node) {
  for (let around = node.parent; around !== undefined; around = around.parent) {
    const { typeParameters } =
      /** @type {{ typeParameters?: ts.NodeArray<ts.TypeParameterDeclaration> }} */ (
        /** @type {unknown} a declaration without type parameters has no such key */ (around)
      );
    if (typeParameters?.some(({ name }) => name.text === node.text)) return true;
    if (ts.isMappedTypeNode(around) && around.typeParameter.name.text === node.text) return true;
    if (ts.isConditionalTypeNode(around) && infers(around.extendsType, node.text)) return true;
  }
  return false;
}

/**
 * @param {ts.Node} node
 * @param {string} name
 * @returns {boolean}
 */
function infers(node, name) {
  if (ts.isInferTypeNode(node) && node.typeParameter.name.text === name) return true;
  return ts.forEachChild(node, (child) => infers(child, name) || undefined) ?? false;
}

/** @param {ts.VariableDeclaration} node */
function keywordOf(node) {
  if (node.parent.flags & ts.NodeFlags.Const) return "const";
  return node.parent.flags & ts.NodeFlags.Let ? "let" : "var";
}

/**
 * @param {Declarations} declarations
 * @param {string} file
 */
function sortedSurface(declarations, file) {
  return [...declarations.surface(file)].sort(([a], [b]) => compare(a, b));
}

/** @param {Target} target */
function keyOf(target) {
  return `${target.kind === "here" ? target.file : target.specifier}#${target.name}`;
}

/**
 * @param {string} from
 * @param {string} to
 */
function renamed(from, to) {
  return from === to ? from : `${from} as ${to}`;
}

/**
 * By code unit, so that no machine's locale matters.
 *
 * @param {string} a
 * @param {string} b
 */
function compare(a, b) {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
