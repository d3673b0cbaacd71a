export { openCassetteFile } from "./cassette-file.js";
export { cassetteFilePath, cassetteFolder } from "./cassette-location.js";
export type { LoadedPolicy } from "./policy-files.js";
export { loadPolicy } from "./policy-files.js";
export type { WithPolicyOptions } from "./with-policy.js";
export { currentSession, withPolicy } from "./with-policy.js";
