// RFC 6455 §4.2: what a server answers to every row of requests.ts, over TCP: on its own port, on an HTTP server
// of the application, and with a head that comes in pieces: one byte at a time where it is accepted.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import { createServer, type ServerOptions } from '../../src/engine/index.ts';
import { reportCount } from '../support/counts.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';
import { type Answer, largeRequests, type RequestCase, requestCases } from './requests.ts';

/** What all servers of these tests have in common. */
function settings(refused: Inbox<string>): ServerOptions<undefined> {
  return {
    subprotocols: ['chat', 'v2'],
    compression: { threshold: Number.POSITIVE_INFINITY },
    message: (connection, data) => connection.send(data),
    refused: (_request, error) => refused.push(`${error.code} ${error.message}`),
  };
}

/** The application's own HTTP server, which answers requests without an upgrade with 200. */
async function attach(scope: Scope, options: ServerOptions<undefined>): Promise<number> {
  const http = createHttpServer((request, response) => {
    request.resume();
    response.writeHead(200, { Connection: 'close', 'Content-Length': 3 }).end('app');
  });
  const server = createServer(options);
  server.attach(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  scope.defer(async () => {
    await server.close();
    http.closeAllConnections();
    http.close();
    await once(http, 'close');
  });
  return (http.address() as AddressInfo).port;
}

interface Response {
  readonly lines: readonly string[];
  readonly body: string;
}

async function readResponse(peer: RawPeer): Promise<Response> {
  const [head = '', ...rest] = (await peer.readToEnd()).toString('utf8').split('\r\n\r\n');
  await peer.gone();
  return { lines: head.split('\r\n'), body: rest.join('\r\n\r\n') };
}

/** The connection works: a message is echoed. */
async function assertWorks(peer: RawPeer): Promise<void> {
  peer.write(hex('81 84 00000000 65 63 68 6f'));
  await peer.expect(hex('81 04 65 63 68 6f'));
}

async function assertOpens(peer: RawPeer, answer: Answer & { readonly kind: 'open' }): Promise<void> {
  assert.deepEqual((await peer.readHead()).split('\r\n'), [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${answer.accept}`,
    ...answer.fields,
    '',
    '',
  ]);
  await peer.expect(answer.frames);
  if (answer.frames[0] === 0x88) await peer.gone();
  else await assertWorks(peer);
}

/** Fields that a refusal needs in addition to its text. */
function fieldsOf(status: string): string[] {
  if (status.startsWith('405')) return ['Allow: GET'];
  if (status.startsWith('426')) return ['Upgrade: websocket', 'Sec-WebSocket-Version: 13'];
  return [];
}

function assertRefusal({ lines, body }: Response, status: string, text: string): void {
  const fields = fieldsOf(status);
  const connection = fields.some((field) => field.startsWith('Upgrade')) ? 'close, Upgrade' : 'close';
  const expected = [
    ...fields,
    `Connection: ${connection}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  assert.equal(lines[0], `HTTP/1.1 ${status}`);
  const given = lines.slice(1).filter((line) => !line.startsWith('Date: '));
  assert.deepEqual(given.sort(), expected.sort());
  assert.equal(body.slice(0, text.length), text);
  assert.match(body, /^.+\n$/);
}

async function check(
  peer: RawPeer,
  answer: Answer,
  refused: Inbox<string>,
  isAttached: boolean,
  hasKey: boolean,
): Promise<void> {
  switch (answer.kind) {
    case 'open':
      await assertOpens(peer, answer);
      break;
    case 'fails': {
      assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
      const close = await peer.readFrame();
      assert.equal(close.first, 0x88);
      assert.equal(close.payload.readUInt16BE(), answer.closeCode);
      await peer.gone();
      break;
    }
    case 'refused': {
      const response = await readResponse(peer);
      // RFC 9110 §7.8: where there is HTTP as well, an upgrade to something else is served as if it were not asked for.
      if (isAttached && answer.code === 'ERR_WS_REQUEST_UPGRADE') {
        assert.equal(response.lines[0], 'HTTP/1.1 200 OK');
        break;
      }
      assertRefusal(response, answer.status, answer.text);
      assert.equal(`${await refused.next()}\n`, `${answer.code} ${response.body}`);
      break;
    }
    case 'plain': {
      const response = await readResponse(peer);
      if (isAttached) assert.equal(response.lines[0], 'HTTP/1.1 200 OK');
      else assertRefusal(response, answer.status, answer.text);
      // What has no key was not meant as a handshake.
      if (!isAttached && hasKey) assert.equal(`${await refused.next()}\n`, `${answer.code} ${response.body}`);
      break;
    }
    case 'parser': {
      const response = await readResponse(peer);
      assert.equal(response.lines[0], `HTTP/1.1 ${answer.status}`);
      if (isAttached) break;
      assertRefusal(response, answer.status, answer.text);
      assert.equal(`${await refused.next()}\n`, `${answer.code} ${response.body}`);
      break;
    }
  }
  assert.deepEqual(refused.rest, []);
}

/** Longer heads come whole: each piece is a system call and a turn of the event loop. */
const IN_PIECES_UP_TO = 1_000;

async function writeInPieces(peer: RawPeer, bytes: string, size: number): Promise<void> {
  const { socket } = peer;
  socket.setNoDelay(true);
  for (let at = 0; at < bytes.length && !socket.destroyed; at += size) {
    // A request refused before its end is over; nobody takes the rest.
    await new Promise((resolve) => socket.write(bytes.slice(at, at + size), 'latin1', resolve));
  }
}

async function checkCase(scope: Scope, { bytes, answer }: RequestCase): Promise<number> {
  const refused = new Inbox<string>();
  const own = await listen(scope, settings(refused));
  const whole = await connectRaw(scope, own.port);
  whole.write(bytes);
  const hasKey = /^Sec-WebSocket-Key:/im.test(bytes);
  await check(whole, answer, refused, false, hasKey);
  const attached = await connectRaw(scope, await attach(scope, settings(refused)));
  attached.write(bytes);
  await check(attached, answer, refused, true, hasKey);
  if (bytes.length > IN_PIECES_UP_TO) return 2;
  const slow = await connectRaw(scope, own.port);
  await writeInPieces(slow, bytes, answer.kind === 'open' ? 1 : 11);
  await check(slow, answer, refused, false, hasKey);
  return 3;
}

for (const [group, cases] of Object.entries(requestCases)) {
  describe(group, () => {
    for (const each of cases) {
      const answer =
        each.answer.kind === 'open' ? '101' : each.answer.kind === 'fails' ? '101, then a Close' : each.answer.status;
      test(`${each.name}: ${answer}`, async (context) => {
        await leavingNothing(async (scope) => reportCount(context, 'handshake cases', await checkCase(scope, each)))();
      });
    }
  });
}

describe('large heads, of a server with the default maxHeaderSize of 65,536', () => {
  for (const { name, bytes, answer } of largeRequests) {
    test(`${name}: ${answer.kind === 'parser' ? answer.status : answer.kind}`, async (context) => {
      await leavingNothing(async (scope) => {
        const refused = new Inbox<string>();
        const { port } = await listen(scope, settings(refused));
        const peer = await connectRaw(scope, port);
        peer.write(bytes);
        await check(peer, answer, refused, false, true);
        reportCount(context, 'handshake cases', 1);
      })();
    });
  }
});

describe('heads that do not end', () => {
  const head = upgradeRequest({ 'Sec-WebSocket-Protocol': 'chat' });
  test(
    'cut anywhere, and then nothing: 408 after handshakeTimeout',
    counting(async (scope) => {
      const { port, server } = await listen(scope, { handshakeTimeout: 30 });
      // A few of all places, at once: each waits for its time.
      const cuts = Array.from({ length: 25 }, (_, index) => 1 + Math.floor((index * (head.length - 1)) / 25));
      await Promise.all(
        cuts.map(async (cut) => {
          const peer = await connectRaw(scope, port);
          peer.write(head.slice(0, cut));
          const { lines } = await readResponse(peer);
          assert.equal(lines[0], 'HTTP/1.1 408 Request Timeout', `cut at ${cut}`);
          assert.ok(lines.includes('Connection: close'));
        }),
      );
      assert.equal(server.connections.size, 0);
      return cuts.length;
    }),
  );
  test(
    'nothing at all: the connection ends after handshakeTimeout',
    counting(async (scope) => {
      const { port } = await listen(scope, { handshakeTimeout: 30 });
      for (const bytes of ['', '\r\n', 'GET /\r\n']) {
        const peer = await connectRaw(scope, port);
        peer.write(bytes);
        await peer.gone();
      }
      return 3;
    }),
  );
  test(
    'a byte now and then does not win time',
    counting(async (scope) => {
      const { port } = await listen(scope, { handshakeTimeout: 60 });
      const peer = await connectRaw(scope, port);
      let isOver = false;
      const answer = readResponse(peer).then((response) => {
        isOver = true;
        return response;
      });
      peer.write('GET / HTTP/1.1\r\nX-A: ');
      while (!isOver) {
        peer.write('y');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.equal((await answer).lines[0], 'HTTP/1.1 408 Request Timeout');
      return 1;
    }),
  );
  test(
    'cut at every byte by the end of TCP: no connection, nothing left',
    counting(async (scope) => {
      const { port, server } = await listen(scope, { open: () => assert.fail('no connection') });
      for (let cut = 0; cut < head.length; cut++) {
        const peer = await connectRaw(scope, port);
        peer.end(head.slice(0, cut));
        await peer.gone();
      }
      assert.equal(server.connections.size, 0);
      return head.length;
    }),
  );
});

test(
  'CONNECT, with and without an upgrade: 405, where nobody would answer otherwise',
  counting(async (scope) => {
    const refused = new Inbox<string>();
    const { port } = await listen(scope, settings(refused));
    const plainConnect = 'CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\n';
    const upgrade = upgradeRequest().replace('GET /', 'CONNECT a:80');
    for (const bytes of [plainConnect, upgrade, `${plainConnect}\x16\x03\x01`]) {
      const peer = await connectRaw(scope, port);
      peer.write(bytes);
      assertRefusal(await readResponse(peer), '405 Method Not Allowed', 'request method is "CONNECT"');
      assert.match(await refused.next(), /^ERR_WS_REQUEST_METHOD /);
    }
    return 3;
  }),
);

function counting(body: (scope: Scope) => Promise<number>): (context: TestContext) => Promise<void> {
  return (context) => leavingNothing(async (scope) => reportCount(context, 'handshake cases', await body(scope)))();
}
