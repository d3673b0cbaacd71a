/**
 * Metrics against prom-client: what it costs to record with labels, and to write an exposition.
 *
 * Recording: one operation is 1,000 calls, over 32 series of two labels, as a messaging client would
 * make them: a fresh object of labels each time. Exposition: 20,000 series of three labels, half of
 * them counters and half gauges, every series touched before; with histograms, 2,000 series of 14
 * buckets. prom-client returns a promise there, which has to be awaited.
 */
import { counter, createRegistry, gauge, histogram, renderOpenMetrics } from "@reprise/obs";
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { Benchmark, BenchmarkCase } from "./benchmark.ts";

const help = "Measured.";
const calls = 1_000;
const topics = Array.from({ length: 16 }, (_, place) => `topic-${place}`);
const buckets = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

interface Labels {
  readonly topic: string;
  readonly outcome: string;
}

export const benchmark: Benchmark = {
  name: "metrics",
  cases: [...recording(), exposition(), histogramExposition()],
};

/** Calls `record` with labels and a value from 0 to 10.2, spread over the buckets. */
function repeated(record: (labels: Labels, value: number) => void): () => void {
  return () => {
    for (let call = 0; call < calls; call++) {
      const labels = {
        topic: topics[call % topics.length] ?? "",
        outcome: call % 3 === 0 ? "failed" : "ok",
      };
      record(labels, ((call * 7919) % 1024) / 100);
    }
  };
}

function recording(): BenchmarkCase[] {
  const labels = ["topic", "outcome"] as const;
  const registry = createRegistry({
    sent: counter({ help, labels }),
    wait: histogram({ help, labels, buckets }),
  });
  const sent = registry.counter("sent");
  const wait = registry.histogram("wait");
  const bound = sent.with({ topic: "orders", outcome: "ok" });
  const options = { help, labelNames: [...labels], registers: [new Registry()] };
  const peerSent = new Counter({ ...options, name: "sent" });
  const peerWait = new Histogram({ ...options, name: "wait", buckets });
  const peerBound = peerSent.labels("orders", "ok");
  const peer = (run: () => void) => [{ name: "prom-client", run, atLeast: 3 }];
  return [
    {
      name: "1,000 labelled increments",
      ours: repeated((given) => sent.add(1, given)),
      peers: peer(repeated((given) => peerSent.inc(given, 1))),
    },
    {
      name: "1,000 labelled observations",
      ours: repeated((given, value) => wait.observe(value, given)),
      peers: peer(repeated((given, value) => peerWait.observe(given, value))),
    },
    {
      name: "1,000 increments of a bound handle",
      ours: repeated(() => bound.add()),
      peers: peer(repeated(() => peerBound.inc())),
    },
  ];
}

function exposition(): BenchmarkCase {
  const labels = ["topic", "partition", "group"] as const;
  const registry = createRegistry({
    sent: counter({ help, labels }),
    lag: gauge({ help, labels }),
  });
  const peer = new Registry();
  const options = { help, labelNames: [...labels], registers: [peer] };
  const peerSent = new Counter({ ...options, name: "sent" });
  const peerLag = new Gauge({ ...options, name: "lag" });
  for (let place = 0; place < 10_000; place++) {
    const row = { topic: `topic-${place % 97}`, partition: `${place}`, group: "workers" };
    registry.counter("sent").add(place, row);
    peerSent.inc(row, place);
    registry.gauge("lag").set(place / 8, row);
    peerLag.set(row, place / 8);
  }
  return {
    name: "exposition of 20,000 series",
    ours: () => renderOpenMetrics(registry),
    peers: [{ name: "prom-client", run: () => peer.metrics(), atLeast: 3 }],
  };
}

function histogramExposition(): BenchmarkCase {
  const labels = ["topic", "partition"] as const;
  const registry = createRegistry({ wait: histogram({ help, labels, buckets }) });
  const peer = new Registry();
  const peerWait = new Histogram({
    name: "wait",
    help,
    labelNames: [...labels],
    buckets,
    registers: [peer],
  });
  for (let place = 0; place < 2_000; place++) {
    const row = { topic: `topic-${place % 97}`, partition: `${place}` };
    registry.histogram("wait").observe(place / 100, row);
    peerWait.observe(row, place / 100);
  }
  return {
    name: "exposition of 2,000 histogram series",
    ours: () => renderOpenMetrics(registry),
    peers: [{ name: "prom-client", run: () => peer.metrics(), atLeast: 3 }],
  };
}
