// WebSockets standard, send(), bufferedAmount and binaryType.

import assert from 'node:assert/strict';
import { Blob as NodeBlob } from 'node:buffer';
import { openAsBlob } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { WebSocket } from '../../src/whatwg/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw } from '../support/raw-peer.ts';
import { type Recording, record, thrownBy } from './recording.ts';

/** A WebSocket to a server that keeps what it receives: text as it is, bytes in hex. */
async function toServer(scope: Scope): Promise<Recording & { received: Inbox<string> }> {
  const received = new Inbox<string>();
  const { url } = await listen(scope, {
    message: (_connection, data) =>
      received.push(typeof data === 'string' ? `text ${data}` : `bytes ${data.toString('hex')}`),
  });
  const recording = record(scope, url);
  await recording.opened;
  return { ...recording, received };
}

const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);

describe('what is sent', () => {
  const table: readonly (readonly [title: string, data: unknown, received: string, size: number])[] = [
    ['text', 'å', 'text å', 2],
    ['no text', '', 'text ', 0],
    ['a surrogate pair', '\u{1f50c}', 'text \u{1f50c}', 4],
    ['lone surrogates', 'a\udc00xb\ud800xc\udc00\ud800x', 'text a\ufffdxb\ufffdxc\ufffd\ufffdx', 18],
    ['null', null, 'text null', 4],
    ['undefined', undefined, 'text undefined', 9],
    ['a number', 5, 'text 5', 1],
    ['an object', { toString: () => 'object' }, 'text object', 6],
    ['an array', [1, 2], 'text 1,2', 3],
    ['an ArrayBuffer', bytes.buffer, 'bytes 0102030405060708', 8],
    ['an ArrayBuffer of another realm', runInNewContext('Uint8Array.of(9).buffer'), 'bytes 09', 1],
    ['a Uint8Array with an offset', bytes.subarray(2, 6), 'bytes 03040506', 4],
    ['a Uint16Array with an offset', new Uint16Array(bytes.buffer, 2, 2), 'bytes 03040506', 4],
    ['a Float64Array', new Float64Array(bytes.buffer), 'bytes 0102030405060708', 8],
    ['a DataView', new DataView(bytes.buffer, 6), 'bytes 0708', 2],
    ['no bytes', new ArrayBuffer(0), 'bytes ', 0],
    ['a Blob', new Blob(['abc']), 'bytes 616263', 3],
    ['an empty Blob', new Blob([]), 'bytes ', 0],
    [
      'what only inherits from a Blob',
      Object.create(Blob.prototype, { toString: { value: () => 'no' } }),
      'text no',
      2,
    ],
  ];
  for (const [title, data, expected, size] of table) {
    test(
      title,
      leavingNothing(async (scope) => {
        const { socket, received } = await toServer(scope);
        assert.equal(socket.send(data as string), undefined);
        assert.equal(socket.bufferedAmount, size);
        assert.equal(await received.next(), expected);
        assert.equal(socket.bufferedAmount, 0);
      }),
    );
  }

  test(
    'memory that was transferred: no bytes',
    leavingNothing(async (scope) => {
      const { socket, received } = await toServer(scope);
      const buffer = new ArrayBuffer(4);
      structuredClone(buffer, { transfer: [buffer] });
      socket.send(buffer);
      assert.equal(await received.next(), 'bytes ');
    }),
  );

  test(
    'shared memory, memory that may change its size, symbols, nothing: TypeError',
    leavingNothing(async (scope) => {
      const { socket } = await toServer(scope);
      const shared = new SharedArrayBuffer(4);
      const resizable = new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(4, {
        maxByteLength: 8,
      });
      for (const data of [shared, new Uint8Array(shared), resizable, new DataView(resizable), Symbol('x')]) {
        assert.equal(thrownBy(() => socket.send(data as never)).constructor, TypeError);
      }
      assert.match(thrownBy(() => socket.send(shared as never)).message, /shared memory.*pass a copy/);
      assert.equal(thrownBy(() => (socket.send as () => void)()).constructor, TypeError);
      assert.equal(socket.bufferedAmount, 0);
    }),
  );
});

test(
  'before open: InvalidStateError, and TypeError for what cannot be sent at all',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope);
    const { socket, opened } = record(scope, url);
    assert.equal(thrownBy(() => socket.send('x')).name, 'InvalidStateError');
    assert.equal(thrownBy(() => socket.send(Symbol('x') as never)).constructor, TypeError);
    assert.equal(thrownBy(() => (socket.send as () => void)()).constructor, TypeError);
    assert.equal(socket.bufferedAmount, 0);
    await opened;
  }),
);

test(
  'the order of the calls is kept when a Blob is read, bytes are those of the call, and close() comes last',
  leavingNothing(async (scope) => {
    const { socket, received, closed, events } = await toServer(scope);
    const changed = Uint8Array.of(1, 2);
    socket.send('first');
    socket.send(new Blob(['ab']));
    socket.send(changed);
    socket.send(new NodeBlob(['cd']));
    socket.send('last');
    assert.equal(socket.bufferedAmount, 5 + 2 + 2 + 2 + 4);
    changed.fill(9);
    socket.close(3001);
    socket.send('too late');
    assert.deepEqual(await received.take(5), ['text first', 'bytes 6162', 'bytes 0102', 'bytes 6364', 'text last']);
    await closed;
    assert.deepEqual(events, ['open', 'close 3001 "" clean']);
    assert.equal(socket.bufferedAmount, 8);
  }),
);

