/** How a request reaches the collector, and the clock, timers and chance that retries need. */

export interface OtlpRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly signal: AbortSignal;
}

export interface OtlpResponse {
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly contentType: string;
  /** At most `responseSizeMax` bytes of it. */
  readonly body: Uint8Array;
}

/** Rejects where there is no answer: that may pass. */
export type OtlpTransport = (request: OtlpRequest) => Promise<OtlpResponse>;

export interface OtlpPorts {
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Calls `elapsed` after `ms`; returns the way to stop that. */
  readonly timer: (ms: number, elapsed: () => void) => () => void;
  readonly transport?: OtlpTransport;
}

/** This machine's. A timer that waits to try again does not keep the process alive. */
export const livePorts: OtlpPorts = {
  nowMs: () => Date.now(),
  random: () => Math.random(),
  timer(ms, elapsed) {
    const timer = setTimeout(elapsed, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
};

const responseSizeMax = 65_536;

/** Node's `fetch`. Redirects are not followed: the headers may hold credentials. */
export const fetchTransport: OtlpTransport = async ({ url, headers, body, signal }) => {
  const response = await fetch(url, {
    method: "POST",
    headers: { ...headers },
    // A view of memory that is not shared, which fetch's types cannot know.
    body: body as Uint8Array<ArrayBuffer>,
    redirect: "manual",
    signal,
  });
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after") ?? undefined,
    contentType: response.headers.get("content-type") ?? "",
    body: await bodyOf(response),
  };
};

async function bodyOf(response: Response): Promise<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  while (size <= responseSizeMax) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks);
    chunks.push(value);
    size += value.length;
  }
  await reader.cancel();
  return new Uint8Array();
}
