// Attacks with messages that begin and do not end: how much memory they hold, of one connection and of all connections
// together, and for how long.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, deflateRawSync } from 'node:zlib';
import { machineOf } from '../../src/core/connection/connection.ts';
import { UnfinishedBudget } from '../../src/core/connection/unfinished-budget.ts';
import { OneShotCompression } from '../../src/node/zlib/one-shot.ts';
import { CoreHost, type OpenConnection, openConnection } from '../support/core-connection.ts';
import { reportCount } from '../support/counts.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { pattern, toHex } from '../support/hex.ts';
import { connectRaw } from '../support/raw-peer.ts';
import { frame, readFrames, showData, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;
const KiB = 1024;
const MiB = 1024 * KiB;
const deflate = {};

/** A message of `bytes`, as permessage-deflate sends it (RFC 7692 §7.2.1). */
function compressed(bytes: Uint8Array): Uint8Array {
  return deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH, level: 9 }).subarray(0, -4);
}

function closeCode(run: OpenConnection): string {
  const last = readFrames(run.written.bytes).at(-1) ?? { first: 0, payload: new Uint8Array() };
  assert.equal(last.first, 0x88);
  return toHex(last.payload.subarray(0, 2));
}

for (const role of roles) {
  describe(`${role}: an incomplete compressed message`, () => {
    const blank = Buffer.alloc(3 * MiB, ' ');
    const bytes = wire(role, frame(0xc1, compressed(blank)));

    for (const cut of [1, 2, 100, 1_000, 3_000]) {
      test(`holds 64 KiB, or maxInflateRatio times its received bytes, cut at each ${cut} bytes; and is complete in the end`, (t) => {
        const run = openConnection(role, { deflate });
        for (let at = 0; at < bytes.length; at += cut) {
          run.receive(bytes.subarray(at, at + cut));
          const came = Math.min(at + cut, bytes.length);
          // Compressed bytes are held as well, and the message is inflated by 64 KiB at a time.
          const most = Math.max(64 * KiB, 200 * came) + came + 64 * KiB;
          const held = run.machine.unfinishedSize;
          assert.ok(held <= most, `${held} bytes for ${came} that were received`);
        }
        assert.deepEqual(run.events, [`message ${showData(blank.toString('latin1'))}`]);
        assert.equal(run.machine.unfinishedSize, 0);
        reportCount(t, 'attack budgets', 1);
      });
    }

    test('if later bytes compress less, the message arrives as it was sent, wherever it is cut', () => {
      const message = Buffer.concat([Buffer.alloc(300 * KiB), pattern(5_000, 1), Buffer.alloc(90 * KiB, 1)]);
      const mixed = wire(role, frame(0xc2, compressed(message)), '81 01 61');
      for (const cut of [1, 7, 300, 1_500]) {
        const run = openConnection(role, { deflate });
        for (let at = 0; at < mixed.length; at += cut) run.receive(mixed.subarray(at, at + cut));
        assert.deepEqual(run.events, [`message ${showData(message)}`, 'message "a"'], `cut at ${cut}`);
      }
    });

    test('a frame that is not the last is checked when it is complete, at 64 KiB and above, however it is cut: 1009', (t) => {
      for (const [size, isRefused] of [
        [64 * KiB - 1, false],
        [64 * KiB + 1, true],
        [1 * MiB, true],
      ] as const) {
        const part = deflateRawSync(Buffer.alloc(size), { finishFlush: constants.Z_SYNC_FLUSH });
        const first = wire(role, frame(0x42, part));
        for (const cut of [1, 10, first.length]) {
          const run = openConnection(role, { deflate });
          for (let at = 0; at < first.length; at += cut) run.receive(first.subarray(at, at + cut));
          assert.deepEqual(run.events, isRefused ? ['error ERR_WS_INFLATE_RATIO'] : [], `${size} cut at ${cut}`);
          if (isRefused) assert.equal(closeCode(run), '03 f1');
          else {
            run.receive(wire(role, frame(0x80, compressed(Buffer.alloc(3)))));
            assert.deepEqual(run.events, [`message ${showData(new Uint8Array(size + 3))}`]);
          }
        }
      }
      reportCount(t, 'attack budgets', 1);
    });

    test('stays compressed if the runtime has no contexts', () => {
      const run = openConnection(role, {
        deflate: { serverNoContextTakeover: true, clientNoContextTakeover: true },
        codec: new OneShotCompression(),
      });
      run.receive(bytes.subarray(0, -1));
      assert.ok(run.machine.unfinishedSize < 64 * KiB);
      run.receive(bytes.subarray(-1));
      assert.equal(run.events.length, 1);
    });
  });

  describe(`${role}: maxTotalUnfinishedBytes of 8 MiB, 50 peers`, () => {
    const LIMIT = 8 * MiB;

    test('those that hold most fail with 1013, until a sixteenth is free; the others go on', (t) => {
      const host = new CoreHost();
      const all: OpenConnection[] = [];
      const budget = new UnfinishedBudget(LIMIT, () => all.map(({ machine }) => machine));
      for (let count = 0; count < 50; count++) {
        all.push(openConnection(role, { host, unfinishedBudget: budget, limits: { maxMessageSize: Infinity } }));
      }
      const begin = wire(role, '02 00');
      for (const run of all) run.receive(begin);
      for (let round = 0; round < 40; round++) {
        all.forEach((run, index) => {
          if (run.connection.isOpen) run.receive(wire(role, frame(0x00, pattern(index * 200))));
        });
        assert.ok(budget.used <= LIMIT, `${budget.used} bytes`);
      }
      const lost = all.filter(({ connection }) => !connection.isOpen);
      assert.ok(lost.length > 0 && lost.length < 40, `${lost.length} lost`);
      for (const run of lost) {
        assert.deepEqual(run.events, ['error ERR_WS_UNFINISHED_FULL']);
        assert.equal(closeCode(run), '03 f5');
      }
      assert.ok(Math.min(...lost.map((run) => all.indexOf(run))) > 10, 'those that hold most');
      for (const run of all) {
        if (run.connection.isOpen) run.receive(wire(role, '80 00'));
        assert.equal(run.machine.unfinishedSize, 0);
      }
      assert.equal(all.filter(({ events }) => events[0]?.startsWith('message')).length, 50 - lost.length);
      assert.equal(budget.used, 0);
      reportCount(t, 'attack budgets', 1);
    });

    test('a message that ends in any other way is no longer counted', () => {
      const endings: ((run: OpenConnection) => void)[] = [
        (run) => run.connection.terminate(),
        (run) => run.transport.gone(),
        (run) => run.transport.deliver('end'),
        (run) => run.receive(wire(role, '81 01 61')), // a new message within one: 1002
        (run) => run.receive(wire(role, '88 00')),
        (run) => run.receive(wire(role, '80 00')),
      ];
      for (const end of endings) {
        const budget = new UnfinishedBudget(LIMIT, () => []);
        const run = openConnection(role, { unfinishedBudget: budget });
        run.receive(wire(role, frame(0x02, pattern(1_000))));
        assert.equal(budget.used, 1_000);
        end(run);
        assert.equal(budget.used, 0, end.toString());
      }
    });
  });

  describe(`${role}: messageTimeout`, () => {
    const beginnings = {
      'a fragment': wire(role, '01 01 61'),
      'the first byte of a header': wire(role, '81 01 61').subarray(0, 1),
      'half of a frame': wire(role, frame(0x82, pattern(1_000))).subarray(0, 500),
      'half of a compressed frame': wire(role, frame(0xc2, compressed(pattern(1_000)))).subarray(0, 100),
    };

    for (const [what, bytes] of Object.entries(beginnings)) {
      test(`${what}, and nothing more for 60 s: 1008`, () => {
        const run = openConnection(role, { deflate });
        run.receive(bytes);
        run.clock.advance(59_999);
        assert.deepEqual(run.events, []);
        run.clock.advance(1);
        assert.deepEqual(run.events, ['error ERR_WS_MESSAGE_TIMEOUT']);
        assert.equal(closeCode(run), '03 f0');
        run.transport.gone();
        assert.equal(run.clock.timers.size, 0);
      });
    }

    test('any progress starts the time again, up to a quarter longer; the end of the message ends it', () => {
      const run = openConnection(role, { messageTimeout: 1_000 });
      run.receive(wire(role, '02 01 61'));
      for (let count = 0; count < 20; count++) {
        run.clock.advance(900);
        run.receive(wire(role, '00 01 61'));
      }
      assert.deepEqual(run.events, []);
      run.receive(wire(role, '80 00'));
      run.clock.advance(10_000);
      assert.equal(run.events.length, 1);
      assert.ok(run.connection.isOpen);
    });

    test('each of several messages has its own time, even if all are cut at the same place', () => {
      for (const cut of [1, 3, 500]) {
        const run = openConnection(role, { messageTimeout: 1_000 });
        const bytes = wire(role, frame(0x82, pattern(1_000)));
        run.receive(bytes.subarray(0, cut));
        for (let count = 0; count < 40; count++) {
          run.clock.advance(100);
          run.receive(Buffer.concat([bytes.subarray(cut), bytes.subarray(0, cut)]));
        }
        assert.equal(run.events.length, 40);
        run.clock.advance(1_250);
        assert.deepEqual(run.events.slice(40), ['error ERR_WS_MESSAGE_TIMEOUT']);
      }
    });

    test('time in which the connection is paused does not count', () => {
      const run = openConnection(role, { messageTimeout: 1_000 });
      run.receive(wire(role, '02 01 61'));
      run.connection.pause();
      run.clock.advance(60_000);
      assert.ok(run.connection.isOpen);
      run.connection.resume();
      run.clock.advance(999);
      assert.ok(run.connection.isOpen);
      run.clock.advance(251);
      assert.deepEqual(run.events, ['error ERR_WS_MESSAGE_TIMEOUT']);
    });

    test('pings between the fragments are not progress of the message; 0 removes the bound', () => {
      const run = openConnection(role, { messageTimeout: 1_000 });
      run.receive(wire(role, '02 01 61'));
      for (let count = 0; count < 4; count++) {
        run.receive(wire(role, '89 00'));
        run.clock.advance(250);
      }
      assert.deepEqual(run.events.at(-1), 'error ERR_WS_MESSAGE_TIMEOUT');
      const patient = openConnection(role, { messageTimeout: 0 });
      patient.receive(wire(role, '02 01 61'));
      patient.clock.advance(10_000_000);
      assert.ok(patient.connection.isOpen);
    });
  });
}

test(
  '100 connections that send 3.9 KiB each of messages that would inflate to 4 MiB hold 200 times that at most',
  leavingNothing(async (scope) => {
    const { server, port } = await listen(scope, { compression: true, limits: { maxConnectionsPerMinute: Infinity } });
    const bomb = wire('server', frame(0xc2, compressed(Buffer.alloc(4 * MiB)))).subarray(0, -1);
    const before = process.memoryUsage().arrayBuffers;
    for (let count = 0; count < 100; count++) {
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
      peer.write(bomb);
    }
    const sizes = (): number[] => Array.from(server.connections, (it) => machineOf(it).unfinishedSize);
    const held = (): number => sizes().reduce((sum, size) => sum + size, 0);
    // A message has arrived once some of it is held.
    while (sizes().includes(0)) await turn();
    assert.ok(
      server.connections.size === 100 && held() <= 100 * (201 * bomb.length + 128 * KiB),
      `${held()} bytes held`,
    );
    const grown = process.memoryUsage().arrayBuffers - before;
    assert.ok(grown < 250 * MiB, `${grown} bytes grown`);
  }),
);
