// RFC 6455 §4.1: peers that are not WebSocket servers, and responses that are not handshakes. The error names what was
// received instead.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { type ConnectOptions, connect, type ErrorCode } from '../../src/engine/index.ts';
import { listen, serverCertificate } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { SAMPLE_ACCEPT, switchingProtocols } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw, type RawPeer, type RawServer } from '../support/raw-peer.ts';

/** Connects to a peer that runs `script`, and gives the rejection's promise to be waited for. */
async function against(
  scope: Scope,
  script: (peer: RawPeer, request: string) => void,
  options: ConnectOptions = {},
): Promise<{ server: RawServer; connecting: Promise<unknown>; peer: RawPeer }> {
  const server = await listenRaw(scope);
  let opened = 0;
  const connecting = connect(server.url, { ...options, handlers: { open: () => opened++, close: () => opened++ } });
  connecting.catch(() => assert.equal(opened, 0, 'no handler is called'));
  const peer = await server.accepted();
  script(peer, await peer.readHead());
  return { server, connecting, peer };
}

describe('a response with another status', () => {
  const html = '<html><body>It works!</body></html>';
  const table: readonly (readonly [status: string, code: number, remedy: RegExp])[] = [
    ['200 OK', 200, /a WebSocket server listens there/],
    ['204 No Content', 204, /a WebSocket server listens there/],
    ['301 Moved Permanently', 301, /raise maxRedirects/],
    ['400 Bad Request', 400, /check the path/],
    ['401 Unauthorized', 401, /credentials/],
    ['403 Forbidden', 403, /origin/],
    ['404 Not Found', 404, /check the path/],
    ['426 Upgrade Required', 426, /check the path/],
    ['500 Internal Server Error', 500, /try again later/],
    ['503 Service Unavailable', 503, /try again later/],
  ];
  for (const [status, code, remedy] of table) {
    test(
      status,
      leavingNothing(async (scope) => {
        const { connecting, peer } = await against(scope, (raw) =>
          raw.write(`HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${html.length}\r\n\r\n${html}`),
        );
        const error = await rejectsWith(connecting, 'ERR_WS_REFUSED', status, '101 Switching Protocols', remedy);
        assert.equal(error.status, code);
        await peer.gone();
      }),
    );
  }
  test(
    'with a body that never ends',
    leavingNothing(async (scope) => {
      const { connecting, peer } = await against(scope, (raw) =>
        raw.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbegin'),
      );
      await rejectsWith(connecting, 'ERR_WS_REFUSED', '200 OK');
      await peer.gone();
    }),
  );
  test(
    'whose text has control characters: they are not shown',
    leavingNothing(async (scope) => {
      const { connecting } = await against(scope, (raw) => raw.end('HTTP/1.1 404 \u0085x\u009b31m\r\n\r\n'));
      await rejectsWith(connecting, 'ERR_WS_REFUSED', '404 ?x?31m');
    }),
  );
  test(
    'of node:http, as any web server answers',
    leavingNothing(async (scope) => {
      const server = createHttpServer((_, response) => response.writeHead(404).end('not here'));
      server.listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      scope.defer(() => new Promise((resolve) => server.close(resolve)));
      const { port } = server.address() as AddressInfo;
      await rejectsWith(connect(`ws://127.0.0.1:${port}/`), 'ERR_WS_REFUSED', '404 Not Found');
    }),
  );
  test(
    'after an interim response (RFC 7231 §6.2)',
    leavingNothing(async (scope) => {
      const { connecting } = await against(scope, (raw) =>
        raw.write('HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n'),
      );
      await rejectsWith(connecting, 'ERR_WS_REFUSED', '403 Forbidden');
    }),
  );
});

describe('a 101 response that is not a handshake', () => {
  const ok = [`Upgrade: websocket`, `Connection: Upgrade`];
  const table: readonly (readonly [name: string, code: ErrorCode, fields: string[], ...parts: (string | RegExp)[]])[] =
    [
      ['no Upgrade', 'ERR_WS_RESPONSE_UPGRADE', ['Connection: Upgrade'], 'no Upgrade field'],
      ['Upgrade: h2c', 'ERR_WS_RESPONSE_UPGRADE', ['Upgrade: h2c', 'Connection: Upgrade'], 'Upgrade: "h2c"'],
      ['no Connection', 'ERR_WS_RESPONSE_CONNECTION', ['Upgrade: websocket'], 'no Connection field'],
      ['Connection: close', 'ERR_WS_RESPONSE_CONNECTION', ['Upgrade: websocket', 'Connection: close'], '"close"'],
      [
        'no accept',
        'ERR_WS_RESPONSE_ACCEPT_MISSING',
        ok,
        'no Sec-WebSocket-Accept',
        /expected \S{27}= for the key of the request/,
      ],
      [
        'the accept of another key',
        'ERR_WS_RESPONSE_ACCEPT',
        [...ok, `Sec-WebSocket-Accept: ${SAMPLE_ACCEPT}`],
        SAMPLE_ACCEPT,
        /expected \S{27}= for the key of the request/,
      ],
      ['an empty accept', 'ERR_WS_RESPONSE_ACCEPT', [...ok, 'Sec-WebSocket-Accept:'], 'Sec-WebSocket-Accept: ""'],
    ];
  for (const [name, code, fields, ...parts] of table) {
    test(
      name,
      leavingNothing(async (scope) => {
        const { connecting, peer } = await against(scope, (raw) =>
          raw.write(`${['HTTP/1.1 101 Switching Protocols', ...fields].join('\r\n')}\r\n\r\n`),
        );
        const error = await rejectsWith(connecting, code, ...parts);
        assert.equal(error.status, 101);
        await peer.gone();
      }),
    );
  }
  const added: readonly (readonly [
    name: string,
    code: ErrorCode,
    field: string,
    offered: string[],
    ...parts: string[],
  ])[] = [
    [
      'a subprotocol where none was offered',
      'ERR_WS_RESPONSE_SUBPROTOCOL',
      'Protocol: chat',
      [],
      '"chat"',
      'the client offered none',
    ],
    [
      'a subprotocol not offered',
      'ERR_WS_RESPONSE_SUBPROTOCOL',
      'Protocol: mqtt',
      ['chat', 'v2'],
      '"mqtt"',
      '"chat, v2"',
    ],
    ['a subprotocol in other letters', 'ERR_WS_RESPONSE_SUBPROTOCOL', 'Protocol: Chat', ['chat'], '"Chat"'],
    ['several subprotocols', 'ERR_WS_RESPONSE_SUBPROTOCOL_SEVERAL', 'Protocol: chat, v2', ['chat', 'v2'], '"chat, v2"'],
    ['an extension', 'ERR_WS_RESPONSE_EXTENSION', 'Extensions: permessage-deflate', [], '"permessage-deflate"'],
  ];
  for (const [name, code, field, subprotocols, ...parts] of added) {
    test(
      `${name} (RFC 6455 §4.1 items 5 and 6)`,
      leavingNothing(async (scope) => {
        const { connecting, peer } = await against(
          scope,
          (raw, request) => raw.write(switchingProtocols(request, `Sec-WebSocket-${field}`)),
          { subprotocols },
        );
        await rejectsWith(connecting, code, ...parts);
        await peer.gone();
      }),
    );
  }
});

