// How a message to many, or to a connection of another node, is sent: rows that publish, broadcast and sendTo have in common.

import { Opcode } from '../core/constants.ts';
import { type MessageData, payloadAs, toBytes } from '../core/message/message-data.ts';
import type { SendOptions } from '../core/message/send-options.ts';
import type { Rows, Schema } from '../core/option-check.ts';
import { trueOrFalse } from '../core/option-kinds.ts';
import { nodeHost } from '../node/environment.ts';

/** Of every call that sends. */
export const messageRows = { binary: trueOrFalse, compress: trueOrFalse } satisfies Rows<SendOptions>;

/** Names of other libraries. */
export const messageElsewhere = { isBinary: 'use binary', compressed: 'use compress', exclude: 'use except' };

const LEAVES_OUT = 'publish(topic, data, { except }) leaves one out';

export const broadcastSchema: Schema<SendOptions> = {
  of: 'broadcast',
  example: '{ binary: false, compress: true }',
  rows: messageRows,
  elsewhere: { ...messageElsewhere, except: LEAVES_OUT, exclude: LEAVES_OUT },
};

export const sendToSchema: Schema<SendOptions> = {
  of: 'sendTo',
  example: '{ binary: false, compress: true }',
  rows: messageRows,
  elsewhere: { ...messageElsewhere, exclude: 'leave it out: sendTo reaches one connection' },
};

/**
 * The data of a message with the type that tells its kind: a string for text, bytes for a binary message.
 *
 * @param binary  absent: `data` as it is
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
 */
export function dataOfKind(data: MessageData, binary: boolean | undefined): MessageData {
  if (binary === undefined) return data;
  const { text, memory } = nodeHost;
  const payload = payloadAs(binary ? Opcode.binary : Opcode.text, data, text, memory);
  if (binary || typeof payload === 'string') return payload;
  const bytes = toBytes(payload);
  return text.decode(bytes, 0, bytes.length);
}
