// Heads of requests and responses for fuzzing: lines that are right, lines that are not, in any order.

import fc from 'fast-check';
import { SAMPLE_KEY } from '../support/handshake.ts';

/** Stands where the accept value of the client's key belongs. */
export const ACCEPT_MARK = '@ACCEPT@';

const extensions = fc.constantFrom(
  'permessage-deflate',
  'permessage-deflate; client_max_window_bits',
  'permessage-deflate; server_max_window_bits=9; client_no_context_takeover',
  'permessage-deflate; client_max_window_bits=7',
  'permessage-deflate; server_no_context_takeover=1',
  'x-unknown; a="b"',
  'x; =',
  '',
  ',,',
);

/** Mostly the first of `values`. */
function mostly(right: string, ...values: string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 9, arbitrary: fc.constant(right) },
    { weight: 1, arbitrary: fc.constantFrom(right, ...values) },
  );
}

function line(name: string, right: string, ...values: string[]): fc.Arbitrary<string> {
  return fc
    .tuple(mostly(name, name.toLowerCase(), name.toUpperCase()), mostly(right, ...values))
    .map((it) => it.join(': '));
}

const fieldLine = fc
  .tuple(
    fc.constantFrom('X-A', 'Cookie', 'Origin', 'X-Forwarded-For'),
    fc.array(fc.constantFrom(...'ab;=", \\é'), { maxLength: 9 }),
  )
  .map(([name, value]) => `${name}: ${value.join('')}`);
const brokenLine = fc.oneof(
  fc.constantFrom('Content-Length: 0', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Expect: 100-continue'),
  fc.constantFrom('no colon', ' folded', ': x', 'A\u0000: b', 'Sec-WebSocket-Version: 13', 'Location: ws://a/'),
  fc.string({ maxLength: 40 }),
);
const moreLines = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fieldLine },
    { weight: 3, arbitrary: extensions.map((it) => `Sec-WebSocket-Extensions: ${it}`) },
    { weight: 1, arbitrary: brokenLine },
    // More fields, and more bytes, than may be.
    {
      weight: 1,
      arbitrary: fc.constantFrom(Array<string>(14).fill('X-A: b').join('\r\n'), `X-A: ${'b'.repeat(1100)}`),
    },
  ),
  { maxLength: 2 },
);

function rarely(arbitrary: fc.Arbitrary<number>): fc.Arbitrary<number | null> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(null) }, { weight: 1, arbitrary });
}

function head(first: fc.Arbitrary<string>, lines: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  // Mostly all of them, sometimes one is missing, twice, or something else.
  return fc
    .tuple(
      first,
      fc.tuple(...lines),
      rarely(fc.nat(lines.length - 1)),
      rarely(fc.nat(lines.length - 1)),
      moreLines,
      mostly('\r\n', '\n', '\r'),
    )
    .map(([start, all, missing, twice, more, end]) => {
      const kept = all.filter((_, index) => index !== missing);
      if (twice !== null) kept.push(all[twice] as string);
      return [start, ...kept, ...more, '', ''].join(end);
    });
}

export const requestHeads = head(
  mostly(
    'GET / HTTP/1.1',
    ...['GET /chat?a=b HTTP/1.1', 'GET http://a/ HTTP/1.1', 'GET / HTTP/1.0', 'POST / HTTP/1.1'],
    ...[
      'GET /# HTTP/1.1',
      'GET * HTTP/1.1',
      'GET / HTTP/2.0',
      'GET  / HTTP/1.1',
      'CONNECT a:1 HTTP/1.1',
      'get / HTTP/1.1',
    ],
  ),
  [
    line('Host', 'a', 'a', 'a:80', '', 'a b', 'a, b'),
    line('Upgrade', 'websocket', 'websocket', 'WebSocket', 'h2c, websocket', 'h2c', ''),
    line('Connection', 'Upgrade', 'upgrade', 'keep-alive, Upgrade', 'close', ''),
    line('Sec-WebSocket-Key', SAMPLE_KEY, SAMPLE_KEY, ` ${SAMPLE_KEY} `, 'short', '', `${SAMPLE_KEY}=`),
    line('Sec-WebSocket-Version', '13', '13', '8', '13, 8', '', '013'),
    line('Sec-WebSocket-Protocol', 'chat', 'chat, superchat', 'chat, chat', '', ',', 'a b'),
  ],
);

export const responseHeads = head(
  mostly(
    'HTTP/1.1 101 Switching Protocols',
    ...['HTTP/1.1 101 ', 'HTTP/1.1 101', 'HTTP/1.0 101 x', 'HTTP/1.1 200 OK'],
    ...[
      'HTTP/1.1 302 Found',
      'HTTP/1.1 404 Not Found',
      'HTTP/1.1 999 x',
      'HTTP/1.1 1011 x',
      'HTTP/3 101 x',
      'ICY 200 OK',
    ],
  ),
  [
    line('Upgrade', 'websocket', 'websocket', 'WEBSOCKET', 'websocket, h2c', ''),
    line('Connection', 'Upgrade', 'upgrade', 'Upgrade, keep-alive', 'close'),
    line('Sec-WebSocket-Accept', ACCEPT_MARK, ACCEPT_MARK, ` ${ACCEPT_MARK}\t`, 'wrong', ''),
    line('Sec-WebSocket-Protocol', 'chat', 'chat', 'other', 'chat, other', ''),
  ],
);
