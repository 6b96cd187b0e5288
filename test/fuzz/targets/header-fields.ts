// Any text to the grammars of the handshake's header fields: what plain parsers say, what is written reads back, and no
// line gets into a head that was not asked for.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import { WebSocketError, webSocketError } from '../../../src/core/errors.ts';
import { formatExtensions, parseExtensions } from '../../../src/core/extension/negotiation.ts';
import { isKey } from '../../../src/core/handshake/accept-key.ts';
import { checkResponse, requestHead } from '../../../src/core/handshake/client.ts';
import { acceptanceFields, checkRequest, refusalFields } from '../../../src/core/handshake/server.ts';
import { equalsIgnoringCase, hasToken, isToken, readTokens, trim } from '../../../src/core/handshake/token.ts';
import { nodeDigest } from '../../../src/node/environment.ts';
import { acceptanceHead, refusalResponse } from '../../../src/server/http1-response.ts';
import { isPlainToken, plainExtensions, plainTokens } from '../plain-fields.ts';
import type { FuzzTarget } from '../target.ts';

/** Names of fields that replace the right ones, on lines of their own. */
const LINES = [
  'Connection',
  'Upgrade',
  'Host',
  'Sec-WebSocket-Version',
  'Sec-WebSocket-Accept',
  'Sec-WebSocket-Protocol',
];

const WORDS = [
  ...LINES.map((name) => `\n${name}:`),
  ...['permessage-deflate', 'server_max_window_bits', 'client_max_window_bits', 'client_no_context_takeover', 'x'],
  ...[
    '=',
    '=',
    ';',
    ';',
    ',',
    ',',
    ' ',
    '\t',
    '"',
    '"',
    '\\',
    '8',
    '15',
    '=10',
    '="9"',
    '=""',
    'a',
    'é',
    '\r\n',
    '\0',
    ':',
  ],
  ...['websocket', 'Upgrade', 'WEBSOCKET', '\u212a', '13', 'dGhlIHNhbXBsZSBub25jZQ==', 'Host', 'Content-Length', '('],
];

/** Input: what to do with the text, then the text in Latin-1; parts of it are divided by LF. */
export const headerFieldsTarget: FuzzTarget = {
  name: 'header-fields',
  arbitrary: fc
    .tuple(fc.nat(5), fc.array(fc.constantFrom(...WORDS), { maxLength: 14 }))
    .map(([what, words]) => Uint8Array.from(Buffer.from(String.fromCharCode(what) + words.join(''), 'latin1'))),
  run(input) {
    const text = Buffer.from(input.subarray(1)).toString('latin1');
    const what = (input[0] ?? 0) % 6;
    return `${what} ${[extensions, tokens, request, response, writtenHead, key][what]?.(text)}`;
  },
};

