// The WebSocketStream proposal: promises, streams, back-pressure both ways, and closing by each of its parts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  WebSocketError,
  type WebSocketOpenInfo,
  WebSocketStream,
  type WebSocketStreamOptions,
} from '../../src/whatwg/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';
import { thrownBy } from './recording.ts';

/** A stream that is closed at the end of the scope. */
function stream(scope: Scope, url: string, options?: WebSocketStreamOptions): WebSocketStream {
  const made = new WebSocketStream(url, options);
  scope.defer(async () => {
    made.close();
    await made.closed.catch(() => {});
  });
  return made;
}

interface Opened extends WebSocketOpenInfo {
  readonly socket: WebSocketStream;
}

/** A stream to a server that sends back what it gets. */
async function echoing(scope: Scope): Promise<Opened> {
  const { url } = await listen(scope, { message: (connection, data) => void connection.send(data) });
  const socket = stream(scope, url);
  return { socket, ...(await socket.opened) };
}

/** A stream to a peer whose every byte the test decides. */
async function toPeer(scope: Scope, options?: WebSocketStreamOptions): Promise<Opened & { peer: RawPeer }> {
  const server = await listenRaw(scope);
  const socket = stream(scope, server.url, { compression: false, closeTimeout: 200, ...options });
  const peer = await server.accepted();
  peer.write(switchingProtocols(await peer.readHead()));
  return { socket, peer, ...(await socket.opened) };
}

async function rejection(promise: Promise<unknown>): Promise<WebSocketError> {
  const error = await promise.then(
    () => assert.fail('it did not reject'),
    (reason: unknown) => reason,
  );
  return error as WebSocketError;
}

describe('the promises', () => {
  test(
    'opened: streams, subprotocol, extensions; the getters return the same objects',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { subprotocols: ['b'], compression: true });
      const socket = stream(scope, url, { protocols: ['a', 'b'] });
      assert.equal(socket.url, url);
      assert.equal(socket.opened, socket.opened);
      assert.equal(socket.closed, socket.closed);
      const { readable, writable, protocol, extensions } = await socket.opened;
      assert.equal(protocol, 'b');
      assert.match(extensions, /^permessage-deflate/);
      ReadableStream.prototype.getReader.call(readable);
      WritableStream.prototype.getWriter.call(writable);
    }),
  );

  test(
    'no connection: both reject with a WebSocketError that has the cause, and nothing is unhandled',
    leavingNothing(async (scope) => {
      const { server, url } = await listen(scope);
      await server.close();
      const socket = new WebSocketStream(url);
      const error = await rejection(socket.opened);
      assert.ok(error instanceof WebSocketError && error instanceof DOMException);
      assert.equal(error.name, 'WebSocketError');
      assert.equal((error.cause as { code: string }).code, 'ERR_WS_CONNECT');
      assert.equal(await rejection(socket.closed), error);
    }),
  );

  test(
    'close() while it connects',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const socket = new WebSocketStream(server.url);
      const peer = await server.accepted();
      socket.close({ closeCode: 3000 });
      assert.ok((await rejection(socket.opened)) instanceof WebSocketError);
      assert.equal((await rejection(socket.closed)).closeCode, 1006);
      await peer.gone();
    }),
  );
});

describe('the signal', () => {
  test('aborted before: nothing is connected', async () => {
    const reason = new Error('stop');
    const socket = new WebSocketStream('ws://127.0.0.1:9/', { signal: AbortSignal.abort(reason) });
    assert.equal(await rejection(socket.opened), reason);
    assert.equal(await rejection(socket.closed), reason);
    socket.close();
  });

  test(
    'aborted while it connects: both promises reject with its reason',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const controller = new AbortController();
      const socket = new WebSocketStream(server.url, { signal: controller.signal });
      const peer = await server.accepted();
      await peer.readHead();
      controller.abort();
      assert.equal((await rejection(socket.opened)).name, 'AbortError');
      assert.equal((await rejection(socket.closed)).name, 'AbortError');
      await peer.gone();
    }),
  );

  test(
    'aborted when it is open: without effect',
    leavingNothing(async (scope) => {
      const controller = new AbortController();
      const { url } = await listen(scope, { message: (connection, data) => void connection.send(data) });
      const { readable, writable } = await stream(scope, url, { signal: controller.signal }).opened;
      controller.abort();
      await writable.getWriter().write('still there');
      assert.equal((await readable.getReader().read()).value, 'still there');
    }),
  );
});

