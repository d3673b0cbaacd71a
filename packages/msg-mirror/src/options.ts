/** What a mirror is started with: every option with its default and its limits, checked before anything is made. */
import type { SignatureOf } from "./amp-fields.js";
import { tokenLengthMax } from "./client-frame.js";
import { MirrorError } from "./mirror-error.js";
import { isLoopback } from "./request-guard.js";

/** Whole numbers from 1. */
export interface MirrorLimits {
  /** Clients at a time; one more is refused (503). Default 100. */
  readonly clientsMax: number;
  /** Clients that have not shown their token yet. Default 32. */
  readonly strangersMax: number;
  /** Frames and bytes that wait for one client; one more ends it (4408). Defaults 8,192 and 4 MiB. */
  readonly bufferFramesMax: number;
  readonly bufferBytesMax: number;
  /** Messages sent in a second, and at once after a pause; further ones are a `gap`. Default 5,000. */
  readonly messagesPerSecondMax: number;
  /** What was seen and is not yet sent, in messages and bytes; further ones are a `gap`. 10,000 and 16 MiB. */
  readonly waitingMax: number;
  readonly waitingBytesMax: number;
  /** Bytes of a value that a frame shows; longer ones are cut. Default 64 KiB. */
  readonly bodySizeMax: number;
  /** Bytes of a frame from a client; a longer one ends it (1009). Default 32 KiB. */
  readonly clientFrameSizeMax: number;
  /** Frames a second from a client, pings and pongs included; more end it (4429). Default 20. */
  readonly clientFramesPerSecondMax: number;
  /** How often a client is pinged; one that has not answered by the next time is dropped. Default 10,000. */
  readonly heartbeatMs: number;
  /** How long a client may take to show its token, and to take what is held for it when it is ended. Default 5,000. */
  readonly patienceMs: number;
}

export interface MirrorOptions {
  /** 0 to 65,535; 0 takes a free one. Default 0. */
  readonly port?: number;
  /** A name or address to listen on. Default "127.0.0.1". */
  readonly host?: string;
  /**
   * What clients must show: 16 to 512 printable ASCII characters without spaces. Required unless
   * `host` is loopback.
   */
  readonly token?: string;
  /** Names by which browsers may ask for the mirror, besides `host`, loopback and addresses. */
  readonly allowedHosts?: readonly string[];
  readonly limits?: Partial<MirrorLimits>;
  /** Milliseconds since 1970, for `time` in frames. Default: the system's. */
  readonly clock?: () => number;
  /** Checks signatures of AMP messages. Absent: `unsigned` or `unchecked`. */
  readonly signatureOf?: SignatureOf;
}

export interface MirrorSettings {
  readonly port: number;
  readonly host: string;
  readonly token: string | undefined;
  readonly allowedHosts: readonly string[];
  readonly limits: MirrorLimits;
  readonly clock: () => number;
  readonly signatureOf: SignatureOf | undefined;
}

export const mirrorLimits: MirrorLimits = {
  clientsMax: 100,
  strangersMax: 32,
  bufferFramesMax: 8192,
  bufferBytesMax: 4 * 2 ** 20,
  messagesPerSecondMax: 5000,
  waitingMax: 10_000,
  waitingBytesMax: 16 * 2 ** 20,
  bodySizeMax: 2 ** 16,
  clientFrameSizeMax: 2 ** 15,
  clientFramesPerSecondMax: 20,
  heartbeatMs: 10_000,
  patienceMs: 5000,
};

/** `clock` is what counts where the options have none. Throws OPTIONS_INVALID and TOKEN_REQUIRED. */
export function checkedOptions(options: MirrorOptions, clock: () => number): MirrorSettings {
  const { port = 0, host = "127.0.0.1", token, allowedHosts = [], signatureOf } = options;
  inRange("port", port, { min: 0, max: 65_535 });
  if (typeof host !== "string" || host.length < 1 || host.length > 253 || /[\s/@]/.test(host)) {
    throw invalid("host", "expected a name or an address");
  }
  if (token !== undefined) checkToken(token);
  else if (!isLoopback(host)) {
    const message = `host ${host} can be reached from other machines: expected a token`;
    throw new MirrorError("TOKEN_REQUIRED", message, { option: "token" });
  }
  if (!Array.isArray(allowedHosts) || allowedHosts.some((name) => typeof name !== "string")) {
    throw invalid("allowedHosts", "expected a list of names");
  }
  const limits = checkedLimits(options.limits ?? {});
  return { port, host, token, allowedHosts, limits, clock: options.clock ?? clock, signatureOf };
}

/** A token is never part of a message. */
function checkToken(token: string): void {
  const form = new RegExp(`^[\\x21-\\x7e]{16,${tokenLengthMax}}$`);
  if (typeof token === "string" && form.test(token)) return;
  throw invalid("token", `expected 16 to ${tokenLengthMax} printable characters without spaces`);
}

const limitMax = 2 ** 31 - 1;

function checkedLimits(limits: Partial<MirrorLimits>): MirrorLimits {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(mirrorLimits, name))
      throw invalid(`limits.${name}`, "there is no such limit");
    if (value !== undefined) inRange(`limits.${name}`, value, { min: 1, max: limitMax });
  }
  const given = Object.fromEntries(
    Object.entries(limits).filter(([, value]) => value !== undefined),
  );
  return { ...mirrorLimits, ...given };
}

function inRange(option: string, value: number, range: { min: number; max: number }): void {
  if (Number.isInteger(value) && value >= range.min && value <= range.max) return;
  const got = typeof value === "number" ? `${value}` : `a ${typeof value}`;
  throw invalid(option, `is ${got}, expected a whole number from ${range.min} to ${range.max}`);
}

function invalid(option: string, problem: string): MirrorError {
  return new MirrorError("OPTIONS_INVALID", `${option}: ${problem}`, { option });
}
