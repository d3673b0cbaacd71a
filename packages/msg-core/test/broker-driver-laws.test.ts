/**
 * Goal: the shell of the real drivers obeys every law, whatever its link is.
 * Method: the suite of @reprise/msg-conformance, on a link to a broker in an array.
 */
// arch-allow E_ARCH_DEPENDENCY_UNDECLARED: it depends on msg-core; declared, it would close a circle
import { describeDriver } from "@reprise/msg-conformance/vitest";
import { deadLetterHeaders } from "@reprise/msg-core";
import { createFakeBroker, openFakeDriver } from "./fake-link.ts";

const topics = ["orders", "orders.dead-letter"];

describeDriver("the shell of broker drivers", {
  limits: { batchSizeMax: 1000, valueSizeMax: 70_000, roomMax: "none" },
  patienceMs: 1000,
  quietMs: 5,
  async stage() {
    const broker = createFakeBroker(topics);
    const letters = await openFakeDriver(broker, {
      group: "letters",
      options: { topics: ["orders.dead-letter"] },
    });
    const open = (group: string) => openFakeDriver(broker, { group });
    return {
      topic: "orders",
      unknownTopic: "unheard-of",
      open,
      openElsewhere: () => open("first"),
      openDeadLetter: async () => letters,
      reasonOf: ({ headers }) => headers[deadLetterHeaders.reason],
      end: () => letters.close(),
    };
  },
});
