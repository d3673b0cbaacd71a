/** What the shell tells its observers of what comes in: the broker's doings, deliveries, lag. */
import type { Delivery } from "../driver.js";
import type { Observers } from "../observer.js";
import type { Incoming, LinkContext } from "./broker-link.js";

export interface Telling extends Pick<LinkContext<unknown>, "tell" | "lag"> {
  delivered(deliveries: readonly Delivery[]): void;
  /** `shown`: the delivery as the program sees it. */
  revoked<Handle>(
    incomings: readonly Incoming<Handle>[],
    shown: (incoming: Incoming<Handle>) => Delivery,
  ): void;
}

export function createTelling({
  isObserved,
  notify,
}: Pick<Observers, "isObserved" | "notify">): Telling {
  return {
    tell: (name, detail) => notify({ type: "broker", name, detail }),
    lag({ topic, partition }, messages) {
      if (isObserved()) notify({ type: "lag", topic, partition, messages });
    },
    delivered(deliveries) {
      for (const delivery of deliveries) notify({ type: "delivered", delivery });
    },
    revoked(incomings, shown) {
      if (!isObserved()) return;
      for (const incoming of incomings) notify({ type: "revoked", delivery: shown(incoming) });
    },
  };
}
