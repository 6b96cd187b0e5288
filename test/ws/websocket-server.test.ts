// The events and methods of `WebSocketServer`, by their names, in this package and in `ws`; and where the two differ.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, test } from 'node:test';
import { duplexPair } from '../support/duplex-pair.ts';
import { uncaughtExceptions } from '../support/expect.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { httpSite } from '../support/http-site.ts';
import { connectRaw, RawPeer } from '../support/raw-peer.ts';
import { answerOf, clientsOf, type Library, libraries, type Server, type Socket, serve } from './server-support.ts';

/** An HTTP server whose upgrades the test has. */
async function router(scope: Scope, route: (request: IncomingMessage, socket: Duplex, head: Buffer) => void) {
  const site = await httpSite(scope, (_, response) => response.end());
  site.http.on('upgrade', route);
  return site.port;
}

function withoutServer({ WebSocketServer }: Library): Server {
  return new WebSocketServer({ noServer: true });
}

for (const [name, library] of libraries) {
  const { WebSocketServer } = library;

  describe(`${name}: events of WebSocketServer`, () => {
    test(
      'connection: with the whole request; a message that came with the request is not lost',
      leavingNothing(async (scope) => {
        const { server, port } = await serve(scope, library);
        const got: string[] = [];
        server.on('connection', (webSocket, request) => {
          got.push(`${request.method} ${request.url} ${request.headers['x-a']} ${request.socket.remoteAddress}`);
          webSocket.on('message', (data) => got.push(String(data)));
        });
        const peer = await connectRaw(scope, port);
        const request = Buffer.from(upgradeRequest({ 'X-A': 'b' }, '/x'));
        peer.write(Buffer.concat([request, hex('81 82 00000000 6869 89 80 00000000')]));
        await peer.readHead();
        await peer.expect(hex('8a 00'));
        assert.deepEqual(got, ['GET /x b 127.0.0.1', 'hi']);
        peer.destroy();
        for (const webSocket of server.clients) await once(webSocket, 'close');
      }),
    );

    test(
      "connection: binaryType 'fragments', changed between messages",
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library);
        const { webSocket, peer } = await open();
        const got: unknown[] = [];
        webSocket.on('message', (data) => {
          got.push(Array.isArray(data) ? data.map(String) : String(data));
          webSocket.binaryType = webSocket.binaryType === 'fragments' ? 'nodebuffer' : 'fragments';
          if (got.length === 3) webSocket.send('end');
        });
        for (let count = 0; count < 3; count++) peer.write(hex('02 81 00000000 61 80 82 00000000 6263'));
        await peer.expect(hex('81 03 656e64'));
        assert.deepEqual(got, ['abc', ['a', 'bc'], 'abc']);
      }),
    );

    test(
      'headers: the lines of the response, to which a listener adds',
      leavingNothing(async (scope) => {
        const { server, open } = await serve(scope, library, { perMessageDeflate: true });
        const seen: string[][] = [];
        server.on('headers', (lines, request) => {
          seen.push([...lines]);
          lines.push(`X-Path: ${request.url}`, 'Set-Cookie: a=1', 'Set-Cookie: b=2');
        });
        const extensions = 'permessage-deflate; server_no_context_takeover';
        const { head } = await open({ 'Sec-WebSocket-Protocol': 'a', 'Sec-WebSocket-Extensions': extensions }, '/p');
        assert.deepEqual(seen, [
          [
            'HTTP/1.1 101 Switching Protocols',
            'Upgrade: websocket',
            'Connection: Upgrade',
            'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
            'Sec-WebSocket-Protocol: a',
            `Sec-WebSocket-Extensions: ${extensions}`,
          ],
        ]);
        assert.ok(head.endsWith('\r\nX-Path: /p\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n\r\n'), head);
      }),
    );

    test(
      'headers: a listener selects the subprotocol, as crossws does',
      leavingNothing(async (scope) => {
        const { server, open } = await serve(scope, library, { handleProtocols: () => false });
        server.on('headers', (lines) => lines.push('sec-websocket-protocol: b'));
        const { head } = await open({ 'Sec-WebSocket-Protocol': 'a, b' });
        assert.ok(head.endsWith('\r\nsec-websocket-protocol: b\r\n\r\n'), head);
      }),
    );

    const refusals: [title: string, fields: Record<string, string | undefined>, status: string, body: string][] = [
      ['Upgrade', { Upgrade: 'other' }, '400 Bad Request', 'Invalid Upgrade header'],
      [
        'Sec-WebSocket-Key',
        { 'Sec-WebSocket-Key': 'short' },
        '400 Bad Request',
        'Missing or invalid Sec-WebSocket-Key header',
      ],
      [
        'Sec-WebSocket-Version',
        { 'Sec-WebSocket-Version': '12' },
        '400 Bad Request',
        'Missing or invalid Sec-WebSocket-Version header',
      ],
      [
        'Sec-WebSocket-Protocol',
        { 'Sec-WebSocket-Protocol': 'a, a' },
        '400 Bad Request',
        'Invalid Sec-WebSocket-Protocol header',
      ],
      [
        'Sec-WebSocket-Extensions',
        { 'Sec-WebSocket-Extensions': 'a;;b' },
        '400 Bad Request',
        'Invalid or unacceptable Sec-WebSocket-Extensions header',
      ],
    ];
    for (const [field, fields, status, body] of refusals) {
      test(
        `a request with a wrong ${field} is refused`,
        leavingNothing(async (scope) => {
          const { peer } = await serve(scope, library, { perMessageDeflate: true });
          const answer = await answerOf(await peer(fields));
          assert.deepEqual([answer.status, answer.body], [status, body]);
          assert.deepEqual(
            [answer.fields.connection, answer.fields['content-type'], answer.fields['content-length']],
            ['close', 'text/html', String(body.length)],
          );
          assert.equal('sec-websocket-version' in answer.fields, field === 'Sec-WebSocket-Version');
        }),
      );

      test(
        `wsClientError: a wrong ${field}; the listener answers`,
        leavingNothing(async (scope) => {
          const { server, peer } = await serve(scope, library, { perMessageDeflate: true });
          const told: unknown[] = [];
          server.on('wsClientError', (error, socket, request) => {
            told.push(error instanceof Error, error.message, request.url);
            socket.end('HTTP/1.1 418 Mine\r\nConnection: close\r\n\r\nown');
          });
          assert.deepEqual(await answerOf(await peer(fields, '/x')), {
            status: '418 Mine',
            fields: { connection: 'close' },
            body: 'own',
          });
          assert.deepEqual(told, [true, body, '/x']);
        }),
      );
    }

    test(
      'a request of another method is refused with 405',
      leavingNothing(async (scope) => {
        const { port } = await serve(scope, library);
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest().replace('GET', 'POST'));
        const { status, body } = await answerOf(peer);
        assert.deepEqual([status, body], ['405 Method Not Allowed', 'Invalid HTTP method']);
      }),
    );

    test(
      'wsClientError: the client leaves while the listener still has to answer',
      leavingNothing(async (scope) => {
        const { server, peer } = await serve(scope, library);
        const told = once(server, 'wsClientError') as Promise<[Error, Duplex]>;
        const client = await peer({ 'Sec-WebSocket-Key': 'short' });
        const [, socket] = await told;
        client.socket.resetAndDestroy();
        while (!socket.destroyed) await turn();
      }),
    );

    test(
      'close: with the last connection of an HTTP server that was made for port',
      leavingNothing(async (scope) => {
        const { server, open } = await serve(scope, library);
        const { webSocket, peer } = await open();
        const order: string[] = [];
        webSocket.on('close', (code) => order.push(`connection ${code}`));
        server.on('close', () => order.push('event'));
        server.close((error) => order.push(`callback ${error}`));
        await turn();
        assert.deepEqual(order, []);
        const ended = Promise.all([once(server, 'close'), once(webSocket, 'close')]);
        webSocket.close(4000);
        assert.equal((await peer.readFrame()).first, 0x88);
        peer.write(hex('88 82 00000000 0fa0'));
        await peer.gone();
        await ended;
        assert.deepEqual(order.sort(), ['callback undefined', 'connection 4000', 'event']);
      }),
    );

    test('close: again, with an error for the callback', async () => {
      const server = withoutServer(library);
      const errors: unknown[] = [];
      await new Promise<void>((resolve) => {
        server.close((error) => {
          errors.push(error);
          resolve();
        });
      });
      await new Promise<void>((resolve) => {
        server.close((error) => {
          errors.push(error?.message);
          resolve();
        });
      });
      assert.deepEqual(errors, [undefined, 'The server is not running']);
    });
  });

  describe(`${name}: methods of WebSocketServer`, () => {
    test(
      'handleUpgrade: for routers; connection is emitted by the application',
      leavingNothing(async (scope) => {
        const one = withoutServer(library);
        const other = withoutServer(library);
        const port = await router(scope, (request, socket, head) => {
          const server = request.url === '/one' ? one : other;
          server.handleUpgrade(request, socket, head, (webSocket) => server.emit('connection', webSocket, request));
        });
        const { webSocket } = await clientsOf(scope, one, port).open({}, '/one');
        const second = await clientsOf(scope, other, port).open({}, '/other');
        assert.deepEqual([[...one.clients], [...other.clients]], [[webSocket], [second.webSocket]]);
        webSocket.terminate();
        second.webSocket.terminate();
        await Promise.all([once(webSocket, 'close'), once(second.webSocket, 'close')]);
        assert.deepEqual([one.clients.size, other.clients.size], [0, 0]);
      }),
    );

    test(
      'handleUpgrade: any Duplex stream',
      leavingNothing(async (scope) => {
        const server = withoutServer(library);
        const [ours, theirs] = duplexPair();
        const port = await router(scope, (request, socket, head) => {
          server.handleUpgrade(request, ours, head, (webSocket) => webSocket.send('hi'));
          socket.destroy();
        });
        const client = await connectRaw(scope, port);
        client.write(upgradeRequest());
        const peer = new RawPeer(theirs as never);
        await peer.readHead();
        await peer.expect(hex('81 02 6869'));
        theirs.destroy();
        while (server.clients.size > 0) await turn();
      }),
    );

    test(
      'handleUpgrade: a socket that a server has taken before',
      leavingNothing(async (scope) => {
        const server = withoutServer(library);
        const errors: unknown[] = [];
        const port = await router(scope, (request, socket, head) => {
          server.handleUpgrade(request, socket, head, (webSocket) => {
            try {
              server.handleUpgrade(request, socket, head, () => assert.fail('it is taken'));
            } catch (error) {
              errors.push((error as Error).message);
            }
            webSocket.terminate();
          });
        });
        const client = await connectRaw(scope, port);
        client.write(upgradeRequest());
        await client.readToEnd();
        assert.match(String(errors), /^server\.handleUpgrade\(\) was called more than once with the same socket/u);
        while (server.clients.size > 0) await turn();
      }),
    );

    test(
      'handleUpgrade: after close(), 503',
      leavingNothing(async (scope) => {
        const server = withoutServer(library);
        server.close();
        const port = await router(scope, (request, socket, head) => {
          server.handleUpgrade(request, socket, head, () => assert.fail('it is closed'));
        });
        const { status, body } = await answerOf(await clientsOf(scope, server, port).peer());
        assert.deepEqual([status, body], ['503 Service Unavailable', 'Service Unavailable']);
      }),
    );

    test(
      'shouldHandle: one that is overridden decides',
      leavingNothing(async (scope) => {
        class Own extends WebSocketServer {
          override shouldHandle(request: IncomingMessage): boolean {
            return request.headers['x-a'] === 'b';
          }
        }
        const http = createServer();
        http.listen(0, '127.0.0.1');
        await once(http, 'listening');
        scope.defer(() => http.close());
        const server = new Own({ server: http });
        const { open, peer } = clientsOf(scope, server as Server, (http.address() as AddressInfo).port);
        const { webSocket } = await open({ 'X-A': 'b' });
        assert.equal((await answerOf(await peer())).status, '400 Bad Request');
        webSocket.terminate();
        await once(webSocket, 'close');
      }),
    );

    test('shouldHandle: the path, without the query', () => {
      const server = new WebSocketServer({ noServer: true, path: '/a' });
      const handled = ['/a', '/a?b', '/b', '/a/'].map((url) => server.shouldHandle({ url } as IncomingMessage));
      assert.deepEqual(handled, [true, true, false, false]);
      assert.equal(withoutServer(library).shouldHandle({ url: '/b' } as IncomingMessage), true);
    });

    test(
      'several servers on one HTTP server: each request meets the first one whose path it is not',
      leavingNothing(async (scope) => {
        const site = await httpSite(scope, (_, response) => response.end());
        const first = new WebSocketServer({ server: site.http, path: '/a' });
        new WebSocketServer({ server: site.http, path: '/b' });
        const { peer } = clientsOf(scope, first, site.port);
        assert.equal((await answerOf(await peer({}, '/c'))).status, '400 Bad Request');
      }),
    );

    test(
      'a listener that throws: an uncaught exception, as of any EventEmitter',
      leavingNothing(async (scope) => {
        const uncaught = uncaughtExceptions(scope);
        const { server, peer } = await serve(scope, library);
        const thrown = new Error('listener');
        let webSocket: Socket | undefined;
        server.on('connection', (given) => {
          webSocket = given;
          throw thrown;
        });
        await peer();
        assert.equal(await uncaught.next(), thrown);
        webSocket?.terminate();
        await once(webSocket as Socket, 'close');
      }),
    );
  });
}

