/** Every law, in the order in which a new driver had best be made to obey them. */
import type { Law } from "./law.js";
import { closingLaws } from "./laws/closing.js";
import { contentLaws } from "./laws/content.js";
import { deadLetterLaws } from "./laws/dead-letter.js";
import { deliveryLaws } from "./laws/delivery.js";
import { observingLaws } from "./laws/observing.js";
import { publishingLaws } from "./laws/publishing.js";
import { settlingLaws } from "./laws/settling.js";
import { waitingLaws } from "./laws/waiting.js";

export const laws: readonly Law[] = [
  ...deliveryLaws,
  ...contentLaws,
  ...settlingLaws,
  ...deadLetterLaws,
  ...waitingLaws,
  ...publishingLaws,
  ...closingLaws,
  ...observingLaws,
];
