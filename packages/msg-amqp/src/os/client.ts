/**
 * What the driver needs of the client library, as small interfaces: amqplib's connection and channels
 * are such, and so is whatever a test puts in their place.
 */
import type { Buffer } from "node:buffer";
import type { AmqpProperties } from "../mapping.js";

export interface ClientConnection {
  createChannel(): Promise<ClientChannel>;
  createConfirmChannel(): Promise<ClientChannel>;
  close(): Promise<void>;
  /**
   * What is written until the client has had its turn goes to the system in one call. The client
   * itself makes a call, and mostly a packet, of each message.
   */
  gather?(): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close", listener: (error?: Error) => void): unknown;
  on(event: "blocked", listener: (reason: string) => void): unknown;
  on(event: "unblocked", listener: () => void): unknown;
}

export interface ClientMessage {
  readonly content: Buffer;
  readonly fields: {
    readonly deliveryTag: number;
    readonly redelivered: boolean;
    readonly exchange: string;
    readonly routingKey: string;
  };
  readonly properties: AmqpProperties;
}

/** What the client needs of a message to settle it. */
export interface Delivered {
  readonly fields: { readonly deliveryTag: number };
}

export interface ClientAnswer {
  readonly deliveryTag: number;
  readonly multiple: boolean;
}

export interface ClientChannel {
  assertExchange(name: string, type: string, options: DeclareOptions): Promise<unknown>;
  assertQueue(name: string, options: DeclareOptions): Promise<unknown>;
  bindQueue(queue: string, exchange: string, routingKey: string): Promise<unknown>;
  prefetch(count: number): Promise<unknown>;
  consume(queue: string, receive: (message: ClientMessage | null) => void): Promise<unknown>;
  /**
   * `options`: the properties, and `mandatory`. False: buffered, and `drain` will say when to go on.
   * Throws on a channel that has ended.
   */
  publish(exchange: string, key: string, content: Buffer, options: object): boolean;
  ack(message: Delivered, allUpTo: boolean): void;
  nack(message: Delivered, allUpTo: boolean, requeue: boolean): void;
  close(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "close" | "drain", listener: () => void): unknown;
  on(event: "ack" | "nack", listener: (answer: ClientAnswer) => void): unknown;
  on(event: "return", listener: (message: ClientMessage) => void): unknown;
  on(event: "handler-error", listener: (error: Error, name: string) => void): unknown;
}

export interface DeclareOptions {
  readonly durable: boolean;
  readonly arguments?: Readonly<Record<string, string>>;
}

/** Opens a connection, handshake included. `signal` ends it, then and later, whatever it is doing. */
export type Dial = (signal: AbortSignal) => Promise<ClientConnection>;
