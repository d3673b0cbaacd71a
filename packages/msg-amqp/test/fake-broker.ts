/**
 * An AMQP broker for tests, on amqplib's own codec: it greets, opens, declares and confirms as
 * RabbitMQ does, and a test may answer any method otherwise, or not at all.
 */
import { createRequire } from "node:module";
import { createServer, type Socket } from "node:net";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const library = dirname(require.resolve("amqplib"));
/** The client's inner modules, which its `exports` hide; their shape is written down below. */
const defs = require(join(library, "lib/defs.js")) as Definitions;
const framing = require(join(library, "lib/frame.js")) as Framing;

type Fields = Readonly<Record<string, unknown>>;
interface Definitions {
  readonly [method: string]: unknown;
  encodeMethod(id: number, channel: number, fields: Fields): Buffer;
  encodeProperties(id: number, channel: number, size: number, fields: Fields): Buffer;
}
interface Framing {
  parseFrame(bytes: Buffer, max: number): { readonly rest: Buffer } | false;
  decodeFrame(frame: object): FakeFrame;
  makeBodyFrame(channel: number, content: Buffer): Buffer;
}
export interface FakeFrame {
  readonly id?: number;
  readonly channel: number;
  readonly fields: Fields;
  readonly content?: Buffer;
  readonly size?: number;
}

export interface FakeMessage {
  readonly channel: number;
  /** Of the channel, from 1. */
  readonly tag: number;
  readonly fields: Fields;
  readonly properties: Fields & { readonly messageId?: string };
  body: Buffer;
}

export interface FakeConnection {
  readonly socket: Socket;
  /** From 1. */
  readonly number: number;
  send(method: string, channel: number, fields: Fields): void;
  deliver(channel: number, fields: Fields, message: { properties: Fields; body: string }): void;
  /** As what no queue takes. */
  giveBack(message: FakeMessage, fields: Fields): void;
  reset(): void;
}

export interface FakeBehaviour {
  /** A method that came: true where the test has answered it. */
  readonly method?: (
    name: string,
    frame: FakeFrame,
    connection: FakeConnection,
  ) => boolean | undefined;
  /** A whole message: by default it is confirmed. */
  readonly message?: (message: FakeMessage, connection: FakeConnection) => void;
}

export interface FakeBroker {
  readonly port: number;
  readonly connections: readonly FakeConnection[];
  close(): Promise<void>;
}

/** What RabbitMQ answers, by what is asked. */
const answers: Readonly<Record<string, readonly [string, Fields]>> = {
  ConnectionStartOk: ["ConnectionTune", { channelMax: 0, frameMax: 131_072, heartbeat: 60 }],
  ConnectionOpen: ["ConnectionOpenOk", {}],
  ConnectionClose: ["ConnectionCloseOk", {}],
  ChannelOpen: ["ChannelOpenOk", { channelId: Buffer.alloc(0) }],
  ChannelClose: ["ChannelCloseOk", {}],
  ConfirmSelect: ["ConfirmSelectOk", {}],
  ExchangeDeclare: ["ExchangeDeclareOk", {}],
  QueueDeclare: ["QueueDeclareOk", { queue: "q", messageCount: 0, consumerCount: 0 }],
  QueueBind: ["QueueBindOk", {}],
  BasicQos: ["BasicQosOk", {}],
};

const methodNames = new Map<number, string>();
for (const [name, id] of Object.entries(defs)) {
  if (typeof id === "number" && /^[A-Z][a-z]+[A-Z]/.test(name)) methodNames.set(id, name);
}
const idOf = (method: string): number => defs[method] as number;

