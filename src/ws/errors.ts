// Errors of the engine as programs written for `ws` know them: its classes, its codes (`WS_ERR_…`), and the texts that
// programs compare with. The engine's own error, with its code and remedy, is the `cause`.

import type { WebSocketError } from '../core/errors.ts';

interface Shape {
  readonly type: new (message: string, options?: { cause?: unknown }) => Error;
  readonly code: string;
  /** The engine's text follows. */
  readonly text: string;
}

const INVALID = 'Invalid WebSocket frame: ';

function shape(type: Shape['type'], code: string, text: string): Shape {
  return { type, code, text };
}

const tooBig = shape(RangeError, 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH', 'Max payload size exceeded');
const tooMany = shape(RangeError, 'WS_ERR_TOO_MANY_BUFFERED_PARTS', 'Too many message fragments');
const controlLength = shape(RangeError, 'WS_ERR_INVALID_CONTROL_PAYLOAD_LENGTH', `${INVALID}invalid payload length`);
const compressedBit = shape(RangeError, 'WS_ERR_UNEXPECTED_RSV_1', `${INVALID}RSV1 must be clear`);
const invalidLength = shape(RangeError, 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH', 'Unsupported WebSocket frame: ');

/** By the engine's codes: what the peer sent wrong. */
const shapes: Readonly<Record<string, Shape>> = {
  ERR_WS_RESERVED_BITS: shape(RangeError, 'WS_ERR_UNEXPECTED_RSV_2_3', `${INVALID}RSV2 and RSV3 must be clear`),
  ERR_WS_COMPRESSED_BIT: compressedBit,
  ERR_WS_RESERVED_OPCODE: shape(RangeError, 'WS_ERR_INVALID_OPCODE', `${INVALID}invalid opcode`),
  ERR_WS_UNEXPECTED_CONTINUATION: shape(RangeError, 'WS_ERR_INVALID_OPCODE', `${INVALID}invalid opcode 0`),
  ERR_WS_EXPECTED_CONTINUATION: shape(RangeError, 'WS_ERR_INVALID_OPCODE', `${INVALID}invalid opcode`),
  ERR_WS_CONTROL_FRAGMENTED: shape(RangeError, 'WS_ERR_EXPECTED_FIN', `${INVALID}FIN must be set`),
  ERR_WS_CONTROL_TOO_LARGE: controlLength,
  ERR_WS_CLOSE_PAYLOAD: controlLength,
  ERR_WS_CLOSE_CODE: shape(RangeError, 'WS_ERR_INVALID_CLOSE_CODE', `${INVALID}invalid status code`),
  ERR_WS_NOT_MASKED: shape(RangeError, 'WS_ERR_EXPECTED_MASK', `${INVALID}MASK must be set`),
  ERR_WS_MASKED: shape(RangeError, 'WS_ERR_UNEXPECTED_MASK', `${INVALID}MASK must be clear`),
  ERR_WS_INVALID_UTF8: shape(Error, 'WS_ERR_INVALID_UTF8', `${INVALID}invalid UTF-8 sequence`),
  ERR_WS_LENGTH_TOO_LARGE: shape(
    RangeError,
    'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH',
    'Unsupported WebSocket frame: payload length > 2^53 - 1',
  ),
  ERR_WS_LENGTH_SIGN: invalidLength,
  ERR_WS_LENGTH_NOT_MINIMAL: invalidLength,
  ERR_WS_MESSAGE_TOO_LARGE: tooBig,
  ERR_WS_FRAME_TOO_LARGE: tooBig,
  ERR_WS_INFLATE_RATIO: tooBig,
  ERR_WS_TEXT_TOO_LONG: tooBig,
  ERR_WS_TOO_MANY_FRAGMENTS: tooMany,
  ERR_WS_TOO_MANY_EMPTY_FRAGMENTS: tooMany,
};

/** The engine's text, where of the reserved bits only RSV1 is set. */
const RSV1_ONLY = /first byte 0x[4c]/;

/** What zlib says, in the engine's text. */
const ZLIB_TEXT = /\((.+) \(Z_DATA_ERROR\)\)/;

/** Texts of `ws` that are complete, and known as such to programs. */
const isComplete = /(?:exceeded|fragments|sequence|clear|set|opcode 0|- 1)$/;

/**
 * The error of an open connection as the `error` event has it.
 *
 * @returns `undefined` where `ws` has no `error` event: the connection was lost, or terminated by this program
 */
export function connectionError(error: WebSocketError): Error | undefined {
  const { code, family, message, closeCode } = error;
  const found = code === 'ERR_WS_RESERVED_BITS' && RSV1_ONLY.test(message) ? compressedBit : shapes[code];
  if (found !== undefined) {
    const text = isComplete.test(found.text) ? found.text : `${found.text}${detailOf(found, error)}`;
    return Object.assign(new found.type(text, { cause: error }), { code: found.code });
  }
  if (code === 'ERR_WS_INFLATE') {
    const text = ZLIB_TEXT.exec(message)?.[1] ?? message;
    return Object.assign(new Error(text, { cause: error }), { code: 'Z_DATA_ERROR', errno: -3 });
  }
  // Limits of the engine that `ws` does not have: the engine's error tells which one, and how to raise it.
  return closeCode !== undefined || family === 'usage' ? error : undefined;
}

/** Where the engine's text has the value, with its base. `ws` ends its own texts with it. */
const values: Readonly<Record<string, readonly [pattern: RegExp, base: number]>> = {
  ERR_WS_RESERVED_OPCODE: [/opcode 0x([\da-f]+)/, 16],
  ERR_WS_EXPECTED_CONTINUATION: [/opcode 0x([\da-f]+)/, 16],
  ERR_WS_CONTROL_TOO_LARGE: [/has (\d+) bytes/, 10],
  ERR_WS_CLOSE_CODE: [/has code (\d+)/, 10],
};

function detailOf(found: Shape, { code, message }: WebSocketError): string {
  if (found === invalidLength) return message;
  if (code === 'ERR_WS_CLOSE_PAYLOAD') return ' 1';
  const [pattern, base] = values[code] ?? [];
  const value = pattern?.exec(message)?.[1];
  return value === undefined ? '' : ` ${Number.parseInt(value, base)}`;
}
