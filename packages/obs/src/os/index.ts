/** Where observations leave the process: streams, pino, an endpoint to be scraped, OTLP over HTTP. */

export type { MetricsServer, MetricsServerOptions } from "./metrics-server.js";
export { serveMetrics } from "./metrics-server.js";
export type { OtlpExporter, OtlpExporterOptions, OtlpProblem } from "./otlp-exporter.js";
export { createOtlpExporter } from "./otlp-exporter.js";
export type { OtlpPorts, OtlpRequest, OtlpResponse, OtlpTransport } from "./otlp-transport.js";
export type { PinoLike } from "./pino-sink.js";
export { createPinoSink } from "./pino-sink.js";
export type { StreamSink, StreamSinkOptions } from "./stream-sink.js";
export { createStreamSink } from "./stream-sink.js";
