export { guardAmbient, inWorld } from "./ambient-guard.js";
export { liveSources } from "./live-sources.js";
export type { SandboxExit, SandboxOptions } from "./sandbox-launch.js";
export { runSandboxed } from "./sandbox-launch.js";
export type { SandboxMark } from "./sandbox-mark.js";
export { insideSandbox } from "./sandbox-mark.js";
export type { RelaunchOptions } from "./sandbox-relaunch.js";
export { relaunchSandboxed } from "./sandbox-relaunch.js";
