// Peers that read less than they are sent: one of them under each policy, and many of them together under the bound of a
// server. Queued bytes are bounded by the option and a slack that has a name, whatever is sent.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QueueBudget } from '../../src/core/connection/queue-budget.ts';
import type { SlowConsumerPolicy } from '../../src/core/connection/slow-consumer.ts';
import { CoreHost, type OpenConnection, openConnection } from '../support/core-connection.ts';
import { reportCount } from '../support/counts.ts';
import { memoryInUse } from '../support/crowd.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { pattern } from '../support/hex.ts';
import { connectRaw } from '../support/raw-peer.ts';

const KiB = 1024;
const MiB = 1024 * KiB;
const roles = ['client', 'server'] as const;
const policies: readonly SlowConsumerPolicy[] = ['close', 'drop-newest', 'drop-oldest', 'pause'];

/** The message above the bound, with its header: the bound is on the bytes that are queued already. */
const ONE_MESSAGE = 1_000 + 8;
/** Bytes that the transport has, and that can no longer be dropped: 64 KiB and a last write of 32. */
const IN_FLIGHT = 96 * KiB;

describe('maxQueuedBytes of 256 KiB, 5,000 messages of 1,000 bytes for a peer that reads nothing', () => {
  const limits = { maxQueuedBytes: 256 * KiB };
  for (const role of roles) {
    for (const slowConsumer of policies) {
      test(`${role}, ${slowConsumer}`, (t) => {
        const run = openConnection(role, { limits, slowConsumer });
        run.transport.isCongested = true;
        let most = 0;
        const told = { sent: 0, dropped: 0 };
        for (let count = 0; count < 5_000; count++) {
          run.connection.send(pattern(1_000), (error) => void told[error === undefined ? 'sent' : 'dropped']++);
          if (count % 7 === 0) run.turn.end();
          most = Math.max(most, run.connection.bufferedAmount);
        }
        run.turn.end();
        assert.ok(most <= 256 * KiB + ONE_MESSAGE, `${most} bytes`);
        const lives = slowConsumer.startsWith('drop');
        assert.deepEqual(run.events, lives ? [] : ['error ERR_WS_SLOW_CONSUMER']);
        assert.equal(run.connection.isOpen, lives);
        const waiting = run.connection.bufferedAmount;
        assert.ok(lives ? waiting > 255 * KiB : waiting <= IN_FLIGHT + 200, `${waiting} bytes`);
        run.transport.isCongested = false;
        while (run.transport.held > 0) run.transport.release(1);
        run.turn.end();
        assert.equal(told.sent + told.dropped, 5_000, 'every sent callback was called');
        assert.equal(run.connection.bufferedAmount, 0);
        reportCount(t, 'attack budgets', 1);
      });
    }
  }
});

