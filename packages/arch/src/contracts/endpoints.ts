/**
 * Where drivers connect to: whether each endpoint is one, whether a sandbox lets it through, and
 * whether a password goes over the wire in the clear.
 */
import type { Location } from "../diagnostic.js";
import type {
  AmqpProfile,
  KafkaProfile,
  RedisProfile,
  SandboxPolicy,
} from "../documents/contract-documents.js";
import { locationAt } from "../documents/document-findings.js";
import { pointerTo } from "../documents/json-position.js";
import type { Overlay } from "../documents/overlay.js";
import type { ContractSession } from "./contract-session.js";
import { kindWithOneCode } from "./contract-session.js";
import type { DriverFile } from "./driver-contracts.js";
import type { RrContracts } from "./rr-contracts.js";

const policyKind = kindWithOneCode(
  "x07.run-os-policy@0.1.0",
  "sandbox policy",
  "E_ARCH_SANDBOX_POLICY_INVALID",
);

interface Endpoint {
  /** Lower case; an IPv6 address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface EndpointContracts {
  readonly drivers: readonly DriverFile[];
  readonly rr: RrContracts | undefined;
  readonly overlay: Pick<Overlay, "sandbox_policies">;
}

export function checkEndpoints(
  session: ContractSession,
  { drivers, rr, overlay }: EndpointContracts,
): void {
  const sandboxes = openSandboxes(session, overlay.sandbox_policies);
  for (const driver of drivers) {
    if (driver.kind !== "profile") continue;
    const worlds = rr?.policies.get(driver.reference.rr_policy_id)?.entry.worlds_allowed;
    const isSandboxed = worlds?.includes("run-os-sandboxed") === true;
    for (const { text, loc } of endpointTexts(driver)) {
      const endpoint = parseEndpoint(text);
      const data = { profile_id: driver.reference.id, endpoint: text };
      if (endpoint === undefined) {
        const message = "endpoint must be host:port, an IPv6 address in brackets";
        const code = "E_ARCH_CONTRACT_ENDPOINT_INVALID";
        session.report({ code, message, loc, data }, driver.enforce);
        continue;
      }
      const isAllowed = sandboxes.some((sandbox) => allows(sandbox, endpoint));
      if (isSandboxed && sandboxes.length > 0 && !isAllowed) {
        const code = "E_ARCH_ENDPOINT_NOT_ALLOWED";
        const message = "endpoint is allowed by no sandbox policy";
        const policies = sandboxes.map(({ policy_id }) => policy_id);
        session.report({ code, message, loc, data: { ...data, policies } }, driver.enforce);
      }
      checkSecrecy(session, driver, { endpoint, loc });
    }
  }
}

function openSandboxes(
  session: ContractSession,
  paths: readonly string[],
): readonly SandboxPolicy[] {
  return paths.flatMap((path) => {
    const opened = session.open({ path, kind: policyKind, lock: "reprise-files" });
    // It has the shape of the type: only bounds and vocabularies can be off.
    return opened?.shaped === true ? [opened.document.value as unknown as SandboxPolicy] : [];
  });
}

interface EndpointText {
  readonly text: string;
  readonly loc: Location;
}

function endpointTexts({ broker, document }: DriverFile): readonly EndpointText[] {
  // A profile that was opened has the shape of its broker's type.
  const value = document.value as unknown;
  if (broker === "kafka") {
    return (value as KafkaProfile).bootstrap.map((text, index) => ({
      text,
      loc: locationAt(document, pointerTo("bootstrap", index)),
    }));
  }
  const { host, port } = value as AmqpProfile | RedisProfile;
  const bare = host.replace(/^\[(.*)\]$/s, "$1");
  const text = bare.includes(":") ? `[${bare}]:${port}` : `${bare}:${port}`;
  return [{ text, loc: locationAt(document, "/host") }];
}

function parseEndpoint(text: string): Endpoint | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.%]{2,64})\]|([^\s:[\]/;@]{1,255})):(\d{1,5})$/.exec(text);
  if (parts === null) return undefined;
  const port = Number(parts[3]);
  const host = (parts[1] ?? parts[2] ?? "").toLowerCase();
  return port >= 1 && port <= 65535 ? { host, port } : undefined;
}

/** The guard compares addresses after resolution, so `localhost` is let through as its address. */
function allows({ net }: SandboxPolicy, { host, port }: Endpoint): boolean {
  if (!net.enabled || !net.allow_tcp) return false;
  const names = host === "localhost" ? ["localhost", "127.0.0.1", "::1"] : [host];
  const isListed = net.allow_hosts.some((each) => {
    const listed = each.host.toLowerCase().replace(/^\[(.*)\]$/s, "$1");
    return names.includes(listed) && each.ports.includes(port);
  });
  return isListed && (net.allow_dns || host === "localhost" || isAddress(host));
}

function isAddress(host: string): boolean {
  return host.includes(":") || /^\d{1,3}(?:\.\d{1,3}){3}$/.test(host);
}

function isLoopback(host: string): boolean {
  return (
    host === "localhost" ||
    host.endsWith(".localhost") ||
    host === "::1" ||
    /^127(?:\.\d{1,3}){3}$/.test(host)
  );
}

const amqpsPort = 5671;

function checkSecrecy(
  session: ContractSession,
  driver: DriverFile,
  { endpoint, loc }: { endpoint: Endpoint; loc: Location },
): void {
  if (isLoopback(endpoint.host)) return;
  const clear = clearPassword(driver, endpoint);
  if (clear === "no") return;
  session.report(
    {
      code: "E_ARCH_PLAIN_PASSWORD_WITHOUT_TLS",
      // An AMQP profile has no member for TLS: its port alone hints at it.
      severity: clear === "maybe" ? "warning" : "error",
      message: "password is sent without TLS, beyond loopback",
      loc,
      data: { profile_id: driver.reference.id, host: endpoint.host, port: endpoint.port },
    },
    driver.enforce,
  );
}

function clearPassword(
  { broker, document: { value } }: DriverFile,
  { port }: Endpoint,
): "yes" | "maybe" | "no" {
  // A profile that was opened has the shape of its broker's type.
  const profile = value as unknown;
  if (broker === "kafka") {
    const { security = {} } = profile as KafkaProfile;
    return security.sasl_mode === "plain_v1" && security.tls === false ? "yes" : "no";
  }
  if (broker === "redis") {
    const { security = {} } = profile as RedisProfile;
    return security.password_secret_id !== undefined && security.tls === false ? "yes" : "no";
  }
  const { auth = {} } = profile as AmqpProfile;
  return auth.password_secret_id !== undefined && port !== amqpsPort ? "maybe" : "no";
}
