/**
 * `npm run test:outages`: starts brokers of its own, kills, pauses and floods them. Needs RabbitMQ,
 * Redis, Java and Maven on this machine, and takes minutes. With arguments: those test files only.
 */
import { run, setup } from "./setup.mjs";

setup();
const args = process.argv.slice(2);
process.exit(run("vitest", ["run", "--config", "vitest.outage.config.ts", ...args]));
