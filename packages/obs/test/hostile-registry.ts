/** Generated registries: names, labels, values and exemplars as hostile as they may be. */
import {
  counter,
  createRegistry,
  gauge,
  histogram,
  info,
  type MetricDefinition,
  ObsError,
  type Registry,
  stateset,
} from "@reprise/obs";

const pieces = [
  "\0",
  "\t",
  "\n",
  "\r",
  "\r\n",
  " ",
  " # ",
  '"',
  '"} 1',
  "\\",
  '\\"',
  "\\n",
  "\\\n",
  ",",
  ',a="b"',
  "=",
  "{}",
  "# EOF\n",
  "# EOF",
  "\u007f",
  "\u0085",
  "\u2028",
  "\u00e9",
  "\u65e5\u672c",
  "\ue000",
  "\uffff",
  "\u{1f98a}",
  "\u{1f469}\u200d\u{1f467}",
  "a",
  "le",
  "+Inf",
  "NaN",
  "1e5",
  " 1 2",
  "'",
] as const;
const names = [
  "a",
  "a_total",
  "a_created",
  "a_info",
  "a_count",
  "a_sum",
  "a_bucket",
  "b",
  "le",
  "quantile",
  "target",
  "total",
  "x_y_z",
  "A9",
  "t_seconds",
  "t_ratio",
  "info",
  "bucket_le",
  "z".repeat(200),
] as const;
const values = [
  0,
  1,
  0.1,
  1 / 3,
  5e-324,
  1e-7,
  1e6,
  123456789.125,
  1e21,
  1.7976931348623157e308,
] as const;
const anyValues = [...values, -1, -1e-9, Number.NaN, Infinity, -Infinity, -0] as const;

export interface HostileRegistry {
  readonly registry: Registry;
  readonly recorded: number;
  readonly refused: number;
}

/** `draw` gives 32-bit numbers. What the registry refuses is left out, and counted. */
export function hostileRegistry(draw: () => number): HostileRegistry {
  let refused = 0;
  let recorded = 0;
  const attempt = (act: () => void): void => {
    try {
      act();
      recorded += 1;
    } catch (error) {
      if (!ObsError.is(error)) throw error;
      refused += 1;
    }
  };
  const definitions: Record<string, MetricDefinition> = {};
  for (let count = draw() % 8; count > 0; count--) {
    const name = pick(draw, names);
    const extended = { ...definitions, [name]: definitionOf(name, draw) };
    attempt(() => {
      createRegistry(extended);
      Object.assign(definitions, extended);
    });
  }
  const registry: Registry = createRegistry(definitions);
  for (const [name, declared] of Object.entries(definitions)) {
    for (let count = draw() % 6; count > 0; count--) {
      attempt(() => record(registry, { name, declared, draw }));
    }
  }
  return { registry, recorded, refused };
}

function pick<Item>(draw: () => number, items: readonly Item[]): Item {
  // None of the lists is empty.
  return items[draw() % items.length] as Item;
}

function text(draw: () => number): string {
  return Array.from({ length: draw() % 5 }, () => pick(draw, pieces)).join("");
}

function definitionOf(name: string, draw: () => number): MetricDefinition {
  const labels = Array.from({ length: draw() % 4 }, () =>
    pick(draw, ["l", "m", "le", "name", "x_", "Q"]),
  );
  const common = { help: text(draw), labels: [...new Set(labels)] };
  const unit = name.endsWith("_seconds") ? pick(draw, ["s", "seconds", ""]) : "";
  switch (draw() % 5) {
    case 0:
      return counter({ ...common, unit });
    case 1:
      return gauge({ ...common, unit: name.endsWith("_ratio") ? "1" : unit });
    case 2: {
      const bounds = Array.from({ length: draw() % 6 }, () => pick(draw, anyValues));
      const buckets = [...new Set(bounds)].filter(Number.isFinite).sort((a, b) => a - b);
      return histogram({ ...common, unit, buckets });
    }
    case 3:
      return info(common);
    default: {
      const states = [...new Set([text(draw), text(draw), "on"])].filter((state) => state !== "");
      return stateset({ ...common, states, exclusive: draw() % 2 === 0 });
    }
  }
}

interface Recording {
  readonly name: string;
  readonly declared: MetricDefinition;
  readonly draw: () => number;
}

function record(registry: Registry, { name, declared, draw }: Recording): void {
  const given = Object.fromEntries(declared.labels.map((label) => [label, text(draw)]));
  // The Python client (0.16) ends an exemplar's labels at the first "}", in quotes or not. Prometheus
  // does not: `metrics-server.outage.test.ts` has one.
  const example = text(draw).replaceAll("}", "");
  const exemplar =
    draw() % 3 === 0 ? { [pick(draw, ["trace_id", "a", "_", "le"])]: example } : undefined;
  switch (declared.type) {
    case "counter_u64_v1":
      registry.counter(name).add(pick(draw, [0, 1, 2 ** 40, 2 ** 53 - 1]), given, exemplar);
      break;
    case "gauge_f64_v1":
      registry.gauge(name).set(pick(draw, anyValues), given);
      break;
    case "histogram_f64_v1":
      registry.histogram(name).observe(pick(draw, anyValues), given, exemplar);
      break;
    case "info_v1":
      registry.info(name).record(given);
      break;
    case "stateset_v1":
      registry.stateset(name).enter(pick(draw, declared.states), given);
  }
}
