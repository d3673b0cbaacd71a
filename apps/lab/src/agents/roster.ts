/**
 * Who takes part in a run of agents, which stream each of them reads, and who takes which round.
 *
 * ```
 *   operator --goal--> planner --plan--> fixer --patch--> verifier --passed--> reviewer --approved--> publisher
 *      ^                                 ^  ^---failed------'                      |                      |
 *      |                                 '--------changes requested----------------'                      |
 *      '---- amp:lab:global:events <--- given up (fixer), released (publisher) <--------------------------'
 * ```
 *
 * Five agents are one of each role; with more the roles repeat in that order, and agents of one role
 * take rounds in turn. The operator is not counted: it sets the goals, and hears how they end.
 */
import { type AmpScheme, ampStreamNames } from "@reprise/msg-amp";

export type Role = "operator" | "planner" | "fixer" | "verifier" | "reviewer" | "publisher";

export interface Agent {
  readonly name: string;
  readonly role: Role;
  /** How it signs: both schemes are on the bus. */
  readonly scheme: AmpScheme;
  /** The stream it reads. */
  readonly inbox: string;
}

export interface Roster {
  /** The operator, then the agents. */
  readonly everybody: readonly Agent[];
  readonly streams: readonly string[];
  /** Whose turn a round is in a role. */
  takes(role: Role, round: number): Agent;
  readerOf(stream: string): Agent | undefined;
}

/** Without the operator, in the order of the work. */
export const agentRoles: readonly Role[] = [
  "planner",
  "fixer",
  "verifier",
  "reviewer",
  "publisher",
];
export const agentsMin: number = agentRoles.length;
/** One ring has keys for all of them (64 at most), and each reads a stream. */
export const agentsMax: number = 50;

const schemes: Readonly<Record<Role, AmpScheme>> = {
  operator: "hmac-sha256",
  planner: "ed25519",
  fixer: "ed25519",
  verifier: "ed25519",
  reviewer: "hmac-sha256",
  publisher: "ed25519",
};

/** Of the lab, so that no other agents of a shared Redis are disturbed. */
const names = ampStreamNames("lab");

/** `count` is from `agentsMin` to `agentsMax`; anything else throws RangeError. */
export function createRoster(count: number): Roster {
  if (!Number.isInteger(count) || count < agentsMin || count > agentsMax) {
    throw new RangeError(`expected ${agentsMin} to ${agentsMax} agents, got ${count}`);
  }
  const operator: Agent = {
    name: "operator",
    role: "operator",
    scheme: schemes.operator,
    inbox: names.events,
  };
  const agents = Array.from({ length: count }, (_, index) => agentAt(index));
  const everybody = [operator, ...agents];
  const byStream = new Map(everybody.map((agent) => [agent.inbox, agent]));
  return {
    everybody,
    streams: [...byStream.keys()],
    takes(role, round) {
      const able = everybody.filter((agent) => agent.role === role);
      // Every role has somebody: there are at least as many agents as roles.
      return able[round % able.length] as Agent;
    },
    readerOf: (stream) => byStream.get(stream),
  };
}

function agentAt(index: number): Agent {
  const shift = Math.floor(index / agentRoles.length);
  // In range: the remainder is less than the number of roles.
  const role = agentRoles[index % agentRoles.length] as Role;
  const name = shift === 0 ? role : `${role}-${shift + 1}`;
  return { name, role, scheme: schemes[role], inbox: names.in(name) };
}
