// Peers on slow links, in time that the test moves. The heartbeat and the closing handshake wait for a peer that reads
// steadily, even if nothing shows for minutes how much it has read of what two systems hold. A dead peer is found.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ConnectionSettings } from '../../../src/core/connection/settings.ts';
import { openConnection } from '../../support/core-connection.ts';
import { type SlowLinkSettings, slowLink } from '../../support/slow-link.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;
const MiB = 1024 * 1024;

/** A link whose direction away from `role` is slow. */
function from(role: 'client' | 'server', rate: number, buffer?: number, more: SlowLinkSettings = {}) {
  const link = slowLink({ ...more, [role === 'server' ? 'toClient' : 'toServer']: { rate, buffer } });
  return {
    link,
    us: link[role],
    peer: link[role === 'server' ? 'client' : 'server'],
    now: () => link.host.clock.now(),
  };
}

function queue(us: { connection: { send(data: Uint8Array, sent?: (error?: Error) => void): boolean } }, bytes: number) {
  const failed: unknown[] = [];
  const piece = new Uint8Array(64 * 1024);
  for (let size = 0; size < bytes; size += piece.length)
    us.connection.send(piece, (error) => error && failed.push(error));
  return failed;
}

for (const role of roles) {
  describe(`${role}: close() with a queue`, () => {
    for (const [size, rate, buffer] of [
      [8 * MiB, 20_000, 4 * MiB],
      [8 * MiB, 40_000, 4 * MiB],
      [8 * MiB, 20_000, 10 * MiB],
      [8 * MiB, 300_000, 4 * MiB],
      [8 * MiB, 20_000, 64 * 1024],
      [2 * MiB, 20_000, 10 * MiB],
      [256 * 1024, 20_000, 16 * 1024],
      [40 * MiB, 700_000, 6 * MiB],
    ] as const) {
      test(`${size / MiB} MiB to a peer that reads ${rate / 1000} KB/s, ${buffer / MiB} MiB of it out of sight: all, and clean`, () => {
        for (const heartbeat of [undefined, false] as const) {
          const { link, us, peer } = from(role, rate, buffer, { [role]: { heartbeat } });
          const failed = queue(us, size);
          void us.connection.close(1000, 'bye');
          link.untilClosed(((size / rate) * 2 + 60) * 1000);
          assert.deepEqual([us.end, peer.end], ['1000 "bye" clean', '1000 "bye" clean']);
          assert.equal(peer.sizes.length, Math.ceil(size / 65_536));
          assert.deepEqual(failed, []);
        }
      });
    }

    test('what was sent just before, and is out of sight: waited for as well', () => {
      const { link, us, peer } = from(role, 20_000, 10 * MiB);
      queue(us, 3 * MiB);
      link.host.clock.advance(3_000);
      assert.equal(us.connection.bufferedAmount, 0);
      void us.connection.close(1000);
      link.untilClosed(400_000);
      assert.deepEqual([us.end, peer.sizes.length], ['1000 clean', 48]);
    });

    test('a peer that sent a lot, slowly, before it saw our Close', () => {
      const { link, us: sender, peer: closer } = from(role === 'client' ? 'server' : 'client', 40_000, 4 * MiB);
      queue(sender, 3 * MiB);
      link.host.clock.advance(10_000);
      void closer.connection.close(1000);
      link.untilClosed(300_000);
      assert.deepEqual([sender.end, closer.end], ['1000 clean', '1000 clean']);
    });

    test('a peer that sends on for ever and never closes is cut, when it has sent 64 MiB or falls silent', () => {
      const { connection, transport, clock, events } = openConnection(role);
      void connection.close(1000);
      const data = wire(role, frame(0x82, new Uint8Array(65_536)));
      let size = 0;
      for (; events.length === 0 && size < 200 * MiB; size += data.length) {
        transport.deliver(data.slice());
        clock.advance(1_000);
      }
      assert.deepEqual(events, ['close 1006 ERR_WS_LOST']);
      assert.ok(size > 60 * MiB && size < 70 * MiB, `${size}`);
    });

    test('the peer began to close: what of ours has begun goes first, at its pace', () => {
      const { link, us, peer } = from(role, 30_000, 4 * MiB);
      queue(us, 8 * MiB);
      link.host.clock.advance(1_000);
      void peer.connection.close(1000);
      link.untilClosed(600_000);
      assert.deepEqual([us.end, peer.end], ['1000 clean', '1000 clean']);
    });

    test('a peer that never reads is cut, in bounded time', () => {
      const { link, us } = from(role, 0, 4 * MiB);
      queue(us, 8 * MiB);
      void us.connection.close(1000);
      const time = link.untilClosed(3_600_000);
      assert.equal(us.end, '1006 ERR_WS_LOST');
      assert.ok(time <= 135_000, `${time} ms`);
    });

    test('a byte now and then wins no time', () => {
      const { link, us } = from(role, 100, 64 * 1024);
      queue(us, 8 * MiB);
      void us.connection.close(1000);
      const time = link.untilClosed(3_600_000);
      assert.equal(us.end, '1006 ERR_WS_LOST');
      assert.ok(time <= 30_000, `${time} ms`);
    });

    test('an idle connection has closeTimeout, to the millisecond', () => {
      const { link, us, now } = from(role, 0);
      link.host.clock.advance(1_000);
      const start = now();
      void us.connection.close(1000);
      link.host.turn.end();
      link.host.clock.advance(4_999);
      assert.equal(us.end, '');
      link.host.clock.advance(1);
      assert.equal(us.end, '1006 ERR_WS_LOST');
      assert.equal(now() - start, 5_000);
    });

    test('so has one that sent much, and has shown since that it was read', () => {
      const { link, us } = from(role, 10_000_000);
      queue(us, 20 * MiB);
      link.host.clock.advance(31_000);
      us.rate(0);
      void us.connection.close(1000);
      link.host.turn.end();
      link.host.clock.advance(4_999);
      assert.equal(us.end, '');
      link.host.clock.advance(1);
      assert.equal(us.end, '1006 ERR_WS_LOST');
    });
  });

  describe(`${role}: heartbeat`, () => {
    const other = role === 'client' ? 'server' : 'client';
    for (const [size, rate, buffer] of [
      [60 * MiB, 700_000, 4 * MiB],
      [60 * MiB, 700_000, 10 * MiB],
      [40 * MiB, 500_000, 4 * MiB],
      [8 * MiB, 20_000, 4 * MiB],
      [8 * MiB, 20_000, 10 * MiB],
      [8 * MiB, 20_000, 64 * 1024],
    ] as const) {
      test(`${size / MiB} MiB to a peer that reads ${rate / 1000} KB/s, ${buffer / MiB} MiB of it out of sight: all arrive`, () => {
        const { link, us, peer } = from(role, rate, buffer);
        const failed = queue(us, size);
        link.host.clock.advance((size / rate) * 1100 + 120_000);
        assert.deepEqual([us.end, peer.end, failed], ['', '', []]);
        assert.equal(peer.sizes.length, size / 65_536);
      });
    }

    test('a peer whose pong comes behind much of its own', () => {
      const { link, us: sender, peer: receiver } = from(other, 20_000, 4 * MiB);
      queue(sender, 8 * MiB);
      link.host.clock.advance(500_000);
      assert.deepEqual([sender.end, receiver.end], ['', '']);
      assert.equal(receiver.sizes.length, 128);
    });

    test('a link that becomes slow', () => {
      const { link, us, peer } = from(role, 5_000_000, 4 * MiB);
      queue(us, 40 * MiB);
      link.host.clock.advance(5_000);
      us.rate(30_000);
      link.host.clock.advance(1_400_000);
      assert.deepEqual([us.end, peer.end], ['', '']);
      assert.equal(peer.sizes.length, 640);
    });

    test('the peer of an idle connection is found gone as soon as ever', () => {
      const { link, us, now } = from(role, 0, undefined, { [other]: { heartbeat: false, messageTimeout: 0 } });
      const start = now();
      link.untilClosed(100_000);
      assert.equal(us.end, '1006 ERR_WS_HEARTBEAT');
      assert.equal(now() - start, 60_000);
    });

    test('even on a socket that has carried much before', () => {
      const direction = role === 'server' ? 'toClient' : 'toServer';
      for (const before of [20_000, 3 * MiB, 500 * MiB]) {
        const silent = { [other]: { heartbeat: false, messageTimeout: 0 } } as const;
        const link = slowLink({ ...silent, [direction]: { rate: 0, before } });
        const time = link.untilClosed(100_000);
        assert.deepEqual([link[role].end, time], ['1006 ERR_WS_HEARTBEAT', 60_000]);
        const closing = slowLink({ ...silent, [direction]: { rate: 0, before } });
        void closing[role].connection.close(1000);
        assert.ok(closing.untilClosed(100_000) <= 5_100);
      }
    });

    test('that of a moderately busy one, nearly so', () => {
      const { link, us } = from(role, 10_000_000, undefined, { [other]: { heartbeat: false, messageTimeout: 0 } });
      const busy = setBusy(link.host.clock, us.connection, 10_000);
      link.host.clock.advance(100_000);
      assert.equal(us.end, '');
      us.rate(0);
      const time = link.untilClosed(600_000);
      busy.stop();
      assert.equal(us.end, '1006 ERR_WS_HEARTBEAT');
      assert.ok(time <= 100_000, `${time} ms`);
    });

    test('that of one with a queue, in bounded time', () => {
      const { link, us } = from(role, 700_000, undefined, { [other]: { heartbeat: false, messageTimeout: 0 } });
      queue(us, 60 * MiB);
      link.host.clock.advance(20_000);
      us.rate(0);
      const time = link.untilClosed(600_000);
      assert.equal(us.end, '1006 ERR_WS_HEARTBEAT');
      assert.ok(time <= 320_000, `${time} ms`);
    });
  });
}

/** Sends `size` bytes every 100 ms: 100 KB/s for 10,000. */
function setBusy(
  clock: { timer(owner: { expired(): void }): { set(delay: number): void; clear(): void } },
  connection: { readonly isOpen: boolean; send(data: Uint8Array): boolean },
  size: number,
) {
  const timer = clock.timer({
    expired() {
      if (!connection.isOpen) return;
      connection.send(new Uint8Array(size));
      timer.set(100);
    },
  });
  timer.set(100);
  return { stop: () => timer.clear() };
}

test('idleTimeout: a message on its way to a slow peer is a sign of life', () => {
  const settings: ConnectionSettings = { idleTimeout: 20_000, heartbeat: false };
  const { link, us, peer } = from('server', 20_000, 64 * 1024, { server: settings });
  us.connection.send(new Uint8Array(2 * MiB));
  link.host.clock.advance(100_000);
  assert.equal(us.end, '');
  assert.equal(us.connection.isOpen, true);
  link.host.clock.advance(60_000);
  assert.deepEqual([us.end, peer.sizes.length], ['1001 "idle for idleTimeout (20000 ms)" clean', 1]);
});
