/**
 * Settling: XACK for what is done, delivered once more what is to be retried. Together, written at
 * once, and on the next connection again where one ended before the reply.
 */
import type { Incoming, SettleStep } from "@reprise/msg-core/driver";
import type { Calls } from "./calls.js";
import {
  type Command,
  CommandError,
  isPassing,
  type RedisConnection,
  type Reply,
} from "./connection.js";
import type { Custody } from "./custody.js";
import type { Handle, Intake } from "./intake.js";
import { countedEntries, type Entry, listOf, textsOf } from "./replies.js";
import { deliverAgainCommand } from "./scripts.js";

export interface Settler {
  /** `BrokerLink.settle`. Rejects with BROKER_TIMEOUT, CLOSED, BROKER_REFUSED. */
  settle(steps: readonly SettleStep<Handle>[]): Promise<readonly Incoming<Handle>[]>;
}

export interface SettlerParts {
  readonly group: string;
  readonly consumer: string;
  readonly calls: Calls;
  readonly custody: Custody;
  readonly intake: Intake;
  /** Looks what is still held, and tells of what is not. */
  readonly confirm: (connection: RedisConnection) => Promise<void>;
  /** After whoever waits for the settling has heard of it. */
  readonly later: (work: () => void) => void;
  /** It failed: what is pending all the same must be looked for. */
  readonly failed: () => void;
}

type Step = SettleStep<Handle>;

/** Of one `settle`. */
interface Settling {
  left: readonly Step[];
  /** Whether the server may have carried out what is left: its reply was lost. */
  tried: boolean;
  readonly passedOver: Incoming<Handle>[];
  readonly again: Map<string, Entry[]>;
}

export function createSettler(parts: SettlerParts): Settler {
  const { calls, custody, intake, later, failed } = parts;
  return {
    async settle(steps) {
      const settling: Settling = { left: steps, tried: false, passedOver: [], again: new Map() };
      try {
        await calls.run("settling", (connection) => settleOn(parts, settling, connection));
      } catch (error) {
        for (const { incoming } of settling.left) {
          custody.delete(incoming.envelope.topic, incoming.position);
        }
        failed();
        throw error;
      }
      if (settling.again.size > 0) {
        later(() => {
          for (const [topic, entries] of settling.again) intake.takeAgain(topic, entries);
        });
      }
      return settling.passedOver;
    },
  };
}

async function settleOn(
  parts: SettlerParts,
  settling: Settling,
  connection: RedisConnection,
): Promise<void> {
  const { custody } = parts;
  if (!custody.isFresh()) await parts.confirm(connection);
  const held: Step[] = [];
  for (const step of settling.left) {
    const { incoming } = step;
    if (custody.has(incoming.envelope.topic, incoming.position)) held.push(step);
    // Not held, because the server had carried it out: that is as good as its reply.
    else if (!settling.tried) settling.passedOver.push(incoming);
  }
  settling.left = held;
  const pieces = piecesOf(held);
  const replies = await connection.callAll(pieces.map((piece) => commandOf(parts, piece)));
  settling.tried = true;
  const failures: CommandError[] = [];
  const left: Step[] = [];
  for (const [at, piece] of pieces.entries()) {
    const reply = replies[at] ?? null;
    if (!(reply instanceof CommandError)) {
      finish(parts, settling, { piece, again: piece.outcome === "ack" ? nothing : againOf(reply) });
    } else if (reply.prefix === "NOGROUP") {
      finish(parts, settling, { piece, again: { ...nothing, others: piece.ids } });
    } else {
      failures.push(reply);
      left.push(...piece.steps);
    }
  }
  settling.left = left;
  const failure = failures.find((error) => !isPassing(error)) ?? failures[0];
  if (failure !== undefined) throw failure;
}

/** Steps of one outcome and topic, as many as one command takes. */
interface Piece {
  readonly topic: string;
  readonly outcome: Step["outcome"];
  readonly steps: Step[];
  readonly ids: string[];
}

const pieceMax = 500;

function piecesOf(steps: readonly Step[]): readonly Piece[] {
  const pieces: Piece[] = [];
  const open = { ack: new Map<string, Piece>(), retry: new Map<string, Piece>() };
  for (const step of steps) {
    const { outcome, incoming } = step;
    const { topic } = incoming.envelope;
    let piece = open[outcome].get(topic);
    if (piece === undefined || piece.ids.length === pieceMax) {
      piece = { topic, outcome, steps: [], ids: [] };
      open[outcome].set(topic, piece);
      pieces.push(piece);
    }
    piece.steps.push(step);
    piece.ids.push(incoming.position);
  }
  return pieces;
}

function commandOf({ group, consumer }: SettlerParts, { topic, outcome, ids }: Piece): Command {
  if (outcome === "ack") return ["XACK", topic, group, ...ids];
  return deliverAgainCommand({ topic, group }, consumer, ids);
}

/** What became of entries that were to be delivered once more. */
interface Again {
  readonly entries: readonly Entry[];
  /** The stream no longer has them. */
  readonly gone: readonly string[];
  /** Somebody else has them, or nobody. */
  readonly others: readonly string[];
}

const nothing: Again = { entries: [], gone: [], others: [] };

function againOf(reply: Reply): Again {
  const [entries, gone, others] = listOf(reply);
  return { entries: countedEntries(entries), gone: textsOf(gone), others: textsOf(others) };
}

interface Settled {
  readonly piece: Piece;
  readonly again: Again;
}

function finish(parts: SettlerParts, settling: Settling, { piece, again }: Settled): void {
  const { custody, intake } = parts;
  const { topic, outcome, steps } = piece;
  if (outcome === "ack") {
    for (const { incoming } of steps) custody.delete(topic, incoming.position);
    return;
  }
  intake.tellTrimmed(topic, again.gone);
  settling.again.set(topic, [...(settling.again.get(topic) ?? []), ...again.entries]);
  const isLost = new Set([...again.gone, ...again.others]);
  for (const { incoming } of steps) {
    if (!isLost.has(incoming.position)) continue;
    custody.delete(topic, incoming.position);
    settling.passedOver.push(incoming);
  }
}
