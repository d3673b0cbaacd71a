/** The OS part of the checker: the command, and a check of a folder. */

export type { CheckedRepository } from "./check-repository.js";
export { checkRepository } from "./check-repository.js";
export type { Host, TextSink } from "./host.js";
export { main } from "./main.js";
export type { RunCheckOptions } from "./run-check.js";
