// The answer of a server that refused the handshake, for the terminal: its status line, the fields that help the user, and
// its text.

import type { WebSocketError } from 'harmony-websocket/engine';
import { formatSize, previewBytes, visible } from './output.ts';

/** Fields that show what to do, or which server or proxy answered. */
const useful = new Set([
  'www-authenticate',
  'proxy-authenticate',
  'retry-after',
  'location',
  'allow',
  'sec-websocket-version',
  'server',
  'via',
]);

/** Characters of the body that are printed, and lines. */
const MAX_CHARACTERS = 4096;
const MAX_LINES = 40;
/** Columns for the beginning of a body that is not text. */
const PREVIEW_COLUMNS = 60;

type Answer = NonNullable<WebSocketError['response']>;

/** Lines for standard error below the error itself; `''` if no server answered. */
export function describeRefusal(error: WebSocketError): string {
  const { response } = error;
  if (response === undefined) return '';
  const status = `HTTP/${response.httpVersion} ${response.status} ${response.statusText}`.trimEnd();
  return [status, ...headerLines(response.rawHeaders), ...bodyLines(response)]
    .map((line) => `  ${visible(line)}`.trimEnd())
    .join('\n');
}

function headerLines(rawHeaders: readonly string[]): string[] {
  const lines: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]!;
    if (useful.has(name.toLowerCase())) lines.push(`${name}: ${rawHeaders[index + 1]}`);
  }
  return lines;
}

function bodyLines({ statusText, body, isBodyComplete }: Answer): string[] {
  // Many servers repeat their status line as the body.
  if (body.length === 0 || body === statusText) return [];
  if (typeof body !== 'string') {
    return ['', `<binary ${formatSize(body.length)}: ${previewBytes(body, PREVIEW_COLUMNS)}>`];
  }
  const lines = body.slice(0, MAX_CHARACTERS).trim().split(/\r?\n/);
  const isWhole = isBodyComplete && body.length <= MAX_CHARACTERS && lines.length <= MAX_LINES;
  return ['', ...lines.slice(0, MAX_LINES), ...(isWhole ? [] : ['…'])];
}
