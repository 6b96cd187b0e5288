// RFC 9112 §9.3.2, §9.6: several requests on one connection, one of them an upgrade. Responses are complete and in the order
// of their requests; after a response that closes the connection nothing is processed.

import assert from 'node:assert/strict';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { createServer, type ServerOptions } from '../../src/engine/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { SAMPLE_ACCEPT, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { httpSite } from '../support/http-site.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

interface Site {
  readonly port: number;
  readonly opened: Inbox<string>;
  /** Requests that are not upgrades, in their order. */
  readonly exchanges: Inbox<Exchange>;
}

const echo: ServerOptions<undefined> = { message: (connection, data) => connection.send(data) };

/** The two ways to have HTTP and WebSocket on one port. */
const ways: Record<string, (scope: Scope) => Promise<Site>> = {
  async 'listen({ request })'(scope) {
    const exchanges = new Inbox<Exchange>();
    const opened = new Inbox<string>();
    const options = { ...echo, open: ({ url }: { url: string }) => opened.push(url) };
    const request: RequestListener = (message, response) => exchanges.push({ request: message, response });
    const { port } = await listen(scope, options, { request });
    return { port, opened, exchanges };
  },
  async attach(scope) {
    const exchanges = new Inbox<Exchange>();
    const opened = new Inbox<string>();
    const server = createServer({ ...echo, open: ({ url }) => opened.push(url) });
    const { http, port } = await httpSite(scope, (message, response) => exchanges.push({ request: message, response }));
    scope.defer(() => server.close());
    server.attach(http);
    return { port, opened, exchanges };
  },
};

const get = (path: string, ...fields: string[]): string =>
  [`GET ${path} HTTP/1.1`, 'Host: x', ...fields, '\r\n'].join('\r\n');

/** A masked text frame, "hi", and its echo. */
const HI = '\x81\x82\0\0\0\0hi';
const HI_ECHOED = hex('81 02 68 69');

async function expectWebSocket(peer: RawPeer): Promise<void> {
  const head = await peer.readHead();
  assert.match(head, /^HTTP\/1\.1 101 /);
  assert.ok(head.includes(`Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}\r\n`), head);
  await peer.expect(HI_ECHOED);
}

async function turns(count = 30): Promise<void> {
  for (let index = 0; index < count; index++) await turn();
}

test(
  'listen({ request }): bytes after a request with Connection: close do not cut the response to it',
  leavingNothing(async (scope) => {
    for (const last of [get('/last', 'Connection: close'), 'GET /last HTTP/1.0\r\n\r\n']) {
      const refused = new Inbox<unknown>();
      const exchanges = new Inbox<Exchange>();
      const request: RequestListener = (message, response) => exchanges.push({ request: message, response });
      const { port } = await listen(scope, { refused: (_request, error) => refused.push(error) }, { request });
      const peer = await connectRaw(scope, port);
      peer.write(`${last}${upgradeRequest()}${HI}`);
      const { response } = await exchanges.next();
      await turns();
      response.setHeader('Content-Length', 4).end('last');
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nlast$/s);
      await peer.gone();
      assert.deepEqual(refused.rest, []);
    }
  }),
);

test(
  'listen({ request }): a body that is malformed gets no second response after one with Connection: close',
  leavingNothing(async (scope) => {
    const request: RequestListener = (_message, response) => {
      response.setHeader('Connection', 'close').setHeader('Content-Length', 4).end('last');
    };
    const { port } = await listen(scope, {}, { request });
    const head = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    const body = '5\r\nhello\r\nZZ\r\n';
    for (const cut of [0, head.length - 1]) {
      const peer = await connectRaw(scope, port);
      if (cut > 0) {
        peer.write(head.slice(0, cut));
        await turns();
      }
      peer.write((head + body).slice(cut));
      assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nlast$/su, `cut at ${cut}`);
      await peer.gone();
    }
  }),
);

