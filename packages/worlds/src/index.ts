export type { AmbientCall } from "./ambient-call.js";
export { ambientCalls, ambientMember, globalObjects } from "./ambient-calls.js";
export type { AmbientSources, ClockCall, EntropyCall } from "./ambient-sources.js";
export { isCalendar } from "./ambient-sources.js";
export type { Capability } from "./capability.js";
export { capabilities, isCapability } from "./capability.js";
export { capabilityOfExternal } from "./external.js";
export type { SandboxOverrides } from "./sandbox-overrides.js";
export { applyOverrides } from "./sandbox-overrides.js";
export type {
  SandboxFiles,
  SandboxHost,
  SandboxLimits,
  SandboxNetwork,
  SandboxPolicy,
  SandboxProcesses,
  SandboxTime,
} from "./sandbox-policy.js";
export { readSandboxPolicy } from "./sandbox-policy.js";
export type { World, WorldRow } from "./world.js";
export { isWorld, mayDependOn, mayReach, worlds } from "./world.js";
export type { WorldErrorCode, WorldErrorDetails, WorldFault } from "./world-error.js";
export { WorldError } from "./world-error.js";
