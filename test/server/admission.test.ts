// Counting clients: each limit at its edge, the addresses that defaults apply to, and that each slot is counted back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createServer } from '../../src/engine/index.ts';
import { Admission, type Excess, isExcess, type Slot } from '../../src/server/admission.ts';
import { defaultServerLimits, type ServerLimitSettings, serverLimits } from '../../src/server/limits.ts';
import { isError } from '../support/expect.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';

function admission(settings?: ServerLimitSettings): Admission {
  return new Admission(serverLimits(settings), new ManualClock(new ManualTurn()));
}

function begin(counted: Admission): Slot {
  const slot = counted.begin();
  assert.ok(!isExcess(slot));
  return slot;
}

/** The slot of a client with an address, or why it is one too many. */
function come(counted: Admission, address: string): Excess | undefined {
  return begin(counted).identify(address);
}

describe('limits of a server', () => {
  test('clients of a server without bounds need not be counted', () => {
    const bounds = ['maxConnections', 'maxConnectionsPerAddress', 'maxConnectionsPerMinute', 'maxHandshakes'] as const;
    const none = Object.fromEntries(bounds.map((bound) => [bound, Infinity]));
    assert.equal(admission(none).isUnbounded, true);
    for (const bound of bounds) assert.equal(admission({ ...none, [bound]: 1_000_000 }).isUnbounded, false);
    assert.equal(admission().isUnbounded, false);
  });

  test('the defaults', () => {
    const { server, ownNetwork } = serverLimits();
    assert.deepEqual(server, {
      maxConnections: 100_000,
      maxConnectionsPerAddress: 1_000,
      maxConnectionsPerMinute: 1_000,
      maxHandshakes: 5_000,
      ...Object.fromEntries(
        Object.entries(defaultServerLimits).filter(([name]) => !/^maxConnections|^maxHandshakes/.test(name)),
      ),
    });
    assert.deepEqual(ownNetwork, { maxConnectionsPerAddress: Infinity, maxConnectionsPerMinute: Infinity });
  });
  test('an unknown name is refused with the names of all limits, of connections and of servers', () => {
    assert.throws(
      () => createServer({ limits: { colour: 5 } as never }),
      (error) => {
        isError(error, 'ERR_WS_OPTION', 'limits.colour (5) is not an option', 'maxMessageSize', 'maxQueuedBytes');
        isError(error, 'ERR_WS_OPTION', ...Object.keys(defaultServerLimits));
        return true;
      },
    );
    assert.throws(() => createServer({ limits: { toString: 5 } as never }), { code: 'ERR_WS_OPTION' });
  });
  test('values that are not counts are refused', () => {
    for (const name of Object.keys(defaultServerLimits)) {
      for (const value of [-1, 1.5, '5', Number.NaN, null]) {
        assert.throws(() => createServer({ limits: { [name]: value } }), {
          code: 'ERR_WS_OPTION',
          message: /^limits\..* is .*; expected an integer of at least 0, or Infinity/,
        });
      }
      createServer({ limits: { [name]: Infinity } });
      createServer({ limits: { [name]: undefined } });
    }
  });
});

