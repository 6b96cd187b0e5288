// WebSockets standard, close(): its arguments, its effect in each state, and the event.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket } from '../../src/whatwg/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw } from '../support/raw-peer.ts';
import { record, thrownBy } from './recording.ts';

describe('arguments that are refused, in every state', () => {
  const table: readonly (readonly [name: string, code: unknown, reason?: string])[] = [
    ['InvalidAccessError', 0],
    ['InvalidAccessError', 500],
    ['InvalidAccessError', 999],
    ['InvalidAccessError', 1001],
    ['InvalidAccessError', 1005],
    ['InvalidAccessError', 2999],
    ['InvalidAccessError', 5000],
    ['InvalidAccessError', Number.NaN],
    ['InvalidAccessError', null],
    ['InvalidAccessError', 'only a reason'],
    ['InvalidAccessError', 0x10000 + 1000],
    ['InvalidAccessError', 1000.6],
    ['SyntaxError', 1000, 'x'.repeat(124)],
    ['SyntaxError', undefined, '\u{1f50c}'.repeat(31)],
  ];
  test(
    'while it connects, when it is open, and when it is closed',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope);
      const { socket, opened, closed } = record(scope, url);
      const check = (): void => {
        const state = socket.readyState;
        for (const [name, code, reason] of table) {
          const error = thrownBy(() => socket.close(code as number, reason));
          assert.ok(error instanceof DOMException);
          assert.equal(error.name, name, String(code));
          assert.equal(socket.readyState, state);
        }
        for (const wrong of [Symbol('x'), 1n]) {
          assert.equal(thrownBy(() => socket.close(wrong as never)).constructor, TypeError);
        }
      };
      check();
      await opened;
      check();
      socket.close();
      await closed;
      check();
    }),
  );
});

describe('what the peer gets', () => {
  const table: readonly (readonly [title: string, code: unknown, reason: unknown, event: string])[] = [
    ['nothing', undefined, undefined, 'close 1005 "" clean'],
    ['a code', 3000, undefined, 'close 3000 "" clean'],
    ['a code as text', '4999', undefined, 'close 4999 "" clean'],
    ['a code that is rounded', 1000.5, undefined, 'close 1000 "" clean'],
    ['a code and a reason', 1000, 'bye', 'close 1000 "bye" clean'],
    ['a reason of 123 bytes', 1000, 'å'.repeat(61), `close 1000 "${'å'.repeat(61)}" clean`],
    ['a reason without a code: 1000', undefined, 'bye', 'close 1000 "bye" clean'],
    ['a reason with a lone surrogate', 1000, 'x\ud807y', 'close 1000 "x\ufffdy" clean'],
    ['a reason that is not a string', 1000, null, 'close 1000 "null" clean'],
  ];
  for (const [title, code, reason, event] of table) {
    test(
      title,
      leavingNothing(async (scope) => {
        const { url } = await listen(scope);
        const { socket, opened, closed, events } = record(scope, url);
        await opened;
        socket.close(code as number, reason as string);
        assert.equal(socket.readyState, WebSocket.CLOSING);
        await closed;
        assert.equal(socket.readyState, WebSocket.CLOSED);
        assert.deepEqual(events, ['open', event]);
      }),
    );
  }
});

test(
  'while it connects: the connection fails, with events after the call',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, closed, events } = record(scope, server.url);
    const peer = await server.accepted();
    await peer.readHead();
    socket.close();
    assert.equal(socket.readyState, WebSocket.CLOSING);
    await Promise.resolve();
    assert.deepEqual(events, []);
    socket.close(3000, 'again');
    await closed;
    assert.deepEqual(events, ['error', 'close 1006 "" not clean']);
    await peer.gone();
  }),
);

test(
  'before anything has happened, several times, and in the event itself: one event',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope);
    const { socket, closed, events } = record(scope, url);
    socket.onclose = () => {
      assert.equal(socket.readyState, WebSocket.CLOSED);
      socket.close();
      assert.equal(socket.readyState, WebSocket.CLOSED);
    };
    socket.close();
    socket.close();
    await closed;
    await new Promise(setImmediate);
    assert.deepEqual(events, ['error', 'close 1006 "" not clean']);
  }),
);

test(
  'in the event open: the closing handshake is done, and a message that comes meanwhile is dropped',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, { open: (connection) => void connection.send('late') });
    const { socket, closed, events } = record(scope, url);
    socket.onopen = () => socket.close(3333);
    await closed;
    assert.deepEqual(events, ['open', 'close 3333 "" clean']);
  }),
);

test(
  'by the server: code and reason are its own, and nothing is an error',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, { open: (connection) => void connection.close(1001, 'going away') });
    const { closed, events } = record(scope, url);
    await closed;
    assert.deepEqual(events, ['open', 'close 1001 "going away" clean']);
  }),
);

test(
  'after the Close frame of the server, readyState is CLOSING, and messages are only counted',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened, messages, closed, events } = record(scope, server.url);
    const peer = await server.accepted();
    const head = await peer.readHead();
    let stateOfMessage = -1;
    socket.onmessage = () => {
      stateOfMessage = socket.readyState;
    };
    peer.write(switchingProtocols(head));
    await opened;
    peer.write(Buffer.from('8101618800', 'hex')); // a text "a", and an empty Close frame
    await messages.next();
    assert.equal(stateOfMessage, WebSocket.OPEN);
    await peer.readFrame();
    await new Promise(setImmediate);
    assert.equal(socket.readyState, WebSocket.CLOSING);
    socket.send('1234');
    assert.equal(socket.bufferedAmount, 4);
    peer.end();
    await closed;
    assert.deepEqual(events, ['open', 'message a', 'close 1005 "" clean']);
    assert.equal(socket.bufferedAmount, 4);
  }),
);
