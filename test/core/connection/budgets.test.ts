// The memory that all connections of a server may hold together: queued messages, and the bytes of incomplete messages.
// The connections that hold most give up first, each by its own policy.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QueueBudget } from '../../../src/core/connection/queue-budget.ts';
import { type Holding, SharedBudget } from '../../../src/core/connection/shared-budget.ts';
import type { SlowConsumerPolicy } from '../../../src/core/connection/slow-consumer.ts';
import { UnfinishedBudget } from '../../../src/core/connection/unfinished-budget.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeMemory } from '../../../src/node/memory.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { wire } from '../../support/wire.ts';

const KIB = 1024;

describe('a shared budget', () => {
  test('asks the largest holding first, for what is too much and a sixteenth of the limit', () => {
    const asked: string[] = [];
    const holdings: Holding[] = [
      { size: 10, giveUp: () => asked.push('small') },
      {
        size: 150,
        giveUp(excess) {
          asked.push(`large ${excess}`);
          budget.add(-excess);
        },
      },
      { size: 0, giveUp: () => asked.push('none') },
    ];
    const budget: SharedBudget = new SharedBudget(160, () => holdings);
    budget.add(160);
    assert.equal(budget.isExceeded(), false);
    budget.add(30);
    assert.equal(budget.isExceeded(), false);
    assert.deepEqual(asked, ['large 40']);
    assert.equal(budget.used, 150);
  });

  test('that nobody can help is not asked about again until it has grown by a sixteenth', () => {
    let collections = 0;
    const budget = new SharedBudget(160, () => {
      collections++;
      return [];
    });
    budget.add(170);
    assert.deepEqual([budget.isExceeded(), budget.isExceeded(), collections], [true, true, 1]);
    budget.add(10);
    assert.deepEqual([budget.isExceeded(), collections], [true, 1]);
    budget.add(1);
    assert.deepEqual([budget.isExceeded(), collections], [true, 2]);
    budget.add(-100);
    assert.equal(budget.isExceeded(), false);
  });
});

describe('a budget for queues', () => {
  /** Connections to peers that read nothing. */
  function slow(budgetSize: number, ...policies: SlowConsumerPolicy[]): OpenConnection[] {
    const host = new CoreHost();
    const all: OpenConnection[] = [];
    const queueBudget = new QueueBudget(budgetSize, () => all.map(({ machine }) => machine));
    for (const slowConsumer of policies) all.push(openConnection('server', { host, slowConsumer, queueBudget }));
    for (const { transport } of all) transport.isCongested = true;
    return all;
  }

  /** Sends messages of 40 KiB. @returns what their senders are told, `+` for those that leave or wait */
  function send(run: OpenConnection, count: number): string[] {
    const told: string[] = Array.from({ length: count }, () => '+');
    for (let index = 0; index < count; index++) {
      run.connection.send(new Uint8Array(40 * KIB), (error) => {
        if (error !== undefined) told[index] = error.message;
      });
    }
    run.turn.end();
    return told;
  }

  test('drop-oldest: the longest queue loses its oldest messages, and its peer gets the others', () => {
    const [long, short] = slow(260 * KIB, 'drop-oldest', 'drop-oldest') as [OpenConnection, OpenConnection];
    const told = send(long, 5);
    send(short, 2);
    send(short, 1);
    long.turn.end();
    const dropped = told.filter((text) => text !== '+');
    assert.ok(dropped.length > 0 && dropped.length < 5, told.join());
    for (const text of dropped) assert.match(text, /maxTotalQueuedBytes\D+266240/u);
    assert.deepEqual([...long.events, ...short.events], []);
  });

  test('close: the longest queue fails with 1013, the others stay', () => {
    const [long, short] = slow(260 * KIB, 'close', 'close') as [OpenConnection, OpenConnection];
    send(long, 5);
    send(short, 3);
    assert.deepEqual(long.events, ['error ERR_WS_QUEUES_FULL']);
    assert.deepEqual([short.events, short.connection.state.kind === 'open'], [[], true]);
  });

  test('drop-newest: what does not fit is not sent, except to a peer that reads', () => {
    const [one, other] = slow(100 * KIB, 'drop-newest', 'drop-newest') as [OpenConnection, OpenConnection];
    const told = send(one, 5);
    assert.equal(
      told.at(-1),
      told.find((text) => text !== '+'),
    );
    assert.match(told.at(-1) ?? '', /maxTotalQueuedBytes\D+102400/u);
    other.transport.isCongested = false;
    assert.deepEqual(send(other, 3), ['+', '+', '+']);
  });

  test('a connection that is closing is not asked: its Close frame must reach the peer', () => {
    const [run] = slow(KIB, 'close') as [OpenConnection];
    void run.connection.close();
    run.machine.shed(10, new QueueBudget(KIB, () => []));
    assert.deepEqual(run.events, []);
    const { state } = run.connection;
    assert.ok(state.kind === 'closing' && state.startedBy === 'local');
  });
});

