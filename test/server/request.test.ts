// RFC 6455 §4.2.1 over a socket: requests that are not valid handshakes, each with its whole answer. The table of all rules
// is tested without sockets; these are the rules that an HTTP parser takes part in.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ServerOptions } from '../../src/engine/index.ts';
import { listen, serverCertificate } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { SAMPLE_ACCEPT, upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

test(
  'RFC 6455 §1.3: the sample handshake, answered literally',
  leavingNothing(async (scope) => {
    const { port } = await listen(scope, { subprotocols: ['chat'] });
    const peer = await connectRaw(scope, port);
    peer.write(upgradeRequest({ 'Sec-WebSocket-Protocol': 'chat, superchat', Origin: 'http://example.com' }, '/chat'));
    assert.equal(
      await peer.readHead(),
      [
        'HTTP/1.1 101 Switching Protocols',
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`,
        'Sec-WebSocket-Protocol: chat',
        '\r\n',
      ].join('\r\n'),
    );
  }),
);
test(
  'a head that comes one byte at a time, with a frame behind it',
  leavingNothing(async (scope) => {
    const { port } = await listen(scope, { message: (connection, data) => connection.send(data) });
    const peer = await connectRaw(scope, port);
    // 81 81, masking key 0: "a"
    await peer.writeByteByByte(`${upgradeRequest()}\x81\x81\0\0\0\0a`);
    await peer.readHead();
    await peer.expect(hex('81 01 61'));
  }),
);
test(
  'frames in the segment of the request are taken after open',
  leavingNothing(async (scope) => {
    const log: string[] = [];
    const { port } = await listen(scope, {
      open: () => log.push('open'),
      message: (connection, data) => {
        log.push(String(data));
        connection.send(data);
      },
    });
    const peer = await connectRaw(scope, port);
    peer.write(
      Buffer.concat([Buffer.from(upgradeRequest()), hex('81 81 00000000 61  89 81 00000000 62  81 81 00000000 63')]),
    );
    await peer.readHead();
    await peer.expect(hex('81 01 61  8a 01 62  81 01 63'));
    assert.deepEqual(log, ['open', 'a', 'c']);
  }),
);

describe('a request that is not a valid handshake', () => {
  const table: readonly (readonly [
    name: string,
    request: string,
    status: string,
    code: string,
    ...fields: string[],
  ])[] = [
    ['POST', upgradeRequest().replace('GET', 'POST'), '405 Method Not Allowed', 'ERR_WS_REQUEST_METHOD', 'Allow: GET'],
    ['HTTP/1.0', upgradeRequest().replace('HTTP/1.1', 'HTTP/1.0'), '400 Bad Request', 'ERR_WS_REQUEST_HTTP_VERSION'],
    ['no key', upgradeRequest({ 'Sec-WebSocket-Key': undefined }), '400 Bad Request', 'ERR_WS_REQUEST_KEY_MISSING'],
    ['a short key', upgradeRequest({ 'Sec-WebSocket-Key': 'Zm9v' }), '400 Bad Request', 'ERR_WS_REQUEST_KEY'],
    [
      'two keys',
      upgradeRequest({ 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==' }),
      '400 Bad Request',
      'ERR_WS_REQUEST_KEY_REPEATED',
    ],
    [
      'no version',
      upgradeRequest({ 'Sec-WebSocket-Version': undefined }),
      '400 Bad Request',
      'ERR_WS_REQUEST_VERSION_MISSING',
    ],
    [
      'version 8 (RFC 6455 §4.4)',
      upgradeRequest({ 'Sec-WebSocket-Version': '8' }),
      '426 Upgrade Required',
      'ERR_WS_REQUEST_VERSION',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
    ],
    [
      'Upgrade: h2c',
      upgradeRequest({ Upgrade: 'h2c' }),
      '426 Upgrade Required',
      'ERR_WS_REQUEST_UPGRADE',
      'Upgrade: websocket',
    ],
    ['a body', upgradeRequest({ 'Content-Length': '5' }), '400 Bad Request', 'ERR_WS_REQUEST_BODY'],
    [
      'a subprotocol twice',
      upgradeRequest({ 'Sec-WebSocket-Protocol': 'a, a' }),
      '400 Bad Request',
      'ERR_WS_REQUEST_SUBPROTOCOL_REPEATED',
    ],
    [
      'a field that does not list extensions',
      upgradeRequest({ 'Sec-WebSocket-Extensions': ';' }),
      '400 Bad Request',
      'ERR_WS_REQUEST_EXTENSIONS',
    ],
  ];
  for (const [name, request, status, code, ...fields] of table) {
    test(
      `${name}: ${status}`,
      leavingNothing(async (scope) => {
        const refused = new Inbox<string>();
        const options: ServerOptions<undefined> = {
          upgrade: () => assert.fail('the application is not asked'),
          refused: (_, error) => refused.push(error.code),
        };
        const { port, server } = await listen(scope, options);
        const peer = await connectRaw(scope, port);
        peer.write(request);
        const [head = '', body = ''] = (await peer.readToEnd()).toString().split('\r\n\r\n');
        const lines = head.split('\r\n');
        assert.equal(lines[0], `HTTP/1.1 ${status}`);
        assert.match(lines[1] ?? '', /^Connection: close/);
        for (const field of fields) assert.ok(lines.includes(field), `${head}\n  lacks ${field}`);
        assert.ok(lines.includes(`Content-Length: ${Buffer.byteLength(body)}`), head);
        assert.match(body, /^request .+\n$/);
        assert.equal(await refused.next(), code);
        assert.equal(server.connections.size, 0);
        await peer.gone();
      }),
    );
  }
  test(
    'a client that neither reads nor leaves is cut after its answer',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope);
      const peer = await connectRaw(scope, port);
      peer.write(upgradeRequest({ Upgrade: 'h2c' }));
      await peer.readHead();
      // The answer and a FIN have come; the server waits two more seconds for a client that does not leave.
      await peer.readToEnd();
      peer.destroy();
    }),
  );
});

describe('bytes that are not a request', () => {
  const table: readonly (readonly [name: string, bytes: string | Uint8Array, status: string])[] = [
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2p1\r\n', '400 Bad Request'],
    ['a TLS ClientHello', hex('16 03 01 00 05 01 00 00 01 00'), '400 Bad Request'],
    ['a field with a line end inside', upgradeRequest({ 'X-A': 'a\rb' }), '400 Bad Request'],
    [
      'a head larger than maxHeaderSize',
      upgradeRequest({ 'X-Large': 'x'.repeat(3_000) }),
      '431 Request Header Fields Too Large',
    ],
  ];
  for (const [name, bytes, status] of table) {
    test(
      `${name}: ${status}`,
      leavingNothing(async (scope) => {
        const { port, server } = await listen(scope, { maxHeaderSize: 2_000 });
        const peer = await connectRaw(scope, port);
        peer.write(bytes);
        const answer = (await peer.readToEnd()).toString();
        assert.ok(answer.startsWith(`HTTP/1.1 ${status}\r\n`), answer);
        assert.equal(server.connections.size, 0);
        await peer.gone();
      }),
    );
  }
  test(
    'a head that does not end within handshakeTimeout: 408',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, { handshakeTimeout: 50 });
      const peer = await connectRaw(scope, port);
      peer.write('GET / HTTP/1.1\r\nHost: x\r\n');
      const answer = (await peer.readToEnd()).toString();
      assert.ok(answer.startsWith('HTTP/1.1 408 Request Timeout\r\n'), answer);
      await peer.gone();
    }),
  );
  test(
    'a client of a TLS listener that sends nothing is cut after handshakeTimeout',
    leavingNothing(async (scope) => {
      const { port } = await listen(scope, { handshakeTimeout: 50 }, { tls: serverCertificate() });
      const peer = await connectRaw(scope, port);
      assert.equal((await peer.readToEnd()).length, 0);
      await peer.gone();
    }),
  );
  test(
    'clients that leave in the middle of a head are forgotten',
    leavingNothing(async (scope) => {
      const { port, server } = await listen(scope);
      for (const cut of ['end', 'reset', 'destroy'] as const) {
        const peer = await connectRaw(scope, port);
        peer.write(upgradeRequest().slice(0, 60));
        peer[cut]();
        await peer.gone();
      }
      assert.equal(server.connections.size, 0);
    }),
  );
});