for (const [way, start] of Object.entries(ways)) {
  describe(`an upgrade after a request whose response is still being written, ${way}`, () => {
    test(
      'waits for the end of it',
      leavingNothing(async (scope) => {
        const { port, exchanges, opened } = await start(scope);
        const peer = await connectRaw(scope, port);
        peer.write(`${get('/slow')}${upgradeRequest()}${HI}`);
        const { response } = await exchanges.next();
        await turns();
        assert.deepEqual(opened.rest, []);
        response.setHeader('Content-Length', 4).end('slow');
        assert.match(await peer.readUntil('\r\n\r\nslow'), /^HTTP\/1\.1 200 OK\r\n/);
        await expectWebSocket(peer);
      }),
    );
    test(
      'even of several that are answered in another order',
      leavingNothing(async (scope) => {
        const { port, exchanges } = await start(scope);
        const peer = await connectRaw(scope, port);
        peer.write(`${get('/a')}${get('/b')}${get('/c')}${upgradeRequest()}${HI}`);
        const pending = [await exchanges.next(), await exchanges.next(), await exchanges.next()];
        for (const { request, response } of pending.reverse()) {
          response.setHeader('Content-Length', 2).end(request.url);
          await turns();
        }
        for (const path of ['/a', '/b', '/c']) await peer.readUntil(`\r\n\r\n${path}`);
        await expectWebSocket(peer);
      }),
    );
    test(
      'of one that streams in chunks, more than the socket takes at once',
      leavingNothing(async (scope) => {
        const { port, exchanges } = await start(scope);
        const peer = await connectRaw(scope, port);
        peer.write(`${get('/stream')}${upgradeRequest()}${HI}`);
        const { response } = await exchanges.next();
        const piece = Buffer.alloc(64 * 1024, 'x');
        const PIECES = 64;
        const write = (count: number): void => {
          for (let left = count; left > 0; left--) {
            if (left === 1) response.end(piece);
            // Node removes the listener that reports it from the socket of an upgrade.
            else if (!response.write(piece)) return void response.once('drain', () => write(left - 1));
          }
        };
        write(PIECES);
        assert.match(await peer.readHead(), /Transfer-Encoding: chunked/);
        let received = 0;
        for (let size = -1; size !== 0; received += size) {
          size = Number.parseInt(await peer.readUntil('\r\n'), 16);
          assert.ok((await peer.read(size)).every((byte) => byte === 0x78));
          await peer.expect(Buffer.from('\r\n'));
        }
        assert.equal(received, PIECES * piece.length);
        await expectWebSocket(peer);
      }),
    );
    test(
      'of one that got 100 Continue, and of one that is answered before its body has come',
      leavingNothing(async (scope) => {
        const { port, exchanges } = await start(scope);
        const peer = await connectRaw(scope, port);
        const post = 'POST /up HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n';
        peer.write(`${post}Expect: 100-continue\r\n\r\n`);
        assert.match(await peer.readHead(), /^HTTP\/1\.1 100 Continue\r\n/);
        const first = await exchanges.next();
        first.request.resume();
        peer.write(`body${post}\r\nbo`);
        const second = await exchanges.next();
        second.request.resume();
        second.response.setHeader('Content-Length', 1).end('2');
        peer.write(`dy${upgradeRequest()}${HI}`);
        await turns();
        first.response.setHeader('Content-Length', 1).end('1');
        await peer.readUntil('\r\n\r\n1');
        await peer.readUntil('\r\n\r\n2');
        await expectWebSocket(peer);
      }),
    );
    test(
      'cut anywhere',
      leavingNothing(async (scope) => {
        const { port, exchanges } = await start(scope);
        const bytes = `${get('/slow')}${upgradeRequest()}${HI}`;
        for (let cut = 1; cut < bytes.length; cut += 3) {
          const peer = await connectRaw(scope, port);
          peer.socket.setNoDelay(true);
          peer.write(bytes.slice(0, cut));
          await turns(3);
          peer.write(bytes.slice(cut));
          const { response } = await exchanges.next();
          response.write('sl');
          await turns(3);
          response.end('ow');
          await peer.readUntil('2\r\nsl\r\n2\r\now\r\n0\r\n\r\n');
          await expectWebSocket(peer);
          peer.reset();
        }
      }),
    );
    test(
      'a refusal waits too',
      leavingNothing(async (scope) => {
        const { port, exchanges } = await start(scope);
        for (const fields of [{ 'Sec-WebSocket-Version': '8' }, { 'Content-Length': '5' }]) {
          const peer = await connectRaw(scope, port);
          peer.write(`${get('/slow')}${upgradeRequest(fields)}`);
          const { response } = await exchanges.next();
          response.write('sl');
          await turns();
          response.end('ow');
          const answer = (await peer.readToEnd()).toString();
          assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\r\n\r\n2\r\nsl\r\n2\r\now\r\n0\r\n\r\nHTTP\/1\.1 4\d\d /s);
          await peer.gone();
        }
      }),
    );
    test(
      'is not processed after a response that closes the connection',
      leavingNothing(async (scope) => {
        const { port, exchanges, opened } = await start(scope);
        const peer = await connectRaw(scope, port);
        peer.write(`${get('/last')}${upgradeRequest()}${HI}`);
        const { response } = await exchanges.next();
        await turns();
        response.writeHead(200, { Connection: 'close', 'Content-Length': 4 }).end('last');
        assert.match((await peer.readToEnd()).toString(), /\r\n\r\nlast$/);
        await peer.gone();
        assert.deepEqual(opened.rest, []);
      }),
    );
    test(
      'is forgotten when the client leaves meanwhile, even by a reset',
      leavingNothing(async (scope) => {
        const { port, exchanges, opened } = await start(scope);
        const peer = await connectRaw(scope, port);
        peer.write(`${get('/slow')}${upgradeRequest()}${HI}`);
        const { response } = await exchanges.next();
        await turns();
        peer.reset();
        const lost = new Promise((resolve) => response.on('close', resolve));
        response.write('x'.repeat(100_000));
        response.socket?.on('close', () => response.destroy());
        await lost;
        response.end();
        await turns();
        assert.deepEqual(opened.rest, []);
      }),
    );
  });
}

