// Connections of one host write their frames into one block of memory. It is used again only when no transport refers
// to it: the transports of these tests check what they keep, see MemoryTransport.release.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Arena, LARGEST_REGION } from '../../../src/core/message/arena.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { frame } from '../../support/wire.ts';

/** The same numbers each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Peer extends OpenConnection {
  readonly sent: Uint8Array[];
}

function openMany(host: CoreHost, count: number): Peer[] {
  return Array.from({ length: count }, (_, index) => ({
    ...openConnection(index % 2 === 0 ? 'server' : 'client', { host, keepsBytes: index % 3 === 2 }),
    sent: [],
  }));
}

describe('connections that share memory', () => {
  test('write what they were given, however their messages, writes and congestions interleave', () => {
    for (let seed = 1; seed <= 6; seed++) {
      const below = numbers(seed);
      const host = new CoreHost();
      const peers = openMany(host, 6);
      for (let step = 0; step < 600; step++) {
        const peer = peers[below(peers.length)] as Peer;
        switch (below(12)) {
          case 0:
            host.turn.end();
            break;
          case 1:
            peer.transport.isCongested = !peer.transport.isCongested;
            break;
          case 2:
          case 3:
            peer.transport.release(1 + below(3));
            break;
          default: {
            const payload = pattern([0, 1, 20, 126, 700, 5000, 16_384, 20_000][below(8)] as number, step);
            peer.connection.send(payload);
            peer.sent.push(frame(0x82, payload));
          }
        }
      }
      host.turn.end();
      for (const peer of peers) {
        while (peer.transport.held > 0) peer.transport.release(1);
        peer.written.equalsFrames(...peer.sent);
        assert.equal(peer.connection.bufferedAmount, 0, `seed ${seed}`);
      }
    }
  });

  test('one that is congested or lost leaves the others their memory', () => {
    const host = new CoreHost();
    const [slow, lost, healthy] = openMany(host, 3) as [Peer, Peer, Peer];
    slow.transport.isCongested = true;
    slow.connection.send('slow');
    lost.connection.send('lost');
    healthy.connection.send('a');
    slow.connection.send('slow as well');
    lost.transport.gone();
    healthy.connection.send('b');
    host.turn.end();
    for (let count = 0; count < 3; count++) {
      healthy.connection.send('c'.repeat(1000));
      host.turn.end();
    }
    slow.transport.release(); // fails when its bytes were written over
    lost.written.equals('');
    assert.deepEqual(slow.written.frames(), ['text "slow"', 'text "slow as well"']);
    assert.deepEqual(healthy.written.frames().slice(0, 2), ['text "a"', 'text "b"']);
  });

  test('messages in a steady state cost no new memory', () => {
    const host = new CoreHost();
    const peers = openMany(host, 2);
    const round = () => {
      for (const { connection } of peers) connection.send('x'.repeat(100));
      host.turn.end();
    };
    round();
    host.allocations.length = 0;
    for (let count = 0; count < 1000; count++) round();
    const allocated = host.allocations.reduce((sum, size) => sum + size, 0);
    // Two that take turns in the same turn may move small parts; blocks are not made anew.
    assert.ok(
      host.allocations.every((size) => size < LARGEST_REGION),
      'no new block',
    );
    assert.ok(allocated < 1000 * 2 * 200, `${allocated} bytes for 2000 messages of 100`);
  });
});

describe('Arena', () => {
  const memory = { allocate: (size: number) => new Uint8Array(size) };
  test('starts again when its last region is closed', () => {
    const arena = new Arena(memory);
    const { block } = arena;
    arena.open(10);
    arena.tail = 10;
    arena.open(10);
    arena.tail = 20;
    arena.close(block);
    assert.equal(arena.tail, 20, 'one region is still open');
    arena.close(block);
    assert.equal(arena.tail, 0);
    assert.equal(arena.block, block);
  });
  test('never returns to a block that was retired', () => {
    const arena = new Arena(memory);
    const { block } = arena;
    arena.open(10);
    arena.tail = 10;
    arena.open(10);
    arena.retire(block);
    assert.notEqual(arena.block, block);
    arena.open(5);
    arena.tail = 5;
    arena.close(block); // the regions of the old block do not count for the new one
    arena.close(block);
    assert.equal(arena.tail, 5);
    arena.retire(block);
    assert.equal(arena.tail, 5);
  });
  test('goes on in a new block when a region does not fit', () => {
    const arena = new Arena(memory);
    const { block } = arena;
    arena.open(LARGEST_REGION);
    assert.equal(arena.block, block);
    arena.tail = LARGEST_REGION - 5;
    assert.equal(arena.hasRoom(5), true);
    assert.equal(arena.hasRoom(6), false);
    arena.open(6);
    assert.notEqual(arena.block, block);
    assert.equal(arena.tail, 0);
  });
});

describe('a peer that does not read', () => {
  test('costs one block, and then no more than its queue, whatever the number of writes', () => {
    const host = new CoreHost();
    const { connection, transport, receive } = openConnection('server', { host });
    transport.isCongested = true;
    host.allocations.length = 0;
    for (let count = 0; count < 100; count++) {
      connection.send('some words');
      host.turn.end();
      receive('89 80 37 fa 21 3d'); // its ping, and so our pong
    }
    assert.ok(transport.held > 100, `${transport.held} writes`);
    const bytes = host.allocations.reduce((sum, size) => sum + size, 0);
    assert.ok(bytes < 64 * 1024 + 20_000, `${bytes} bytes for ${connection.bufferedAmount} that wait`);
  });
});
