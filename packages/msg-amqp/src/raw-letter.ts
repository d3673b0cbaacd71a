/**
 * The dead letter of a message that is no envelope: its body as it came, its headers and properties
 * as tables of their own, in their own types. They cannot stand where they stood: RabbitMQ would
 * route by `CC`, expire it by `expiration`, and refuse another's `user-id`.
 *
 * ```
 * body                             as it came
 * reprise-wire                     native
 * reprise-dead-letter-reason       MESSAGE_UNMAPPABLE: ...
 * reprise-dead-letter-topic, ...   as of any dead letter
 * reprise-dead-letter-headers      table
 * reprise-dead-letter-properties   table
 * ```
 *
 * Read by this driver, the two tables are JSON text.
 */
import type { MsgError } from "@reprise/msg-core";
import { deadLetterOf } from "@reprise/msg-core/driver";
import { type AmqpTable, fieldText } from "./fields.js";
import { type AmqpMessage, messageOf, wireHeader } from "./mapping.js";

/** Tables whose text is longer are left out: the client has room for 65,536 bytes. */
const textLengthMax = 20_000;

export interface RawLetter {
  readonly message: AmqpMessage;
  readonly position: string;
  readonly attempt: number;
  readonly error: MsgError;
  /** Of the dead letters. */
  readonly topic: string;
  readonly messageId: string;
  /** Whether the tables go along. */
  readonly whole: boolean;
}

export function rawLetterOf(letter: RawLetter): AmqpMessage {
  const { message, position, attempt, error, topic, messageId, whole } = letter;
  const { headers, ...properties } = message.properties;
  const original = { topic: message.topic, key: noBytes, value: message.body, headers: {} };
  const delivery = { envelope: original, partition: 0, position, attempt, redelivered: false };
  const reason = `${error.code}: ${error.message}`;
  const copy = messageOf(deadLetterOf({ delivery, reason, topic }), "native", messageId);
  const tables: Record<string, AmqpTable> = {};
  if (whole && isShort(headers)) tables["reprise-dead-letter-headers"] = headers;
  if (whole && isShort(properties)) tables["reprise-dead-letter-properties"] = properties;
  const table = { ...copy.properties.headers, [wireHeader]: "native", ...tables };
  return { ...copy, properties: { ...copy.properties, headers: table } };
}

const noBytes = new Uint8Array(0);

function isShort(table: AmqpTable | undefined): table is AmqpTable {
  return table !== undefined && fieldText(table, "near").length <= textLengthMax;
}
