// Heads that are too large or have too many fields, and bytes that are not a head.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer } from '../../src/engine/index.ts';
import { reportCount } from '../support/counts.ts';
import { listen, serverCertificate } from '../support/engine.ts';
import { isError, rejectsWith } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { acceptHandshake, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, listenRaw } from '../support/raw-peer.ts';

/** A valid request with this many fields. */
function requestOf(fields: number): string {
  const more = Object.fromEntries(Array.from({ length: fields - 5 }, (_, index) => [`X-${index}`, '']));
  return upgradeRequest(more);
}

const TOO_MANY = 'request has more than maxHeaderCount (200) header fields; send fewer, or raise maxHeaderCount\n';
const TOO_LARGE =
  'request head exceeds maxHeaderSize (65536 bytes); send less, such as fewer cookies, or raise maxHeaderSize\n';

describe('answered with the status, the bound and the remedy; `refused` is called; the connection ends', () => {
  const table: readonly (readonly [
    name: string,
    bytes: string | Uint8Array,
    status: string,
    body: string | RegExp,
    code: Parameters<typeof isError>[1],
    hasRequest: boolean,
  ])[] = [
    [
      '201 fields',
      requestOf(201),
      '431 Request Header Fields Too Large',
      TOO_MANY,
      'ERR_WS_REQUEST_HEADER_COUNT',
      true,
    ],
    [
      '5,000 fields',
      requestOf(5_000),
      '431 Request Header Fields Too Large',
      TOO_MANY,
      'ERR_WS_REQUEST_HEADER_COUNT',
      true,
    ],
    [
      'a head of 70,000 bytes',
      upgradeRequest({ 'X-Large': 'x'.repeat(70_000) }),
      '431 Request Header Fields Too Large',
      TOO_LARGE,
      'ERR_WS_REQUEST_HEADER_SIZE',
      false,
    ],
    [
      'a head of 4 MiB that does not end',
      `GET / HTTP/1.1\r\nX: ${'x'.repeat(4 << 20)}`,
      '431 Request Header Fields Too Large',
      TOO_LARGE,
      'ERR_WS_REQUEST_HEADER_SIZE',
      false,
    ],
    [
      'an SSH banner',
      'SSH-2.0-OpenSSH_9.2p1\r\n',
      '400 Bad Request',
      /^received bytes that are not an HTTP request \(.*\); check which program connects to this port\n$/,
      'ERR_WS_REQUEST_MALFORMED',
      false,
    ],
    [
      'a TLS ClientHello',
      hex('16 03 01 00 05 01 00 00 01 00'),
      '400 Bad Request',
      'received a TLS handshake on a port that serves plain ws://: use ws://, or configure tls\n',
      'ERR_WS_REQUEST_MALFORMED',
      false,
    ],
    [
      'frames without a handshake',
      hex('81 85 37fa213d 7f9f4d5158'),
      '400 Bad Request',
      /^received bytes that are not an HTTP request \(/,
      'ERR_WS_REQUEST_MALFORMED',
      false,
    ],
    [
      'a field with a line end inside',
      upgradeRequest({ 'X-A': 'a\rb' }),
      '400 Bad Request',
      /^received bytes that are not an HTTP request \(/,
      'ERR_WS_REQUEST_MALFORMED',
      false,
    ],
  ];
  for (const [name, bytes, status, body, code, hasRequest] of table) {
    test(`${name}: ${status}`, async (t) => {
      await leavingNothing(async (scope) => {
        const refusals = new Inbox<unknown>();
        const { port, server } = await listen(scope, { refused: (request, error) => refusals.push([request, error]) });
        const peer = await connectRaw(scope, port);
        peer.write(bytes);
        const answer = (await peer.readToEnd()).toString();
        assert.ok(answer.startsWith(`HTTP/1.1 ${status}\r\nConnection: close\r\n`), answer);
        const text = answer.slice(answer.indexOf('\r\n\r\n') + 4);
        if (typeof body === 'string') assert.equal(text, body);
        else assert.match(text, body);
        const [request, error] = (await refusals.next()) as [unknown, unknown];
        assert.equal(request !== undefined, hasRequest);
        assert.equal(isError(error, code).status, Number(status.slice(0, 3)));
        await peer.gone();
        assert.equal(refusals.rest.length, 0);
        assert.equal(server.connections.size, 0);
      })();
      reportCount(t, 'attack budgets', 1);
    });
  }
});

test(
  '200 fields are taken, and as many as are configured',
  leavingNothing(async (scope) => {
    const { port } = await listen(scope);
    const peer = await connectRaw(scope, port);
    peer.write(requestOf(200));
    assert.match(await peer.readHead(), /^HTTP\/1\.1 101 /);
    for (const maxHeaderCount of [3_000, Infinity, 2 ** 40]) {
      const larger = await listen(scope, { maxHeaderCount, maxHeaderSize: 1 << 20 });
      const other = await connectRaw(scope, larger.port);
      other.write(requestOf(3_000));
      assert.match(await other.readHead(), /^HTTP\/1\.1 101 /);
    }
  }),
);
test(
  'a request that is not an upgrade may not have more either: the application never sees a head that was cut short',
  leavingNothing(async (scope) => {
    const seen: unknown[] = [];
    const { port } = await listen(
      scope,
      { maxHeaderCount: 10 },
      { request: (_request, response) => void response.end(seen.push(1)) },
    );
    const peer = await connectRaw(scope, port);
    peer.write(requestOf(11).replace('Upgrade: websocket\r\n', 'X: y\r\n').replace('Connection: Upgrade', 'A: b'));
    const answer = (await peer.readToEnd()).toString();
    assert.match(answer, /^HTTP\/1\.1 431 [\s\S]*maxHeaderCount \(10\)/);
    assert.deepEqual(seen, []);
  }),
);
test(
  'an attached server counts the fields as well',
  leavingNothing(async (scope) => {
    const http = createHttpServer();
    const server = createServer({ maxHeaderCount: 10 });
    server.attach(http);
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    scope.defer(async () => {
      await server.close();
      http.close();
    });
    const peer = await connectRaw(scope, (http.address() as AddressInfo).port);
    peer.write(requestOf(11));
    assert.match((await peer.readToEnd()).toString(), /^HTTP\/1\.1 431 [\s\S]*maxHeaderCount \(10\)/);
  }),
);
test(
  'a head that is refused after TLS is answered over TLS',
  leavingNothing(async (scope) => {
    const { port } = await listen(scope, {}, { tls: serverCertificate() });
    const { connect: connectTls } = await import('node:tls');
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
    await once(socket, 'secureConnect');
    socket.write('SSH-2.0-OpenSSH_9.2p1\r\n');
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    assert.match(answer, /^HTTP\/1\.1 400 [\s\S]*received bytes that are not an HTTP request/);
  }),
);
test(
  '`connect` refuses a response of more than maxHeaderCount fields',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const answerWith = async (fields: number): Promise<void> => {
      const peer = await server.accepted();
      await acceptHandshake(peer, ...Array.from({ length: fields - 3 }, (_, index) => `X-${index}: y`));
    };
    const refused = connect(server.url);
    void answerWith(201);
    await rejectsWith(refused, 'ERR_WS_RESPONSE_MALFORMED', server.address, 'more than maxHeaderCount (200) fields');
    for (const [fields, maxHeaderCount] of [
      [200, 200],
      [2_500, 2_500],
      [2_500, Infinity],
    ] as const) {
      const connecting = connect(server.url, { maxHeaderCount });
      void answerWith(fields);
      (await connecting).terminate();
    }
    await rejectsWith(connect(server.url, { maxHeaderCount: -1 }), 'ERR_WS_OPTION', 'maxHeaderCount is -1');
  }),
);
