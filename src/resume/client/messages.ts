// Messages as the application and as the protocol have them.

import { Buffer } from 'node:buffer';
import { Opcode } from '../../core/constants.ts';
import { type MessageData, opcodeOf, payloadAs, toBytes } from '../../core/message/message-data.ts';
import type { SendOptions } from '../../core/message/send-options.ts';
import { nodeMemory } from '../../node/memory.ts';
import { nodeText } from '../../node/text.ts';
import type { Payload, Returned } from '../protocol/ports.ts';
import type { ReturnedMessage } from './told.ts';

/**
 * A message as the protocol keeps it: text, or a copy of bytes.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
 */
export function payloadOf(data: MessageData, options: SendOptions | undefined): Payload {
  const opcode = opcodeOf(data, options?.binary);
  const payload = payloadAs(opcode, data, nodeText, nodeMemory);
  if (typeof payload === 'string') return payload;
  const bytes = toBytes(payload);
  return opcode === Opcode.text ? Buffer.from(bytes).toString() : Buffer.from(bytes);
}

export function dataOf(data: Payload): string | Buffer {
  if (typeof data === 'string' || Buffer.isBuffer(data)) return data;
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
}

export function returnedMessage({ data, isBinary, wasSent, isIncomplete }: Returned): ReturnedMessage {
  return { data: dataOf(data), isBinary, wasSent, isIncomplete };
}
