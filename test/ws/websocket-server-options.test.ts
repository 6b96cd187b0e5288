// Each option of `WebSocketServer`, by its name, in this package and in `ws`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { leavingNothing, turn } from '../support/handles.ts';
import { SAMPLE_ACCEPT } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { httpSite } from '../support/http-site.ts';
import { answerOf, clientsOf, libraries, serve } from './server-support.ts';

for (const [name, library] of libraries) {
  const { WebSocketServer, WebSocket } = library;

  describe(`${name}: options of WebSocketServer`, () => {
    test('exactly one of port, server and noServer', () => {
      const server = createServer();
      const all = [undefined, {}, { port: 0, noServer: true }, { port: 0, server }, { server, noServer: true }];
      for (const options of [...all, { port: 0, server, noServer: true }]) {
        assert.throws(() => new WebSocketServer(options as never), {
          name: 'TypeError',
          message: /^One and only one of the "port", "server", or "noServer" options must be specified/u,
        });
      }
    });

    test(
      'port and host: it listens; a callback of the constructor and the event listening',
      leavingNothing(async () => {
        const told: string[] = [];
        const server = new WebSocketServer({ port: 0, host: '127.0.0.1' }, () => told.push('callback'));
        server.on('listening', () => told.push('listening'));
        await once(server, 'listening');
        assert.deepEqual(told, ['callback', 'listening']);
        assert.equal((server.address() as AddressInfo).address, '127.0.0.1');
        assert.equal(server.options.port, 0);
        await new Promise<void>((resolve) => server.close(() => resolve()));
        assert.equal(server.address(), null);
      }),
    );

    test(
      'port: other requests than upgrades are answered 426',
      leavingNothing(async (scope) => {
        const { port } = await serve(scope, library);
        const response = await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } });
        assert.equal(response.status, 426);
        assert.equal(response.headers.get('content-type'), 'text/plain');
        assert.equal(await response.text(), 'Upgrade Required');
      }),
    );

    test(
      'port: one that is taken, as the event error',
      leavingNothing(async (scope) => {
        const { port } = await serve(scope, library);
        const second = new WebSocketServer({ port, host: '127.0.0.1' });
        const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException];
        assert.equal(error.code, 'EADDRINUSE');
      }),
    );

    test(
      'backlog',
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library, { backlog: 3 });
        await open();
      }),
    );

    test(
      'server: its other requests stay its own, and close() leaves it alone',
      leavingNothing(async (scope) => {
        const { http, port } = await httpSite(scope, (_, response) => response.end('mine'));
        const server = new WebSocketServer({ server: http });
        const { open } = clientsOf(scope, server, port);
        const { webSocket } = await open();
        assert.equal(
          await (await fetch(`http://127.0.0.1:${port}`, { headers: { connection: 'close' } })).text(),
          'mine',
        );
        assert.deepEqual(server.address(), http.address());
        const closed = once(server, 'close');
        server.close();
        assert.equal(http.listenerCount('upgrade'), 0);
        webSocket.terminate();
        await closed;
        assert.ok(http.listening);
      }),
    );

    test(
      'server: listening and error of the HTTP server are passed on',
      leavingNothing(async () => {
        const http = createServer();
        const server = new WebSocketServer({ server: http });
        const listening = once(server, 'listening');
        http.listen(0, '127.0.0.1');
        await listening;
        const error = once(server, 'error');
        http.emit('error', new Error('from below'));
        assert.equal(((await error) as Error[])[0]?.message, 'from below');
        await new Promise((resolve) => http.close(resolve));
      }),
    );

    test('noServer: address() throws', () => {
      const server = new WebSocketServer({ noServer: true });
      assert.throws(() => server.address(), { message: 'The server is operating in "noServer" mode' });
    });

    test(
      'path: other paths are answered 400; the query is not compared',
      leavingNothing(async (scope) => {
        const { open, peer } = await serve(scope, library, { path: '/chat' });
        assert.equal((await open({}, '/chat?room=1')).request.url, '/chat?room=1');
        const { status, fields, body } = await answerOf(await peer({}, '/other'));
        assert.deepEqual([status, body], ['400 Bad Request', 'Bad Request']);
        assert.equal(fields.connection, 'close');
        assert.equal(fields['content-type'], 'text/html');
        assert.equal(fields['content-length'], '11');
      }),
    );

    test(
      'clientTracking: the set of clients, without those that have ended',
      leavingNothing(async (scope) => {
        const { server, open } = await serve(scope, library);
        const { webSocket, peer } = await open();
        assert.deepEqual([...server.clients], [webSocket]);
        const sizes: number[] = [];
        webSocket.on('close', () => sizes.push(server.clients.size));
        peer.destroy();
        await once(webSocket, 'close');
        assert.deepEqual(sizes, [0]);
      }),
    );

    test(
      'clientTracking: false',
      leavingNothing(async (scope) => {
        const { server, open } = await serve(scope, library, { clientTracking: false });
        const { webSocket } = await open();
        assert.equal(server.clients, undefined);
        const closed = once(webSocket, 'close');
        webSocket.terminate();
        await closed;
      }),
    );

    test(
      'handleProtocols: absent, the first of the offers; it is not asked where nothing is offered',
      leavingNothing(async (scope) => {
        const first = await serve(scope, library);
        const { head, webSocket } = await first.open({ 'Sec-WebSocket-Protocol': 'a, b' });
        assert.match(head, /\r\nSec-WebSocket-Protocol: a\r\n/u);
        assert.equal(webSocket.protocol, 'a');
        const asked: unknown[] = [];
        const chosen = await serve(scope, library, {
          handleProtocols(protocols, request) {
            asked.push([...protocols], request.url);
            return protocols.has('b') ? 'b' : false;
          },
        });
        assert.equal((await chosen.open({ 'Sec-WebSocket-Protocol': 'a, b' }, '/x')).webSocket.protocol, 'b');
        const none = await chosen.open({ 'Sec-WebSocket-Protocol': 'a' });
        assert.equal(none.webSocket.protocol, '');
        assert.doesNotMatch(none.head, /Sec-WebSocket-Protocol/u);
        await chosen.open();
        assert.deepEqual(asked, [['a', 'b'], '/x', ['a'], '/']);
      }),
    );

    test(
      'verifyClient with one parameter',
      leavingNothing(async (scope) => {
        const asked: unknown[] = [];
        const { open, peer } = await serve(scope, library, {
          verifyClient: (info: { origin: string; secure: boolean; req: IncomingMessage }) => {
            asked.push(info.origin, info.secure, info.req instanceof IncomingMessage);
            return info.req.url === '/yes';
          },
        });
        await open({ Origin: 'https://a.example' }, '/yes');
        const { status, body, fields } = await answerOf(await peer({}, '/no'));
        assert.deepEqual([status, body], ['401 Unauthorized', 'Unauthorized']);
        assert.equal(fields['content-type'], 'text/html');
        assert.deepEqual(asked, ['https://a.example', false, true, undefined, false, true]);
      }),
    );

    for (const isLate of [false, true]) {
      test(
        `verifyClient with two parameters, which answers ${isLate ? 'later' : 'at once'}`,
        leavingNothing(async (scope) => {
          const { open, peer } = await serve(scope, library, {
            verifyClient({ req }, callback) {
              const answer = (): void => {
                if (req.url === '/yes') callback(true);
                else if (req.url === '/no') callback(false);
                else if (req.url === '/moved') callback(false, 302, undefined, { Location: '/there' });
                else callback(false, 429, 'slowly', { 'Retry-After': '5', 'X-List': ['a', 'b'] });
              };
              if (isLate) setImmediate(answer);
              else answer();
            },
          });
          const { webSocket, peer: client } = await open({}, '/yes');
          webSocket.on('message', (data) => webSocket.send(data));
          client.write(hex('82 81 00000000 61'));
          await client.expect(hex('82 01 61'));
          assert.equal((await answerOf(await peer({}, '/no'))).status, '401 Unauthorized');
          const { status, body, fields } = await answerOf(await peer({}, '/'));
          assert.deepEqual([status, body, fields['retry-after']], ['429 Too Many Requests', 'slowly', '5']);
          const moved = await answerOf(await peer({}, '/moved'));
          assert.deepEqual([moved.status, moved.fields.location], ['302 Found', '/there']);
        }),
      );
    }

    test(
      'verifyClient: the client leaves before the answer',
      leavingNothing(async (scope) => {
        let answer: ((result: boolean) => void) | undefined;
        const { server, peer } = await serve(scope, library, {
          verifyClient(_, callback) {
            answer = callback;
          },
        });
        server.on('connection', () => assert.fail('there is none'));
        const client = await peer();
        while (answer === undefined) await turn();
        client.destroy();
        for (let count = 0; count < 20; count++) await turn();
        answer(true);
        for (let count = 0; count < 5; count++) await turn();
        assert.equal(server.clients.size, 0);
      }),
    );

    test(
      'maxPayload: a larger message ends the connection with 1009',
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library, { maxPayload: 4 });
        const { webSocket, peer } = await open();
        const failed = once(webSocket, 'error') as Promise<[NodeJS.ErrnoException]>;
        peer.write(hex('82 85 00000000 6162636465'));
        const { first, payload } = await peer.readFrame();
        assert.deepEqual([first, payload.readUInt16BE(0)], [0x88, 1009]);
        const [error] = await failed;
        assert.ok(error instanceof RangeError);
        assert.equal(error.code, 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
        peer.destroy();
        await once(webSocket, 'close');
      }),
    );

    test(
      'perMessageDeflate: absent and false, nothing is agreed on; true, what the client offers',
      leavingNothing(async (scope) => {
        const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
        for (const perMessageDeflate of [undefined, false]) {
          const { open } = await serve(scope, library, { perMessageDeflate });
          const { head, webSocket } = await open(offer);
          assert.doesNotMatch(head, /Sec-WebSocket-Extensions/u);
          assert.equal(webSocket.extensions, '');
        }
        const { open } = await serve(scope, library, { perMessageDeflate: true });
        const { head, webSocket } = await open(offer);
        assert.match(head, /\r\nSec-WebSocket-Extensions: permessage-deflate\r\n/u);
        assert.equal(webSocket.extensions, 'permessage-deflate');
        assert.equal((await open()).webSocket.extensions, '');
      }),
    );

    test(
      'perMessageDeflate and maxPayload: changed between upgrades, as crossws does',
      leavingNothing(async (scope) => {
        const { server, open } = await serve(scope, library, { perMessageDeflate: false, maxPayload: 16 });
        const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
        assert.equal((await open(offer)).webSocket.extensions, '');
        server.options.perMessageDeflate = { serverNoContextTakeover: true };
        const { head } = await open(offer);
        assert.match(head, /\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n/u);
        server.options.perMessageDeflate = false;
        server.options.maxPayload = 2;
        const { webSocket, peer } = await open(offer);
        assert.equal(webSocket.extensions, '');
        webSocket.on('error', () => undefined);
        peer.write(hex('81 83 00 00 00 00 61 62 63'));
        const { first, payload } = await peer.readFrame();
        assert.deepEqual([first, payload.readUInt16BE(0)], [0x88, 1009]);
        peer.end();
      }),
    );

    test(
      'perMessageDeflate: its settings',
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library, {
          perMessageDeflate: {
            serverNoContextTakeover: true,
            clientNoContextTakeover: true,
            serverMaxWindowBits: 10,
            clientMaxWindowBits: 11,
            threshold: 8,
            concurrencyLimit: 2,
            zlibDeflateOptions: { level: 9, memLevel: 8, chunkSize: 1024 },
            zlibInflateOptions: { chunkSize: 1024 },
          },
        });
        const { head, webSocket, peer } = await open({
          'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits',
        });
        const agreed = /\r\nSec-WebSocket-Extensions: permessage-deflate;(.*)\r\n/u.exec(head)?.[1] ?? '';
        assert.deepEqual(
          agreed
            .split(';')
            .map((parameter) => parameter.trim())
            .sort(),
          [
            'client_max_window_bits=11',
            'client_no_context_takeover',
            'server_max_window_bits=10',
            'server_no_context_takeover',
          ],
        );
        webSocket.send('short');
        await peer.expect(hex('81 05 73686f7274'));
        webSocket.send('a'.repeat(100));
        const frame = await peer.readFrame();
        assert.equal(frame.first, 0xc1);
        assert.ok(frame.payload.length < 20);
      }),
    );

    test(
      'autoPong: true answers a ping, false leaves it to the application',
      leavingNothing(async (scope) => {
        const { peer, webSocket } = await (await serve(scope, library)).open();
        peer.write(hex('89 82 00000000 6869'));
        await peer.expect(hex('8a 02 6869'));
        assert.equal(webSocket.readyState, WebSocket.OPEN);
        const silent = await (await serve(scope, library, { autoPong: false })).open();
        const pinged = once(silent.webSocket, 'ping') as Promise<[Buffer]>;
        silent.peer.write(hex('89 82 00000000 6869'));
        assert.equal(String((await pinged)[0]), 'hi');
        silent.webSocket.send('first');
        await silent.peer.expect(hex('81 05 6669727374'));
      }),
    );

    for (const allowSynchronousEvents of [true, false]) {
      test(
        `allowSynchronousEvents: ${allowSynchronousEvents}`,
        leavingNothing(async (scope) => {
          const { open } = await serve(scope, library, { allowSynchronousEvents });
          const { webSocket, peer } = await open();
          const got: string[] = [];
          const both = new Promise<void>((resolve) => {
            webSocket.on('message', (data) => {
              got.push(String(data));
              queueMicrotask(() => got.push('microtask'));
              if (String(data) === 'b') setImmediate(resolve);
            });
          });
          peer.write(hex('81 81 00000000 61 81 81 00000000 62'));
          await both;
          const expected = allowSynchronousEvents
            ? ['a', 'b', 'microtask', 'microtask']
            : ['a', 'microtask', 'b', 'microtask'];
          assert.deepEqual(got, expected);
        }),
      );
    }

    test(
      'skipUTF8Validation: valid text as ever',
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library, { skipUTF8Validation: true });
        const { webSocket, peer } = await open();
        const message = once(webSocket, 'message');
        peer.write(hex('81 82 00000000 c3a9'));
        assert.equal(String((await message)[0]), 'é');
      }),
    );

    test(
      'closeTimeout: a client that does not answer a Close is cut',
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library, { closeTimeout: 20 });
        const { webSocket, peer } = await open();
        webSocket.close(4000);
        await peer.expect(hex('88 02 0fa0'));
        const [code] = (await once(webSocket, 'close')) as [number];
        assert.equal(code, 1006);
      }),
    );

    test(
      'WebSocket: the class of the connections',
      leavingNothing(async (scope) => {
        class Own extends WebSocket {
          greet(): void {
            this.send('hello');
          }
        }
        const { open } = await serve(scope, library, { WebSocket: Own });
        const { webSocket, peer } = await open();
        assert.ok(webSocket instanceof Own);
        webSocket.greet();
        await peer.expect(hex('81 05 68656c6c6f'));
      }),
    );

    test(
      'maxFragments',
      leavingNothing(async (scope) => {
        const { open } = await serve(scope, library, { maxFragments: 2 });
        const { webSocket, peer } = await open();
        const failed = once(webSocket, 'error');
        peer.write(hex('02 81 00000000 61 00 81 00000000 62 00 81 00000000 63'));
        await failed;
        peer.destroy();
        await once(webSocket, 'close');
      }),
    );
  });

  test(
    `${name}: the answer has the key's value`,
    leavingNothing(async (scope) => {
      const { head } = await (await serve(scope, library)).open();
      assert.ok(head.includes(`\r\nSec-WebSocket-Accept: ${SAMPLE_ACCEPT}\r\n`), head);
    }),
  );
}
