/**
 * Requests on their way to the collector: one at a time, again where that can help, and never more
 * waiting than there is room for.
 *
 * ```
 * add -> waiting -> sending -> sent
 *   \        \         |  ^
 *    \        \        v  | after a wait
 *     lost     lost   failed -> lost
 * ```
 */
import { partialSuccessOfJson, partialSuccessOfProtobuf } from "../otlp/otlp-response.js";
import type { OtlpSignal } from "../otlp/otlp-schema.js";
import { isRetryable, retryDelayMs } from "../otlp/retry.js";
import type { OtlpProblem } from "./otlp-exporter.js";
import type { OtlpPorts, OtlpResponse } from "./otlp-transport.js";

export interface ExportItem {
  readonly signal: OtlpSignal;
  readonly body: Uint8Array;
  /** What is lost with it. */
  readonly count: number;
}

export interface ExportQueueOptions {
  readonly send: (item: ExportItem, signal: AbortSignal) => Promise<OtlpResponse>;
  readonly ports: OtlpPorts;
  readonly problem: (problem: OtlpProblem) => void;
  readonly timeoutMs?: number;
  readonly attemptsMax?: number;
  readonly backoff?: { readonly firstMs: number; readonly mostMs: number };
  readonly queueMax?: number;
  readonly queueSizeMax?: number;
}

export interface ExportQueue {
  add(item: ExportItem): void;
  flush(): Promise<void>;
  close(deadlineMs?: number): Promise<void>;
  readonly sent: number;
}

export function createExportQueue(options: ExportQueueOptions): ExportQueue {
  const { ports, problem, queueMax = 64, queueSizeMax = 67_108_864 } = options;
  const waiting: ExportItem[] = [];
  const ending = new AbortController();
  let waitingSize = 0;
  let sent = 0;
  let working: Promise<void> | undefined;
  let closing: Promise<void> | undefined;

  const lose = (item: ExportItem, reason: OtlpProblem["reason"], message: string): void =>
    problem({ signal: item.signal, reason, lost: item.count, message });

  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) {
      waitingSize -= item.body.length;
      const end = await deliver(item, options, ending.signal);
      if (end.sent) sent += 1;
      if (end.reason !== undefined) {
        const { reason, lost = item.count, message } = end;
        problem({ signal: item.signal, reason, lost, message });
      }
    }
    working = undefined;
  };

  const flush = async (): Promise<void> => {
    await working;
  };

  const end = async (deadlineMs: number): Promise<void> => {
    const stop = ports.timer(deadlineMs, () => {
      for (const item of waiting.splice(0)) lose(item, "closed", "it was not sent in time");
      waitingSize = 0;
      ending.abort();
    });
    await flush();
    stop();
  };

  return {
    add(item) {
      if (closing !== undefined) return lose(item, "closed", "the exporter is closed");
      if (waiting.length >= queueMax || waitingSize + item.body.length > queueSizeMax) {
        return lose(item, "queue-full", `${waiting.length} requests of ${waitingSize} bytes wait`);
      }
      waiting.push(item);
      waitingSize += item.body.length;
      working ??= work();
    },
    flush,
    close(deadlineMs = 5_000) {
      closing ??= end(deadlineMs);
      return closing;
    },
    get sent() {
      return sent;
    },
  };
}

interface Delivered {
  readonly sent: boolean;
  readonly reason?: OtlpProblem["reason"];
  readonly lost?: number;
  readonly message: string;
}

/** Tries until it is sent, refused, given up or ended. Never rejects. */
async function deliver(
  item: ExportItem,
  options: ExportQueueOptions,
  ending: AbortSignal,
): Promise<Delivered> {
  const { ports, attemptsMax = 5, backoff = { firstMs: 1_000, mostMs: 30_000 } } = options;
  for (let attempt = 0; ; attempt++) {
    const answer = await attemptOnce(item, options, ending);
    if (ending.aborted) return lostAs("closed", "it was not sent in time");
    const { response, message } = answer;
    if (response !== undefined && response.status >= 200 && response.status < 300) {
      return accepted(response);
    }
    if (response !== undefined && !isRetryable(response.status)) return lostAs("refused", message);
    if (attempt + 1 >= attemptsMax) {
      return lostAs("given-up", `${message}, the last of ${attemptsMax} attempts`);
    }
    const delayMs = retryDelayMs(backoff, {
      attempt,
      retryAfter: response?.retryAfter,
      nowMs: ports.nowMs(),
      random: ports.random(),
    });
    await waited(delayMs, ports, ending);
    if (ending.aborted) return lostAs("closed", "it was not sent in time");
  }
}

function lostAs(reason: OtlpProblem["reason"], message: string): Delivered {
  return { sent: false, reason, message };
}

function accepted({ contentType, body }: OtlpResponse): Delivered {
  const { rejected, message } = contentType.startsWith("application/json")
    ? partialSuccessOfJson(new TextDecoder().decode(body))
    : partialSuccessOfProtobuf(body);
  // A message without a number is a warning: nothing is lost.
  if (rejected === 0 && message === "") return { sent: true, message };
  return { sent: true, reason: "partial", lost: rejected, message };
}

interface Answer {
  readonly response: OtlpResponse | undefined;
  readonly message: string;
}

async function attemptOnce(
  item: ExportItem,
  { send, ports, timeoutMs = 10_000 }: ExportQueueOptions,
  ending: AbortSignal,
): Promise<Answer> {
  const attempt = new AbortController();
  const abort = (): void => attempt.abort();
  ending.addEventListener("abort", abort, { once: true });
  const stop = ports.timer(timeoutMs, abort);
  try {
    const response = await send(item, attempt.signal);
    return { response, message: `the collector answered ${response.status}` };
  } catch (error) {
    const { cause, message } = error instanceof Error ? error : new Error(String(error));
    const why = cause instanceof Error ? cause.message : message;
    return { response: undefined, message: `the collector did not answer: ${why}` };
  } finally {
    stop();
    ending.removeEventListener("abort", abort);
  }
}

function waited(ms: number, ports: OtlpPorts, ending: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (ending.aborted) return resolve();
    const done = (): void => {
      stop();
      ending.removeEventListener("abort", done);
      resolve();
    };
    const stop = ports.timer(ms, done);
    ending.addEventListener("abort", done, { once: true });
  });
}
