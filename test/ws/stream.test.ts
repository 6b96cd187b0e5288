// `createWebSocketStream` in the shape of `ws`.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { leavingNothing } from '../support/handles.ts';
import { acceptHandshake } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { connecting, libraries, opened } from './client-support.ts';

for (const [name, library] of libraries) {
  const { createWebSocketStream, WebSocket } = library;

  describe(`createWebSocketStream: ${name}`, () => {
    test(
      'each chunk that is written is a message, even while CONNECTING',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await connecting(scope, library);
        const duplex = createWebSocketStream(webSocket);
        assert.ok(duplex instanceof Duplex);
        duplex.write('a');
        duplex.end('b');
        duplex.resume();
        await acceptHandshake(peer);
        const frames = [];
        for (let at = 0; at < 3; at++) {
          const { first, payload } = await peer.readFrame();
          frames.push(`${first.toString(16)} ${payload}`);
        }
        assert.deepEqual(frames, ['82 a', '82 b', '88 ']);
        const gone = once(duplex, 'close');
        peer.end(hex('88 00'));
        await gone;
        assert.equal(webSocket.readyState, WebSocket.CLOSED);
      }),
    );

    test(
      'messages are read, and the end of the connection is the end of the stream',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const duplex = createWebSocketStream(webSocket, { encoding: 'utf8' });
        peer.write(hex('81 01 61 82 01 62 88 00'));
        await peer.readFrame();
        peer.end();
        assert.equal(await text(duplex), 'ab');
        duplex.end();
      }),
    );

    test(
      'readableObjectMode: a chunk for each message, text as a string',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const duplex = createWebSocketStream(webSocket, { readableObjectMode: true });
        const chunks: unknown[] = [];
        duplex.on('data', (chunk) => chunks.push(chunk));
        const end = once(duplex, 'end');
        peer.write(hex('81 01 61 82 01 62 88 00'));
        await peer.readFrame();
        peer.end();
        await end;
        assert.deepEqual(chunks, ['a', Buffer.from('b')]);
        duplex.end();
      }),
    );

    test(
      'a reader that is behind pauses the peer, and reading resumes it',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const duplex = createWebSocketStream(webSocket, { readableHighWaterMark: 4 });
        const arrived = once(webSocket, 'message');
        peer.write(hex('82 04 61 62 63 64'));
        await arrived;
        assert.equal(webSocket.isPaused, true);
        assert.equal(String(duplex.read(4)), 'abcd');
        assert.equal(webSocket.isPaused, false);
      }),
    );

    test(
      'an error of the WebSocket is one of the stream',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const duplex = createWebSocketStream(webSocket);
        const failed = new Promise<Error & { code?: string }>((resolve) => duplex.on('error', resolve));
        const gone = new Promise<void>((resolve) => duplex.on('close', () => resolve()));
        peer.write(hex('85 00'));
        await peer.readFrame();
        peer.end();
        assert.equal((await failed).code, 'WS_ERR_INVALID_OPCODE');
        assert.equal(duplex.destroyed, true);
        await gone;
      }),
    );

    test(
      'destroy terminates the WebSocket, with the error that it is given',
      leavingNothing(async (scope) => {
        const { webSocket } = await opened(scope, library);
        const duplex = createWebSocketStream(webSocket);
        const reason = new Error('mine');
        const failed = new Promise((resolve) => duplex.on('error', resolve));
        const gone = new Promise<void>((resolve) => duplex.on('close', resolve));
        duplex.destroy(reason);
        assert.equal(await failed, reason);
        await gone;
        assert.equal(webSocket.readyState, WebSocket.CLOSED);
      }),
    );

    test(
      'a write that comes too late is an error',
      leavingNothing(async (scope) => {
        const { webSocket } = await opened(scope, library);
        const duplex = createWebSocketStream(webSocket);
        const ended = new Promise<void>((resolve) => webSocket.on('close', () => resolve()));
        webSocket.terminate();
        await ended;
        const failed = new Promise<Error>((resolve) => duplex.on('error', resolve));
        duplex.write('x');
        assert.equal((await failed).message, 'WebSocket is not open: readyState 3 (CLOSED)');
      }),
    );
  });
}
