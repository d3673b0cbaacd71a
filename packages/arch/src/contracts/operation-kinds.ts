/** What kind of entry an operation makes, by its name. */

interface OperationFamily {
  readonly prefix: string;
  readonly kind: string;
}

const families: readonly OperationFamily[] = [
  { prefix: "std.rr.", kind: "rr" },
  { prefix: "std.msg.", kind: "rr" },
  { prefix: "std.crawl.", kind: "rr" },
  { prefix: "std.net.http.", kind: "http" },
  { prefix: "std.os.process.", kind: "process" },
  { prefix: "std.net.tcp.", kind: "tcp_stream" },
  { prefix: "std.net.tls.", kind: "tcp_stream" },
  { prefix: "std.fs.", kind: "file" },
  { prefix: "std.os.fs.", kind: "file" },
];

/** undefined: an operation of no kind that is known. */
export function kindOfOperation(op: string): string | undefined {
  if (op === "std.stream.src.rr_send_v1") return "rr";
  return families.find(({ prefix }) => op.startsWith(prefix))?.kind;
}