const ours = libraries[1]?.[1] as Library;

describe('harmony-websocket/ws differs', () => {
  test(
    'verifyClient that throws: the client gets 500, and the process goes on with a warning',
    leavingNothing(async (scope) => {
      const { peer } = await serve(scope, ours, {
        verifyClient: () => {
          throw new Error('verify');
        },
      });
      const warned = once(process, 'warning') as Promise<[Error]>;
      assert.equal((await answerOf(await peer())).status, '500 Internal Server Error');
      assert.match((await warned)[0].message, /verify/u);
    }),
  );

  test(
    'an answer of verifyClient that does not refuse: 401',
    leavingNothing(async (scope) => {
      const { peer } = await serve(scope, ours, { verifyClient: (_, callback) => callback(false, 200) });
      const warned = once(process, 'warning') as Promise<[Error]>;
      assert.equal((await answerOf(await peer())).status, '401 Unauthorized');
      assert.match((await warned)[0].message, /the answer 200 of verifyClient/u);
    }),
  );

  test(
    'fields of the handshake in the event headers stay as they are',
    leavingNothing(async (scope) => {
      const { server, open } = await serve(scope, ours);
      server.on('headers', (lines) => lines.push('Sec-WebSocket-Accept: mine', 'no field'));
      const { head } = await open();
      assert.doesNotMatch(head, /mine|no field/u);
    }),
  );

  test(
    'version 8 is not spoken, and Connection must name Upgrade',
    leavingNothing(async (scope) => {
      const { peer } = await serve(scope, ours);
      const { status, fields } = await answerOf(await peer({ 'Sec-WebSocket-Version': '8' }));
      assert.deepEqual([status, fields['sec-websocket-version']], ['400 Bad Request', '13']);
    }),
  );
});
