// No text of a caller or of a peer becomes a line of its own in a head (CWE-113), in either direction. Each place where
// text can reach a head is tried with line ends, NUL, and characters that become line ends when cut to one byte. Either
// the text is refused by an error that names the place, and nothing is written, or it is written in a harmless form; the
// bytes on the wire are read back one by one.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  accept,
  type ConnectOptions,
  connect,
  type ErrorCode,
  refuse,
  type ServerOptions,
  WebSocketError,
} from '../../src/engine/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { reportCount } from '../support/counts.ts';
import { listen } from '../support/engine.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { switchingProtocols, upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw, type RawServer } from '../support/raw-peer.ts';

const FORGED = 'X-Forged: 1';

/** What is put into the middle of otherwise harmless text. */
const poisons: readonly (readonly [name: string, poison: string])[] = [
  ['CR', '\r'],
  ['LF', '\n'],
  ['CR LF and a field', `\r\n${FORGED}`],
  ['CR LF, a field and the end of the head', `\r\n${FORGED}\r\n\r\n`],
  ['LF and a field', `\n${FORGED}`],
  ['a folded line', `\r\n ${FORGED}`],
  ['NUL', '\0'],
  ['NUL and a field', `\0\r\n${FORGED}`],
  ['U+010D U+010A, whose low bytes are CR LF, and a field', `\u010d\u010a${FORGED}`],
  ['U+560D U+560A, likewise', `\u560d\u560a${FORGED}`],
  ['U+2028', '\u2028'],
  ['U+0085, the line end of Latin-1', '\x85'],
  ['an emoji', '\u{1f600}'],
  ['half a surrogate pair', '\ud83d'],
];

/** The lines of a head; fails when one of them was not meant to be there. */
function linesOf(head: string): string[] {
  assert.ok(head.endsWith('\r\n\r\n'), JSON.stringify(head));
  const lines = head.slice(0, -4).split('\r\n');
  for (const line of lines) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
    assert.doesNotMatch(line, /[\u0000-\u0008\u000a-\u001f\u007f]/, JSON.stringify(head));
    assert.doesNotMatch(line, /^\s*x-forged/i, JSON.stringify(head));
  }
  return lines;
}

function namesOf(lines: readonly string[]): string[] {
  return lines
    .slice(1)
    .map((line) => line.slice(0, line.indexOf(':')).toLowerCase())
    .sort();
}

/** Names of the fields of a request without further settings. */
const requestNames = [
  'cache-control',
  'connection',
  'host',
  'pragma',
  'sec-websocket-key',
  'sec-websocket-version',
  'upgrade',
];

/** How a caller's text gets into a request. */
interface Place {
  readonly name: string;
  readonly url?: (url: string, poison: string) => string | URL;
  readonly options?: (poison: string, server: RawServer) => ConnectOptions;
  /** What the error names. */
  readonly named: string | RegExp;
  readonly code?: ErrorCode;
  /** Fields that the place adds, where the text is written. */
  readonly adds?: readonly string[];
  /** Whether the text goes out in a harmless form: encoded. Else it is refused, or it is Latin-1. */
  readonly isEncoded?: boolean;
  /** Absent: with all poisons. */
  readonly isTried?: (poison: string) => boolean;
}

const record = (name: string, value: unknown): ConnectOptions => ({ headers: { [name]: value as string } });