describe('one client too many', () => {
  test('maxHandshakes: 503, until one of them is over', () => {
    const counted = admission({ maxHandshakes: 2 });
    const first = begin(counted);
    begin(counted);
    const excess = counted.begin();
    assert.ok(isExcess(excess));
    assert.equal(isError(excess.error, 'ERR_WS_TOO_MANY_HANDSHAKES', 'maxHandshakes (2)').status, 503);
    first.opened();
    begin(counted);
    assert.ok(isExcess(counted.begin()));
  });
  test('maxHandshakes: a request that is not a handshake ends it, and an upgrade behind it begins it again', () => {
    const counted = admission({ maxHandshakes: 1 });
    const first = begin(counted);
    first.requested();
    assert.equal(counted.handshakes, 0);
    const second = begin(counted);
    isError(first.upgrading()?.error, 'ERR_WS_TOO_MANY_HANDSHAKES', 'maxHandshakes (1)');
    second.socketClosed();
    assert.equal(first.upgrading(), undefined);
    assert.equal(first.upgrading(), undefined);
    assert.equal(counted.handshakes, 1);
    first.opened();
    first.requested();
    first.socketClosed();
    assert.equal(first.hasLeft, false, 'a connection may have let go of its socket');
    first.leave();
    const third = begin(counted);
    third.requested();
    third.socketClosed();
    assert.equal(third.hasLeft, true);
  });
  test('maxConnections: 503, until one of them leaves; an upgrade that waits for its decision counts', () => {
    const counted = admission({ maxConnections: 1 });
    const first = begin(counted);
    assert.equal(first.reserve(), undefined);
    const second = begin(counted);
    const excess = second.reserve();
    assert.equal(isError(excess?.error, 'ERR_WS_TOO_MANY_CONNECTIONS', 'maxConnections (1)').status, 503);
    first.opened();
    assert.notEqual(second.reserve(), undefined);
    first.leave();
    assert.equal(second.reserve(), undefined);
  });
  test('maxConnectionsPerAddress: 429 with a time to wait, IPv6 by /64', () => {
    const counted = admission({ maxConnectionsPerAddress: 2 });
    for (const [one, same, other] of [
      ['203.0.113.1', '203.0.113.1', '203.0.113.2'],
      ['2001:db8:0:1::1', '2001:db8:0:1:ffff::2', '2001:db8:0:2::1'],
    ] as const) {
      const first = begin(counted);
      assert.equal(first.identify(one), undefined);
      assert.equal(come(counted, same), undefined);
      const excess = come(counted, one);
      isError(excess?.error, 'ERR_WS_TOO_MANY_CONNECTIONS_OF_ADDRESS', 'maxConnectionsPerAddress (2)');
      assert.equal(excess?.error.status, 429);
      assert.equal(excess.retryAfter, 10);
      assert.equal(come(counted, other), undefined);
      first.leave();
      assert.equal(come(counted, same), undefined);
      assert.notEqual(come(counted, same), undefined);
    }
  });
  test('maxConnectionsPerMinute: 429 with the seconds to wait, even when the others have left', () => {
    const counted = admission({ maxConnectionsPerMinute: 2 });
    for (let count = 0; count < 2; count++) {
      const slot = begin(counted);
      assert.equal(slot.identify('203.0.113.1'), undefined);
      slot.leave();
    }
    const excess = come(counted, '203.0.113.1');
    isError(excess?.error, 'ERR_WS_TOO_MANY_CONNECTIONS_PER_MINUTE', 'maxConnectionsPerMinute (2)', 'in 90 s');
    assert.equal(excess?.error.status, 429);
    assert.equal(excess.retryAfter, 90);
  });
  test('the defaults for an address do not apply to the server’s own network; a number that is set does', () => {
    for (const [address, isOwn] of [
      ['127.0.0.1', true],
      ['fd00::1', true],
      ['203.0.113.1', false],
    ] as const) {
      const counted = admission();
      for (let count = 0; count < 1_000; count++) assert.equal(come(counted, address), undefined);
      assert.equal(come(counted, address) === undefined, isOwn, address);
      assert.equal(counted.remembered, isOwn ? 0 : 1);
      const given = admission({ maxConnectionsPerAddress: 1 });
      assert.equal(come(given, address), undefined);
      assert.notEqual(come(given, address), undefined, address);
    }
  });
  test('a peer without an address, as on a socket in the file system, counts among all clients, but not by address', () => {
    const counted = admission({ maxConnectionsPerAddress: 0, maxConnectionsPerMinute: 0 });
    assert.equal(come(counted, ''), undefined);
    assert.equal(counted.clients, 0);
    assert.equal(counted.handshakes, 1);
  });
});

test('whatever slots do, in any order, the counts are those of the slots that are left, and 0 at the end', () => {
  const step = fc.record({
    what: fc.constantFrom('begin', 'identify', 'reserve', 'requested', 'upgrading', 'opened', 'socketClosed', 'leave'),
    who: fc.nat({ max: 15 }),
    address: fc.constantFrom('203.0.113.1', '203.0.113.2', '2001:db8::1', '2001:db8::2', '127.0.0.1', ''),
  });
  let slots = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 50, maxLength: 200 }), (steps) => {
      const limits = { maxConnections: 4, maxHandshakes: 6, maxConnectionsPerAddress: 3, maxConnectionsPerMinute: 8 };
      const counted = admission(limits);
      const here: Slot[] = [];
      for (const { what, who, address } of steps) {
        const slot = here[who % Math.max(1, here.length)];
        if (what === 'begin') {
          const added = counted.begin();
          if (!isExcess(added)) here.push(added);
          slots++;
        } else if (what === 'identify') slot?.identify(address);
        else slot?.[what]();
        assert.ok(counted.handshakes <= limits.maxHandshakes && counted.handshakes >= 0);
        assert.ok(counted.connections <= limits.maxConnections && counted.connections >= 0);
        assert.ok(counted.handshakes <= here.filter((one) => !one.hasLeft).length);
        assert.ok(counted.clients <= 4);
      }
      for (const slot of here) slot.leave();
      for (const slot of here) slot.leave();
      assert.deepEqual([counted.handshakes, counted.connections, counted.clients], [0, 0, 0]);
    }),
    { numRuns: 500 },
  );
  assert.ok(slots > 1_000);
});
