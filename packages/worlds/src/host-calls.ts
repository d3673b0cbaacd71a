/**
 * What a host (node, a browser, a worker, Deno, Bun) puts into the global object, and that reaches
 * outside. Any use of these counts. What a host gives that touches nothing is not here:
 * `structuredClone`, `queueMicrotask` (the order of microtasks is as fixed as that of promises),
 * `TextEncoder`, `URL`, `atob`, `AbortController`, `Blob`, `Response`.
 */
import { ambientAdvice } from "./ambient-advice.js";
import type { AmbientCall } from "./ambient-call.js";
import type { Capability } from "./capability.js";

const row = (
  capability: Capability,
  instead: string,
  atRunTime: AmbientCall["atRunTime"] = "refused",
) => {
  return (name: string): AmbientCall => ({ name, capability, counts: "any", instead, atRunTime });
};

const { clock, randomness: draw, timer: later, environment: given, network: port } = ambientAdvice;

const hash = `${draw}; for a hash, a library in plain JavaScript`;

export const hostCalls: readonly AmbientCall[] = [
  row("clock", clock, "answered")("performance.now"),
  row("clock", clock, "passed")("performance"),
  row("clock", clock)("performance.timeOrigin"),
  ...["process.hrtime", "process.hrtime.bigint"].map(row("clock", clock, "answered")),
  ...["process.uptime", "process.cpuUsage", "PerformanceObserver"].map(row("clock", clock)),

  ...["crypto.getRandomValues", "crypto.randomUUID"].map(row("randomness", draw, "answered")),
  row("randomness", hash, "passed")("crypto"),
  row("randomness", hash)("crypto.subtle"),

  ...[
    "setTimeout",
    "setInterval",
    "setImmediate",
    "clearTimeout",
    "clearInterval",
    "clearImmediate",
    "requestAnimationFrame",
    "cancelAnimationFrame",
    "requestIdleCallback",
    "cancelIdleCallback",
    "scheduler",
    "AbortSignal.timeout",
  ].map(row("timer", later)),
  // Its order is as fixed as that of promises, and node's own streams use it.
  row("timer", later, "passed")("process.nextTick"),

  row("environment", given, "passed")("process"),
  ...[
    "process.env",
    "process.argv",
    "process.cwd",
    "process.platform",
    "process.version",
    "process.versions",
    "process.memoryUsage",
    "navigator",
    "location",
    "document",
    "history",
    "screen",
    "matchMedia",
    "Bun",
    "Deno",
  ].map(row("environment", given)),
  row("environment", "return, or throw")("process.exit"),
  ...["__dirname", "__filename"].map(row("environment", given, "unseen")),

  ...["console", "process.stdout", "process.stderr"].map(
    row("output", ambientAdvice.output, "passed"),
  ),
  ...["alert", "confirm", "prompt", "Notification", "process.stdin"].map(row("output", port)),

  ...[
    "fetch",
    "WebSocket",
    "WebSocketStream",
    "EventSource",
    "XMLHttpRequest",
    "WebTransport",
    "RTCPeerConnection",
  ].map(row("network", port)),
  ...["localStorage", "sessionStorage", "indexedDB", "caches", "cookieStore"].map(
    row("files", port),
  ),
  ...[
    "Worker",
    "SharedWorker",
    "ServiceWorker",
    "importScripts",
    "BroadcastChannel",
    "MessageChannel",
    "postMessage",
  ].map(row("threads", port)),

  ...["Buffer.allocUnsafe", "Buffer.allocUnsafeSlow"].map(
    row("memory", "take fresh bytes, which are zero: `new Uint8Array(length)`", "tamed"),
  ),
  ...["process.getBuiltinModule", "process.binding", "process.dlopen"].map(
    row("code", ambientAdvice.code),
  ),
  ...["module.require", "require.resolve", "require.cache", "require.main"].map(
    row("code", "import the module by name", "unseen"),
  ),
];