describe('messages', () => {
  test(
    'text and every kind of bytes, a message for each chunk',
    leavingNothing(async (scope) => {
      const { readable, writable } = await echoing(scope);
      const reader = readable.getReader();
      const writer = writable.getWriter();
      const buffer = Uint8Array.of(1, 2, 3, 4).buffer;
      const chunks: readonly (readonly [chunk: unknown, message: string | Uint8Array])[] = [
        ['å\ud800', 'å\ufffd'],
        ['', ''],
        [5, '5'],
        [null, 'null'],
        [buffer, Uint8Array.of(1, 2, 3, 4)],
        [new DataView(buffer, 2), Uint8Array.of(3, 4)],
        [new Blob(['x']), '[object Blob]'],
      ];
      for (const [chunk, message] of chunks) {
        await writer.write(chunk as string);
        const { value, done } = await reader.read();
        assert.equal(done, false);
        if (typeof message === 'string') assert.equal(value, message);
        else assert.deepEqual([value?.constructor, ...(value as Uint8Array)], [Uint8Array, ...message]);
      }
    }),
  );

  for (const [title, chunk] of [
    ['a symbol', Symbol('x')],
    ['a view of shared memory', new Uint8Array(new SharedArrayBuffer(4))],
  ] as const) {
    test(
      `${title}: the write rejects with a TypeError`,
      leavingNothing(async (scope) => {
        const { writable } = await echoing(scope);
        assert.equal((await rejection(writable.getWriter().write(chunk as never))).constructor, TypeError);
      }),
    );
  }
});

describe('back-pressure', () => {
  test(
    'a reader that does not read holds the peer back, and loses nothing',
    leavingNothing(async (scope) => {
      const { readable, peer } = await toPeer(scope);
      const count = 64;
      const size = 256 * 1024;
      const head = Buffer.from([0x82, 127, 0, 0, 0, 0, 0, 4, 0, 0]);
      let written = 0;
      const all = (async () => {
        for (let index = 0; index < count; index++) {
          const frame = Buffer.concat([head, Buffer.alloc(size, index)]);
          if (!peer.socket.write(frame)) await new Promise((resolve) => peer.socket.once('drain', resolve));
          written++;
        }
      })();
      // Until the buffers of the system are full, nothing of which the reader has asked for.
      let before = -1;
      while (written !== before) {
        before = written;
        for (let count = 0; count < 50; count++) await turn();
      }
      assert.ok(written < count, `${written} of ${count} messages were taken without a reader`);
      const reader = readable.getReader();
      for (let index = 0; index < count; index++) {
        const { value } = await reader.read();
        assert.deepEqual([value?.length, (value as Uint8Array)[size - 1]], [size, index]);
      }
      await all;
      peer.destroy();
    }),
  );

  test(
    'a peer that does not read holds the writer back',
    leavingNothing(async (scope) => {
      const { writable, peer } = await toPeer(scope);
      const writer = writable.getWriter();
      let isDone = false;
      const size = 32 * 1024 * 1024;
      const write = writer.write(new Uint8Array(size)).then(() => {
        isDone = true;
      });
      for (let count = 0; count < 100; count++) await turn();
      assert.equal(isDone, false);
      assert.equal(writer.desiredSize, 0);
      assert.equal((await peer.readFrame()).payload.length, size);
      await write;
      peer.destroy();
    }),
  );
});

