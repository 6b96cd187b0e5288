// How `harmony-websocket/ws` differs from `ws`, as docs/from-ws.md says.

import assert from 'node:assert/strict';
import { errorMonitor, once } from 'node:events';
import type { Socket as NetSocket } from 'node:net';
import { describe, test } from 'node:test';
import ours from '../../src/ws/index.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { hex } from '../support/hex.ts';
import { type ClientOptions, closed, connecting, opened } from './client-support.ts';

/** The warnings of the process while `body` runs. */
async function warnings(body: () => Promise<void> | void): Promise<string[]> {
  const seen: string[] = [];
  const note = ({ name, message }: Error): void => void (name === 'WebSocketWarning' && seen.push(message));
  process.on('warning', note);
  await body();
  await turn();
  process.off('warning', note);
  return seen;
}

describe('options without effect are named once', () => {
  for (const [option, options] of [
    ['skipUTF8Validation', { skipUTF8Validation: true }],
    ['generateMask', { generateMask: (mask: Buffer) => mask.fill(0) }],
    ['protocolVersion', { protocolVersion: 8 }],
    ["headers['Sec-WebSocket-Key']", { headers: { 'Sec-WebSocket-Key': 'x' } }],
  ] as const) {
    test(
      option,
      leavingNothing(async (scope) => {
        const seen = await warnings(async () => {
          for (let at = 0; at < 2; at++) {
            const { peer } = await connecting(scope, ours, options as ClientOptions);
            assert.match(await peer.readHead(), /Sec-WebSocket-Version: 13\r\n/);
          }
        });
        assert.equal(seen.length, 1);
        assert.ok(seen[0]?.includes(`${option} has no effect`), seen[0]);
      }),
    );
  }

  test(
    'mask',
    leavingNothing(async (scope) => {
      const { webSocket, peer } = await opened(scope, ours);
      const seen = await warnings(() => {
        webSocket.send('a', { mask: false });
        webSocket.send('b', { mask: false });
      });
      assert.equal(seen.length, 1);
      assert.equal((await peer.readFrame()).isMasked, true);
    }),
  );
});

test(
  'a violation of the peer without a listener for error is a warning, once, and close follows',
  leavingNothing(async (scope) => {
    const codes: number[] = [];
    const seen = await warnings(async () => {
      for (let at = 0; at < 2; at++) {
        const { webSocket, peer } = await opened(scope, ours);
        webSocket.removeAllListeners('error');
        const monitored: string[] = [];
        webSocket.on(errorMonitor, (error: Error) => monitored.push(error.message));
        peer.end(hex('83 00', '83 00'));
        codes.push(await new Promise<number>((resolve) => webSocket.on('close', resolve)));
        assert.deepEqual(monitored, ['Invalid WebSocket frame: invalid opcode 3']);
      }
    });
    assert.deepEqual(codes, [1006, 1006]);
    assert.equal(seen.length, 1);
    assert.match(seen[0] ?? '', /failed \(Invalid WebSocket frame: invalid opcode 3\) and has no listener for 'error'/);
  }),
);

test(
  'text is always checked, and bytes that are not UTF-8 are not sent as text',
  leavingNothing(async (scope) => {
    const { webSocket, peer } = await opened(scope, ours, { skipUTF8Validation: true });
    assert.throws(() => webSocket.send(Buffer.of(0xff), { binary: false }), { code: 'ERR_WS_SEND_UTF8' });
    const failed = new Promise<Error & { code?: string }>((resolve) => webSocket.on('error', resolve));
    peer.write(hex('81 01 ff'));
    assert.equal((await failed).code, 'WS_ERR_INVALID_UTF8');
  }),
);

test(
  'the Close frame after an error says what was wrong, and the error has the engine’s as its cause',
  leavingNothing(async (scope) => {
    const { webSocket, peer } = await opened(scope, ours);
    const failed = new Promise<Error & { code?: string }>((resolve) => webSocket.on('error', resolve));
    peer.write(hex('85 00'));
    const { cause } = await failed;
    assert.equal((cause as { code?: string }).code, 'ERR_WS_RESERVED_OPCODE');
    assert.match((await peer.readFrame()).payload.toString('utf8', 2), /reserved opcode 0x5/);
  }),
);

test(
  'lengths that are not encoded in the shortest way are refused',
  leavingNothing(async (scope) => {
    const { webSocket, peer } = await opened(scope, ours);
    const failed = new Promise<Error & { code?: string }>((resolve) => webSocket.on('error', resolve));
    peer.write(hex('82 7e 00 01 00'));
    assert.equal((await failed).code, 'WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH');
  }),
);

test(
  'an error of the peer after close() is told before close',
  leavingNothing(async (scope) => {
    const { webSocket, peer, events } = await opened(scope, ours);
    await events.take(2);
    webSocket.close();
    await peer.readFrame();
    peer.end(hex('85 00'));
    assert.deepEqual(await events.take(2), ['error Invalid WebSocket frame: invalid opcode 5', 'close 1006 ']);
  }),
);

test('Sender and Receiver are not constructed', () => {
  assert.throws(() => new ours.Sender(), { name: 'TypeError', message: /Sender is not constructed/ });
  assert.throws(() => new ours.Receiver(), { name: 'TypeError', message: /Receiver is not constructed/ });
});

test(
  '_socket.setTimeout does not call an active connection idle',
  leavingNothing(async (scope) => {
    const { webSocket, peer } = await opened(scope, ours);
    const socket = webSocket._socket as NetSocket;
    socket.setTimeout(1);
    const message = once(webSocket, 'message');
    peer.write(hex('81 01 61'));
    await message;
    const told: string[] = [];
    socket.on('timeout', () => told.push('timeout'));
    socket.emit('timeout');
    assert.deepEqual(told, [], 'bytes came since');
    await once(socket, 'timeout');
    socket.setTimeout(0);
    webSocket.terminate();
    await closed(webSocket);
  }),
);
