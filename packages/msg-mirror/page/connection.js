/**
 * The connection to the mirror: opened again whenever it ends, after a pause that doubles from half a
 * second to ten, with some chance in it so that many pages do not come at once. The mirror beats; a
 * silence of two and a half beats is a dead connection.
 *
 * ```
 * connecting --hello--> live --end, silence--> waiting --pause--> connecting
 *     '--locked, or token refused--> ended, until a token is given
 * ```
 */

/** @typedef {import("../src/frame.js").ServerFrame} ServerFrame */

/**
 * @typedef {object} ConnectionState
 * @property {"connecting" | "live" | "waiting" | "ended"} state
 * @property {string} [reason] why it waits
 * @property {number} [seconds] how long it waits
 * @property {string} [problem] what is wrong with the token
 */

/**
 * @typedef {object} ConnectionParts
 * @property {string} url
 * @property {() => string} token "" for none
 * @property {{ streams?: string[], types?: string[] } | undefined} subscription
 * @property {(frame: ServerFrame, length: number) => void} onFrame
 * @property {(state: ConnectionState) => void} onState
 */

const pauseMin = 500;
const pauseMax = 10_000;
const beatsOfSilence = 2.5;
/** A mirror that takes longer than this to greet is not there. */
const greetingWait = 10_000;
const unauthorized = 4401;

export class Connection {
  #parts;
  /** @type {WebSocket | undefined} */
  #socket;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #failures = 0;
  #silence = greetingWait;

  /** @param {ConnectionParts} parts */
  constructor(parts) {
    this.#parts = parts;
    addEventListener("online", () => {
      if (!this.#socket) this.retry();
    });
  }

  retry() {
    this.#failures = 0;
    this.#connect();
  }

  #connect() {
    this.#leave();
    this.#parts.onState({ state: "connecting" });
    const socket = new WebSocket(this.#parts.url);
    this.#socket = socket;
    this.#silence = greetingWait;
    this.#listen();
    socket.addEventListener("message", ({ data }) => {
      if (this.#socket !== socket) return;
      this.#listen();
      this.#take(socket, JSON.parse(data), data.length);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#socket !== socket) return;
      if (code === unauthorized) this.#wantToken("The mirror refused that token.");
      else this.#lost(reason);
    });
  }

  /** @param {WebSocket} socket @param {ServerFrame} frame @param {number} length */
  #take(socket, frame, length) {
    const { token, subscription, onFrame, onState } = this.#parts;
    if (frame.frame === "locked") {
      if (token() === "") this.#wantToken("");
      else socket.send(JSON.stringify({ frame: "auth", token: token() }));
    } else if (frame.frame === "hello") {
      this.#failures = 0;
      this.#silence = frame.heartbeat_ms * beatsOfSilence;
      this.#listen();
      if (subscription) socket.send(JSON.stringify({ frame: "subscribe", ...subscription }));
      onState({ state: "live" });
    }
    onFrame(frame, length);
  }

  /** Waits for the next sign of life. */
  #listen() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#lost("no sign of life"), this.#silence);
  }

  #leave() {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /** @param {string} reason */
  #lost(reason) {
    this.#leave();
    const pause = Math.min(pauseMax, pauseMin * 2 ** this.#failures);
    this.#failures += 1;
    const wait = pause * (0.75 + Math.random() / 2);
    this.#parts.onState({ state: "waiting", reason, seconds: wait / 1000 });
    this.#timer = setTimeout(() => this.#connect(), wait);
  }

  /** @param {string} problem */
  #wantToken(problem) {
    this.#leave();
    this.#parts.onState({ state: "ended", problem });
  }
}
