export { openKafkaDriver } from "./driver.js";
