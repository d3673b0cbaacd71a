/** `reprise brokers` with containers: `docker compose` starts, waits, and stops. */
import { BrokersError } from "../errors.js";
import type { BrokerReport } from "../fleet.js";
import type { DockerRecord } from "../fleet-state.js";
import { type BrokerKind, loopback } from "../options.js";
import { compose } from "./docker.js";
import type { FleetStore } from "./fleet-store.js";
import { portOwner } from "./ports.js";
import { acceptsAt } from "./probing.js";

export interface DockerStart {
  readonly kinds: readonly BrokerKind[];
  readonly ports: Readonly<Record<BrokerKind, number>>;
  readonly store: FleetStore;
  readonly composeFile: string | undefined;
  readonly signal: AbortSignal;
}

/** Never rejects for what docker says: each broker's report has it. */
export async function startInDocker(start: DockerStart): Promise<readonly BrokerReport[]> {
  const { kinds, ports, store, composeFile, signal } = start;
  if (kinds.length === 0) return [];
  const began = performance.now();
  try {
    if (composeFile === undefined) {
      const message = "expected a compose.yaml in the working directory or above, found none";
      throw new BrokersError("DOCKER_FAILED", message);
    }
    for (const kind of kinds) await checkNobody(kind, ports[kind]);
    for (const kind of kinds) store.write(kind, { via: "docker", port: ports[kind], composeFile });
    await compose({ composeFile, args: ["up", "--detach", "--wait", ...kinds], signal });
  } catch (error) {
    if (!BrokersError.is(error)) throw error;
    if (composeFile !== undefined) await takeBack(kinds, composeFile, store);
    return kinds.map((kind) => ({
      kind,
      host: loopback,
      port: ports[kind],
      state: "failed",
      error,
    }));
  }
  const tookMs = Math.round(performance.now() - began);
  return kinds.map((kind) => {
    return { kind, host: loopback, port: ports[kind], state: "started", via: "docker", tookMs };
  });
}

async function checkNobody(kind: BrokerKind, port: number): Promise<void> {
  if (!(await acceptsAt(port))) return;
  const owner = portOwner(port);
  const by = owner === undefined ? "" : ` by ${owner}`;
  const details = { kind, port, ...(owner === undefined ? {} : { owner }) };
  throw new BrokersError("PORT_TAKEN", `port ${port} of ${loopback} is taken${by}`, details);
}

/** What was begun is stopped, as far as docker does it; the first error is the one to tell. */
async function takeBack(
  kinds: readonly BrokerKind[],
  composeFile: string,
  store: FleetStore,
): Promise<void> {
  const begun = kinds.filter((kind) => store.read()[kind]?.via === "docker");
  if (begun.length === 0) return;
  const { signal } = new AbortController();
  await compose({ composeFile, args: ["stop", ...begun], signal }).catch(() => "");
  for (const kind of begun) store.write(kind, undefined);
}

/** Stops the container and keeps it, with its data. Rejects with DOCKER_FAILED. */
export async function stopInDocker(
  { kind, store }: { readonly kind: BrokerKind; readonly store: FleetStore },
  { composeFile, port }: DockerRecord,
): Promise<BrokerReport> {
  const began = performance.now();
  const { signal } = new AbortController();
  await compose({ composeFile, args: ["stop", kind], signal });
  store.write(kind, undefined);
  const tookMs = Math.round(performance.now() - began);
  return { kind, host: loopback, port, state: "stopped", via: "docker", tookMs };
}
