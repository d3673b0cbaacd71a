/**
 * Why the mirror ended a connection, as WebSocket close codes: those of RFC 6455 where one says it,
 * and private ones (4000 to 4999). A client that does not answer the heartbeat hears none (1006).
 */

export interface CloseCode {
  readonly code: number;
  readonly reason: string;
}

export const closeCodes: {
  readonly goingAway: CloseCode;
  readonly notText: CloseCode;
  readonly malformed: CloseCode;
  readonly unauthorized: CloseCode;
  readonly tooSlow: CloseCode;
  readonly tooManyFrames: CloseCode;
  readonly full: CloseCode;
} = {
  goingAway: { code: 1001, reason: "the mirror closes" },
  notText: { code: 1003, reason: "expected text frames" },
  malformed: { code: 4400, reason: "malformed frame" },
  unauthorized: { code: 4401, reason: "expected a valid token" },
  tooSlow: { code: 4408, reason: "too slow: the buffer for this client is full" },
  tooManyFrames: { code: 4429, reason: "too many frames" },
  full: { code: 1013, reason: "too many clients: try again later" },
};
