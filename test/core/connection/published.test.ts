// Published messages on connections that have nothing else to send: nothing is lent for them, and no application and no
// peer can tell.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { QueueBudget } from '../../../src/core/connection/queue-budget.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeMemory } from '../../../src/node/memory.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, type OpenConnection, openConnection, type Setup } from '../../support/core-connection.ts';

import { assertBytes } from '../../support/hex.ts';

const prepare = (data: string): PreparedMessage => new PreparedMessage(data, nodeText, nodeMemory);

/** The same numbers each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A connection in a separate budget, so that all bytes must have left it in the end. */
function counted(setup: Setup = {}): OpenConnection & { readonly queueBudget: QueueBudget } {
  const all: OpenConnection[] = [];
  const queueBudget = new QueueBudget(1_000_000, () => all.map(({ machine }) => machine));
  const run = openConnection('server', { ...setup, queueBudget });
  all.push(run);
  return { ...run, queueBudget };
}

describe('what was published in a turn', () => {
  test('leaves at its end, in one write of memory that the subscribers share', () => {
    const host = new CoreHost();
    const runs = Array.from({ length: 3 }, () => openConnection('server', { host }));
    const given: Uint8Array[] = [];
    for (const { transport } of runs) {
      transport.write = (bytes) => {
        given.push(bytes);
        return true;
      };
    }
    for (const message of [prepare('a'), prepare('b')]) {
      for (const { machine } of runs) assert.equal(machine.sendPrepared(message), true);
    }
    assert.deepEqual(given, []);
    host.turn.end();
    assert.equal(given.length, 3);
    assert.equal(new Set(given).size, 1);
    assertBytes(given.at(0) ?? new Uint8Array(), Uint8Array.of(0x81, 1, 0x61, 0x81, 1, 0x62));
  });

  test('counts as waiting until then', () => {
    const { machine, connection, turn, queueBudget } = counted();
    machine.sendPrepared(prepare('a'));
    machine.sendPrepared(prepare('bc'));
    assert.deepEqual([connection.bufferedAmount, queueBudget.used, machine.outgoing], [7, 7, { size: 7, taken: 0 }]);
    turn.end();
    assert.deepEqual([connection.bufferedAmount, queueBudget.used, machine.outgoing], [0, 0, { size: 0, taken: 7 }]);
  });

  test('leaves before what was sent after it, and after what was sent before it', () => {
    const { machine, connection, turn, written } = counted();
    machine.sendPrepared(prepare('a'));
    connection.send('b');
    machine.sendPrepared(prepare('c'));
    connection.ping('d');
    machine.sendPrepared(prepare('e'));
    turn.end();
    assert.deepEqual(written.frames(), ['text "a"', 'text "b"', 'text "c"', 'ping 64', 'text "e"']);
    assert.equal(written.count, 1);
  });

  test('leaves in a chunk of the peer before what its handler sends', () => {
    const host = new CoreHost();
    const run = openConnection('server', { host, handlers: { message: (connection, data) => connection.send(data) } });
    run.machine.sendPrepared(prepare('a'));
    run.receive('81 81 00 00 00 00 62');
    assert.deepEqual(run.written.frames(), ['text "a"', 'text "b"']);
  });

  test('waits in the outbox if the transport does not finish with it', () => {
    const { machine, connection, turn, written, transport, queueBudget } = counted();
    transport.isCongested = true;
    machine.sendPrepared(prepare('a'));
    turn.end();
    machine.sendPrepared(prepare('b'));
    assert.deepEqual([connection.bufferedAmount, queueBudget.used], [6, 6]);
    turn.end();
    transport.isCongested = false;
    transport.release();
    turn.end();
    assert.deepEqual(written.frames(), ['text "a"', 'text "b"']);
    assert.deepEqual([connection.bufferedAmount, queueBudget.used, machine.lent], [0, 0, undefined]);
  });
});

