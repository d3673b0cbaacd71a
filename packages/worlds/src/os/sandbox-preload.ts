/** What the launcher has node load before a program. To be imported by nobody: it takes its orders from a pipe. */
export { guardedBy } from "./sandbox-start.js";
