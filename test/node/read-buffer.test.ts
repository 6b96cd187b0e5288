// The buffer that all sockets read into: that this runtime has it, and that what goes through it belongs to nobody.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getSystemErrorName } from 'node:util';
import { maskable } from '../../src/core/mask-simd.ts';
import { connect as connectClient } from '../../src/engine/index.ts';
import { readHandleOf, readInto } from '../../src/node/internals/socket-handle.ts';
import { readBuffer } from '../../src/node/transport/read-buffer.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { tcpPair } from '../support/tcp-pair.ts';

test(
  'an accepted socket reads into it, and emits no data events',
  leavingNothing(async (scope) => {
    const { client, accepted: socket } = await tcpPair(scope);
    const chunks = new Inbox<string>();
    const handle = readHandleOf(socket);
    assert.ok(handle !== undefined, `Node ${process.version} has what the shared buffer needs`);
    const ends = new Inbox<number>();
    readInto(handle, readBuffer, {
      read: (size) => chunks.push(Buffer.from(readBuffer.subarray(0, size)).toString()),
      unreadable: (status) => ends.push(status),
    });
    socket.on('data', () => assert.fail('a data event'));
    client.write('hello');
    assert.equal(await chunks.next(), 'hello');
    assert.equal(readBuffer, maskable, 'in the memory where masking costs least');
    client.end();
    assert.equal(getSystemErrorName(await ends.next()), 'EOF');
  }),
);

test(
  'messages of many connections stay apart, and stay what they were when the buffer is used again',
  leavingNothing(async (scope) => {
    const kept: (string | Buffer)[] = [];
    const arrived = new Inbox<number>();
    const { url } = await listen(scope, {
      message(_connection, data) {
        kept.push(data);
        arrived.push(kept.length);
      },
    });
    const clients = await Promise.all(Array.from({ length: 20 }, () => connectClient(url)));
    scope.defer(() => {
      for (const client of clients) client.terminate();
    });
    const sizes = [0, 1, 63, 64, 1000, 20_000, 70_000, 300_000];
    const expected: string[] = [];
    for (const [number, client] of clients.entries()) {
      for (const size of sizes) {
        client.send(Buffer.alloc(size, number));
        client.send(String.fromCharCode(0x61 + number).repeat(size));
        expected.push(`${size} of ${number}`, `${size} of ${String.fromCharCode(0x61 + number)}`);
      }
    }
    while (kept.length < expected.length) await arrived.next();
    const describe = (data: string | Buffer): string => {
      if (data.length === 0) return '';
      if (typeof data === 'string')
        return data === data[0]?.repeat(data.length) ? `${data.length} of ${data[0]}` : 'mixed';
      return data.every((byte) => byte === data[0]) ? `${data.length} of ${data[0]}` : 'mixed';
    };
    const seen = kept.map(describe).filter((text) => text !== '');
    assert.deepEqual(seen.sort(), expected.filter((text) => !text.startsWith('0 ')).sort());
  }),
);
