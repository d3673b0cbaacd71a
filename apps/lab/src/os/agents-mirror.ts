/** The mirror of a run of agents: shows each message, and gives people the time to read it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { AmpKeyring, AmpMessage } from "@reprise/msg-amp";
import type { Driver } from "@reprise/msg-core";
import { startMirror } from "@reprise/msg-mirror/os";
import { mirrorHost } from "./profiles.js";

export interface AgentsMirror {
  readonly url: string;
  /** Shows what passes from here on. */
  watch(driver: Driver): void;
  /** Waits between two messages; less where `signal` ends the run, which sees that for itself. */
  pace(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

const paceMs = 120;

/** Rejects with MirrorError. */
export async function openAgentsMirror(port: number, verifier: AmpKeyring): Promise<AgentsMirror> {
  const mirror = await startMirror({
    port,
    host: mirrorHost,
    // What is shown need not be a message: the ring takes anything.
    signatureOf: (message) => verifier.verify(message as AmpMessage).state,
  });
  return {
    url: mirror.url,
    watch: (driver) => void driver.observe(mirror.observer({ source: driver.endpoint })),
    pace: (signal) => sleep(paceMs, undefined, { signal }).catch(() => undefined),
    close: mirror.close,
  };
}