describe('a peer that does not speak HTTP', () => {
  const table: readonly (readonly [name: string, bytes: string | Uint8Array])[] = [
    ['an SSH banner', 'SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n'],
    ['an SMTP greeting', '220 mail.example.com ESMTP\r\n'],
    ['zeros', Buffer.alloc(100)],
    ['random bytes', hex('8f 21 b0 0a 0d 0a 77 fe 10')],
    ['a TLS alert', hex('15 03 03 00 02 02 28')],
    ['a frame at once', hex('81 05 48 65 6c 6c 6f')],
    ['HTTP/1.1 without a status', 'HTTP/1.1 \r\n\r\n'],
    ['a field without a colon', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade websocket\r\n\r\n'],
  ];
  for (const [name, bytes] of table) {
    test(
      name,
      leavingNothing(async (scope) => {
        const { server, connecting, peer } = await against(scope, (raw) => raw.write(bytes));
        await rejectsWith(
          connecting,
          'ERR_WS_RESPONSE_MALFORMED',
          server.address,
          /did not answer in HTTP \(HPE_\w+/,
          /check the port/,
        );
        await peer.gone();
      }),
    );
  }
  test(
    'greets before it was asked',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url);
      const peer = await server.accepted();
      peer.write('SSH-2.0-OpenSSH_9.2p1\r\n');
      await rejectsWith(connecting, 'ERR_WS_RESPONSE_MALFORMED', server.address);
      await peer.gone();
    }),
  );
});

describe('ws: against wss:', () => {
  test(
    'a server of ours that serves TLS, asked in plain HTTP: it answers in plain HTTP, and both sides are told',
    leavingNothing(async (scope) => {
      const refused = new Inbox<string>();
      const { port, server } = await listen(
        scope,
        { refused: (request, error) => refused.push(`${request} ${error.code} ${error.message}`) },
        { tls: serverCertificate() },
      );
      const text = 'received plain HTTP on a port that serves TLS: use wss:// instead of ws://';
      await rejectsWith(connect(`ws://127.0.0.1:${port}/`), 'ERR_WS_REFUSED', '400 Bad Request', text);
      assert.equal(await refused.next(), `undefined ERR_WS_REQUEST_MALFORMED ${text}`);
      assert.equal(server.connections.size, 0);
    }),
  );
  test(
    'any other server that serves TLS: the text names wss:',
    leavingNothing(async (scope) => {
      const server = createHttpsServer(serverCertificate());
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      scope.defer(() => new Promise((resolve) => server.close(resolve)));
      const { port } = server.address() as AddressInfo;
      // Depending on OpenSSL it answers with an alert or ends TCP.
      await assert.rejects(connect(`ws://127.0.0.1:${port}/`), {
        code: /^ERR_WS_(RESPONSE_MALFORMED|HANDSHAKE_LOST)$/,
        message: /use wss:/,
      });
    }),
  );
  test(
    'a TLS alert instead of a response: the port serves TLS',
    leavingNothing(async (scope) => {
      const { connecting } = await against(scope, (raw) => raw.write(hex('15 03 03 00 02 02 28')));
      await rejectsWith(connecting, 'ERR_WS_RESPONSE_MALFORMED', 'it answered with TLS: use wss: instead of ws:');
    }),
  );
  test(
    'a server that speaks plain HTTP, asked for TLS',
    leavingNothing(async (scope) => {
      const refused = new Inbox<string>();
      const { port, server } = await listen(scope, { refused: (_, error) => refused.push(error.message) });
      await rejectsWith(connect(`wss://127.0.0.1:${port}/`), 'ERR_WS_TLS', '127.0.0.1', /use ws: instead of wss:/);
      assert.match(await refused.next(), /^received a TLS handshake on a port that serves plain ws:\/\/: use ws:/);
      assert.equal(server.connections.size, 0);
    }),
  );
});
