// Frames as a scripted peer sends and describes them (RFC 6455 §5.2). They are written field by field, so that a test can
// send illegal ones too, and described in words for failed assertions.

import { Buffer } from 'node:buffer';
import { FIN_BIT, MASK_BIT, OPCODE_BITS, Opcode } from '../core/constants.ts';
import { maskInPlace, readKey } from '../core/mask.ts';

/** The name of an opcode of RFC 6455 §5.2, or any number from 0 to 15. */
export type OpcodeName = keyof typeof Opcode;

/** Bytes, or their hexadecimal digits with any spaces: `'89 82  00 00 00 00  48 69'`. */
export type Bytes = string | Uint8Array;

/** A received frame. */
export interface Frame {
  /** The opcode, 0 to 15. */
  readonly opcode: number;
  /** Whether it is the last frame of its message. */
  readonly fin: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv: number;
  /** The unmasked payload. */
  readonly payload: Buffer;
}

/** A frame to send. Absent fields get the value that RFC 6455 requires. */
export interface FrameFields {
  /** The name of the opcode, or a number from 0 to 15. */
  readonly opcode: OpcodeName | number;
  /** Default `true`. */
  readonly fin?: boolean;
  /** RSV1 is 4, RSV2 is 2, RSV3 is 1. Default 0. */
  readonly rsv?: number;
  /** Text, sent as UTF-8, or bytes. Default empty. */
  readonly payload?: string | Uint8Array;
  /** Whether the frame is masked. Default: `true` for a client, `false` for a server (RFC 6455 §5.1). */
  readonly masked?: boolean;
  /** Four bytes. Default: the key of the examples in RFC 6455 §5.7, `37 fa 21 3d`. */
  readonly maskingKey?: Bytes;
  /** The length in the header. Default: the real length. */
  readonly length?: number;
  /** Sends only this many bytes of the frame, including the header. */
  readonly cut?: number;
}

/** The fields that a received frame must have. */
export type ExpectedFrame = Pick<FrameFields, 'opcode' | 'fin' | 'rsv' | 'payload'>;

const EXAMPLE_KEY = '37 fa 21 3d';

/** Returns bytes. @throws TypeError for a string that is not pairs of hexadecimal digits */
export function bytesOf(bytes: Bytes): Buffer {
  if (typeof bytes !== 'string') return Buffer.from(bytes);
  const digits = bytes.replace(/\s+/gu, '');
  if (!/^([0-9a-f]{2})*$/iu.test(digits))
    throw new TypeError(`cannot read "${bytes}" as bytes; use pairs of hexadecimal digits, such as '81 02 48 69'`);
  return Buffer.from(digits, 'hex');
}

/** Returns the bytes of a frame. @param masks  whether frames of this sender are masked by default */
export function encodeFrame(fields: FrameFields, masks: boolean): Buffer {
  const { opcode, fin = true, rsv = 0, payload = '', masked = masks, maskingKey = EXAMPLE_KEY, cut } = fields;
  const body = Buffer.from(payload as string, 'utf8');
  const length = fields.length ?? body.length;
  const code = typeof opcode === 'number' ? opcode : Opcode[opcode];
  const size = length < 126 ? 2 : length < 65536 ? 4 : 10;
  const header = Buffer.alloc(size);
  header[0] = (fin ? FIN_BIT : 0) | (rsv << 4) | code;
  header[1] = (masked ? MASK_BIT : 0) | (size === 2 ? length : size === 4 ? 126 : 127);
  if (size === 4) header.writeUInt16BE(length, 2);
  if (size === 10) header.writeBigUInt64BE(BigInt(length), 2);
  const parts: Uint8Array[] = [header, body];
  if (masked) {
    const key = bytesOf(maskingKey);
    maskInPlace(body, 0, body.length, readKey(key, 0));
    parts.splice(1, 0, key);
  }
  return Buffer.concat(parts).subarray(0, cut);
}

/** Returns the payload of a Close frame: empty, or any code, even an illegal one, and a reason. */
export function encodeClose(code: number | undefined, reason: string): Buffer {
  if (code === undefined) return Buffer.alloc(0);
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return payload;
}

/** Returns the code and reason of a Close frame. Without a code, it is 1005 (RFC 6455 §7.1.5). */
export function decodeClose(payload: Buffer): { code: number; reason: string } {
  if (payload.length < 2) return { code: 1005, reason: '' };
  return { code: payload.readUInt16BE(0), reason: payload.toString('utf8', 2) };
}

/** Returns a received frame. @param first  the first byte of its header */
export function frameOf(first: number, payload: Buffer): Frame {
  return { opcode: first & OPCODE_BITS, fin: (first & FIN_BIT) !== 0, rsv: (first >> 4) & 7, payload };
}

/** Describes a frame: `text "Hello"`, `binary 01 02`, `close 1000 "bye"`, `ping`; without FIN, `text… "Hel"`. */
export function describeFrame({ opcode, fin, rsv, payload }: Frame): string {
  const name = nameOf(opcode);
  const words = [`${name}${fin ? '' : '…'}`];
  if (rsv !== 0) words.push(`rsv ${rsv}`);
  if (opcode === Opcode.close && payload.length >= 2) {
    const { code, reason } = decodeClose(payload);
    words.push(String(code));
    if (reason !== '') words.push(show(reason));
  } else if (payload.length > 0) words.push(show(opcode === Opcode.text && rsv === 0 ? payload.toString() : payload));
  return words.join(' ');
}

/** Returns the name of an opcode (RFC 6455 §5.2), or `opcode 3`. */
export function nameOf(opcode: OpcodeName | number): string {
  if (typeof opcode === 'string') return opcode;
  const entry = Object.entries(Opcode).find(([, code]) => code === opcode);
  return entry?.[0] ?? `opcode ${opcode}`;
}

/** Shows text in quotes, or bytes in hexadecimal; only the beginning if it is long. */
export function show(data: string | Uint8Array): string {
  if (typeof data === 'string') {
    return data.length <= 200
      ? JSON.stringify(data)
      : `${JSON.stringify(data.slice(0, 200))}… (${data.length} characters)`;
  }
  const digits = Array.from(data.subarray(0, 64), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return data.length <= 64 ? digits : `${digits}… (${data.length} bytes)`;
}
