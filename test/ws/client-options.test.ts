// Each option of a client in the shape of `ws`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { certificates } from '../support/certificates.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { acceptHandshake, switchingProtocols } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw } from '../support/raw-peer.ts';
import {
  type ClientOptions,
  closed,
  connecting,
  ended,
  eventsOf,
  type Library,
  libraries,
  opened,
} from './client-support.ts';

let count = 0;

/** A server over TLS that accepts each handshake and answers nothing. */
async function secureServer(scope: Scope, options: object = {}): Promise<number> {
  const server = createHttpsServer({ ...serverCertificate(), ...options });
  server.on('upgrade', (request, socket) => {
    socket.on('error', () => {});
    socket.write(switchingProtocols(`Sec-WebSocket-Key: ${request.headers['sec-websocket-key']}\r\n`));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

async function fieldsOf(scope: Scope, library: Library, options: ClientOptions, protocols?: string[]): Promise<string> {
  const { peer } = await connecting(scope, library, options, protocols);
  return peer.readHead();
}

for (const [name, library] of libraries) {
  const { WebSocket } = library;

  describe(`options of a client: ${name}`, () => {
    test(
      'headers, origin and auth',
      leavingNothing(async (scope) => {
        const head = await fieldsOf(scope, library, {
          headers: { 'X-One': '1', Cookie: 'a=1' },
          origin: 'https://app.example',
          auth: 'user:pass',
        });
        assert.match(head, /\r\nX-One: 1\r\n/);
        assert.match(head, /\r\nCookie: a=1\r\n/);
        assert.match(head, /\r\nOrigin: https:\/\/app\.example\r\n/);
        assert.match(head, /\r\nAuthorization: Basic dXNlcjpwYXNz\r\n/);
      }),
    );

    test(
      'a user name in the URL goes before auth',
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const webSocket = new WebSocket(server.url.replace('//', '//a:b@'), { auth: 'user:pass' });
        webSocket.on('error', () => {});
        const peer = await server.accepted();
        assert.match(await peer.readHead(), /\r\nAuthorization: Basic YTpi\r\n/);
        await ended(webSocket);
      }),
    );

    test(
      'protocols, as an argument and as an option',
      leavingNothing(async (scope) => {
        const offered = /\r\nSec-WebSocket-Protocol: (.*)\r\n/;
        assert.match((await fieldsOf(scope, library, {}, ['a', 'b'])).replace(', ', ','), /Protocol: a,b\r\n/);
        const server = await listenRaw(scope);
        const webSocket = new WebSocket(server.url, { protocols: 'c' } as ClientOptions);
        const head = await acceptHandshake(await server.accepted(), 'Sec-WebSocket-Protocol: c');
        await once(webSocket, 'open');
        assert.equal(offered.exec(head)?.[1], 'c');
        assert.equal(webSocket.protocol, 'c');
        await ended(webSocket);
      }),
    );

    test('a header without a value throws', () => {
      const headers = { 'X-One': undefined } as never;
      assert.throws(() => new WebSocket('ws://localhost', { headers }), { code: 'ERR_HTTP_INVALID_HEADER_VALUE' });
    });

    test('subprotocols that may not be offered', () => {
      for (const protocols of ['', 'a,b', ['a', 'a'], null]) {
        assert.throws(() => new WebSocket('ws://localhost', protocols as string), {
          name: 'SyntaxError',
          message: 'An invalid or duplicated subprotocol was specified',
        });
      }
    });

    test('protocolVersion: another than 8 and 13 throws', () => {
      assert.throws(() => new WebSocket('ws://localhost', { protocolVersion: 1000 }), {
        name: 'RangeError',
        message: 'Unsupported protocol version: 1000 (supported versions: 8, 13)',
      });
    });

    test(
      'perMessageDeflate: on by default, off, and with parameters',
      leavingNothing(async (scope) => {
        assert.match(await fieldsOf(scope, library, {}), /\r\nSec-WebSocket-Extensions: permessage-deflate/);
        assert.doesNotMatch(await fieldsOf(scope, library, { perMessageDeflate: false }), /Extensions/);
        const head = await fieldsOf(scope, library, {
          perMessageDeflate: { clientNoContextTakeover: true, serverMaxWindowBits: 10, threshold: 5 },
        });
        assert.match(head, /client_no_context_takeover/);
        assert.match(head, /server_max_window_bits=10/);
      }),
    );

    test(
      'perMessageDeflate: messages from threshold on are compressed, others are not',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(
          scope,
          library,
          { perMessageDeflate: { threshold: 10, clientNoContextTakeover: true } },
          [],
          ['Sec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover'],
        );
        assert.equal(webSocket.extensions, 'permessage-deflate');
        webSocket.send('x'.repeat(9));
        webSocket.send('x'.repeat(10));
        webSocket.send('x'.repeat(10), { compress: false });
        const firsts = [];
        for (let at = 0; at < 3; at++) firsts.push((await peer.readFrame()).first);
        assert.deepEqual(firsts, [0x81, 0xc1, 0x81]);
      }),
    );

    test(
      'maxPayload',
      leavingNothing(async (scope) => {
        const { peer, events } = await opened(scope, library, { maxPayload: 4 });
        peer.write(hex('81 05 68 65 6c 6c 6f'));
        assert.deepEqual(await events.take(3), ['upgrade', 'open', 'error Max payload size exceeded']);
        assert.equal((await peer.readFrame()).payload.readUInt16BE(), 1009);
        peer.end();
        assert.equal(await events.next(), 'close 1006 ');
      }),
    );

    test(
      'maxFragments',
      leavingNothing(async (scope) => {
        const { peer, events } = await opened(scope, library, { maxFragments: 2 });
        peer.write(hex('01 01 61 00 01 62 80 01 63'));
        assert.deepEqual(await events.take(3), ['upgrade', 'open', 'error Too many message fragments']);
        assert.equal((await peer.readFrame()).payload.readUInt16BE(), 1008);
        peer.end();
        assert.equal(await events.next(), 'close 1006 ');
      }),
    );

    test(
      'autoPong: false leaves a ping to the program',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library, { autoPong: false });
        webSocket.on('ping', (data) => webSocket.pong(`not ${data}`));
        peer.write(hex('89 01 78'));
        const { first, payload } = await peer.readFrame();
        assert.deepEqual([first, String(payload)], [0x8a, 'not x']);
      }),
    );

    test(
      'allowSynchronousEvents: false: one event in a turn',
      leavingNothing(async (scope) => {
        const { webSocket, peer, events } = await opened(scope, library, { allowSynchronousEvents: false });
        const order: string[] = [];
        webSocket.on('message', (data) => {
          order.push(String(data));
          queueMicrotask(() => order.push('microtask'));
        });
        peer.write(hex('81 01 61 81 01 62 88 00'));
        await events.take(4);
        assert.deepEqual(order, ['a', 'microtask', 'b', 'microtask']);
        peer.end();
        assert.equal(await events.next(), 'close 1005 ');
      }),
    );

    test(
      'handshakeTimeout',
      leavingNothing(async (scope) => {
        const { events } = await connecting(scope, library, { handshakeTimeout: 20 });
        assert.deepEqual(await events.take(2), ['error Opening handshake has timed out', 'close 1006 ']);
      }),
    );

    test(
      'finishRequest is called with the request and the WebSocket, and sends it',
      leavingNothing(async (scope) => {
        const seen: unknown[] = [];
        const { webSocket, peer } = await connecting(scope, library, {
          finishRequest(request, socket) {
            seen.push(request, socket);
            request.setHeader('X-Late', 'yes');
            request.end();
          },
        });
        assert.match(await peer.readHead(), /\r\nX-Late: yes\r\n/);
        assert.equal(seen[1], webSocket);
      }),
    );

    test(
      'agent',
      leavingNothing(async (scope) => {
        const agent = new Agent();
        const names: string[] = [];
        const { createConnection } = agent as unknown as { createConnection: (...values: unknown[]) => never };
        Object.assign(agent, {
          createConnection(...values: unknown[]) {
            names.push('agent');
            return createConnection.apply(agent, values);
          },
        });
        await opened(scope, library, { agent });
        assert.deepEqual(names, ['agent']);
      }),
    );

    test(
      'createConnection',
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const hosts: unknown[] = [];
        const webSocket = new WebSocket('ws://a.example:5/', {
          createConnection: ((options: { host: string; port: number }) => {
            hosts.push(options.host, Number(options.port));
            return connectTcp(server.port, '127.0.0.1');
          }) as never,
        });
        await acceptHandshake(await server.accepted());
        await once(webSocket, 'open');
        assert.deepEqual(hosts, ['a.example', 5]);
        await ended(webSocket);
      }),
    );

    test(
      'lookup',
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const webSocket = new WebSocket(`ws://a.example:${server.port}/`, {
          lookup: ((_host: string, { all }: { all: boolean }, done: (...values: unknown[]) => void) => {
            if (all) done(null, [{ address: '127.0.0.1', family: 4 }]);
            else done(null, '127.0.0.1', 4);
          }) as never,
        });
        await acceptHandshake(await server.accepted());
        await once(webSocket, 'open');
        await ended(webSocket);
      }),
    );

    test(
      'localAddress',
      { skip: process.platform !== 'linux' && 'only Linux has all of 127.0.0.0/8' },
      leavingNothing(async (scope) => {
        const { peer } = await opened(scope, library, { localAddress: '127.0.0.3' });
        assert.equal(peer.socket.remoteAddress, '127.0.0.3');
      }),
    );

    test(
      'ws+unix: with the path of the request behind a colon',
      { skip: process.platform === 'win32' && 'Windows has pipes' },
      leavingNothing(async (scope) => {
        count++;
        const path = join(tmpdir(), `hws-${name.replace('/', '-')}-${process.pid}-${count}.sock`);
        const plain = createServer();
        const urls = new Inbox<string>();
        plain.on('upgrade', (request, socket) => {
          urls.push(String(request.url));
          socket.end('HTTP/1.1 404 Not Found\r\n\r\n');
        });
        await new Promise<void>((resolve) => plain.listen(path, resolve));
        scope.defer(() => new Promise<void>((resolve) => plain.close(() => resolve())));
        const webSocket = new WebSocket(`ws+unix://${path}:/chat?room=1`);
        const events = eventsOf(webSocket);
        assert.deepEqual(await events.take(2), ['error Unexpected server response: 404', 'close 1006 ']);
        assert.equal(await urls.next(), '/chat?room=1');
      }),
    );
  });

  describe(`TLS options of a client: ${name}`, () => {
    async function outcome(port: number, options: ClientOptions, host = 'localhost'): Promise<string> {
      const webSocket = new WebSocket(`wss://${host}:${port}`, options);
      const result = await new Promise<string>((resolve) => {
        webSocket.on('open', () => resolve('open'));
        webSocket.on('error', (error) => resolve((error as NodeJS.ErrnoException).code ?? error.message));
      });
      const end = closed(webSocket);
      webSocket.terminate();
      await end;
      return result;
    }

    test(
      'ca, rejectUnauthorized, servername and checkServerIdentity',
      leavingNothing(async (scope) => {
        const port = await secureServer(scope);
        assert.notEqual(await outcome(port, {}), 'open');
        assert.equal(await outcome(port, trust()), 'open');
        assert.equal(await outcome(port, { rejectUnauthorized: false }), 'open');
        assert.equal(await outcome(port, { ...trust(), servername: 'other.example' }), 'ERR_TLS_CERT_ALTNAME_INVALID');
        const hosts: string[] = [];
        const checkServerIdentity = (host: string): undefined => {
          hosts.push(host);
          return undefined;
        };
        assert.equal(await outcome(port, { ...trust(), checkServerIdentity }), 'open');
        assert.deepEqual(hosts, ['localhost']);
      }),
    );

    test(
      'cert and key',
      leavingNothing(async (scope) => {
        const { cert, key } = certificates().client;
        const port = await secureServer(scope, { requestCert: true, ca: certificates().ca.cert });
        assert.equal(await outcome(port, { ...trust(), cert, key }), 'open');
      }),
    );
  });

  describe(`the URL of a client: ${name}`, () => {
    for (const [url, message] of [
      ['foo', 'Invalid URL: foo'],
      ['bad-scheme://localhost', /must be one of "ws:", "wss:"/],
      ['ws+unix:', "The URL's pathname is empty"],
      ['ws://localhost#x', 'The URL contains a fragment identifier'],
    ] as const) {
      test(`${url} throws`, () => {
        assert.throws(() => new WebSocket(url), { name: 'SyntaxError', message });
      });
    }

    test(
      'http: stands for ws:, and a URL may be given',
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const webSocket = new WebSocket(new URL(server.url.replace('ws:', 'http:')));
        assert.equal(webSocket.url, server.url.endsWith('/') ? server.url : `${server.url}/`);
        await acceptHandshake(await server.accepted());
        await once(webSocket, 'open');
        await ended(webSocket);
      }),
    );
  });
}