describe('closing', () => {
  const set = { closeCode: 3456, reason: 'set' };
  const table: readonly (readonly [title: string, close: (opened: Opened) => unknown, code: number, reason: string])[] =
    [
      ['close()', ({ socket }) => socket.close(), 1005, ''],
      ['close({})', ({ socket }) => socket.close({}), 1005, ''],
      ['close(null)', ({ socket }) => socket.close(null as never), 1005, ''],
      ['close with an empty reason', ({ socket }) => socket.close({ reason: '' }), 1005, ''],
      ['close with a reason', ({ socket }) => socket.close({ reason: 'bye' }), 1000, 'bye'],
      ['close with both', ({ socket }) => socket.close(set), 3456, 'set'],
      ['abort()', ({ writable }) => writable.abort(), 1005, ''],
      ['abort with any object', ({ writable }) => writable.abort(set), 1005, ''],
      ['abort with an error', ({ writable }) => writable.abort(new WebSocketError('', set)), 3456, 'set'],
      ['abort with a reason', ({ writable }) => writable.abort(new WebSocketError('', { reason: 'r' })), 1000, 'r'],
      ['abort with another exception', ({ writable }) => writable.abort(new DOMException('x', 'AbortError')), 1005, ''],
      ['cancel()', ({ readable }) => readable.cancel(), 1005, ''],
      ['cancel with any object', ({ readable }) => readable.cancel(set), 1005, ''],
      ['cancel with an error', ({ readable }) => readable.cancel(new WebSocketError('', set)), 3456, 'set'],
    ];
  for (const [title, close, closeCode, reason] of table) {
    test(
      title,
      leavingNothing(async (scope) => {
        const opened = await echoing(scope);
        close(opened);
        assert.deepEqual(await opened.socket.closed, { closeCode, reason });
        opened.socket.close();
      }),
    );
  }

  test(
    'wrong arguments are refused, and change nothing',
    leavingNothing(async (scope) => {
      const { socket, readable, writable } = await echoing(scope);
      for (const closeCode of [0, 999, 1001, 2999, 5000]) {
        assert.equal(thrownBy(() => socket.close({ closeCode })).name, 'InvalidAccessError');
      }
      assert.equal(thrownBy(() => socket.close({ reason: '.'.repeat(124) })).name, 'SyntaxError');
      for (const wrong of [true, 'x', { closeCode: 65_536 }, { closeCode: Number.NaN }, { closeCode: -1 }]) {
        assert.equal(thrownBy(() => socket.close(wrong as never)).constructor, TypeError, JSON.stringify(wrong));
      }
      await writable.getWriter().write('open');
      assert.equal((await readable.getReader().read()).value, 'open');
    }),
  );

  test(
    'writer.close() closes after what was written, and is done when the connection is closed',
    leavingNothing(async (scope) => {
      const { socket, readable, writable, peer } = await toPeer(scope, { closeTimeout: 60_000 });
      const writer = writable.getWriter();
      void writer.write('last');
      let isDone = false;
      const closing = writer.close().then(() => {
        isDone = true;
      });
      assert.equal(String((await peer.readFrame()).payload), 'last');
      assert.equal((await peer.readFrame()).first, 0x88);
      await turn();
      assert.equal(isDone, false);
      peer.write(Buffer.from('8800', 'hex'));
      peer.end();
      await closing;
      assert.deepEqual(await socket.closed, { closeCode: 1005, reason: '' });
      assert.deepEqual(await readable.getReader().read(), { value: undefined, done: true });
    }),
  );

  test(
    'by the peer: what it sent before can be read, then the streams end',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {
        open(connection) {
          connection.send('a');
          connection.send('b');
          void connection.close(4567, '¡qué?');
        },
      });
      const socket = stream(scope, url);
      const { readable, writable } = await socket.opened;
      const reader = readable.getReader();
      assert.equal((await reader.read()).value, 'a');
      assert.equal((await reader.read()).value, 'b');
      assert.deepEqual(await reader.read(), { value: undefined, done: true });
      assert.deepEqual(await socket.closed, { closeCode: 4567, reason: '¡qué?' });
      const error = await rejection(writable.getWriter().write('x'));
      assert.equal(error.name, 'InvalidStateError');
    }),
  );

  test(
    'TCP is lost: the promise and both streams fail with the same error',
    leavingNothing(async (scope) => {
      const { socket, readable, writable, peer } = await toPeer(scope);
      const reading = rejection(readable.getReader().read());
      peer.reset();
      const error = await rejection(socket.closed);
      assert.ok(error instanceof WebSocketError);
      assert.deepEqual([error.closeCode, error.reason], [1006, '']);
      assert.equal(await reading, error);
      assert.equal(await rejection(writable.getWriter().closed), error);
    }),
  );

  test(
    'the peer ends TCP instead of answering the Close frame: not clean',
    leavingNothing(async (scope) => {
      const { socket, peer } = await toPeer(scope);
      socket.close({ closeCode: 3000 });
      await peer.readFrame();
      peer.end();
      assert.equal((await rejection(socket.closed)).closeCode, 1006);
    }),
  );

  test(
    'abort() while a write is incomplete: that is finished first, and the end is clean',
    leavingNothing(async (scope) => {
      const { socket, writable, peer } = await toPeer(scope, { closeTimeout: 60_000 });
      const writer = writable.getWriter();
      const write = writer.write(new Uint8Array(32 * 1024 * 1024));
      await turn();
      const aborting = writer.abort(new WebSocketError('', { closeCode: 3000 }));
      assert.equal((await peer.readFrame()).payload.length, 32 * 1024 * 1024);
      await write;
      await aborting;
      assert.equal((await peer.readFrame()).payload.readUInt16BE(), 3000);
      peer.write(Buffer.from('88020bb8', 'hex'));
      peer.end();
      assert.deepEqual(await socket.closed, { closeCode: 3000, reason: '' });
    }),
  );

  test(
    'close() while a write is incomplete: that leaves first, and the end is clean',
    leavingNothing(async (scope) => {
      const { socket, writable, peer } = await toPeer(scope, { closeTimeout: 60_000 });
      const write = writable.getWriter().write(new Uint8Array(32 * 1024 * 1024));
      await turn();
      socket.close({ closeCode: 3000 });
      assert.equal((await peer.readFrame()).payload.length, 32 * 1024 * 1024);
      assert.equal((await peer.readFrame()).payload.readUInt16BE(), 3000);
      await write;
      peer.write(Buffer.from('88020bb8', 'hex'));
      peer.end();
      assert.deepEqual(await socket.closed, { closeCode: 3000, reason: '' });
    }),
  );

  test(
    'the peer closes while a write is incomplete: the write rejects, and the end is not clean',
    leavingNothing(async (scope) => {
      const { socket, writable, peer } = await toPeer(scope, { closeTimeout: 60_000 });
      const writer = writable.getWriter();
      const write = rejection(writer.write(new Uint8Array(32 * 1024 * 1024)));
      const next = rejection(writer.write('never sent'));
      await turn();
      peer.write(Buffer.from('880203e8', 'hex'));
      assert.equal((await peer.readFrame()).payload.length, 32 * 1024 * 1024);
      assert.equal((await peer.readFrame()).first, 0x88);
      peer.end();
      const error = await rejection(socket.closed);
      assert.ok(error instanceof WebSocketError);
      assert.equal(error.closeCode, 1000);
      assert.equal(await write, error);
      assert.equal(await next, error);
    }),
  );
});

