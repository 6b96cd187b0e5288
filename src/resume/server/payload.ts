// Messages of the application as a session keeps them: text as a string, bytes as a copy that nobody changes.

import { Opcode } from '../../core/constants.ts';
import { type MessageData, opcodeOf, payloadAs, toBytes } from '../../core/message/message-data.ts';
import type { PreparedMessage } from '../../core/message/prepared-message.ts';
import type { SendOptions } from '../../core/message/send-options.ts';
import { nodeHost } from '../../node/environment.ts';
import type { Payload } from '../protocol/ports.ts';

const { text, memory } = nodeHost;

/** The texts of prepared messages, read once for all sessions. */
const texts = new WeakMap<PreparedMessage, string>();

/** @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8 */
export function payloadOf(data: MessageData, options: SendOptions | undefined): Payload {
  const binary = options?.binary;
  const opcode = opcodeOf(data, binary);
  const payload = binary === undefined ? data : payloadAs(opcode, data, text, memory);
  if (typeof payload === 'string') return payload;
  const bytes = toBytes(payload);
  if (opcode === Opcode.text) return text.decode(bytes, 0, bytes.length);
  if (typeof data === 'string') return bytes; // encoded just now
  const copy = memory.allocate(bytes.length);
  copy.set(bytes);
  return copy;
}

/** What is in a prepared message. Nobody changes it. */
export function preparedPayload(message: PreparedMessage): Payload {
  const { payload } = message;
  if (message.opcode !== Opcode.text) return payload;
  let known = texts.get(message);
  if (known === undefined) {
    known = text.decode(payload, 0, payload.length);
    texts.set(message, known);
  }
  return known;
}
