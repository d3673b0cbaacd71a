export type { Law } from "./law.js";
export { LawBroken, trialPatience } from "./law.js";
export { laws } from "./laws.js";
export type {
  Abort,
  Harness,
  Stage,
  StageGroup,
  Subject,
  SubjectLimits,
} from "./subject.js";