const places: readonly Place[] = [
  { name: 'value of a header', options: (poison) => record('X-A', `a${poison}b`), named: 'header X-A', adds: ['x-a'] },
  {
    name: 'value in an array',
    options: (poison) => record('X-A', ['a', `a${poison}b`]),
    named: 'header X-A',
    adds: ['x-a', 'x-a'],
  },
  {
    name: 'value of a pair',
    options: (poison) => ({ headers: [['X-A', `a${poison}`]] }),
    named: 'header X-A',
    adds: ['x-a'],
  },
  {
    name: 'value that is only poison',
    options: (poison) => record('X-A', poison),
    named: 'header X-A',
    adds: ['x-a'],
  },
  ...['Origin', 'User-Agent', 'Cookie', 'Authorization'].map(
    (field): Place => ({
      name: field,
      options: (poison) => record(field, `a${poison}b`),
      named: `header ${field}`,
      adds: [field.toLowerCase()],
    }),
  ),
  ...['Pragma', 'Cache-Control'].map(
    (field): Place => ({ name: field, options: (poison) => record(field, `a${poison}b`), named: `header ${field}` }),
  ),
  { name: 'Host', options: (poison) => record('Host', `a${poison}b`), named: 'header Host' },
  { name: 'name of a header', options: (poison) => record(`X${poison}A`, 'a'), named: 'name of a header' },
  { name: 'name of a header, at its end', options: (poison) => record(`X-A${poison}`, 'a'), named: 'name of a header' },
  { name: 'name of a pair', options: (poison) => ({ headers: [[`X-A: a${poison}`, 'b']] }), named: 'name of a header' },
  { name: 'subprotocol', options: (poison) => ({ subprotocols: ['chat', `a${poison}b`] }), named: 'subprotocol' },
  { name: 'path', url: (url, poison) => `${url}a${poison}b`, named: /$/, isEncoded: true },
  { name: 'query', url: (url, poison) => `${url}?a=${poison}&b`, named: /$/, isEncoded: true },
  { name: 'end of the URL', url: (url, poison) => `${url}${poison}`, named: /$/, isEncoded: true },
  {
    name: 'path of a URL object',
    url: (url, poison) => Object.assign(new URL(url), { pathname: `/a${poison}b` }),
    named: /$/,
    isEncoded: true,
  },
  {
    name: 'query of a URL object',
    url: (url, poison) => Object.assign(new URL(url), { search: `?a${poison}b` }),
    named: /$/,
    isEncoded: true,
  },
  {
    name: 'user name',
    url: (url, poison) => url.replace('//', `//us${poison}er:word@`),
    named: 'URL',
    code: 'ERR_WS_URL',
    adds: ['authorization'],
    isEncoded: true,
  },
  {
    name: 'password, percent-encoded',
    url: (url, poison) => url.replace('//', `//user:w${percentEncode(poison)}@`),
    named: /$/,
    adds: ['authorization'],
    isEncoded: true,
  },
  {
    name: 'host',
    url: (url, poison) => url.replace('127.0.0.1', `127.0${poison}.0.1`),
    named: 'URL',
    code: 'ERR_WS_URL',
    isEncoded: true,
  },
  {
    name: 'port',
    url: (url, poison) => url.replace(/(\d)\/$/, `${poison}$1/`),
    named: 'URL',
    code: 'ERR_WS_URL',
    isEncoded: true,
  },
  {
    name: 'compression',
    options: (poison) => ({ compression: { serverMaxWindowBits: `9${poison}` as unknown as number } }),
    named: 'serverMaxWindowBits',
  },
  {
    name: 'proxy.host',
    options: (poison, { port }) => ({ proxy: { host: `127.0.0.1${poison}`, port } }),
    named: 'proxy.host',
    // Names of other scripts are names; they would be looked up.
    isTried: (poison) => /[\r\n\0]/.test(poison),
  },
  {
    name: 'proxy.port',
    options: (poison, { port }) => ({ proxy: { host: '127.0.0.1', port: `${port}${poison}` as unknown as number } }),
    named: 'proxy.port',
  },
];