describe('the end of a connection in the turn of a published message', () => {
  test('RFC 6455 §5.5.1: a Close frame follows it', () => {
    const { machine, connection, turn, written, queueBudget } = counted();
    machine.sendPrepared(prepare('a'));
    void connection.close(1000);
    turn.end();
    assert.deepEqual(written.frames(), ['text "a"', 'close 1000']);
    assert.equal(queueBudget.used, 0);
  });

  test('a failure drops it no more than other messages', () => {
    const { machine, written, receive, queueBudget } = counted();
    machine.sendPrepared(prepare('a'));
    receive('83');
    assert.match(written.frames().join(), /^text "a",close 1002/);
    assert.equal(queueBudget.used, 0);
  });

  for (const [name, end] of Object.entries<(run: OpenConnection) => void>({
    'terminate()': ({ connection }) => connection.terminate(),
    'the end of TCP': ({ transport }) => transport.gone(),
    "the peer's FIN": ({ transport }) => transport.deliver('end'),
  })) {
    test(`${name} loses it, and it no longer counts`, () => {
      const run = counted();
      run.machine.sendPrepared(prepare('a'));
      end(run);
      run.turn.end();
      assert.deepEqual([run.written.count, run.connection.bufferedAmount, run.queueBudget.used], [0, 0, 0]);
    });
  }

  test('a transport that throws fails its own connection, and the others get it', () => {
    const host = new CoreHost();
    const runs = Array.from({ length: 3 }, () => openConnection('server', { host }));
    const [, broken] = runs as [OpenConnection, OpenConnection];
    broken.transport.write = () => {
      throw new Error('broken');
    };
    const message = prepare('a');
    for (const { machine } of runs) machine.sendPrepared(message);
    host.turn.end();
    assert.deepEqual(
      runs.map(({ written }) => written.count),
      [1, 0, 1],
    );
    assert.equal(broken.events[0], 'error ERR_WS_INTERNAL');
    assert.equal(broken.connection.bufferedAmount, 0);
  });
});

describe('a published message is activity', () => {
  test('for idleTimeout', () => {
    const { machine, clock, turn, connection } = counted({ idleTimeout: 1_000 });
    for (let second = 0; second < 5; second++) {
      clock.advance(900);
      machine.sendPrepared(prepare('a'));
      turn.end();
    }
    assert.equal(connection.isOpen, true);
    clock.advance(1_500);
    assert.equal(connection.isOpen, false);
  });
});

describe('published and sent messages agree', () => {
  const setups: readonly Setup[] = [
    {},
    { highWaterMark: 10 },
    { highWaterMark: 0 },
    { limits: { maxQueuedBytes: 20 } },
    { slowConsumer: 'pause', highWaterMark: 20 },
    { keepsBytes: true },
    { deflate: {} },
  ];

  for (const setup of setups) {
    test(`on the bytes and on bufferedAmount, with ${JSON.stringify(setup)}`, () => {
      for (let seed = 1; seed <= 20; seed++) {
        const below = numbers(seed);
        const host = new CoreHost();
        const published = openConnection('server', { ...setup, host });
        const sent = openConnection('server', { ...setup, host });
        for (let step = 0; step < 60; step++) {
          const both = (action: (run: OpenConnection) => unknown): void => [published, sent].forEach(action);
          const data = String(step).repeat(below(6));
          const action = below(8);
          if (action === 0) host.turn.end();
          else if (action === 1) both(({ connection }) => connection.send(data));
          else if (action === 2) both(({ connection }) => connection.isOpen && connection.ping(data));
          else if (action === 3) both(({ transport }) => transport.release());
          else if (action === 4) {
            const isCongested = below(2) === 0;
            both(({ transport }) => {
              transport.isCongested = isCongested;
            });
          } else {
            published.machine.sendPrepared(prepare(data));
            sent.connection.send(data);
          }
          assert.equal(
            published.connection.bufferedAmount,
            sent.connection.bufferedAmount,
            `seed ${seed} step ${step}`,
          );
        }
        void published.connection.close(1000);
        void sent.connection.close(1000);
        for (const { transport } of [published, sent]) transport.isCongested = false;
        for (let round = 0; round < 100; round++) {
          host.turn.end();
          for (const { transport } of [published, sent]) transport.release();
        }
        assert.deepEqual(published.written.frames(), sent.written.frames(), `seed ${seed}`);
        assert.deepEqual(published.events, sent.events, `seed ${seed}`);
      }
    });
  }
});
