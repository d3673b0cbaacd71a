/** Time as OpenTelemetry's API has it. */
import type { HrTime } from "@opentelemetry/api";

/** Seconds and nanoseconds: as one number it would lose the last of them. */
export function hrTime(unixNano: bigint): HrTime {
  return [Number(unixNano / 1_000_000_000n), Number(unixNano % 1_000_000_000n)];
}