function percentEncode(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

describe('the request of a client', () => {
  for (const place of places) {
    test(
      `${place.name}: refused by name, or written without harm`,
      counting(async (scope) => {
        const tried = poisons.filter(([, poison]) => place.isTried?.(poison) ?? true);
        for (const [name, poison] of tried) {
          const server = await listenRaw(scope);
          const outcome = await tryConnect(server, place, poison);
          if (outcome.error !== undefined) {
            isError(outcome.error, place.code ?? 'ERR_WS_OPTION', place.named);
            assert.equal(outcome.error.family, 'usage', name);
            assert.equal(server.waiting, 0, `${name}: nothing was connected`);
          } else {
            // A value may have Latin-1, where U+0085 is a character as any other; other places encode what they take.
            assert.ok(
              place.isEncoded === true || poison === '\x85',
              `${name}: written as ${JSON.stringify(outcome.head)}`,
            );
            const lines = linesOf(outcome.head);
            assert.match(lines[0] ?? '', /^GET \/[\x21-\x7e]* HTTP\/1\.1$/, name);
            const more = place.adds ?? [];
            assert.deepEqual(namesOf(lines), [...requestNames, ...more].sort(), name);
          }
        }
        return tried.length;
      }),
    );
  }
});

type Attempt = { readonly error: WebSocketError } | { readonly error?: undefined; readonly head: string };

/** The error of `connect`, or the head that it wrote. */
async function tryConnect(server: RawServer, { url, options }: Place, poison: string): Promise<Attempt> {
  const address = url === undefined ? server.url : url(server.url, poison);
  const connecting = connect(address, options?.(poison, server));
  const accepted = server.accepted();
  const first = await Promise.race([
    connecting.then(
      () => assert.fail('nobody answered yet'),
      (error: unknown) => error,
    ),
    accepted,
  ]);
  if (first instanceof WebSocketError) return { error: first };
  const peer = await accepted;
  const head = await peer.readHead();
  peer.write(switchingProtocols(head));
  const connection = await connecting;
  // It ends up in logs.
  assert.doesNotMatch(connection.url, /[\p{Cc}\s]/u);
  connection.terminate();
  return { head };
}

describe('the CONNECT of a client', () => {
  const credentials: readonly (readonly [
    name: string,
    of: (poison: string) => { username: string; password: string },
  ])[] = [
    ['proxy.username', (poison) => ({ username: `us${poison.replaceAll(':', '')}er`, password: 'word' })],
    ['proxy.password', (poison) => ({ username: 'user', password: `wo${poison}rd` })],
  ];
  for (const [place, of] of credentials) {
    test(
      `${place}: only ever in Base64`,
      counting(async (scope) => {
        for (const [name, poison] of poisons) {
          const server = await listenRaw(scope);
          const proxy = { host: '127.0.0.1', port: server.port, ...of(poison) };
          const connecting = connect('ws://target.invalid/', { proxy });
          const peer = await server.accepted();
          const lines = linesOf(await peer.readHead());
          const { username, password } = of(poison);
          assert.deepEqual(
            lines,
            [
              'CONNECT target.invalid:80 HTTP/1.1',
              'Host: target.invalid:80',
              `Proxy-Authorization: Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
            ],
            name,
          );
          peer.write('HTTP/1.1 200 OK\r\n\r\n');
          const request = await peer.readHead();
          assert.deepEqual(namesOf(linesOf(request)), requestNames);
          peer.write(switchingProtocols(request));
          (await connecting).terminate();
        }
        return poisons.length;
      }),
    );
  }
  test(
    'the host of the URL',
    counting(async (scope) => {
      for (const [name, poison] of poisons) {
        const server = await listenRaw(scope);
        const connecting = connect(`ws://a${poison}b.invalid/`, { proxy: { host: '127.0.0.1', port: server.port } });
        const accepted = server.accepted();
        const first = await Promise.race([connecting.catch((error: unknown) => error), accepted]);
        if (first instanceof WebSocketError) isError(first, 'ERR_WS_URL', 'URL');
        else {
          const peer = await accepted;
          const lines = linesOf(await peer.readHead());
          // A URL drops CR and LF (WHATWG); names beyond ASCII have an ASCII form.
          assert.match(lines[0] ?? '', /^CONNECT (?:ab|xn--[a-z0-9-]+)\.invalid:80 HTTP\/1\.1$/, name);
          assert.equal(lines.length, 2, name);
          peer.destroy();
          await connecting.catch(() => {});
        }
      }
      return poisons.length;
    }),
  );
});

describe('a redirect: the text of a server in the next request', () => {
  for (const location of [
    '/a\tb',
    '/a%0d%0aX-Forged:%201',
    '/a b',
    '/\xe9\x85',
    '/\x85X-Forged: 1',
    '//127.0.0.1:PORT/%0AX-Forged:1?%00',
    '/a\\b',
    '?"<>',
  ]) {
    test(
      JSON.stringify(location),
      counting(async (scope) => {
        const server = await listenRaw(scope);
        const connecting = connect(server.url, { maxRedirects: 1 });
        const first = await server.accepted();
        await first.readHead();
        first.write(`HTTP/1.1 302 Found\r\nLocation: ${location.replace('PORT', String(server.port))}\r\n\r\n`);
        const second = await server.accepted();
        const head = await second.readHead();
        const lines = linesOf(head);
        assert.match(lines[0] ?? '', /^GET \/[\x21-\x7e]* HTTP\/1\.1$/);
        assert.deepEqual(namesOf(lines), requestNames);
        second.write(switchingProtocols(head));
        (await connecting).terminate();
        return 1;
      }),
    );
  }
});

type Upgrade = NonNullable<ServerOptions<undefined>['upgrade']>;

describe('the response of a server', () => {
  const responses: readonly (readonly [place: string, upgrade: (poison: string) => Upgrade, named: string | RegExp])[] =
    [
      ['accept: value of a header', (poison) => () => accept({ headers: { 'X-A': `a${poison}b` } }), 'header X-A'],
      ['accept: name of a header', (poison) => () => accept({ headers: { [`X${poison}A`]: 'a' } }), 'name of a header'],
      [
        'accept: Set-Cookie',
        (poison) => () => accept({ headers: { 'Set-Cookie': `id=${poison}` } }),
        'header Set-Cookie',
      ],
      [
        'accept: value in an array',
        (poison) => () => accept({ headers: { 'X-A': ['a', poison] as unknown as string } }),
        'header X-A',
      ],
      ['accept: subprotocol', (poison) => () => accept({ subprotocol: `chat${poison}` }), 'accept({ subprotocol })'],
      ['refuse: value of a header', (poison) => () => refuse(403, 'no', { 'X-A': `a${poison}b` }), 'header X-A'],
      ['refuse: name of a header', (poison) => () => refuse(403, 'no', { [`X${poison}A`]: 'a' }), 'name of a header'],
      ['refuse: Location', (poison) => () => refuse(302, 'moved', { Location: `/${poison}` }), 'header Location'],
      [
        'refuse: Content-Type',
        (poison) => () => refuse(403, 'no', { 'Content-Type': `text/html${poison}` }),
        'header Content-Type',
      ],
      ['refuse: status', (poison) => () => refuse(`403${poison}` as unknown as number), 'status'],
      [
        'a decision made by hand: status',
        (poison) => () => ({ kind: 'refuse', status: `403${poison}` as unknown as number, reason: 'no', headers: {} }),
        'status',
      ],
    ];
  for (const [place, upgrade, named] of responses) {
    test(
      `${place}: 500 to the client, an error that names it to the server's author`,
      counting(async (scope) => {
        const refused = new Inbox<WebSocketError>();
        for (const [name, poison] of poisons) {
          const { port, server } = await listen(scope, {
            subprotocols: ['chat'],
            upgrade: upgrade(poison),
            refused: (_, error) => refused.push(error),
          });
          const peer = await connectRaw(scope, port);
          peer.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'chat' }));
          const answer = (await peer.readToEnd()).toString('latin1');
          const head = answer.slice(0, answer.indexOf('\r\n\r\n') + 4);
          assert.equal(linesOf(head)[0], 'HTTP/1.1 500 Internal Server Error', name);
          assert.doesNotMatch(answer, /forged/i);
          isError((await refused.next()).cause, 'ERR_WS_OPTION', named);
          assert.equal(server.connections.size, 0);
          await peer.gone();
        }
        return poisons.length;
      }),
    );
  }
  test(
    'refuse: reason is only in the body, and the body is as long as its length field says',
    counting(async (scope) => {
      for (const [name, poison] of poisons) {
        const { port } = await listen(scope, { upgrade: () => refuse(403, `no${poison}`) });
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest());
        const lines = linesOf(await peer.readHead());
        const body = await peer.readToEnd();
        assert.deepEqual(
          lines,
          [
            'HTTP/1.1 403 Forbidden',
            'Connection: close',
            'Content-Type: text/plain; charset=utf-8',
            `Content-Length: ${body.length}`,
          ],
          name,
        );
        assert.deepEqual(body, Buffer.from(`no${poison}\n`));
        await peer.gone();
      }
      return poisons.length;
    }),
  );
  // What a client sent is quoted in the text of a refusal, and its choice of subprotocol in the head of a response.
  const quoted: readonly (readonly [name: string, request: string])[] = [
    ['version', upgradeRequest({ 'Sec-WebSocket-Version': '8\xe9\x85' })],
    ['Host', upgradeRequest({ Host: 'a\x85\tb' })],
    ['Upgrade', upgradeRequest({ Upgrade: '"\\r\\nX-Forged: 1"' })],
    ['subprotocol', upgradeRequest({ 'Sec-WebSocket-Protocol': 'a\x85' })],
    ['extensions', upgradeRequest({ 'Sec-WebSocket-Extensions': 'a; b="\x85"' })],
    ['target', upgradeRequest({}, '/%0d%0aX-Forged:%201#')],
  ];
  for (const [name, request] of quoted) {
    test(
      `what a client sent, quoted: ${name}`,
      counting(async (scope) => {
        const { port } = await listen(scope);
        const peer = await connectRaw(scope, port);
        peer.write(request);
        linesOf(await peer.readHead());
        const body = (await peer.readToEnd()).toString();
        // One line, in which everything foreign is quoted.
        assert.match(body, /^[^\r\n]+\n$/);
        await peer.gone();
        return 1;
      }),
    );
  }
});

