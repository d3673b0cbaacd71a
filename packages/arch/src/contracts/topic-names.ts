/** Topics that Kafka refuses to create, where there is a Kafka profile to create them by. */
import { locationAt } from "../documents/document-findings.js";
import { pointerTo } from "../documents/json-position.js";
import type { ContractSession } from "./contract-session.js";
import type { TopicContracts } from "./msg-contracts.js";

const lengthMax = 249;
const internal: ReadonlySet<string> = new Set(["__consumer_offsets", "__transaction_state"]);

export function checkKafkaTopicNames(
  session: ContractSession,
  { index, document, enforce }: TopicContracts,
): void {
  const known = new Map<string, string>();
  for (const [position, { id }] of index.topics.entries()) {
    const problem = nameProblem(id) ?? collision(id, known);
    if (problem === undefined) continue;
    const loc = locationAt(document, pointerTo("topics", position, "id"));
    const message = `Kafka refuses this topic: ${problem}`;
    session.report({ code: "E_ARCH_KAFKA_TOPIC_NAME", message, loc, data: { topic: id } }, enforce);
  }
}

function nameProblem(id: string): string | undefined {
  if (id === "." || id === "..") return "its name is . or ..";
  if (id.length > lengthMax) return `its name has more than ${lengthMax} characters`;
  if (!/^[a-zA-Z0-9._-]+$/.test(id)) return "its name has others than letters, digits, . _ -";
  return internal.has(id) ? "its name is that of an internal topic" : undefined;
}

/** Metrics write both `.` and `_` as `_`, so Kafka takes the first of two such topics alone. */
function collision(id: string, known: Map<string, string>): string | undefined {
  const written = id.replaceAll(".", "_");
  const other = known.get(written);
  known.set(written, other ?? id);
  return other === undefined || other === id ? undefined : `its name collides with ${other}`;
}
