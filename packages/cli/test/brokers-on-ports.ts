/** `reprise brokers` on ports of a test: `node brokers-on-ports.mjs PORTS up redis`, PORTS being JSON. */
import { openFleet } from "@reprise/brokers/os";
import { createBrokersGroup } from "../src/os/brokers-group.js";
import { processHost } from "../src/os/host.js";
import { main } from "../src/os/main.js";

const [node = "", script = "", ports = "", ...args] = process.argv;
const group = createBrokersGroup((cwd) => openFleet({ cwd, ports: JSON.parse(ports) }));
process.exitCode = await main([node, script, "brokers", ...args], processHost(), [group]);
