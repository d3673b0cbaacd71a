/** Tells observers what a buffer holds: once for all that has changed since they were told. */
import type { LiveEvent, Observers } from "../observer.js";

type BufferName = Extract<LiveEvent, { type: "buffer" }>["name"];

/** To be called behind each call or batch that may have changed it. */
export type TellBuffer = (messages: number, bytes?: number) => void;

export function createTellBuffer(
  name: BufferName,
  { isObserved, notify }: Pick<Observers, "isObserved" | "notify">,
): TellBuffer {
  let told = { messages: 0, bytes: 0 };
  return (messages, bytes) => {
    if (!isObserved()) return;
    if (messages === told.messages && (bytes ?? 0) === told.bytes) return;
    told = { messages, bytes: bytes ?? 0 };
    notify({ type: "buffer", name, messages, ...(bytes === undefined ? {} : { bytes }) });
  };
}
