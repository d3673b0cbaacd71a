/**
 * What every stream bus does, as data: one list of laws, for Redis and for memory. The comments of
 * `StreamBus` in msg-core are what they are taken from.
 */
import { adding, readingAlone } from "./stream-laws-alone.ts";
import { besides, iterating, malformed } from "./stream-laws-besides.ts";
import { readingInGroups } from "./stream-laws-groups.ts";
import type { StreamLaw } from "./stream-stage.ts";

export const streamLaws: Readonly<Record<string, readonly StreamLaw[]>> = {
  adding,
  "reading alone": readingAlone,
  "reading in groups": readingInGroups,
  iterating,
  malformed,
  besides,
};
