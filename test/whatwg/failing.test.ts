// WebSockets standard: what becomes of connections that fail. The event `error` is followed by `close` with 1006 and no
// reason; a program finds the cause in the event `error`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocketError as EngineError } from '../../src/engine/index.ts';
import { WebSocket } from '../../src/whatwg/index.ts';
import { listen, serverCertificate } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { record } from './recording.ts';

const FAILED = ['error', 'close 1006 "" not clean'];

describe('no connection', () => {
  const answers: readonly (readonly [title: string, code: string, answer: string])[] = [
    ['an answer that is not HTTP', 'ERR_WS_RESPONSE_MALFORMED', 'FOO BAR\r\n\r\n'],
    ['404', 'ERR_WS_REFUSED', 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'],
    [
      'a redirect, which the web does not follow',
      'ERR_WS_REFUSED',
      'HTTP/1.1 301 M\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n',
    ],
    ['nothing', 'ERR_WS_HANDSHAKE_LOST', ''],
  ];
  for (const [title, code, answer] of answers) {
    test(
      title,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const { socket, failed, closed, events } = record(scope, server.url);
        let state = -1;
        socket.onerror = () => {
          state = socket.readyState;
        };
        const peer = await server.accepted();
        await peer.readHead();
        peer.end(answer);
        const event = await failed;
        assert.equal(event.constructor, Event);
        assert.equal(String(event), '[object Event]');
        assert.deepEqual(Object.keys(event), Object.keys(new Event('error')));
        assert.ok(event.error instanceof EngineError);
        assert.equal(event.error.code, code);
        assert.equal(event.message, event.error.message);
        await closed;
        assert.equal(state, WebSocket.CLOSED);
        assert.deepEqual(events, FAILED);
        await peer.gone();
      }),
    );
  }

  test(
    'nobody listens',
    leavingNothing(async (scope) => {
      const { server, url } = await listen(scope);
      await server.close();
      const { failed, closed, events } = record(scope, url);
      assert.equal((await failed).error.code, 'ERR_WS_CONNECT');
      await closed;
      assert.deepEqual(events, FAILED);
    }),
  );

  test(
    'a certificate that is not trusted',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {}, { tls: serverCertificate() });
      const { failed, closed, events } = record(scope, url);
      assert.match((await failed).error.code, /^ERR_WS_TLS/);
      await closed;
      assert.deepEqual(events, FAILED);
    }),
  );
});

describe('an open connection that fails', () => {
  const table: readonly (readonly [title: string, code: string, act: (peer: RawPeer) => void])[] = [
    [
      'a frame with a reserved opcode',
      'ERR_WS_RESERVED_OPCODE',
      (peer) => peer.write(Buffer.from('83034c4f4c', 'hex')),
    ],
    ['text that is not UTF-8', 'ERR_WS_INVALID_UTF8', (peer) => peer.write(Buffer.from('8101ff', 'hex'))],
    [
      'a Close frame with a code that nobody may send',
      'ERR_WS_CLOSE_CODE',
      (peer) => peer.write(Buffer.from('880203ee', 'hex')),
    ],
    ['TCP ends', 'ERR_WS_LOST', (peer) => peer.end()],
    ['TCP is reset', 'ERR_WS_LOST', (peer) => peer.reset()],
  ];
  for (const [title, code, act] of table) {
    test(
      title,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const { opened, failed, closed, events } = record(scope, server.url, { closeTimeout: 1 });
        const peer = await server.accepted();
        peer.write(switchingProtocols(await peer.readHead()));
        await opened;
        act(peer);
        assert.equal((await failed).error.code, code);
        await closed;
        assert.deepEqual(events, ['open', ...FAILED]);
        peer.destroy();
      }),
    );
  }
});

test(
  'a message before the violation in the same chunk is delivered, while readyState is OPEN',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened, closed, events } = record(scope, server.url, { closeTimeout: 1 });
    const states: number[] = [];
    for (const type of ['message', 'error', 'close']) {
      socket.addEventListener(type, () => states.push(socket.readyState));
    }
    const peer = await server.accepted();
    peer.write(switchingProtocols(await peer.readHead()));
    await opened;
    peer.write(Buffer.from('81047465737483034c4f4c', 'hex'));
    await closed;
    await new Promise(setImmediate);
    assert.deepEqual(events, ['open', 'message test', ...FAILED]);
    assert.deepEqual(states, [WebSocket.OPEN, WebSocket.CLOSED, WebSocket.CLOSED]);
    peer.destroy();
  }),
);
