// The members of the web on a WebSocket in the shape of `ws`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { leavingNothing } from '../support/handles.ts';
import { hex } from '../support/hex.ts';
import { closed, connecting, libraries, opened } from './client-support.ts';

for (const [name, library] of libraries) {
  describe(`events of the web: ${name}`, () => {
    test(
      'have a type, a target and their values',
      leavingNothing(async (scope) => {
        const { webSocket, peer } = await opened(scope, library);
        const seen: unknown[] = [];
        webSocket.onmessage = ({ type, target, data }) => seen.push([type, target === webSocket, data]);
        webSocket.addEventListener('close', ({ type, target, code, reason, wasClean }) =>
          seen.push([type, target === webSocket, code, reason, wasClean]),
        );
        peer.write(hex('81 01 61 82 01 62 88 05 0f a0 62 79 65'));
        await peer.readFrame();
        peer.end();
        await closed(webSocket);
        assert.deepEqual(seen, [
          ['message', true, 'a'],
          ['message', true, Buffer.from('b')],
          ['close', true, 4000, 'bye', true],
        ]);
      }),
    );

    test(
      'error has the error and its message; a handshake that failed does not end cleanly',
      leavingNothing(async (scope) => {
        const { webSocket } = await connecting(scope, library);
        const seen: unknown[] = [];
        webSocket.onerror = ({ type, error, message, target }) =>
          seen.push([type, error.message === message, target === webSocket]);
        webSocket.onclose = ({ code, wasClean }) => seen.push([code, wasClean]);
        webSocket.terminate();
        await closed(webSocket);
        assert.deepEqual(seen, [
          ['error', true, true],
          [1006, false],
        ]);
      }),
    );

    test(
      'listeners are added once, called in order, removed, and may be objects',
      leavingNothing(async (scope) => {
        const { webSocket } = await opened(scope, library);
        const calls: string[] = [];
        const one = (): void => void calls.push('one');
        const two = { handleEvent: () => void calls.push('two') };
        const once = (): void => void calls.push('once');
        webSocket.addEventListener('message', one);
        webSocket.addEventListener('message', one);
        webSocket.onmessage = () => calls.push('attribute');
        webSocket.addEventListener('message', two);
        webSocket.addEventListener('message', once, { once: true });
        webSocket.addEventListener('foo' as never, one);
        assert.equal(webSocket.listenerCount('message'), 5, 'with the one of this test');
        webSocket.emit('message', Buffer.from('x'), false);
        webSocket.removeEventListener('message', one);
        webSocket.emit('message', Buffer.from('x'), false);
        webSocket.removeEventListener('message', two);
        webSocket.onmessage = null;
        webSocket.emit('message', Buffer.from('x'), false);
        assert.deepEqual(calls, ['one', 'attribute', 'two', 'once', 'attribute', 'two']);
      }),
    );

    test(
      'an attribute has its listener, or null; what is not a function takes it away',
      leavingNothing(async (scope) => {
        const { webSocket } = await connecting(scope, library);
        for (const attribute of ['onopen', 'onmessage', 'onclose', 'onerror'] as const) {
          assert.equal(webSocket[attribute], null);
          const listener = (): void => {};
          webSocket[attribute] = listener;
          assert.equal(webSocket[attribute], listener);
          webSocket[attribute] = 'foo' as never;
          assert.equal(webSocket[attribute], null);
        }
        webSocket.on('error', () => {});
      }),
    );
  });
}
