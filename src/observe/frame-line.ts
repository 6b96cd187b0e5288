// A frame as one line of a log: `TEXT 'hello' [5 bytes]`, `CLOSE 1000 (OK) [2 bytes]`. Nothing in it steers a terminal, and it
// has a bounded length, whatever a peer sends.

import { Opcode } from '../core/constants.ts';
import { closeCodeName } from './close-code-names.ts';

/** The parts of a frame that are shown. */
export interface LoggedFrame {
  readonly opcode: number;
  readonly fin: boolean;
  /** Whether the payload is compressed (RFC 7692 §6). */
  readonly rsv1: boolean;
  /** Bytes of the whole payload. Absent: as many as `payload` has. */
  readonly size?: number;
  /** The payload, or its beginning. */
  readonly payload: Uint8Array;
}

/** Characters of a preview. */
const ROOM = 75;
const NAMES: Readonly<Record<number, string>> = {
  0: 'CONT',
  1: 'TEXT',
  2: 'BINARY',
  8: 'CLOSE',
  9: 'PING',
  10: 'PONG',
};
const [TEXT, BINARY, CLOSE] = [Opcode.text, Opcode.binary, Opcode.close];

/** What is unsafe to print: controls, line and paragraph separators, what reorders text on the screen, lone surrogates. */
const UNSAFE = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Cs}]/gu;

/** @param showsPayload  whether it has the beginning of the payload */
export function frameLine(frame: LoggedFrame, showsPayload: boolean): string {
  const { opcode, fin, rsv1, payload, size = payload.length } = frame;
  const parts = [NAMES[opcode] ?? `OPCODE ${opcode}`];
  if (opcode === CLOSE) parts.push(...closeParts(payload, showsPayload));
  else if (showsPayload && (size > 0 || opcode <= BINARY)) parts.push(preview(frame));
  const marks = [`${size} ${size === 1 ? 'byte' : 'bytes'}`];
  if (rsv1) marks.push('compressed');
  if (!fin) marks.push('continued');
  return `${parts.join(' ')} [${marks.join(', ')}]`;
}

function closeParts(payload: Uint8Array, showsReason: boolean): string[] {
  if (payload.length < 2) return [];
  const code = ((payload[0] as number) << 8) | (payload[1] as number);
  const name = closeCodeName(code);
  const parts = [name === undefined ? String(code) : `${code} (${name})`];
  if (payload.length > 2 && showsReason) parts.push(quoted(decoded(payload.subarray(2)) ?? '?'));
  return parts;
}

function preview({ opcode, rsv1, payload, size = payload.length }: LoggedFrame): string {
  const beginning = payload.length > ROOM ? payload.subarray(0, ROOM) : payload;
  const isCut = beginning.length < size;
  if (opcode !== BINARY && !rsv1) {
    const text = decoded(beginning, isCut);
    if (text !== undefined && (opcode === TEXT || !/\p{Cc}/u.test(text))) return quoted(text) + (isCut ? '…' : '');
  }
  const bytes = payload.subarray(0, ROOM / 3);
  return hex(bytes) + (bytes.length < size ? ' …' : '');
}

/** Returns text, `undefined` for bytes that are not. @param isCut  the last character may be incomplete */
function decoded(bytes: Uint8Array, isCut = false): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
  } catch {
    return undefined;
  }
}

/** Text in single quotes, safe to print. */
export function quoted(text: string): string {
  return `'${printable(text).replaceAll("'", "\\'")}'`;
}

/** Text that can be printed in one line. */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    const code = character.charCodeAt(0);
    return code < 256 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
