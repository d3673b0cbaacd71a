export { openAmqpDriver } from "./driver.js";
