/**
 * A consumer of a process of its own, to be killed: reads as `dying` in group `g`, says each text on
 * stdout, acknowledges those that begin with "done", and holds the rest.
 */
import { openNotes } from "./streams-harness.ts";

const [port = "", stream = ""] = process.argv.slice(2);
const bus = await openNotes(Number(port), { times: { claimIdleMs: 300, claimEveryMs: 50 } });
for await (const entry of bus.streamIterate([stream], { group: "g", consumer: "dying" })) {
  if (entry.message.text.startsWith("done")) await bus.acknowledge([entry]);
  process.stdout.write(`${entry.message.text}\n`);
}