describe('after an answer with Connection: close nothing is processed', () => {
  const paths = async (scope: Scope, request: RequestListener): Promise<{ port: number; seen: string[] }> => {
    const seen: string[] = [];
    const { port } = await listen(
      scope,
      { maxHeaderCount: 5 },
      {
        request(message, response) {
          seen.push(message.url ?? '');
          request(message, response);
        },
      },
    );
    return { port, seen };
  };
  const many = ['A: 1', 'B: 2', 'C: 3', 'D: 4', 'E: 5'];
  test(
    'our own response, to a head of too many fields',
    leavingNothing(async (scope) => {
      const { port, seen } = await paths(scope, (_request, response) => void response.end('seen'));
      const peer = await connectRaw(scope, port);
      peer.write(`${get('/bad', ...many)}${get('/next')}${get('/next')}${upgradeRequest()}`);
      const answer = (await peer.readToEnd()).toString();
      assert.match(answer, /^HTTP\/1\.1 431 .*\n$/s);
      assert.equal(answer.split('HTTP/1.1').length, 2, answer);
      await peer.gone();
      assert.deepEqual(seen, []);
    }),
  );
  test(
    'a response of the application, by writeHead or a field, or to a client that asked for it',
    leavingNothing(async (scope) => {
      const { port, seen } = await paths(scope, ({ url }, response) => {
        if (url === '/head') response.writeHead(200, { Connection: 'close' });
        else response.setHeader('Connection', 'close');
        response.end(url);
      });
      for (const path of ['/head', '/field']) {
        const peer = await connectRaw(scope, port);
        peer.write(`${get(path)}${get('/next')}${upgradeRequest({ 'Sec-WebSocket-Protocol': undefined })}`);
        const answer = (await peer.readToEnd()).toString();
        assert.equal(answer.split('HTTP/1.1').length, 2, answer);
        await peer.gone();
      }
      assert.deepEqual(seen, ['/head', '/field']);
    }),
  );
});

test(
  'an upgrade after our refusal of a request is neither processed nor reported, whole and in pieces',
  leavingNothing(async (scope) => {
    const told: string[] = [];
    const { port } = await listen(scope, {
      upgrade: () => void told.push('upgrade'),
      refused: (_request, error) => told.push(error.code),
    });
    for (const first of [
      get('/'),
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc',
      'GET / HTTP/1.1\r\n\r\n',
    ]) {
      for (const parts of [
        [first + upgradeRequest()],
        [first, upgradeRequest()],
        [`${first}GET`, upgradeRequest().slice(3)],
      ]) {
        const peer = await connectRaw(scope, port);
        for (const part of parts) {
          peer.write(part);
          await turns(3);
        }
        const answer = (await peer.readToEnd()).toString();
        // Bytes that cross the end may reset the connection, and the answer is lost.
        assert.ok((answer.match(/HTTP\/1\.1 4\d\d /g)?.length ?? 0) <= 1, answer);
        assert.doesNotMatch(answer, / 101 /);
        await peer.gone();
      }
    }
    assert.deepEqual(told, []);
  }),
);
test(
  'bytes that are not HTTP after an answer with Connection: close neither cut that answer nor are reported',
  leavingNothing(async (scope) => {
    const refused = new Inbox<string>();
    const exchanges = new Inbox<Exchange>();
    const { port } = await listen(
      scope,
      { refused: (_request, error) => refused.push(error.code) },
      { request: (request, response) => exchanges.push({ request, response }) },
    );
    const peer = await connectRaw(scope, port);
    peer.write(get('/last'));
    const { response } = await exchanges.next();
    response.writeHead(200, { Connection: 'close' }).write('first');
    await peer.readUntil('first');
    peer.write('\x16\x03\x01 is not HTTP');
    await turns();
    response.end('last');
    assert.match((await peer.readToEnd()).toString(), /last\r\n0\r\n\r\n$/);
    await peer.gone();
    assert.deepEqual(refused.rest, []);
  }),
);
test(
  'draining cuts an upgrade that waits after a response, as it does the request before it',
  leavingNothing(async (scope) => {
    const exchanges = new Inbox<Exchange>();
    const { port, server } = await listen(
      scope,
      {},
      { request: (request, response) => exchanges.push({ request, response }) },
    );
    const peer = await connectRaw(scope, port);
    peer.write(`${get('/slow')}${upgradeRequest()}`);
    await exchanges.next();
    await turns();
    await server.drain();
    await peer.gone();
  }),
);
