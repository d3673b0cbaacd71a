/**
 * The modules that node has under a bare name. A list of our own, because the one that node gives
 * differs with its version, and a tree must give the same answer on each. Those that are newer than
 * the `node:` prefix need it.
 */
const bareBuiltins = new Set(
  `assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel
  dns domain events fs http http2 https inspector module net os path perf_hooks process punycode
  querystring readline repl stream string_decoder sys timers tls trace_events tty url util v8 vm wasi
  worker_threads zlib`.split(/\s+/),
);

/** Subpaths that are modules too. */
const bareSubpaths = new Set(
  `assert/strict dns/promises fs/promises inspector/promises path/posix path/win32 readline/promises
  stream/consumers stream/promises stream/web timers/promises util/types`.split(/\s+/),
);

/** `node:fs` for `fs`, `node:fs` and `fs/promises`; undefined: it is none of node's. */
export function builtinName(specifier: string): string | undefined {
  if (specifier.startsWith("node:")) return withoutSubpath(specifier);
  const slash = specifier.indexOf("/");
  if (slash < 0) return bareBuiltins.has(specifier) ? `node:${specifier}` : undefined;
  return bareSubpaths.has(specifier) ? `node:${specifier.slice(0, slash)}` : undefined;
}

function withoutSubpath(specifier: string): string {
  const slash = specifier.indexOf("/");
  return slash < 0 ? specifier : specifier.slice(0, slash);
}
