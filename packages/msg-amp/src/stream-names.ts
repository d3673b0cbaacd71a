/**
 * The names of the protocol's streams, with a tenant in front where several share a bus:
 *
 * ```
 *  amp:<agent>:in        what the agent is told           amp:<tenant>:<agent>:in
 *  amp:<agent>:out       what the agent says              amp:<tenant>:<agent>:out
 *  amp:global:events     what concerns everybody          amp:<tenant>:global:events
 * ```
 *
 * Agents and tenants are 1 to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit, so no name can
 * be read as another; no agent is called `global`.
 */
import { AmpError } from "./amp-error.js";

export interface AmpStreamNames {
  /** All three throw NAME_INVALID. */
  in(agent: string): string;
  out(agent: string): string;
  readonly events: string;
}

export type AmpStreamPlace = {
  readonly tenant: string | undefined;
} & (
  | { readonly kind: "in" | "out"; readonly agent: string }
  | { readonly kind: "events"; readonly agent: undefined }
);

const nameForm = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const everybody = "global";

/** Throws NAME_INVALID. */
export function ampStreamNames(tenant?: string): AmpStreamNames {
  if (tenant !== undefined && !nameForm.test(tenant)) throw nameRefusal("tenant", tenant);
  const prefix = tenant === undefined ? "amp" : `amp:${tenant}`;
  const of = (agent: string, direction: "in" | "out"): string => {
    if (!isAgent(agent)) throw nameRefusal("agent", agent);
    return `${prefix}:${agent}:${direction}`;
  };
  return {
    in: (agent) => of(agent, "in"),
    out: (agent) => of(agent, "out"),
    events: `${prefix}:${everybody}:events`,
  };
}

/** undefined: not a stream of the protocol. */
export function readAmpStreamName(stream: string): AmpStreamPlace | undefined {
  const [amp, ...parts] = stream.split(":");
  if (amp !== "amp" || parts.length < 2 || parts.length > 3) return undefined;
  const [agent = "", kind = ""] = parts.slice(-2);
  const tenant = parts.length === 3 ? parts[0] : undefined;
  if (tenant !== undefined && !nameForm.test(tenant)) return undefined;
  if (agent === everybody && kind === "events") return { tenant, kind, agent: undefined };
  if (!isAgent(agent) || (kind !== "in" && kind !== "out")) return undefined;
  return { tenant, kind, agent };
}

function isAgent(name: string): boolean {
  return nameForm.test(name) && name !== everybody;
}

function nameRefusal(what: string, name: string): AmpError {
  const expected = "1 to 64 of A-Z a-z 0-9 . _ -, the first a letter or digit, and not global";
  const got = JSON.stringify(String(name).slice(0, 80));
  return new AmpError("NAME_INVALID", `${what}: expected ${expected}, got ${got}`);
}