test(
  'a Blob that cannot be read fails the connection, and nothing behind it is sent',
  leavingNothing(async (scope) => {
    const { socket, received, failed, events, closed } = await toServer(scope);
    const folder = await mkdtemp(join(tmpdir(), 'harmony-websocket-blob-'));
    scope.defer(() => rm(folder, { recursive: true }));
    const file = join(folder, 'file');
    await writeFile(file, 'x');
    const blob = await openAsBlob(file);
    await writeFile(file, 'changed');
    socket.send(blob);
    socket.send('behind');
    const { error, message } = await failed;
    assert.equal(error.name, 'NotReadableError');
    assert.match(message ?? '', /a Blob that was to be sent could not be read/);
    await closed;
    assert.deepEqual(events, ['open', 'error', 'close 1006 "" not clean']);
    assert.deepEqual(received.rest, []);
    assert.equal(socket.bufferedAmount, 7);
  }),
);

test(
  'bufferedAmount counts what the peer does not read, goes down as it reads, and stays when the connection is lost',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened, failed, closed } = record(scope, server.url, { compression: false });
    const peer = await server.accepted();
    peer.write(switchingProtocols(await peer.readHead()));
    await opened;
    const size = 16 * 1024 * 1024;
    socket.send(new Uint8Array(size));
    socket.send('abc');
    assert.equal(socket.bufferedAmount, size + 3);
    await new Promise(setImmediate);
    assert.equal(socket.bufferedAmount, size + 3);
    assert.equal((await peer.readFrame()).payload.length, size);
    assert.equal(String((await peer.readFrame()).payload), 'abc');
    while (socket.bufferedAmount > 0) await new Promise(setImmediate);
    socket.send(new Uint8Array(size));
    socket.send('x');
    peer.reset();
    await failed;
    await closed;
    assert.equal(socket.bufferedAmount, size + 1);
    socket.send('yz');
    assert.equal(socket.bufferedAmount, size + 3);
  }),
);

test(
  'more than maxQueuedBytes: the connection fails, as one that is flagged as full',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const { socket, opened, failed, closed, events } = record(scope, server.url, {
      compression: false,
      limits: { maxQueuedBytes: 1024 },
      closeTimeout: 1,
    });
    const peer = await server.accepted();
    peer.write(switchingProtocols(await peer.readHead()));
    await opened;
    for (let count = 0; count < 3; count++) socket.send(new Uint8Array(8 * 1024 * 1024));
    assert.match((await failed).message ?? '', /maxQueuedBytes/);
    await closed;
    assert.deepEqual(events, ['open', 'error', 'close 1006 "" not clean']);
    peer.destroy();
  }),
);

describe('binaryType', () => {
  test(
    'blob at first, then as it is set, even between two messages; other values are ignored',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, {
        open(connection) {
          connection.send(Uint8Array.of(1, 2));
          connection.send(Uint8Array.of(3));
          connection.send(Uint8Array.of(4));
        },
      });
      const { socket, messages } = record(scope, url);
      assert.equal(socket.binaryType, 'blob');
      let count = 0;
      socket.onmessage = () => {
        if (++count === 1) socket.binaryType = 'arraybuffer';
        if (count === 2) socket.binaryType = 'Blob' as never;
      };
      const [blob, buffer, other] = (await messages.take(3)) as [Blob, ArrayBuffer, ArrayBuffer];
      assert.equal(socket.binaryType, 'arraybuffer');
      assert.ok(blob instanceof Blob);
      assert.deepEqual(new Uint8Array(await blob.arrayBuffer()), Uint8Array.of(1, 2));
      assert.equal(blob.type, '');
      assert.equal(Object.prototype.toString.call(buffer), '[object ArrayBuffer]');
      assert.deepEqual(new Uint8Array(buffer), Uint8Array.of(3));
      assert.deepEqual(new Uint8Array(other), Uint8Array.of(4));
      assert.equal(thrownBy(() => (socket.binaryType = Symbol('x') as never)).constructor, TypeError);
    }),
  );

  test(
    'an ArrayBuffer of a small message has only its bytes, and can be transferred',
    leavingNothing(async (scope) => {
      const { url } = await listen(scope, { open: (connection) => void connection.send(new Uint8Array(100_000)) });
      const { socket, messages } = record(scope, url);
      socket.binaryType = 'arraybuffer';
      const buffer = (await messages.next()) as ArrayBuffer;
      assert.equal(buffer.byteLength, 100_000);
      structuredClone(buffer, { transfer: [buffer] });
      assert.equal(buffer.byteLength, 0);
    }),
  );
});

test(
  'messages of each length encoding come back as they were sent',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope, { message: (connection, data) => void connection.send(data) });
    const { socket, opened, messages } = record(scope, url);
    await opened;
    for (const size of [0, 125, 126, 0xffff, 0x10000]) {
      socket.send('x'.repeat(size));
      assert.equal(await messages.next(), 'x'.repeat(size));
    }
    assert.equal(socket.readyState, WebSocket.OPEN);
  }),
);
