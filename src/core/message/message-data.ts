// What an application may send, and its bytes.

import { bytesOf } from '../brands.ts';
import { Opcode } from '../constants.ts';
import { webSocketError } from '../errors.ts';
import type { Memory, TextCodec } from '../ports.ts';
import { isAscii } from '../utf8.ts';

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
 * From this size on a native check beats the loop. Smaller typed arrays lie within V8's heap, from which a native call
 * takes them with an allocation each (65 bytes and more do not).
 */
const NATIVE_FROM = 128;

function isText(bytes: Uint8Array, text: TextCodec): boolean {
  const { length } = bytes;
  return (length < NATIVE_FROM && isAscii(bytes, 0, length)) || text.isUtf8(bytes, 0, length);
}

/**
 * What a message of an opcode is made of: a string only for text.
 *
 * @throws WebSocketError ERR_WS_DATA_TYPE, ERR_WS_SEND_UTF8
 */
export function payloadAs(opcode: number, data: MessageData, text: TextCodec, memory: Memory): MessageData {
  if (typeof data === 'string') return opcode === Opcode.text ? data : encoded(data, text, memory);
  const bytes = toBytes(data);
  if (opcode === Opcode.text && !isText(bytes, text)) throw webSocketError('ERR_WS_SEND_UTF8');
  return bytes;
}
