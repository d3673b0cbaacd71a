export type { Host, TextSink } from "./host.js";
export { main } from "./main.js";
