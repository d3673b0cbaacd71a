/** For driver tests under vitest. */
export { describeDriver } from "./os/describe-driver.js";
export type { Harness, Stage, StageGroup, SubjectLimits } from "./subject.js";
