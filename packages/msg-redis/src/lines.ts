/**
 * The driver's two lines: one for commands, one for reading. It is `ready` while both are up (reading
 * only once somebody polls), and `connecting` otherwise.
 */
import { MsgError } from "@reprise/msg-core";
import {
  type DriverPorts,
  type Health,
  resolveCredentials,
  withDeadline,
} from "@reprise/msg-core/driver";
import { CommandError, type Connect, isPassing, lost, type RedisConnection } from "./connection.js";
import { greet, type Welcome } from "./handshake.js";
import { createLine, type Line } from "./line.js";
import type { RedisSettings } from "./options.js";
import { refusalOf } from "./refusals.js";

export interface Lines {
  /** Connects the line for commands. Rejects with a MsgError within `connectMs`. */
  open(): Promise<void>;
  /** Connects the line for reading, and tries until it has. */
  subscribe(): void;
  commands(): RedisConnection | undefined;
  /** The connection that reads now, and its id, where it may be known. */
  reading(): { readonly connection: RedisConnection; readonly id: number | undefined } | undefined;
  /** From now on a connection that ends is not missed. */
  retire(): void;
  /** Resolves when both have ended. */
  close(): Promise<void>;
}

export interface LinesParts {
  readonly settings: RedisSettings;
  readonly connect: Connect;
  readonly ports: DriverPorts;
  readonly health: Health;
  readonly tell: (name: string, detail: string) => void;
  /** On the first connection, before it is up. */
  readonly first: (connection: RedisConnection) => Promise<void>;
  readonly commandsUp: (connection: RedisConnection) => void;
  readonly commandsDown: (error: MsgError) => void;
  readonly readingUp: (connection: RedisConnection, welcome: Welcome) => void;
}

type Role = "commands" | "reading";

interface State {
  readonly address: string;
  /** Those that must be up. */
  readonly wanted: Set<Role>;
  readonly isUp: Set<Role>;
  isOpen: boolean;
  isRetired: boolean;
  welcome: Welcome | undefined;
}

export function createLines(parts: LinesParts): Lines {
  const { settings, connect, ports } = parts;
  const { profile, times, blockMs } = settings;
  const state: State = {
    address: `${profile.host}:${profile.port}`,
    wanted: new Set(["commands"]),
    isUp: new Set(),
    isOpen: false,
    isRetired: false,
    welcome: undefined,
  };
  const lineOf = (role: Role, silentMs: number): Line =>
    createLine({
      timer: ports.timer,
      connect: () => connect(silentMs),
      prepare: (connection) => prepare(parts, state, { role, connection }),
      up: (connection) => cameUp(parts, state, { role, connection }),
      down: (error) => wentDown(parts, state, role, error),
    });
  const commands = lineOf("commands", times.commandMs);
  const reading = lineOf("reading", blockMs + times.commandMs);
  return {
    open: () => open(parts, state, commands),
    subscribe() {
      state.wanted.add("reading");
      reading.start();
    },
    commands: commands.current,
    reading() {
      const connection = reading.current();
      return connection && { connection, id: state.welcome?.clientId };
    },
    retire() {
      state.isRetired = true;
    },
    async close() {
      await Promise.all([commands.close(), reading.close()]);
    },
  };
}

/** Tries again while the server is loading. */
async function open(parts: LinesParts, state: State, line: Line): Promise<void> {
  const { ports, settings } = parts;
  const { connectMs } = settings.times;
  let isOver = false;
  const tryIt = async (): Promise<void> => {
    for (;;) {
      try {
        return await line.open();
      } catch (error) {
        if (!isPassing(error) || error.prefix === lost || isOver) throw error;
        await new Promise<void>((resolve) => {
          ports.timer(loadingMs, resolve);
        });
      }
    }
  };
  const late = (): MsgError => {
    const advice = "is it Redis, and does it answer?";
    const message = `${state.address} gave no answer within ${connectMs} ms: ${advice}`;
    return new MsgError("BROKER_TIMEOUT", message);
  };
  try {
    await withDeadline(tryIt(), { timer: ports.timer, ms: connectMs, late });
    state.isOpen = true;
  } catch (error) {
    isOver = true;
    throw reasonOf(state, error);
  }
}

/** Between two looks at a server that is loading its data. */
const loadingMs = 100;

interface Arriving {
  readonly role: Role;
  readonly connection: RedisConnection;
}

async function prepare(parts: LinesParts, state: State, arriving: Arriving): Promise<void> {
  const { settings, tell } = parts;
  const { role, connection } = arriving;
  const { profile, secrets } = settings;
  const credentials = await resolveCredentials(profile.security ?? {}, secrets);
  const name = `reprise:${profile.id}:${role}`;
  const { address } = state;
  const welcome = await greet(connection, { address, credentials, name });
  if (role === "reading") state.welcome = welcome;
  else if (!state.isOpen) {
    if (welcome.info.appendOnly === false) tell("durability", notDurable);
    await parts.first(connection);
  }
}

const notDurable =
  "the server has appendonly off: what it has confirmed is lost when it dies before its next snapshot";

function cameUp(parts: LinesParts, state: State, { role, connection }: Arriving): void {
  state.isUp.add(role);
  // The first time the driver says so itself.
  if (state.isOpen && state.isUp.size === state.wanted.size) parts.health.ready();
  if (role === "commands") parts.commandsUp(connection);
  else if (state.welcome !== undefined) parts.readingUp(connection, state.welcome);
}

/** Whether to try again. */
function wentDown(parts: LinesParts, state: State, role: Role, error: unknown): boolean {
  const reason = reasonOf(state, error);
  state.isUp.delete(role);
  if (role === "commands") parts.commandsDown(reason);
  if (state.isRetired) return false;
  if (reason.code === "TOPOLOGY_MISMATCH") {
    parts.health.failed(reason);
    return false;
  }
  parts.health.connecting(reason);
  return true;
}

function reasonOf({ address }: State, error: unknown): MsgError {
  if (error instanceof CommandError && error.prefix === lost) {
    const message = `${address}: ${error.message}`;
    return new MsgError("CONNECTION_LOST", message, { cause: error });
  }
  return refusalOf(`connecting to ${address}`, error);
}
