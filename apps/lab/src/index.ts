export { createAggregate } from "./aggregate.js";
export type { OutputName, Progress, Run, RunOutputs } from "./run.js";
export { outputNames, run } from "./run.js";
export type { RunFacts } from "./run-facts.js";
export { factsEntry, factsOf } from "./run-facts.js";
export { messagesMax, seedMax } from "./run-limits.js";
export type { Clock } from "./virtual-clock.js";
export { createVirtualClock } from "./virtual-clock.js";
export { eventTypes, workload, workloadTopic } from "./workload.js";
