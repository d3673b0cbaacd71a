/**
 * Reads built declaration files as a graph: who declares a name, who only passes it on.
 *
 * tsup bundles declarations: an entry's .d.ts holds some itself, takes others from another entry or
 * from a chunk (`errors-Abc123.d.ts`), under names the bundler invented (`Options$1`). A symbol is
 * therefore identified by the file and local name of its declaration; `resolve` and `surface` follow
 * imports and re-exports to it, so that neither chunk names nor invented names reach a report.
 */
import { dirname, join } from "node:path/posix";
import ts from "typescript";
import { parseText } from "./project.mjs";

/**
 * @typedef {object} Module
 * @property {string} file
 * @property {ts.SourceFile} source
 * @property {Map<string, ts.Node[]>} declared by local name; overloads and merged interfaces are several
 * @property {Map<string, { specifier: string, name: string }>} imported by local name; name `*` for the whole module
 * @property {Map<string, { specifier?: string, name: string }>} exported by public name
 * @property {string[]} stars modules exported with `export *`
 */

/** @typedef {{ kind: "here", file: string, name: string } | { kind: "outside", specifier: string, name: string }} Target */

/** @typedef {ReturnType<typeof openDeclarations>} Declarations */

/**
 * @param {(file: string) => string | undefined} read
 */
export function openDeclarations(read) {
  /** @type {Map<string, Module>} */
  const modules = new Map();
  /** @param {string} file */
  const open = (file) => {
    const known = modules.get(file);
    if (known !== undefined) return known;
    const text = read(file);
    if (text === undefined) throw new Error(`${file} does not exist`);
    const module = readModule(parseText(file, text));
    modules.set(file, module);
    return module;
  };

  /**
   * What a local name of a file stands for; undefined for a global such as Promise.
   *
   * @param {string} file
   * @param {string} name
   * @returns {Target | undefined}
   */
  const resolve = (file, name) => {
    const module = open(file);
    if (module.declared.has(name)) return { kind: "here", file, name };
    const imported = module.imported.get(name);
    return imported && follow(file, imported.specifier, imported.name);
  };

  /**
   * @param {string} file
   * @param {string} specifier
   * @param {string} name
   * @returns {Target | undefined}
   */
  const follow = (file, specifier, name) => {
    if (!specifier.startsWith(".")) return { kind: "outside", specifier, name };
    return surface(declarationFile(file, specifier)).get(name);
  };

  /**
   * What a file exports, by public name. `export *` of another package stays `*`.
   *
   * @param {string} file
   * @returns {Map<string, Target>}
   */
  const surface = (file) => {
    /** @type {Map<string, Target>} */
    const names = new Map();
    const module = open(file);
    for (const specifier of module.stars) {
      if (specifier.startsWith(".")) {
        for (const [name, target] of surface(declarationFile(file, specifier)))
          names.set(name, target);
      } else names.set(`* ${specifier}`, { kind: "outside", specifier, name: "*" });
    }
    for (const [publicName, { specifier, name }] of module.exported) {
      const target = specifier === undefined ? resolve(file, name) : follow(file, specifier, name);
      if (target !== undefined) names.set(publicName, target);
    }
    return names;
  };
  return { open, resolve, surface };
}

/**
 * @param {string} from
 * @param {string} specifier
 */
function declarationFile(from, specifier) {
  return join(dirname(from), specifier).replace(/(\.d\.ts|\.js)?$/, ".d.ts");
}

/**
 * @param {ts.SourceFile} source
 * @returns {Module}
 */
function readModule(source) {
  /** @type {Module} */
  const module = {
    file: source.fileName,
    source,
    declared: new Map(),
    imported: new Map(),
    exported: new Map(),
    stars: [],
  };
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement)) readImport(module, statement);
    else if (ts.isExportDeclaration(statement)) readExport(module, statement);
    else readDeclaration(module, statement);
  }
  return module;
}

/**
 * @param {Module} module
 * @param {ts.ImportDeclaration} statement
 */
function readImport(module, { importClause, moduleSpecifier }) {
  const specifier = textOf(moduleSpecifier);
  if (importClause?.name)
    module.imported.set(importClause.name.text, { specifier, name: "default" });
  const bindings = importClause?.namedBindings;
  if (bindings === undefined) return;
  if (ts.isNamespaceImport(bindings)) {
    module.imported.set(bindings.name.text, { specifier, name: "*" });
    return;
  }
  for (const { name, propertyName } of bindings.elements) {
    module.imported.set(name.text, { specifier, name: (propertyName ?? name).text });
  }
}

/**
 * @param {Module} module
 * @param {ts.ExportDeclaration} statement
 */
function readExport(module, { exportClause, moduleSpecifier }) {
  const from = moduleSpecifier && { specifier: textOf(moduleSpecifier) };
  if (exportClause === undefined) {
    if (from) module.stars.push(from.specifier);
  } else if (ts.isNamespaceExport(exportClause)) {
    module.exported.set(exportClause.name.text, { ...from, name: "*" });
  } else {
    for (const { name, propertyName } of exportClause.elements) {
      module.exported.set(name.text, { ...from, name: (propertyName ?? name).text });
    }
  }
}

/**
 * @param {Module} module
 * @param {ts.Statement} statement
 */
function readDeclaration(module, statement) {
  const nodes = ts.isVariableStatement(statement)
    ? [...statement.declarationList.declarations]
    : [statement];
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const exported = modifiers.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  for (const node of nodes) {
    const name = /** @type {ts.NamedDeclaration} every statement left here declares one */ (node)
      .name;
    if (name === undefined || !ts.isIdentifier(name)) continue;
    module.declared.set(name.text, [...(module.declared.get(name.text) ?? []), node]);
    if (exported) module.exported.set(name.text, { name: name.text });
  }
}

/** @param {ts.Expression} node */
function textOf(node) {
  return ts.isStringLiteral(node) ? node.text : "";
}
