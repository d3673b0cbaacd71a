export type { BrokerNode } from "./broker-node.js";
export type { FleetOptions } from "./open-fleet.js";
export { openFleet } from "./open-fleet.js";
export { freePort, portOwner } from "./ports.js";
export { identityOf, isSameProcess } from "./process-identity.js";
export type { RunningBroker } from "./start-broker.js";
export { startBroker } from "./start-broker.js";
