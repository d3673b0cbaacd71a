export { openRedisDriver } from "./driver.js";
