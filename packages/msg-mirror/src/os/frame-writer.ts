/**
 * Hands frames to one client's socket, as far as its buffer goes. The socket is corked by the first
 * frame and uncorked by `flush`, so that all of a turn leaves with one system call.
 */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { encodeFrame, type ServerFrame } from "../frame.js";
import type { MirrorLimits } from "../options.js";
import { createOutbox } from "../outbox.js";

export interface FrameWriter {
  write(frame: Uint8Array): void;
  flush(): void;
  /** Nothing more is taken; what is held still leaves. */
  close(): void;
  counts(): { sent: number; bufferedFrames: number; bufferedBytes: number };
}

export interface FrameWriterOptions {
  readonly limits: MirrorLimits;
  /** Called once, when the buffer is full. */
  readonly full: () => void;
}

export function createFrameWriter(
  ws: WebSocket,
  socket: Duplex,
  { limits, full }: FrameWriterOptions,
): FrameWriter {
  const { bufferFramesMax: framesMax, bufferBytesMax: bytesMax } = limits;
  const outbox = createOutbox({ framesMax, bytesMax });
  let isCorked = false;
  return {
    write(frame) {
      const answer = outbox.push(frame.length);
      if (answer === "full") full();
      if (answer !== "send") return;
      if (!isCorked) {
        isCorked = true;
        socket.cork();
      }
      ws.send(frame, { binary: false }, () => outbox.sent(frame.length));
    },
    flush() {
      if (!isCorked) return;
      isCorked = false;
      socket.uncork();
    },
    close: outbox.close,
    counts: () => ({
      sent: outbox.pushed,
      bufferedFrames: outbox.frames,
      bufferedBytes: outbox.bytes,
    }),
  };
}

const text = new TextEncoder();

export function bytesOf(frame: ServerFrame): Uint8Array {
  return text.encode(encodeFrame(frame));
}
