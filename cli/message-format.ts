// A message as `connect` prints it. In pieces, since a message may be as long as a string can be.

import { formatSize, previewBytes, visible } from './output.ts';

/** How binary messages are printed: see the help of `connect`. */
export const binaryModes = ['preview', 'hex', 'base64', 'raw'] as const;
export type BinaryMode = (typeof binaryModes)[number];

/** The part of a stream that matters here. */
interface Destination {
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

/** Columns taken for granted where nothing tells. */
const DEFAULT_COLUMNS = 120;

/** Bytes, or characters, of a piece. Base64 has no padding within a message: a multiple of 3. */
const PIECE = 48 * 1024;

/** What is to be written, in order. */
export function* formatMessage(
  data: string | Uint8Array,
  mode: BinaryMode,
  { isTTY, columns }: Destination,
): Generator<string | Uint8Array, void> {
  if (typeof data === 'string') {
    yield* isTTY ? [`← ${data.split('\n').map(visible).join('\n  ')}\n`] : formatLine(data);
    return;
  }
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.length);
  if (mode === 'raw') yield bytes;
  else if (mode === 'preview') yield preview(bytes, isTTY ? '← ' : '', columns ?? DEFAULT_COLUMNS);
  else {
    for (let at = 0; at < bytes.length; at += PIECE) yield bytes.toString(mode, at, at + PIECE);
    yield '\n';
  }
}

function formatLine(text: string): string[] {
  return text.length < PIECE ? [`${text}\n`] : [text, '\n'];
}

function preview(bytes: Uint8Array, arrow: string, columns: number): string {
  const head = `${arrow}<binary ${formatSize(bytes.length)}`;
  return `${bytes.length === 0 ? head : `${head}: ${previewBytes(bytes, columns - head.length - 3)}`}>\n`;
}
