/**
 * What an import is called in a report and matched by in a manifest: a module of the workspace by its
 * id, a module of node with `node:`, a package by its specifier - but by its own name where the
 * specifier is an alias, for an alias must not hide what is behind it.
 */
import type { ModuleGraph, ModuleImport } from "../module-graph.js";

export function importName({ target, specifier = "" }: ModuleImport, graph: ModuleGraph): string {
  switch (target.kind) {
    case "module":
      return graph.modules.get(target.path)?.id ?? target.path;
    case "external":
      return externalName(target, specifier);
    case "asset":
      return target.path;
    case "unresolved":
      return specifier;
  }
}

function externalName(
  { name, builtin }: { readonly name: string; readonly builtin: boolean },
  specifier: string,
): string {
  if (builtin) {
    const bare = withoutScheme(name);
    const named = withoutScheme(specifier);
    return `node:${named === bare || named.startsWith(`${bare}/`) ? named : bare}`;
  }
  return specifier === name || specifier.startsWith(`${name}/`) ? specifier : name;
}

function withoutScheme(name: string): string {
  return name.startsWith("node:") ? name.slice(5) : name;
}
