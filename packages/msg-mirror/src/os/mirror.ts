/**
 * The mirror: sees what passes through drivers and buses, and sends it to whoever looks on.
 *
 * ```
 * driver --observe--> sighting --> feed --turn--> frame --> each client's socket
 *            bounded copy       bounded      once        bounded
 * ```
 *
 * Left of the feed is the bus's time, and right of it the mirror's (audience.ts): short turns between
 * the program's own. Nothing goes back: full buffers, dead clients and frames that cannot be made
 * end at a counter. With no client, observing is one comparison.
 */
import { type DriverEvent, isLive, type Observer, type RecordedEvent } from "@reprise/msg-core";
import { checkedOptions, type MirrorOptions } from "../options.js";
import { authority } from "../request-guard.js";
import { type StreamEvent, sightingOfEntry, sightingOfEvent, type Viewpoint } from "../sighting.js";
import { createAudience } from "./audience.js";
import type { MirrorClient } from "./client.js";
import { readPageFiles } from "./page-files.js";
import { openServer } from "./server.js";

/** What an observer leaves out, and what it is called. */
export interface ObserverOptions {
  /** Shown beside its messages: a driver's endpoint, an agent. At most 512 characters are shown. */
  readonly source?: string;
  /** The driver's events that are shown. Default: all but live ones, which are no messages. */
  readonly events?: readonly RecordedEvent["type"][];
}

export interface Mirror {
  /** Of the page: `http://127.0.0.1:4711/`. With a token, open it with `#token=...` behind. */
  readonly url: string;
  readonly port: number;
  /** What to give to `driver.observe`. Never throws, never waits. */
  observer(options?: ObserverOptions): Observer;
  /** Sees one event of a driver. Never throws, never waits. */
  observe(event: DriverEvent): void;
  /** What a stream bus calls for each entry it adds or reads. Never throws, never waits. */
  watchStreams(event: StreamEvent): void;
  /** The clients that are let in, the oldest first. */
  clients(): readonly MirrorClient[];
  /** How many messages were left out since the start: beyond a limit, or not to be made a frame of. */
  readonly missed: number;
  /** Ends every client (1001) and the server. Idempotent; resolves when nothing is open any more. */
  close(): Promise<void>;
}

/**
 * Starts a mirror. It keeps the process alive until it is closed.
 *
 * Rejects with MirrorError: OPTIONS_INVALID, TOKEN_REQUIRED, ADDRESS_UNAVAILABLE, PAGE_MISSING.
 */
export async function startMirror(options: MirrorOptions = {}): Promise<Mirror> {
  const settings = checkedOptions(options, Date.now);
  const { bodySizeMax, heartbeatMs } = settings.limits;
  const audience = createAudience(settings);
  const server = await openServer(settings, { pages: await readPageFiles(), audience });
  const heartbeat = setInterval(audience.beat, heartbeatMs);
  let closing: Promise<void> | undefined;

  const viewpoint = (source: string): Viewpoint => ({
    source,
    time: settings.clock(),
    bodySizeMax,
  });
  const see = (event: DriverEvent, source: string): void => {
    if (isLive(event)) return;
    if (audience.isThere) audience.offer(() => sightingOfEvent(event, viewpoint(source)));
  };

  return {
    url: `http://${authority(settings.host, server.port)}/`,
    port: server.port,
    observer({ source = "", events } = {}) {
      const shown = events === undefined ? undefined : new Set<DriverEvent["type"]>(events);
      return (event) => {
        if (shown === undefined || shown.has(event.type)) see(event, source);
      };
    },
    observe: (event) => see(event, ""),
    watchStreams(event) {
      if (audience.isThere) audience.offer(() => sightingOfEntry(event, viewpoint("")));
    },
    clients: audience.show,
    get missed() {
      return audience.missed;
    },
    close() {
      clearInterval(heartbeat);
      audience.close();
      closing ??= server.close();
      return closing;
    },
  };
}