export async function startFakeBroker(behaviour: FakeBehaviour = {}): Promise<FakeBroker> {
  const connections: FakeConnection[] = [];
  const server = createServer((socket) => {
    socket.setNoDelay(true);
    socket.on("error", () => undefined);
    const connection = connectionOn(socket, connections.length + 1);
    connections.push(connection);
    const accept = acceptor(connection, behaviour);
    let rest = Buffer.alloc(0);
    let greeted = false;
    socket.on("data", (chunk) => {
      rest = Buffer.concat([rest, chunk]);
      if (!greeted) {
        if (rest.length < 8) return;
        greeted = true;
        rest = rest.subarray(8);
        connection.send("ConnectionStart", 0, {
          versionMajor: 0,
          versionMinor: 9,
          serverProperties: {},
          mechanisms: Buffer.from("PLAIN"),
          locales: Buffer.from("en_US"),
        });
      }
      for (;;) {
        const frame = framing.parseFrame(rest, 0);
        if (frame === false) return;
        rest = frame.rest as typeof rest;
        accept(framing.decodeFrame(frame));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    port: address.port,
    connections,
    close() {
      for (const { socket } of connections) socket.destroy();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

interface Whole {
  readonly fields: Fields;
  readonly properties: Fields;
  readonly content: Buffer;
}

function connectionOn(socket: Socket, number: number): FakeConnection {
  const write = (bytes: Buffer): void => {
    if (socket.writable) socket.write(bytes);
  };
  const sendWhole = (method: string, channel: number, whole: Whole): void => {
    const { fields, properties, content } = whole;
    const size = content.length;
    write(
      Buffer.concat([
        defs.encodeMethod(idOf(method), channel, fields),
        defs.encodeProperties(idOf("BasicProperties"), channel, size, properties),
        framing.makeBodyFrame(channel, content),
      ]),
    );
  };
  return {
    socket,
    number,
    send: (method, channel, fields) => write(defs.encodeMethod(idOf(method), channel, fields)),
    giveBack({ channel, fields, properties, body }, reason) {
      sendWhole("BasicReturn", channel, {
        fields: { ...fields, ...reason },
        properties,
        content: body,
      });
    },
    deliver(channel, fields, { properties, body }) {
      const content = Buffer.from(body);
      sendWhole("BasicDeliver", channel, {
        fields: { exchange: "e", ...fields },
        properties,
        content,
      });
    },
    reset: () => socket.resetAndDestroy(),
  };
}

/** Puts messages together, and answers what the test does not. */
function acceptor(connection: FakeConnection, behaviour: FakeBehaviour) {
  const tags = new Map<number, number>();
  let coming: FakeMessage | undefined;
  let publish: Fields = {};
  const whole = (message: FakeMessage): void => {
    coming = undefined;
    if (behaviour.message !== undefined) behaviour.message(message, connection);
    else
      connection.send("BasicAck", message.channel, { deliveryTag: message.tag, multiple: false });
  };
  return (frame: FakeFrame): void => {
    const { id, channel, fields, content, size } = frame;
    if (content !== undefined && coming !== undefined) {
      coming.body = Buffer.concat([coming.body, content]);
      if (coming.body.length >= sizeOf(coming)) whole(coming);
    } else if (id === idOf("BasicProperties")) {
      const tag = (tags.get(channel) ?? 0) + 1;
      tags.set(channel, tag);
      coming = { channel, tag, fields: publish, properties: fields, body: Buffer.alloc(0) };
      sizes.set(coming, size ?? 0);
      if (size === 0) whole(coming);
    } else if (id === idOf("BasicPublish")) {
      publish = fields;
    } else if (id !== undefined) {
      answer(frame, { name: methodNames.get(id) ?? "", connection, behaviour });
    }
  };
}

const sizes = new WeakMap<FakeMessage, number>();
const sizeOf = (message: FakeMessage): number => sizes.get(message) ?? 0;

let consumers = 0;

function answer(
  frame: FakeFrame,
  {
    name,
    connection,
    behaviour,
  }: { name: string; connection: FakeConnection; behaviour: FakeBehaviour },
): void {
  if (behaviour.method?.(name, frame, connection) === true) return;
  if (name === "BasicConsume") {
    consumers += 1;
    connection.send("BasicConsumeOk", frame.channel, { consumerTag: `consumer-${consumers}` });
    return;
  }
  const [method, fields] = answers[name] ?? [];
  if (method !== undefined && fields !== undefined) connection.send(method, frame.channel, fields);
}
