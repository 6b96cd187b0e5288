// WebSockets standard, the constructor: subprotocols. Fetch standard, "establish a WebSocket connection": which of them
// a server has to choose.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketStream } from '../../src/whatwg/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { listenRaw } from '../support/raw-peer.ts';
import { record, thrownBy } from './recording.ts';

const URL_OF_NOBODY = 'ws://example.invalid/';
const make = WebSocket as unknown as new (url: string, protocols: unknown) => WebSocket;

describe('what cannot be offered: SyntaxError', () => {
  const table: readonly (readonly [title: string, protocols: unknown])[] = [
    ['an empty string', ''],
    ['an empty element', ['']],
    ['a space', 'a b'],
    ['a separator', '/echo'],
    ['a comma', 'a,b'],
    ['a control character', 'a\u0001b'],
    ['NUL', 'a\u0000'],
    ['a character beyond ASCII', '\u0080echo'],
    ['a repeated one', ['a', 'b', 'a']],
    ['a repeated one in another case', ['chat', 'Chat']],
  ];
  for (const [title, protocols] of table) {
    test(title, () => {
      const calls = [() => new make(URL_OF_NOBODY, protocols), () => new make(URL_OF_NOBODY, { protocols })];
      if (typeof protocols !== 'string') {
        calls.push(() => new WebSocketStream(URL_OF_NOBODY, { protocols: protocols as string[] }) as never);
      }
      for (const call of calls) {
        const error = thrownBy(call);
        assert.ok(error instanceof DOMException, String(error));
        assert.equal(error.name, 'SyntaxError');
      }
    });
  }
});

describe('what is offered', () => {
  const offers: readonly (readonly [title: string, protocols: unknown, header: string | undefined])[] = [
    ['nothing', undefined, undefined],
    ['an empty list', [], undefined],
    ['one', 'chat', 'chat'],
    ['a list, in its order', ['b', 'a'], 'b, a'],
    ['anything that iterates', new Set(['x', 'y']), 'x, y'],
    ['what becomes a string', null, 'null'],
    ['options', { protocols: ['o'] }, 'o'],
    ['options with one string', { protocols: 'p' }, 'p'],
  ];
  for (const [title, protocols, header] of offers) {
    test(
      title,
      leavingNothing(async (scope) => {
        const server = await listenRaw(scope);
        const socket = new make(server.url, protocols);
        const peer = await server.accepted();
        const head = await peer.readHead();
        assert.equal(/^sec-websocket-protocol: (.*)$/im.exec(head)?.[1], header);
        const closed = new Promise((resolve) => {
          socket.onclose = resolve;
        });
        peer.destroy();
        await closed;
      }),
    );
  }
});

test(
  'the one that the server chose is `protocol`, since `open`',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, { subprotocols: ['b'] });
    const { socket, opened } = record(scope, url, ['a', 'b']);
    assert.equal(socket.protocol, '');
    await opened;
    assert.equal(socket.protocol, 'b');
  }),
);

test(
  'a server that chooses none of those offered fails the connection, which RFC 6455 would allow',
  leavingNothing(async (scope) => {
    const { url, opened: accepted } = await listen(scope, { message() {} });
    const { closed, events, failed } = record(scope, url, 'chat');
    const connection = await accepted.next();
    connection.send('never seen');
    assert.equal(((await failed).error as { code: string }).code, 'ERR_WS_RESPONSE_SUBPROTOCOL_ABSENT');
    await closed;
    assert.deepEqual(events, ['error', 'close 1006 "" not clean']);
    await connection.closed;
  }),
);

test('subprotocols of WebSocketStream are a list: TypeError for a string', () => {
  assert.equal(thrownBy(() => new WebSocketStream(URL_OF_NOBODY, { protocols: 'chat' })).constructor, TypeError);
});
