// The second argument as an object: options of the engine under the web's constructor.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { WebSocketError as EngineError } from '../../src/engine/index.ts';
import { WebSocket, WebSocketStream } from '../../src/whatwg/index.ts';
import { listen, serverCertificate, trust } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw } from '../support/raw-peer.ts';
import { record, thrownBy } from './recording.ts';

test(
  'headers, TLS and subprotocols',
  leavingNothing(async (scope) => {
    let header: unknown;
    const { url } = await listen(
      scope,
      {
        subprotocols: ['chat'],
        upgrade(request) {
          header = request.headers['x-id'];
        },
      },
      { tls: serverCertificate() },
    );
    const { socket, opened } = record(scope, url, { protocols: 'chat', headers: { 'X-Id': '7' }, tls: trust() });
    await opened;
    assert.equal(socket.protocol, 'chat');
    assert.equal(header, '7');
  }),
);

test(
  'permessage-deflate is offered as by browsers, unless it is switched off',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, { compression: true });
    const web = record(scope, url);
    await web.opened;
    assert.match(web.socket.extensions, /^permessage-deflate/);
    const without = record(scope, url, { compression: false });
    await without.opened;
    assert.equal(without.socket.extensions, '');
  }),
);

test(
  'redirects are followed if the program wants it',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope);
    const server = await listenRaw(scope);
    const { socket, opened } = record(scope, server.url, { maxRedirects: 1 });
    const peer = await server.accepted();
    await peer.readHead();
    peer.end(`HTTP/1.1 302 Found\r\nLocation: ${url}\r\nContent-Length: 0\r\n\r\n`);
    await opened;
    assert.equal(socket.url, server.url);
  }),
);

test(
  'limits: a message that is too long fails the connection',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { opened, failed, closed, events } = record(scope, server.url, {
      limits: { maxMessageSize: 3 },
      closeTimeout: 1,
    });
    const peer = await server.accepted();
    peer.write(switchingProtocols(await peer.readHead()));
    await opened;
    peer.write(Buffer.from('810461626364', 'hex'));
    assert.equal((await failed).error.code, 'ERR_WS_MESSAGE_TOO_LARGE');
    await closed;
    assert.deepEqual(events, ['open', 'error', 'close 1006 "" not clean']);
    peer.destroy();
  }),
);

describe('wrong options: ERR_WS_OPTION, before anything is connected', () => {
  const table: readonly (readonly [options: object, text: RegExp])[] = [
    [{ header: {} }, /use headers/],
    [{ heartbeat: 5 }, /heartbeat/],
    [{ headers: 5 }, /headers/],
    [{ tls: { rejectUnauthorised: false } }, /rejectUnauthorized/],
    [{ limits: { maxMessageSize: -1 } }, /limits\.maxMessageSize/],
    [{ subprotocols: 'x' }, /use protocols/],
    [{ handlers: {} }, /addEventListener/],
    [{ onmessage() {} }, /addEventListener/],
    [{ slowConsumer: 'pause' }, /as the standard says/],
    [{ binaryMessages: 'lent' }, /always yours/],
    [{ dispatcher: {} }, /proxy, tls and headers/],
    [{ nonsense: 1 }, /the options are/],
  ];
  for (const [options, text] of table) {
    test(Object.keys(options).join(), () => {
      for (const make of [WebSocket, WebSocketStream] as unknown as (new (
        ...given: unknown[]
      ) => unknown)[]) {
        const error = thrownBy(() => new make('ws://example.invalid/', options));
        assert.ok(error instanceof EngineError, String(error));
        assert.equal(error.code, 'ERR_WS_OPTION');
        assert.match(error.message, text);
      }
    });
  }
  test('what only streams have', () => {
    const make = WebSocket as unknown as new (...given: unknown[]) => unknown;
    const { signal } = new AbortController();
    assert.match(thrownBy(() => new make('ws://example.invalid/', { signal })).message, /call close\(\)/);
    assert.match(thrownBy(() => new make('ws://example.invalid/', { highWaterMark: 1 })).message, /bufferedAmount/);
  });
});
