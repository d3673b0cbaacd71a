import { openKafkaDriver } from "./dist/os/index.js";
import kafkajs from "kafkajs";
const topic = "prof." + Date.now();
const kafka = new kafkajs.Kafka({ brokers: ["127.0.0.1:9092"], logLevel: 0 });
const admin = kafka.admin(); await admin.connect();
await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
const profile = { schema_version: "x07.arch.msg.kafka.profile@0.1.0", id: "p", v: 1, bootstrap: ["127.0.0.1:9092"], security: { tls: false }, limits: { max_message_bytes: 2 ** 20, max_poll_items: 10000, max_poll_wait_ms: 100 } };
const d = await openKafkaDriver({ profile, topics: [topic], group: topic, limits: { inboxMax: Number(process.env.INBOX ?? 1000) } });
const value = Buffer.from(JSON.stringify({ order: 7, note: "leave it at the door ".repeat(14) }));
const env = { topic, key: Buffer.from("customer-7"), value, headers: { "content-type": "application/json", "event-id": "0123456789abcdef", "event-type": "order.placed" } };
const batch = Array.from({ length: 500 }, () => env);
const N = Number(process.env.N ?? 40);
let t = performance.now();
for (let i = 0; i < N; i++) await d.publish(batch);
console.log("publish/500 ms", (performance.now() - t) / N);
t = performance.now();
import inspector from "node:inspector"; import fs from "node:fs";
const session = new inspector.Session(); session.connect();
const post = (m, a) => new Promise((r) => session.post(m, a, (e, v) => r(v)));
await post("Profiler.enable"); await post("Profiler.setSamplingInterval", { interval: 200 }); await post("Profiler.start"); t = performance.now();
let polls = 0, pollMs = 0, settleMs = 0; const hist = [];
for (let count = 0; count < N * 500;) {
  const t0 = performance.now();
  const ds = await d.poll({ maxItems: 500 });
  const t1 = performance.now();
  await d.settle(ds.map((delivery) => ({ delivery, outcome: "ack" })));
  settleMs += performance.now() - t1; pollMs += t1 - t0; polls++; count += ds.length; hist.push([ds.length, Math.round(t1 - t0), Math.round(performance.now() - t1)]);
}
console.log("consume/500 ms", (performance.now() - t) / N, { polls, pollMs, settleMs });
fs.writeFileSync("/tmp/kafka-helper/prof/c.cpuprofile", JSON.stringify((await post("Profiler.stop")).profile));
console.log(JSON.stringify(hist.slice(0, 60)));
if (process.env.ONLY) { await d.close(); await admin.deleteTopics({ topics: [topic] }); await admin.disconnect(); process.exit(0); }
const p = kafka.producer({ idempotent: true, maxInFlightRequests: 1, createPartitioner: kafkajs.Partitioners.DefaultPartitioner }); await p.connect();
t = performance.now();
for (let i = 0; i < N; i++) await p.send({ topic: topic, acks: -1, messages: batch.map(({ key, value, headers }, k) => ({ key, value, headers: { ...headers, "message-id": "raw-" + i + "." + k } })) });
console.log("raw publish/500 ms", (performance.now() - t) / N);
const c = kafka.consumer({ groupId: topic + "raw", maxWaitTimeInMs: 100 }); await c.connect(); await c.subscribe({ topics: [topic], fromBeginning: true });
let n = 0; t = performance.now();
await new Promise((resolve) => c.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async (pl) => {
  if (n === 0) t = performance.now();
  let k = 0;
  for (const m of pl.batch.messages) { Object.fromEntries(Object.entries(m.headers).map(([a, b]) => [a, String(b)])); n++; if (++k === 500) { k = 0; pl.resolveOffset(m.offset); await c.commitOffsets([{ topic, partition: 0, offset: String(Number(m.offset) + 1) }]); } }
  pl.resolveOffset(pl.batch.messages.at(-1).offset);
  if (n >= N * 500) resolve();
} }));
console.log("raw consume/500 ms", (performance.now() - t) / (n / 500));
await c.disconnect(); await p.disconnect(); await d.close(); await admin.deleteTopics({ topics: [topic] }); await admin.disconnect();
