export { openRedisDriver } from "./driver.js";
export { openRedisStreams } from "./streams.js";