describe('maxTotalQueuedBytes of 8 MiB, 50 peers of a server that read nothing', () => {
  const LIMIT = 8 * MiB;

  /** Fifty connections, of which the n-th is sent n times as much as the first; and one whose peer reads. */
  function crowded(slowConsumer: SlowConsumerPolicy) {
    const host = new CoreHost();
    const all: OpenConnection[] = [];
    const budget = new QueueBudget(LIMIT, () => all.map(({ machine }) => machine));
    for (let count = 0; count <= 50; count++) {
      const run = openConnection('server', { host, slowConsumer, queueBudget: budget });
      run.transport.isCongested = count < 50;
      all.push(run);
    }
    const reader = all[50] as OpenConnection;
    let most = 0;
    const told = new Map<string, number>();
    const tell = (error?: { code: string }) => {
      const code = error?.code ?? 'sent';
      told.set(code, (told.get(code) ?? 0) + 1);
    };
    let sent = 0;
    for (let round = 0; round < 60; round++) {
      all.forEach((run, index) => {
        for (let count = 0; count <= index % 50; count++, sent++) run.connection.send(pattern(1_000, round), tell);
      });
      most = Math.max(most, budget.used);
      host.turn.end();
    }
    return { host, all, budget, reader, most, told, sent };
  }

  for (const slowConsumer of policies) {
    test(slowConsumer, (t) => {
      const { host, all, budget, reader, most, told, sent } = crowded(slowConsumer);
      // For each connection a last message above the bound; the sixteenth that is kept free; and Close frames.
      assert.ok(most <= LIMIT + LIMIT / 16 + 51 * ONE_MESSAGE, `${most} bytes`);
      assert.ok(budget.used > LIMIT / 2);
      assert.deepEqual(reader.events, [], 'the peer that reads is left alone');
      assert.equal(reader.transport.writes.length > 0, true);
      const lost = all.filter(({ connection }) => !connection.isOpen);
      if (slowConsumer === 'close' || slowConsumer === 'pause') {
        assert.ok(lost.length > 0 && lost.length < 40, `${lost.length} closed`);
        for (const { events } of lost) assert.deepEqual(events, ['error ERR_WS_QUEUES_FULL']);
        const shortest = Math.min(...lost.map((run) => all.indexOf(run)));
        assert.ok(shortest > 5, 'those with the longest queues');
      } else {
        assert.equal(lost.length, 0);
        assert.ok((told.get('ERR_WS_SLOW_CONSUMER_DROPPED') ?? 0) > 1_000);
      }
      for (const { transport } of all) {
        transport.isCongested = false;
        while (transport.held > 0) transport.release(1);
        host.turn.end();
      }
      assert.equal(budget.used, 0);
      assert.equal(
        [...told.values()].reduce((sum, count) => sum + count),
        sent,
        'every sent callback was called',
      );
      reportCount(t, 'attack budgets', 1);
    });
  }

  test('the errors name queue, total, bound and remedy; the close code is 1013 (03 f5)', () => {
    const { all } = crowded('close');
    const failed = all.find(({ connection }) => !connection.isOpen) as OpenConnection;
    const { state } = failed.connection;
    assert.ok(state.kind === 'closing' && state.startedBy === 'failure');
    assert.equal(state.error.closeCode, 0x03f5);
    assert.match(
      state.error.message,
      /^queues hold \d+ bytes, \d+ for this peer, above maxTotalQueuedBytes \(8388608\); wait for drained\(\) or raise it$/,
    );
  });
});

test('over TCP: 12 peers that read nothing, 4 MiB for all of them; memory is given back', async (t) => {
  await leavingNothing(async (scope) => {
    const LIMIT = 4 * MiB;
    const { port, server, opened } = await listen(scope, { limits: { maxTotalQueuedBytes: LIMIT } });
    const peers = [];
    for (let count = 0; count < 12; count++) {
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer);
      peers.push(peer);
      await opened.next();
    }
    const before = await memoryInUse();
    const message = new Uint8Array(64 * KiB);
    const waiting = () => [...server.connections].reduce((sum, { bufferedAmount }) => sum + bufferedAmount, 0);
    let most = 0;
    // The system's buffers fill first, some megabytes for each.
    for (let round = 0; round < 1_000 && [...server.connections].every(({ isOpen }) => isOpen); round++) {
      for (const connection of server.connections) connection.send(message.slice());
      most = Math.max(most, waiting());
      if (round % 4 === 0) await turn();
    }
    assert.ok(
      [...server.connections].some(({ isOpen }) => !isOpen),
      'the bound was met',
    );
    assert.ok(
      [...server.connections].some(({ isOpen }) => isOpen),
      'not by all connections',
    );
    assert.ok(most <= LIMIT + LIMIT / 16 + 12 * (64 * KiB + 10), `${most} bytes`);
    const held = (await memoryInUse()) - before;
    // The queues, a block of 64 KiB for the last write of each, and changes of the heap itself.
    assert.ok(held <= most + 12 * 64 * KiB + 4 * MiB, `${held} bytes`);
    for (const peer of peers) peer.destroy();
    while (server.connections.size > 0) await turn();
    const left = (await memoryInUse()) - before;
    assert.ok(left <= 4 * MiB, `${left} bytes`);
  })();
  reportCount(t, 'attack budgets', 1);
});
