/**
 * Those who look on, and what waits to be shown to them: each frame is made once, and the same bytes
 * go to every client that wants them.
 */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { closeCodes } from "../close-codes.js";
import { createFeed, type Feed } from "../feed.js";
import { type HelloFrame, mirrorProtocol, type ServerFrame, timeText } from "../frame.js";
import { frameOf } from "../message-frame.js";
import type { MirrorSettings } from "../options.js";
import { type Sighting, sightingSize } from "../sighting.js";
import { type Client, createClient, type MirrorClient } from "./client.js";
import { bytesOf } from "./frame-writer.js";
import { createTokenCheck } from "./token-check.js";
import { createTurns } from "./turns.js";

export interface Audience {
  /** Whether anybody is let in. */
  readonly isThere: boolean;
  readonly missed: number;
  /** Takes what `see` gives, if there is room; then only is it called. Never throws. */
  offer(see: () => Sighting): void;
  readonly needsToken: boolean;
  isToken(token: string): boolean;
  /** Whether there is a place: for a client, or for one that has yet to show its token. */
  hasPlace(isIn: boolean): boolean;
  welcome(arrival: Arrival): void;
  beat(): void;
  show(): readonly MirrorClient[];
  close(): void;
}

export interface Arrival {
  readonly ws: WebSocket;
  readonly socket: Duplex;
  readonly address: string;
  /** It has shown its token, or needs none. */
  readonly isIn: boolean;
}

export function createAudience(settings: MirrorSettings): Audience {
  const { limits, clock } = settings;
  const feed = createFeed<Sighting>({
    itemsMax: limits.waitingMax,
    bytesMax: limits.waitingBytesMax,
    perSecondMax: limits.messagesPerSecondMax,
  });
  const clients = createClients(settings, feed);
  const program = createProgram(settings, clients.in);
  const wake = createTurns(feed, {
    show: program.show,
    gap: (missed) => sendAll(clients.in, { frame: "gap", missed }),
    flush: () => {
      for (const client of clients.all) client.flush();
    },
  });

  return {
    get isThere() {
      return clients.in.size > 0;
    },
    get missed() {
      return feed.missed;
    },
    offer(see) {
      if (feed.hasRoom(performance.now())) {
        try {
          const sighting = see();
          feed.add(sighting, sightingSize(sighting));
        } catch {
          feed.miss();
        }
      }
      wake();
    },
    needsToken: settings.token !== undefined,
    isToken: clients.isToken,
    hasPlace: clients.hasPlace,
    welcome: clients.welcome,
    beat() {
      const { missed } = feed;
      const time = timeText(clock());
      const bytes = bytesOf({ frame: "beat", time, seq: program.seq, missed });
      for (const client of clients.all) client.beat(bytes);
    },
    show: () => [...clients.in].filter((client) => client.isIn).map((client) => client.show()),
    close() {
      feed.clear();
      clients.close();
    },
  };
}

interface Clients {
  readonly all: ReadonlySet<Client>;
  /** Those that are let in. */
  readonly in: ReadonlySet<Client>;
  isToken(token: string): boolean;
  hasPlace(isIn: boolean): boolean;
  welcome(arrival: Arrival): void;
  close(): void;
}

function createClients(settings: MirrorSettings, feed: Feed<Sighting>): Clients {
  const { limits, clock } = settings;
  const isToken = createTokenCheck(settings.token);
  const all = new Set<Client>();
  const insiders = new Set<Client>();
  let state: "open" | "closed" = "open";
  let lastId = 0;
  const greeting = (client: number): HelloFrame => ({
    frame: "hello",
    protocol: mirrorProtocol,
    time: timeText(clock()),
    client,
    heartbeat_ms: limits.heartbeatMs,
  });
  return {
    all,
    in: insiders,
    isToken,
    hasPlace(isIn) {
      if (state === "closed") return false;
      if (isIn) return insiders.size < limits.clientsMax;
      return all.size - insiders.size < limits.strangersMax;
    },
    welcome({ ws, socket, address, isIn }) {
      lastId += 1;
      const id = lastId;
      const client = createClient(ws, socket, {
        id,
        address,
        limits,
        isToken,
        greeting: () => greeting(id),
        takePlace() {
          if (insiders.size >= limits.clientsMax) return false;
          insiders.add(client);
          return true;
        },
        gone() {
          all.delete(client);
          insiders.delete(client);
          if (insiders.size === 0) feed.clear();
        },
      });
      all.add(client);
      if (isIn) client.admit();
      else client.tell({ frame: "locked", protocol: mirrorProtocol });
    },
    close() {
      state = "closed";
      for (const client of all) client.end(closeCodes.goingAway);
    },
  };
}

interface Program {
  /** The last number that was given. */
  readonly seq: number;
  show(sighting: Sighting): void;
}

function createProgram(settings: MirrorSettings, clients: ReadonlySet<Client>): Program {
  const { bodySizeMax } = settings.limits;
  const { signatureOf } = settings;
  let seq = 0;
  return {
    get seq() {
      return seq;
    },
    show(sighting) {
      const frame = frameOf(sighting, { seq: seq + 1, bodySizeMax, signatureOf });
      seq += 1;
      if (frame.frame === "broker") {
        sendAll(clients, frame);
        return;
      }
      let bytes: Uint8Array | undefined;
      for (const client of clients) {
        if (!client.subscription.matches(frame.stream, frame.amp?.type)) continue;
        bytes ??= bytesOf(frame);
        client.send(bytes);
      }
    },
  };
}

function sendAll(clients: ReadonlySet<Client>, frame: ServerFrame): void {
  const bytes = bytesOf(frame);
  for (const client of clients) client.send(bytes);
}
