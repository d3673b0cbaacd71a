export type { MirrorClient } from "./client.js";
export type { Mirror, ObserverOptions } from "./mirror.js";
export { startMirror } from "./mirror.js";
