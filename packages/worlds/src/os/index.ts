export { guardAmbient, inWorld } from "./ambient-guard.js";
export { liveSources } from "./live-sources.js";
