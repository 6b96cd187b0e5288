// Large frames go to the transport at once, through memory that is used again, or from the application's where the
// transport is done with it when the call returns; of what it does not take at once it gets memory of our own. Such a frame is never dropped, since its beginning has left.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { assertBytes, pattern } from '../../support/hex.ts';
import { frame, readFrames } from '../../support/wire.ts';

const KiB = 1024;
const sizes = [32 * KiB + 1, 100 * KiB, 128 * KiB - 10, 128 * KiB + 54, 300 * KiB + 3, 1024 * KiB + 1, 3000 * KiB];

/** The transport takes `count` more writes at once, and keeps those after them. */
function takes(run: OpenConnection, count: number): void {
  const { transport } = run;
  const until = transport.writes.length + count;
  Object.defineProperty(transport, 'isCongested', { configurable: true, get: () => transport.writes.length > until });
}

function release({ transport, turn }: OpenConnection): void {
  Object.defineProperty(transport, 'isCongested', { configurable: true, writable: true, value: false });
  while (transport.held > 0) {
    transport.release(1); // compares what it has referred to
    turn.end();
  }
}

for (const role of ['client', 'server'] as const) {
  describe(role, () => {
    for (const size of sizes) {
      test(`${size} bytes: whatever of it the transport takes at once, all of it comes, before what is sent after it`, () => {
        for (let count = 0; count <= Math.ceil(size / (1024 * KiB)) + 1; count++) {
          const run = openConnection(role);
          const payload = pattern(size, count);
          const told: string[] = [];
          run.connection.send('before', () => told.push('before'));
          takes(run, 1 + count);
          run.connection.send(payload, (error) => told.push(error?.code ?? 'large'));
          run.connection.send('after', (error) => told.push(error?.code ?? 'after'));
          payload.fill(0xaa); // it is the application's again
          release(run);
          run.turn.end();
          run.written.equalsFrames(
            frame(0x81, Buffer.from('before')),
            frame(0x82, pattern(size, count)),
            frame(0x81, Buffer.from('after')),
          );
          assert.deepEqual(told, ['before', 'large', 'after'], `${count} writes taken`);
          assert.equal(run.connection.bufferedAmount, 0);
        }
      });
    }

    test('for any number of them memory of each size is asked for once, as long as the transport takes them', () => {
      const host = new CoreHost();
      const run = openConnection(role, { host });
      const send = (): void => {
        for (const size of [40, 100, 300, 3000]) run.connection.send(pattern(size * KiB));
        run.connection.send('é'.repeat(50 * KiB));
      };
      send();
      const before = host.allocations.length;
      for (let count = 0; count < 20; count++) send();
      assert.deepEqual(host.allocations.slice(before), []);
    });

    test('a transport that copies refers to none of that memory, except to the rest of a frame in several writes', () => {
      const host = new CoreHost();
      const run = openConnection(role, { host, copiesBytes: true });
      const sizes = [40, 100, 1000];
      for (const size of sizes) run.connection.send(pattern(size * KiB));
      const before = host.allocations.length;
      for (const size of sizes) {
        takes(run, 0);
        run.connection.send(pattern(size * KiB));
        release(run);
      }
      assert.deepEqual(host.allocations.slice(before), []);
      run.written.clear();
      takes(run, 0);
      run.connection.send(pattern(3000 * KiB));
      release(run);
      run.written.equalsFrames(frame(0x82, pattern(3000 * KiB)));
      assert.equal(run.connection.bufferedAmount, 0);
    });

    test('the rest of one is not dropped for a peer that does not read, whatever else is', () => {
      for (const slowConsumer of ['drop-oldest', 'drop-newest'] as const) {
        const run = openConnection(role, { slowConsumer, limits: { maxQueuedBytes: 200 * KiB } });
        takes(run, 1);
        run.connection.send(pattern(1800 * KiB));
        const told: string[] = [];
        for (let count = 0; count < 10; count++) {
          run.connection.send(pattern(40 * KiB, count), (error) => told.push(error?.code ?? 'sent'));
        }
        run.connection.ping('a');
        run.turn.end();
        assert.ok(told.includes('ERR_WS_SLOW_CONSUMER_DROPPED'));
        release(run);
        run.turn.end();
        const [first, ...others] = readFrames(run.written.bytes);
        assertBytes(first?.payload as Uint8Array, pattern(1800 * KiB), 'it is whole');
        assert.ok(others.length < 10);
      }
    });

    test('one that is cut by the end of the connection is reported', () => {
      const run = openConnection(role);
      takes(run, 1);
      const told: (string | undefined)[] = [];
      run.connection.send(pattern(1800 * KiB), (error) => told.push(error?.code));
      run.transport.gone();
      run.turn.end();
      assert.deepEqual(told, ['ERR_WS_DROPPED']);
      assert.equal(run.connection.bufferedAmount, 0);
    });
  });
}

describe('a server whose transport can write from memory that it must not refer to later', () => {
  for (const size of sizes) {
    const header = size < 65_536 ? 4 : 10;
    const whole = header + size;

    test(`${size} bytes: whatever of the frame it takes, all of it comes, and only the rest is copied`, () => {
      for (const taken of [1, 3, 4, 5, 9, 10, 11, 4096, size - 1, size, whole - 1, whole]) {
        const host = new CoreHost();
        const run = openConnection('server', { host });
        const payload = pattern(size, taken);
        const told: string[] = [];
        run.connection.send('before', () => told.push('before'));
        takes(run, 1);
        run.transport.takenDirectly = taken;
        const before = host.allocations.length;
        run.connection.send(payload, (error) => told.push(error?.code ?? 'large'));
        assert.equal(run.connection.bufferedAmount, whole - taken);
        const rest = taken < whole ? [whole - taken] : [];
        assert.deepEqual(host.allocations.slice(before), rest, `${taken} bytes taken`);
        payload.fill(0xaa); // it is the application's again
        run.connection.send('after', (error) => told.push(error?.code ?? 'after'));
        run.turn.end();
        assert.deepEqual(told, taken < whole ? ['before'] : ['before', 'large']);
        release(run);
        run.turn.end();
        run.written.equalsFrames(
          frame(0x81, Buffer.from('before')),
          frame(0x82, pattern(size, taken)),
          frame(0x81, Buffer.from('after')),
        );
        assert.deepEqual(told, ['before', 'large', 'after']);
        assert.equal(run.connection.bufferedAmount, 0);
      }
    });
  }

  test('is asked for it for fragments too, and not while anything waits', () => {
    const run = openConnection('server');
    const { connection, transport, written } = run;
    transport.takenDirectly = Number.MAX_SAFE_INTEGER;
    connection.sendFragment(pattern(40 * KiB), { fin: false });
    connection.sendFragment(pattern(70 * KiB, 1), { fin: true });
    assert.equal(written.count, 2);
    transport.isCongested = true;
    connection.send('waits');
    run.turn.end();
    connection.send(pattern(40 * KiB, 2)); // the transport fails if it is asked now
    release(run);
    run.turn.end();
    written.equalsFrames(
      frame(0x02, pattern(40 * KiB)),
      frame(0x80, pattern(70 * KiB, 1)),
      frame(0x81, Buffer.from('waits')),
      frame(0x82, pattern(40 * KiB, 2)),
    );
  });
});