describe('a bound of one connection', () => {
  test('a message that has begun may exceed maxQueuedBytes for as long as its bytes leave at once', () => {
    const run = openConnection('server', { limits: { maxQueuedBytes: 10 } });
    run.connection.send('longer than ten bytes');
    run.connection.send('and another one');
    run.turn.end();
    assert.deepEqual(run.written.frames(), ['text "longer than ten bytes"', 'text "and another one"']);
    assert.deepEqual(run.events, []);
  });

  test('drained() resolves at once when nobody has been asked to wait', async () => {
    const run = openConnection('server');
    run.connection.send('a');
    await run.connection.drained();
  });
});

describe('published messages', () => {
  const message = new PreparedMessage('published', nodeText, nodeMemory);

  test('do not go to a connection that is not open', () => {
    const { machine, connection, written } = openConnection('server');
    void connection.close();
    assert.equal(machine.sendPrepared(message), false);
    assert.deepEqual(written.frames().slice(1), []);
  });

  test('that wait for the end of a fragmented message are bounded by maxQueuedBytes', () => {
    const run = openConnection('server', { limits: { maxQueuedBytes: 30 } });
    run.connection.sendFragment('a', { fin: false });
    const queued = Array.from({ length: 5 }, () => run.machine.sendPrepared(message));
    assert.deepEqual(queued, [true, true, true, false, false]);
    run.connection.sendFragment('b', { fin: true });
    run.turn.end();
    const published = 'text "published"';
    assert.deepEqual(run.written.frames().slice(-3), [published, published, published]);
  });
});

describe('a published message that cannot be encoded', () => {
  test('fails its connection, and is not thrown at the publisher', () => {
    const run = openConnection('client');
    assert.equal(run.machine.sendPrepared(Object.create(PreparedMessage.prototype)), false);
    assert.deepEqual(run.events, ['error ERR_WS_INTERNAL']);
  });
});

describe('a budget for messages that are not complete', () => {
  /** Begins a message of `size` bytes and sends all but its last byte. */
  function begin(run: OpenConnection, size: number): void {
    const head = `02 7e ${size.toString(16).padStart(4, '0')}`;
    run.receive(wire('server', `${head} ${'00 '.repeat(size)}`).slice(0, -1));
  }

  test('RFC 6455 §5.4: the connection that holds most fails with 1013, the others go on', () => {
    const host = new CoreHost();
    const all: OpenConnection[] = [];
    const unfinishedBudget = new UnfinishedBudget(4_000, () => all.map(({ machine }) => machine));
    for (let count = 0; count < 3; count++) all.push(openConnection('server', { host, unfinishedBudget }));
    const [small, large, last] = all as [OpenConnection, OpenConnection, OpenConnection];
    begin(small, 400);
    begin(large, 3_000);
    begin(last, 2_000);
    assert.deepEqual(large.events, ['error ERR_WS_UNFINISHED_FULL']);
    assert.deepEqual([...small.events, ...last.events], []);
    assert.equal(large.machine.unfinishedSize, 0);
    assert.ok(unfinishedBudget.used > 0 && unfinishedBudget.used <= 4_000);
  });

  test('a message that makes no progress does not fail a connection that is closing: closeTimeout bounds it', () => {
    const run = openConnection('server', { messageTimeout: 100, closeTimeout: 10_000 });
    begin(run, 400);
    void run.connection.close();
    run.machine.stalled();
    run.clock.advance(5_000);
    assert.deepEqual(run.events, []);
  });

  test('one that makes no progress fails a connection that is open', () => {
    const run = openConnection('server', { messageTimeout: 100 });
    assert.equal(run.machine.unfinishedSize, 0);
    begin(run, 400);
    run.clock.advance(200);
    run.turn.end();
    assert.deepEqual(run.events.slice(0, 1), ['error ERR_WS_MESSAGE_TIMEOUT']);
  });
});
