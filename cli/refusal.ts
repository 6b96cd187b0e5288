// What a server answered that refused the handshake, for the terminal: its fields that say what to do, and its text.

import type { WebSocketError } from 'harmony-websocket/engine';
import { visible } from './output.ts';

/** Fields that tell a client what to do. */
const useful = ['www-authenticate', 'proxy-authenticate', 'retry-after', 'location', 'sec-websocket-version', 'server'];

/** Characters of the body that are printed, and lines. */
const MAX_CHARACTERS = 4096;
const MAX_LINES = 40;

/** The part of an error's `response` that is used. */
interface Answer {
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** Lines for standard error below the error itself; `''` when the server did not answer, or said nothing. */
export function describeRefusal(error: WebSocketError): string {
  const answer = (error as { response?: Answer }).response;
  if (answer === undefined) return '';
  const lines = [...headerLines(answer.headers), ...bodyLines(answer.body)];
  return lines.map((line) => `  ${line}`).join('\n');
}

function headerLines(headers: unknown): string[] {
  return fieldsOf(headers)
    .filter(([name]) => useful.includes(name.toLowerCase()))
    .map(([name, value]) => `${visible(name)}: ${visible(value)}`);
}

function fieldsOf(headers: unknown): [string, string][] {
  if (typeof headers !== 'object' || headers === null) return [];
  const pairs: Iterable<readonly unknown[]> = Symbol.iterator in headers ? (headers as []) : Object.entries(headers);
  return [...pairs].flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one): [string, string] => [String(name), String(one)]),
  );
}

function bodyLines(body: unknown): string[] {
  const text =
    typeof body === 'string' ? body : ArrayBuffer.isView(body) ? Buffer.from(body as Uint8Array).toString() : '';
  const all = text.slice(0, MAX_CHARACTERS).trim().split(/\r?\n/);
  if (all.length === 1 && all[0] === '') return [];
  const shown = all.slice(0, MAX_LINES).map(visible);
  const isCut = text.length > MAX_CHARACTERS || all.length > MAX_LINES;
  return isCut ? [...shown, '…'] : shown;
}
