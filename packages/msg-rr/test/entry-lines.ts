/** A cassette as lines of text, one for each entry: what a test compares. */
import { decodeEnvelope, decodeRrEntry } from "@reprise/msg-core";
import { decodeCassette, type MemoryStore } from "@reprise/msg-rr";
import { decodeFailure, decodeHandover, decodeReceipt, decodeSettlement } from "../src/records.ts";

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("utf8");

/** Without the first, which says that the driver was opened. */
export function entryLines(store: MemoryStore): readonly string[] {
  return allLines(store).slice(1);
}

export function allLines(store: MemoryStore): readonly string[] {
  return decodeCassette(store.bytes()).map(({ kind, op, key, req, resp, err, latencyTicks }) => {
    const name = op.replace(/^std\.msg\.memory\.(\w+?)(_env)?_v1$/, "$1");
    const rest = [
      ...(err === 0 ? [] : [`err ${err}`]),
      ...(latencyTicks === undefined ? [] : [`${latencyTicks} us`]),
    ];
    return [kind, key, name, detailOf(name, req, resp), ...rest].join(" ");
  });
}

function detailOf(name: string, req: Uint8Array, resp: Uint8Array): string {
  if (name === "event") return text(req);
  if (name === "settle") {
    const { topic, partition, position, attempt, outcome, reason } = decodeSettlement(req);
    const result = resp[0] === 0x7b ? failureText(resp) : text(resp);
    return `${topic}/${partition} ${position} #${attempt} ${outcome} "${reason}" ${result}`.trim();
  }
  const { envelope, ackTag, ack } = decodeRrEntry(resp);
  const same = Buffer.compare(req, envelope) === 0 ? "" : " (req and resp differ)";
  const { topic, key, value, headers } = decodeEnvelope(envelope);
  const message = `${topic} ${text(key)}=${text(value)} ${JSON.stringify(headers)}${same}`;
  if (ack[0] === 0x7b) return `${message} tag ${ackTag} ${failureText(ack)}`;
  if (name === "publish") {
    const { partition, position } = decodeReceipt(ack);
    return `${message} -> ${partition}/${position}`;
  }
  const { batchIndex, batchSize, attempt, redelivered, partition, position } = decodeHandover(ack);
  const again = redelivered ? " again" : "";
  return `${message} ${batchIndex}/${batchSize} #${attempt}${again} ${partition}/${position}`;
}

function failureText(bytes: Uint8Array): string {
  const { code, message, scope } = decodeFailure(bytes);
  return `${code} (${message}) ${scope}`;
}
