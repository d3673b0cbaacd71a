/**
 * Draws of a strict replay: each must be the next one recorded under its key, whichever kind it is. So
 * a program that asks the clock where it drew a number is told, and not given what was meant for
 * something else.
 */
import { firstDifference, MsgError } from "@reprise/msg-core";
import {
  type DrawRequest,
  decodeDrawRequest,
  describeDraw,
  drawOperationOf,
  encodeDrawRequest,
  isDrawOperation,
} from "./draws.js";
import { placeOf, positionOf } from "./entry-description.js";
import { drawOperations, rrKind } from "./operations.js";
import { replayBoardOf } from "./replay-board.js";
import type { Session } from "./session.js";
import { checkAllowed } from "./session-writing.js";

/** Of one key: the entry of the next draw, or -1. */
interface DrawOrder {
  next(): number;
  readonly count: number;
}

const orders = new WeakMap<Session, Map<string, DrawOrder>>();

/** Uses the entry of a draw, and gives it. Throws REPLAY_DIFFERS, NO_MATCH, POLICY_REFUSED, SESSION_CLOSED. */
export function takeDraw(session: Session, key: string, request: DrawRequest): number {
  const board = replayBoardOf(session);
  session.checkOpen();
  checkAllowed(session.policy, rrKind, drawOperationOf(request));
  board.passAtCursor();
  const order = orderOf(session, key);
  const entry = order.next();
  const due = session.policy.matchMode === "transcript" ? session.cursor() : entry;
  if (due < 0) throw noneLeft(session, request, { key, count: order.count });
  if (due !== entry) throw outOfTurn(session, request, due);
  checkSame(session, request, entry);
  session.use(entry);
  return entry;
}

function orderOf(session: Session, key: string): DrawOrder {
  const known = orders.get(session) ?? new Map<string, DrawOrder>();
  orders.set(session, known);
  const order = known.get(key) ?? createDrawOrder(session, key);
  known.set(key, order);
  return order;
}

/** Two buckets in file order. Each entry is passed over once in a session's life. */
function createDrawOrder(session: Session, key: string): DrawOrder {
  const { recorded } = session;
  const buckets = Object.values(drawOperations).map((op) => recorded.bucket(rrKind, op, key));
  const heads = buckets.map((bucket) => bucket?.first ?? -1);
  const unused = (head: number): number => {
    let entry = head;
    while (entry >= 0 && session.isUsed(entry)) entry = recorded.nextInBucket(entry);
    return entry;
  };
  return {
    count: buckets.reduce((count, bucket) => count + (bucket?.count ?? 0), 0),
    next() {
      for (let which = 0; which < heads.length; which++) heads[which] = unused(heads[which] ?? -1);
      const left = heads.filter((head) => head >= 0);
      return left.length === 0 ? -1 : Math.min(...left);
    },
  };
}

function checkSame(session: Session, request: DrawRequest, entry: number): void {
  const { recorded } = session;
  const { op } = recorded.bucketOf(entry);
  const req = recorded.req(entry);
  if (op === drawOperationOf(request) && firstDifference(req, encodeDrawRequest(request)) < 0) {
    return;
  }
  const was = decodeDrawRequest(op, req);
  const field = was.call === request.call ? "size" : "call";
  const message =
    `${describeDraw(request)}: the draw differs from the recording` +
    `\n  nearest   ${positionOf(session, entry)}, due next` +
    `\n  field     ${field}` +
    `\n  recorded  ${describeDraw(was)}` +
    `\n  got       ${describeDraw(request)}` +
    `\n  accept    ${session.acceptHint}`;
  throw new MsgError("REPLAY_DIFFERS", message, { entry, offset: recorded.offset(entry) });
}

/** By transcript, something that is no draw of this key is due. */
function outOfTurn(session: Session, request: DrawRequest, due: number): MsgError {
  const message =
    `${describeDraw(request)}: something else comes first in the recording` +
    `\n  due       ${placeOf(session, due)}\n  order     transcript` +
    `\n  accept    ${session.acceptHint}`;
  const offset = session.recorded.offset(due);
  return new MsgError("REPLAY_DIFFERS", message, { entry: due, offset });
}

function noneLeft(
  session: Session,
  request: DrawRequest,
  { key, count }: { readonly key: string; readonly count: number },
): MsgError {
  const message =
    `${describeDraw(request)}: the program draws more than was recorded` +
    `\n  recorded  ${count} draws of ${key}, all replayed${drawnElsewhere(session, key)}` +
    `\n  accept    ${session.acceptHint}`;
  return new MsgError("NO_MATCH", message);
}

const keysMax = 8;

/** Where the cassette has no draws of this key: a line saying whose it has. Looked for only now. */
function drawnElsewhere({ recorded }: Session, key: string): string {
  const keys = new Set<string>();
  for (let entry = 0; entry < recorded.count && keys.size < keysMax; entry++) {
    const bucket = recorded.bucketOf(entry);
    if (isDrawOperation(bucket.op)) keys.add(bucket.key);
  }
  if (keys.has(key)) return "";
  return keys.size === 0 ? "" : `\n  cassette  has draws of ${[...keys].join(", ")}`;
}
