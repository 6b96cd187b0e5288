// Frames written and read the slow, obvious way of RFC 6455 §5.2, independent of the engine's own encoder and decoder.

import assert from 'node:assert/strict';
import type { Role } from '../../src/core/constants.ts';
import { concat, hex, toHex } from './hex.ts';
import { decodeStrictly } from './plain-text.ts';

/** The masking key of the RFC's examples (RFC 6455 §5.7); every client of the tests uses it for every frame. */
export const KEY = hex('37 fa 21 3d');

export function other(role: Role): Role {
  return role === 'client' ? 'server' : 'client';
}

/**
 * Frames as they arrive at `role`. They are written as a server sends them, one string or array for each; for a server
 * that receives them, MASK is set, the key put in and the payload masked.
 */
export function wire(role: Role, ...frames: readonly (string | Uint8Array)[]): Uint8Array {
  return concat(frames.map((frame) => (role === 'client' ? hex(frame) : masked(hex(frame)))));
}

/** The masked form of one unmasked frame, whose payload may be cut. */
export function masked(frame: Uint8Array, key = KEY): Uint8Array {
  const length = frame[1] as number;
  const header = length === 127 ? 10 : length === 126 ? 4 : 2;
  assert.ok(frame.length >= header && length < 128, 'one whole unmasked header');
  const head = frame.slice(0, header);
  head[1] = length | 0x80;
  return concat([head, key, exclusiveOr(frame.subarray(header), key)]);
}

/** RFC 6455 §5.3, "octet i of the transformed data": one byte after the other. */
export function exclusiveOr(bytes: Uint8Array, key: Uint8Array, offset = 0): Uint8Array {
  const result = new Uint8Array(bytes.length);
  for (let index = 0; index < bytes.length; index++) {
    result[index] = (bytes[index] as number) ^ (key[(index + offset) % 4] as number);
  }
  return result;
}

/** An unmasked frame with the shortest length encoding. */
export function frame(first: number, payload: Uint8Array | string = ''): Uint8Array {
  const bytes = hex(payload);
  const length = bytes.length;
  const number = (size: number) => length.toString(16).padStart(size * 2, '0');
  const encoded = length < 126 ? number(1) : length < 65536 ? `7e ${number(2)}` : `7f ${number(8)}`;
  return concat([Uint8Array.of(first), hex(encoded), bytes]);
}

export interface WireFrame {
  readonly first: number;
  readonly key: Uint8Array | undefined;
  /** Unmasked. */
  readonly payload: Uint8Array;
}

/** Reads frames; fails when the bytes end within one, or when a length is not minimal. */
export function readFrames(bytes: Uint8Array): WireFrame[] {
  const frames: WireFrame[] = [];
  let at = 0;
  const take = (count: number) => {
    assert.ok(at + count <= bytes.length, `frame ${frames.length} is cut at byte ${bytes.length}`);
    at += count;
    return bytes.subarray(at - count, at);
  };
  const number = (count: number) => take(count).reduce((value, byte) => value * 256 + byte, 0);
  while (at < bytes.length) {
    const first = number(1);
    const second = number(1);
    const short = second & 0x7f;
    const length = short === 127 ? number(8) : short === 126 ? number(2) : short;
    if (short >= 126) assert.ok(length > (short === 126 ? 125 : 65535), `length ${length} is not minimal`);
    const key = second >= 0x80 ? take(4) : undefined;
    const payload = take(length);
    frames.push({ first, key, payload: key === undefined ? payload : exclusiveOr(payload, key) });
  }
  return frames;
}

const names: Record<number, string> = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

/** A frame in words: `text "Hello"`, `binary… 01 02` (no FIN), `close 1000 "bye"`, `ping`. */
export function describeFrame({ first, payload }: WireFrame): string {
  const opcode = first & 0x0f;
  const name = `${names[opcode] ?? `opcode ${opcode}`}${first & 0x70 ? ` rsv ${(first >> 4) & 7}` : ''}`;
  const words = [first >= 0x80 ? name : `${name}…`];
  if (opcode === 8 && payload.length >= 2) {
    const [high = 0, low = 0] = payload;
    words.push(String(high * 256 + low));
    const reason = decodeStrictly(payload.subarray(2));
    if (reason !== '') words.push(showData(reason ?? payload.subarray(2)));
  } else if (payload.length > 0) words.push(showData(opcode === 1 ? (decodeStrictly(payload) ?? payload) : payload));
  return words.join(' ');
}

/** Text quoted, bytes in hex; long ones by their length and a sum. */
export function showData(data: string | Uint8Array): string {
  if (typeof data === 'string' && data.length <= 160) return JSON.stringify(data);
  if (typeof data !== 'string' && data.length <= 40) return toHex(data);
  let sum = 0;
  if (typeof data === 'string') for (let at = 0; at < data.length; at++) sum = (sum * 31 + data.charCodeAt(at)) >>> 0;
  else for (const byte of data) sum = (sum * 31 + byte) >>> 0;
  return `${data.length} ${typeof data === 'string' ? 'units' : 'bytes'} #${sum.toString(16)}`;
}