describe('new WebSocketError', () => {
  test('its members', () => {
    const plain = new WebSocketError();
    assert.deepEqual(
      [plain.name, plain.message, plain.code, plain.closeCode, plain.reason],
      ['WebSocketError', '', 0, null, ''],
    );
    const full = new WebSocketError('text', { closeCode: 3456, reason: 'r\ud800' });
    assert.deepEqual([full.message, full.closeCode, full.reason], ['text', 3456, 'r\ufffd']);
    assert.equal(new WebSocketError('', { closeCode: 3333 }).reason, '');
    assert.equal(new WebSocketError('', { reason: 'r' }).closeCode, 1000);
    assert.ok(full instanceof WebSocketError && full instanceof DOMException && full instanceof Error);
    assert.equal(String(full), 'WebSocketError: text');
    assert.equal(Object.prototype.toString.call(full), '[object WebSocketError]');
    assert.match(full.stack ?? '', /text/);
  });
  test('wrong arguments', () => {
    for (const closeCode of [999, 1001, 2999, 5000]) {
      assert.equal(thrownBy(() => new WebSocketError('', { closeCode })).name, 'InvalidAccessError');
    }
    assert.equal(thrownBy(() => new WebSocketError('', { reason: '\u{1f50c}'.repeat(31) })).name, 'SyntaxError');
    assert.equal(thrownBy(() => new WebSocketError('', 1 as never)).constructor, TypeError);
  });
  test('a class that extends it', () => {
    class Own extends (WebSocketError as unknown as new (message?: string, init?: object) => WebSocketError) {
      get both(): string {
        return `${this.closeCode} ${this.reason}`;
      }
    }
    const own = new Own('', { reason: 'x' });
    assert.ok(own instanceof Own && own instanceof WebSocketError);
    assert.equal(own.both, '1000 x');
  });
});