function extensions(text: string): string {
  const expected = plainExtensions(text);
  let problem = '';
  let parsed: ReturnType<typeof parseExtensions> | undefined;
  try {
    parsed = parseExtensions(text, (it) => webSocketError('ERR_WS_REQUEST_EXTENSIONS', text, it));
  } catch (error) {
    assert.ok(error instanceof WebSocketError);
    problem = error.message.replace(/.*": /s, '').replace(/\d+/, 'n');
  }
  assert.deepEqual(
    parsed?.map(({ name, parameters }) => [name, parameters]),
    expected,
  );
  if (parsed === undefined) return problem;
  const written = formatExtensions(parsed);
  assert.deepEqual(
    parseExtensions(written, () => webSocketError('ERR_WS_ABORTED')),
    parsed,
    written,
  );
  return parsed.map(({ parameters }) => parameters.map(([, value]) => (value === true ? 'p' : 'v')).join('')).join();
}

function tokens(text: string): string {
  const list = readTokens(text);
  assert.deepEqual(list, plainTokens(text));
  const elements = text.split(',').map((it) => it.replace(/^[ \t]+|[ \t]+$/g, ''));
  const ascii = (it: string) => it.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  assert.equal(hasToken(text, 'upgrade'), elements.map(ascii).includes('upgrade'));
  assert.equal(equalsIgnoringCase(text, 'websocket'), ascii(text) === 'websocket');
  assert.equal(isToken(text), isPlainToken(text));
  assert.equal(trim(text), text.replace(/^[ \t]+|[ \t]+$/g, ''));
  return list === undefined ? 'no list' : `${Math.min(list.length, 5)}`;
}

/** Name, value, name, value …, the right ones first, as far as the text does not replace them. */
function rawHeaders(text: string, right: readonly string[]): string[] {
  const lines = text.split('\n').map((line) => line.split(':'));
  const replaced = lines.map(([name = '']) => name.toLowerCase());
  const kept: string[] = [];
  for (let at = 0; at < right.length; at += 2) {
    const name = right[at] as string;
    if (!replaced.includes(name.toLowerCase())) kept.push(name, right[at + 1] as string);
  }
  return [...kept, ...lines.flatMap(([name = '', ...value]) => [name, value.join(':')])];
}

/** A decision or an error of the table, whatever the HTTP parser would let through. */
function decision(decide: () => unknown, family: string): string {
  try {
    decide();
    return 'accepted';
  } catch (error) {
    assert.ok(error instanceof WebSocketError && error.code.startsWith(family), String(error));
    assert.doesNotMatch(error.message, /[\r\n]/, 'one line');
    return error.code;
  }
}

function request(text: string): string {
  const right = ['Host', 'a', 'Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Version', '13'];
  right.push('Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==');
  const head = { method: 'GET', target: '/', httpVersion: '1.1', rawHeaders: rawHeaders(text, right) };
  return decision(() => checkRequest(head, nodeDigest), 'ERR_WS_REQUEST_');
}

function response(text: string): string {
  const right = ['Upgrade', 'websocket', 'Connection', 'Upgrade', 'Sec-WebSocket-Accept', 'x'];
  const head = { status: 101, statusText: '', httpVersion: '1.1', rawHeaders: rawHeaders(text, right) };
  const offered = [{ name: 'permessage-deflate', parameters: [] }];
  return decision(
    () => checkResponse(head, { accept: 'x', subprotocols: ['a', 'x'], extensions: offered }),
    'ERR_WS_RESPONSE_',
  );
}

/** Heads with fields of the text: each is in it once, as a line of its own, or all are refused. */
function writtenHead(text: string): string {
  const at = text.indexOf(':');
  const [name, value] = at < 0 ? ['X-A', text] : [text.slice(0, at), text.slice(at + 1)];
  const headers: [string, string][] = [[name, value]];
  const outcomes: string[] = [];
  const write = (build: () => string, lines: number) => {
    let head: string;
    try {
      head = build();
    } catch (error) {
      assert.ok(error instanceof WebSocketError && error.code === 'ERR_WS_OPTION', String(error));
      outcomes.push('refused');
      return;
    }
    const written = head.slice(0, head.indexOf('\r\n\r\n')).split(/\r\n|\r|\n/);
    assert.equal(written.length, lines, head);
    assert.ok(written.includes(`${name}: ${value}`), head);
    outcomes.push('written');
  };
  const isOwnType = equalsIgnoringCase(name, 'content-type');
  write(() => acceptanceHead(acceptanceFields('accept', { headers })), 5);
  write(() => refusalResponse(400, refusalFields(400, headers), ''), isOwnType ? 4 : 5);
  const replaces = ['host', 'origin', 'pragma', 'cache-control'].includes(name.toLowerCase());
  write(
    () => {
      const list = requestHead({ host: 'a', origin: 'http://a', key: 'k', headers });
      const lines: string[] = [];
      for (let index = 0; index < list.length; index += 2) lines.push(`${list[index]}: ${list[index + 1]}`);
      return `${lines.join('\r\n')}\r\n\r\n`;
    },
    replaces ? 8 : 9,
  );
  return outcomes.join();
}

function key(text: string): string {
  // RFC 4648 §3.5: the low bits of the 22nd character may be anything.
  const expected = /^[A-Za-z0-9+/]{22}==$/.test(text) && Buffer.from(text, 'base64').length === 16;
  assert.equal(isKey(text), expected, text);
  return String(expected);
}
