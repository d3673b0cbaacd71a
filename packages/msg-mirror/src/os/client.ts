/**
 * One connected client: its WebSocket, its session, its buffer.
 *
 * Nothing here waits. Who is too slow, or breaks the rules, is told why with a close code, behind
 * what is held for it, and cut off after `patienceMs` if it does not take that.
 */
import type { Duplex } from "node:stream";
import type { RawData, WebSocket } from "ws";
import { type CloseCode, closeCodes } from "../close-codes.js";
import type { ServerFrame } from "../frame.js";
import type { MirrorLimits } from "../options.js";
import { createSession, type SessionStep } from "../session.js";
import type { Subscription } from "../subscription.js";
import { bytesOf, createFrameWriter } from "./frame-writer.js";

/** A client as `clients()` shows it. */
export interface MirrorClient {
  /** From 1, in the order of connecting. */
  readonly id: number;
  /** Its address and port. */
  readonly address: string;
  /** Null: all. */
  readonly streams: readonly string[] | null;
  readonly types: readonly string[] | null;
  /** Frames that were sent to it. */
  readonly sent: number;
  /** What waits to be written to it. */
  readonly bufferedFrames: number;
  readonly bufferedBytes: number;
}

export interface Client {
  readonly isIn: boolean;
  readonly subscription: Subscription;
  /** Takes its place and is greeted: its token is right, or none is asked for. */
  admit(): void;
  tell(frame: ServerFrame): void;
  /** The same bytes may be given to many clients. They leave at `flush`. */
  send(frame: Uint8Array): void;
  flush(): void;
  /** Pings it, or drops it if it has not answered the last one. */
  beat(frame: Uint8Array): void;
  end(code: CloseCode): void;
  show(): MirrorClient;
}

/** How it came, and what it needs of the others. */
export interface ClientContext {
  readonly id: number;
  readonly address: string;
  readonly limits: MirrorLimits;
  readonly isToken: (token: string) => boolean;
  /** What it is told when it is let in. */
  readonly greeting: () => ServerFrame;
  /** Takes a place, if there is one. */
  readonly takePlace: () => boolean;
  readonly gone: () => void;
}

export function createClient(ws: WebSocket, socket: Duplex, context: ClientContext): Client {
  const { id, address, limits, isToken } = context;
  const session = createSession({ isToken, framesPerSecondMax: limits.clientFramesPerSecondMax });
  const patience = createPatience(limits.patienceMs);
  const end = ({ code, reason }: CloseCode): void => {
    if (!session.end()) return;
    writer.close();
    ws.close(code, reason);
    patience.start(() => ws.terminate());
  };
  const writer = createFrameWriter(ws, socket, { limits, full: () => end(closeCodes.tooSlow) });
  const pulse = createPulse(ws);

  const tell = (frame: ServerFrame): void => {
    writer.write(bytesOf(frame));
    writer.flush();
  };
  const admit = (): void => {
    if (!context.takePlace()) {
      end(closeCodes.full);
      return;
    }
    session.admit();
    patience.stop();
    tell(context.greeting());
  };
  const follow = (step: SessionStep): void => {
    if (step.act === "admit") admit();
    else if (step.act === "confirm") tell({ frame: "subscribed", ...lists(session.subscription) });
    else if (step.act === "end") end(step.code);
    else if (step.act === "cut") ws.terminate();
  };

  patience.start(() => end(closeCodes.unauthorized));
  listen(ws, {
    frame: (text) => follow(session.frame(text, performance.now())),
    control: () => follow(session.control(performance.now())),
    answered: pulse.answered,
    // `ws` has then closed by itself, after a breach of the protocol: 1002, 1007, 1009.
    broken: () => patience.start(() => ws.terminate()),
    gone: () => {
      session.end();
      writer.close();
      patience.stop();
      context.gone();
    },
  });

  return {
    get isIn() {
      return session.state === "in";
    },
    get subscription() {
      return session.subscription;
    },
    admit,
    tell,
    send: writer.write,
    flush: writer.flush,
    beat(frame) {
      if (session.state !== "in") return;
      if (pulse.ask()) {
        writer.write(frame);
        writer.flush();
      } else ws.terminate();
    },
    end,
    show: () => ({ id, address, ...lists(session.subscription), ...writer.counts() }),
  };
}

function lists({ streams, types }: Subscription): Pick<MirrorClient, "streams" | "types"> {
  return { streams: streams ?? null, types: types ?? null };
}

/** Whether the other end still answers. */
interface Pulse {
  answered(): void;
  /** Asks again; false if the last question was not answered. */
  ask(): boolean;
}

function createPulse(ws: WebSocket): Pulse {
  let isAnswered = true;
  return {
    answered() {
      isAnswered = true;
    },
    ask() {
      if (!isAnswered) return false;
      isAnswered = false;
      ws.ping();
      return true;
    },
  };
}

interface Hearing {
  /** Undefined: it was binary. */
  frame(text: string | undefined): void;
  control(): void;
  answered(): void;
  broken(): void;
  gone(): void;
}

function listen(ws: WebSocket, hearing: Hearing): void {
  ws.on("message", (data: RawData, isBinary) => {
    hearing.frame(isBinary ? undefined : data.toString());
  });
  ws.on("ping", () => hearing.control());
  ws.on("pong", () => {
    hearing.answered();
    hearing.control();
  });
  ws.on("error", () => hearing.broken());
  ws.on("close", () => hearing.gone());
}

interface Patience {
  start(ended: () => void): void;
  stop(): void;
}

/** The timer of a client that must do something soon: one at a time. */
function createPatience(ms: number): Patience {
  let timer: NodeJS.Timeout | undefined;
  return {
    start(ended) {
      clearTimeout(timer);
      timer = setTimeout(ended, ms);
    },
    stop() {
      clearTimeout(timer);
    },
  };
}
