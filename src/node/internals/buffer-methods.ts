// The methods on Buffer's prototype that its documented ones call: they take offsets, and any Uint8Array, so that a
// call needs no view.

import { Buffer } from 'node:buffer';

/** Text to bytes and back, as of `TextCodec`. */
export interface BufferMethods {
  decodeAscii(bytes: Uint8Array, start: number, end: number): string;
  decode(bytes: Uint8Array, start: number, end: number): string;
  encodeInto(text: string, target: Uint8Array, offset: number): number;
}

type Slice = (this: Uint8Array, start: number, end: number) => string;
type Write = (this: Uint8Array, text: string, offset: number, size: number) => number;

/**
 * Finds the methods and tries them out.
 *
 * @param prototype  Buffer's
 * @returns `undefined` where one is missing or works in another way
 */
export function findBufferMethods(prototype: object = Buffer.prototype): BufferMethods | undefined {
  const latin1Slice = Reflect.get(prototype, 'latin1Slice') as Slice | undefined;
  const utf8Slice = Reflect.get(prototype, 'utf8Slice') as Slice | undefined;
  const utf8Write = Reflect.get(prototype, 'utf8Write') as Write | undefined;
  if (latin1Slice === undefined || utf8Slice === undefined || utf8Write === undefined) return undefined;
  const methods: BufferMethods = {
    decodeAscii: (bytes, start, end) => latin1Slice.call(bytes, start, end),
    decode: (bytes, start, end) => utf8Slice.call(bytes, start, end),
    encodeInto: (text, target, offset) => utf8Write.call(target, text, offset, target.length - offset),
  };
  return workAsExpected(methods) ? methods : undefined;
}

function workAsExpected({ decodeAscii, decode, encodeInto }: BufferMethods): boolean {
  try {
    const bytes = new Uint8Array(8);
    const isWritten = encodeInto('aé\ud83d', bytes, 1) === 6 && bytes.join() === '0,97,195,169,239,191,189,0';
    return isWritten && decode(bytes, 1, 4) === 'aé' && decodeAscii(bytes, 0, 2) === '\0a';
  } catch {
    return false;
  }
}