describe('the kit', () => {
  /** Runs `connect`; the head of the request, or the code of the error. */
  async function kitConnect(
    scope: Scope,
    options: (poison: string, server: RawServer) => object,
    poison: string,
    path = '',
  ): Promise<string | number> {
    const server = await listenRaw(scope);
    const ws = webSocket.createWebSocket();
    let code = 0;
    const connecting = ws
      .connect(`${server.url}${path}`, { proxy: 'no-proxy', ...options(poison, server) })
      .catch((error) => {
        code = error.code;
      });
    const accepted = server.accepted();
    const peer = await Promise.race([connecting.then(() => (code === 0 ? accepted : undefined)), accepted]);
    if (peer === undefined) {
      assert.equal(server.waiting, 0);
      return code;
    }
    const head = await peer.readHead();
    const ended = new Promise((resolve) => ws.on('close', resolve));
    peer.write(switchingProtocols(head));
    peer.end('\x88\x02\x03\xe8');
    await ended;
    return head;
  }
  const kitNames = [...requestNames, 'origin'].sort();
  const headers: readonly (readonly [place: string, header: (poison: string) => object])[] = [
    ['value of a header', (poison) => ({ 'X-A': `a${poison}b` })],
    ['name of a header', (poison) => ({ [`X${poison}A`]: 'a' })],
    ['value of an array', (poison) => ({ 'X-A': ['a', `b${poison}`] })],
    ['Sec-WebSocket-Protocol as a header', (poison) => ({ 'Sec-WebSocket-Protocol': `a${poison}` })],
    ['Origin', (poison) => ({ Origin: `http://a${poison}` })],
  ];
  for (const [place, header] of headers) {
    test(
      `${place}: left out, or in UTF-8 (kit specification §3.4)`,
      counting(async (scope) => {
        for (const [name, poison] of poisons) {
          const head = await kitConnect(scope, () => ({ header: header(poison) }), poison);
          assert.equal(typeof head, 'string', name);
          const names = namesOf(linesOf(head as string));
          // Of a list of subprotocols what is left when white space of any script is trimmed.
          assert.doesNotMatch(head as string, /^sec-websocket-protocol: (?!a\r$)/im, name);
          const given = ['x-a', 'sec-websocket-protocol'];
          assert.deepEqual(
            names.filter((field) => !given.includes(field)),
            kitNames,
            name,
          );
          if (/[\r\n\0]/.test(poison)) assert.ok(!names.includes('x-a'), name);
        }
        return poisons.length;
      }),
    );
  }
  test(
    'protocol option: 401',
    counting(async (scope) => {
      for (const [name, poison] of poisons) {
        const options = { protocol: `chat, a${poison}b` };
        assert.equal(await kitConnect(scope, () => options, poison), 401, name);
      }
      return poisons.length;
    }),
  );
  test(
    'address: 2302001, or encoded',
    counting(async (scope) => {
      for (const [name, poison] of poisons) {
        const outcome = await kitConnect(scope, () => ({}), poison, `a${poison}b`);
        if (typeof outcome === 'number') assert.equal(outcome, 2302001, name);
        else assert.deepEqual(namesOf(linesOf(outcome)), kitNames, name);
      }
      return poisons.length;
    }),
  );
  test(
    'credentials of a proxy: only ever in Base64',
    counting(async (scope) => {
      for (const [name, poison] of poisons) {
        const server = await listenRaw(scope);
        const ws = webSocket.createWebSocket();
        const failed = new Promise((resolve) => ws.on('error', resolve));
        const proxy = {
          host: '127.0.0.1',
          port: server.port,
          username: `u${poison.replaceAll(':', '')}`,
          password: `p${poison}`,
        };
        const connecting = ws.connect('ws://target.invalid/', { proxy: { ...proxy, exclusionList: [] } });
        const peer = await server.accepted();
        const lines = linesOf(await peer.readHead());
        assert.deepEqual(namesOf(lines), ['host', 'proxy-authorization'], name);
        assert.match(lines[2] ?? '', /^Proxy-Authorization: Basic [A-Za-z0-9+/]+=*$/);
        peer.end('HTTP/1.1 403 No\r\n\r\n');
        await Promise.all([connecting, failed]);
      }
      return poisons.length;
    }),
  );
});

function counting(body: (scope: Scope) => Promise<number>): (context: TestContext) => Promise<void> {
  return (context) => leavingNothing(async (scope) => reportCount(context, 'handshake cases', await body(scope)))();
}
