// One message of the application that an end sends, and the pieces that it goes in.

import type { Payload } from './ports.ts';

/** `more`: other pieces of the message follow. `void`: the message ends here, and is not one. */
export type PieceEnd = 'last' | 'more' | 'void';

/** One data message of the wire. */
export interface Piece {
  readonly sequence: number;
  readonly data: Payload;
  /** Bytes, in UTF-8 for text. */
  readonly size: number;
  readonly end: PieceEnd;
  readonly item: OutgoingItem;
  /** Bytes of all pieces up to its end. */
  readonly through: number;
}

/** One message of the application. Its pieces are made when there is room for them. */
export interface OutgoingItem {
  /** Does not change once it has a chunk. */
  isBinary: boolean;
  readonly attachment: unknown;
  /** The whole of it, where it was given whole. */
  readonly whole: Payload | undefined;
  /** What has not become a piece yet, in order, and how many units of the first one have. */
  chunks: { readonly data: Payload; readonly size: number }[];
  offset: number;
  /** Bytes that have not become a piece yet. */
  waiting: number;
  /** Nothing more will be written to it; or it failed. */
  state: 'open' | 'finished' | 'void';
  /** Number of its first piece; 0: it has none. */
  first: number;
}

/** @param kind  a text, or bytes */
export function newItem(kind: Payload, whole: Payload | undefined, state: OutgoingItem['state']): OutgoingItem {
  const isBinary = typeof kind !== 'string';
  return { isBinary, attachment: undefined, whole, chunks: [], offset: 0, waiting: 0, state, first: 0 };
}

/** What has not become a piece yet. */
export function unsent(item: OutgoingItem): Payload[] {
  return item.chunks.map(({ data }, at) => {
    if (at > 0 || item.offset === 0) return data;
    return typeof data === 'string' ? data.slice(item.offset) : data.subarray(item.offset);
  });
}

/** Pieces of one message as one. */
export function joined(pieces: readonly Payload[], isBinary: boolean): Payload {
  const only = pieces[0];
  if (pieces.length === 1 && only !== undefined) return only;
  if (!isBinary) return pieces.join('');
  let size = 0;
  for (const piece of pieces) size += piece.length;
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece as Uint8Array, at);
    at += piece.length;
  }
  return whole;
}
