// What an application may send, and its bytes.

import { bytesOf, plainBytesOf } from '../brands.ts';
import { Opcode } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { Memory, TextCodec } from '../ports.ts';

/** What may be sent: text, or bytes in any of these shapes. */
export type MessageData = string | ArrayBuffer | SharedArrayBuffer | ArrayBufferView;

/**
 * The bytes of binary data, without copying: see {@link bytesOf} for how they may be read. They are the application's,
 * and only valid during the call that passes them.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, including for memory that was transferred
 */
export function toBytes(data: unknown): Uint8Array {
  const bytes = bytesOf(data);
  if (typeof bytes === 'object') return bytes;
  throw webSocketError(
    'ERR_WS_DATA_TYPE',
    bytes === 'absent' ? ABSENT : data === null || data === undefined ? String(data) : `of type ${typeof data}`,
  );
}

const ABSENT = 'detached (its memory was transferred, or has shrunk)';

/** A text as UTF-8, in memory of its own. Lone surrogates become U+FFFD. */
export function encoded(data: string, text: TextCodec, memory: Memory): Uint8Array {
  const bytes = memory.allocate(text.byteLength(data));
  text.encodeInto(data, bytes, 0);
  return bytes;
}

/** The opcode of a message. @param binary  whether it is binary; absent: by the type of its data */
export function opcodeOf(data: MessageData, binary: boolean | undefined): number {
  return (binary ?? typeof data !== 'string') ? Opcode.binary : Opcode.text;
}

/**
 * What a message of an opcode is made of: a string only for text.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
 */
export function payloadAs(opcode: number, data: MessageData, text: TextCodec, memory: Memory): MessageData {
  if (typeof data === 'string') return opcode === Opcode.text ? data : encoded(data, text, memory);
  const { length } = toBytes(data);
  // Its methods may not be those of a plain view.
  if (opcode === Opcode.text && !text.isUtf8(plainBytesOf(data) as Uint8Array, 0, length)) {
    throw webSocketError('ERR_WS_SEND_UTF8');
  }
  return data;
}
