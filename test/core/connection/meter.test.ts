// The sums of a meter: random traffic between a client and a server in memory, compared with what was sent, and with the bytes
// that the transports have carried.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { wallTime } from '../../../src/core/connection/noting.ts';
import { QueueBudget } from '../../../src/core/connection/queue-budget.ts';
import { sharedMessage } from '../../../src/core/connection/shared-message.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { Meter } from '../../../src/core/meter.ts';
import type { TrafficMetrics } from '../../../src/core/traffic-counts.ts';
import { nodeHost } from '../../../src/node/environment.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { joinConnections } from '../../support/joined-connections.ts';
import type { MemoryTransport } from '../../support/memory-transport.ts';
import { wire } from '../../support/wire.ts';

/** What one end does. Sizes are bytes. */
type Step =
  | { readonly kind: 'text' | 'binary' | 'shared' | 'published' | 'ping' | 'pong'; readonly size: number }
  | {
      readonly kind: 'fragments';
      readonly sizes: readonly number[];
      readonly isBinary: boolean;
      readonly compress: boolean;
    };

const size = fc.oneof(fc.nat(130), fc.nat(3_000), fc.constantFrom(65_535, 65_536, 70_000));
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constantFrom('text', 'binary', 'shared', 'published'), size }),
  fc.record({ kind: fc.constantFrom('ping', 'pong'), size: fc.nat(125) }),
  fc.record({
    kind: fc.constant('fragments'),
    sizes: fc.array(fc.nat(300), { minLength: 1, maxLength: 4 }),
    isBinary: fc.boolean(),
    compress: fc.boolean(),
  }),
) as fc.Arbitrary<Step>;
const script = fc.array(fc.record({ isClient: fc.boolean(), step, ends: fc.boolean() }), { maxLength: 30 });

/** What the steps of one end come to. */
class Expected {
  readonly messages = { text: 0, binary: 0 };
  readonly frames = { text: 0, binary: 0, continuation: 0, close: 0, ping: 0, pong: 0 };
  /** Bytes of messages and control frames, before compression. */
  bytes = 0;

  take(step: Step): void {
    if (step.kind === 'ping' || step.kind === 'pong') this.frames[step.kind]++;
    else if (step.kind !== 'fragments') this.#message(step.kind === 'binary' ? 'binary' : 'text', 1);
    else this.#message(step.isBinary ? 'binary' : 'text', step.sizes.length);
    this.bytes += step.kind === 'fragments' ? step.sizes.reduce((sum, it) => sum + it, 0) : step.size;
  }

  #message(kind: 'text' | 'binary', fragments: number): void {
    this.messages[kind]++;
    this.frames[kind]++;
    this.frames.continuation += fragments - 1;
  }
}

function run({ connection, machine }: OpenConnection, step: Step): void {
  if (step.kind === 'fragments') {
    const { sizes, isBinary: binary, compress } = step;
    for (const [at, it] of sizes.entries()) {
      connection.sendFragment('x'.repeat(it), { fin: at === sizes.length - 1, binary, compress });
    }
    return;
  }
  const text = 'x'.repeat(step.size);
  if (step.kind === 'text') connection.send(text);
  else if (step.kind === 'binary') connection.send(pattern(step.size));
  else if (step.kind === 'shared')
    connection.sendShared(sharedMessage(text, undefined, nodeHost.text, nodeHost.memory));
  else if (step.kind === 'ping') connection.ping(text);
  else if (step.kind === 'pong') connection.pong(text);
  else {
    // As a publisher does, which counts for all connections together.
    const message = new PreparedMessage(text, nodeHost.text, nodeHost.memory);
    machine.sendPrepared(message);
    const { first, payloadSize } = message.plain;
    machine.meter.sent.published(first, payloadSize, message.published);
  }
}

/** @returns tells the bytes that the transport was given */
function carried(transport: MemoryTransport): () => number {
  let bytes = 0;
  const many = transport.writeMany.bind(transport);
  transport.writeMany = (pieces) => {
    for (const piece of pieces) bytes += piece.length;
    return many(pieces);
  };
  const some = transport.writeSome.bind(transport);
  transport.writeSome = (header, payload) => {
    const taken = some(header, payload);
    bytes += taken;
    return taken;
  };
  return () => bytes;
}

const UNCOMPRESSED = { messages: 0, bytes: 0, uncompressedBytes: 0 };

describe('the sums are those of what was sent', () => {
  for (const isCompressed of [false, true]) {
    test(isCompressed ? 'with compression' : 'without compression', () => {
      fc.assert(
        fc.property(script, fc.nat(5_000), fc.nat(70_000), (steps, chunk, taken) => {
          const meters = { client: new Meter(), server: new Meter() };
          const setup = (role: 'client' | 'server') => ({
            meter: meters[role],
            handlers: { message: () => {} },
            ...(isCompressed ? { deflate: {}, compression: { threshold: 100 } } : {}),
          });
          const joined = joinConnections(new CoreHost(), (available) => Math.min(available, chunk + 1), {
            client: setup('client'),
            server: setup('server'),
          });
          const ends = { client: new Expected(), server: new Expected() };
          const bytes = { client: carried(joined.client.transport), server: carried(joined.server.transport) };
          joined.server.transport.takenDirectly = taken;
          for (const { isClient, step, ends: isLast } of steps) {
            const role = isClient ? 'client' : 'server';
            run(joined[role], step);
            ends[role].take(step);
            if (isLast) joined.exchange();
          }
          joined.exchange();
          void joined.client.connection.close(4000, 'bye');
          joined.exchange();
          for (const [role, other] of [
            ['client', 'server'],
            ['server', 'client'],
          ] as const) {
            const [mine, theirs] = [ends[role], ends[other]];
            const frames = { ...mine.frames, close: 1, pong: mine.frames.pong + theirs.frames.ping };
            const sent: TrafficMetrics = meters[role].snapshot({ used: 0, highest: 0 }).sent;
            const { received } = meters[other].snapshot({ used: 0, highest: 0 });
            assert.deepEqual([sent.messages, sent.frames], [mine.messages, frames]);
            assert.equal(sent.wireBytes, bytes[role]());
            assert.deepEqual(received, sent);
            if (isCompressed) assert.ok(sent.compressed.uncompressedBytes <= mine.bytes);
            else assert.deepEqual(sent.compressed, UNCOMPRESSED);
            const { messages, bytes: size } = joined[role].connection.metrics().sent;
            assert.deepEqual([messages, size], [mine.messages.text + mine.messages.binary, sent.wireBytes]);
            const heard = joined[other].connection.metrics().received;
            assert.deepEqual([heard.messages, heard.bytes], [messages, size]);
          }
        }),
        { numRuns: 60, includeErrorInReport: true },
      );
    });
  }
});

/** Snapshot of what one connection has done. */
function metricsOf(meter: Meter): ReturnType<Meter['snapshot']> {
  return meter.snapshot({ used: 0, highest: 0 });
}

describe('how connections end', () => {
  const cases: readonly [string, (it: OpenConnection) => void, object][] = [
    [
      'closed by the peer',
      ({ receive, transport }) => {
        receive(wire('server', '88 02 0f a0'));
        transport.gone();
      },
      { received: { 4000: 1 }, sent: { 4000: 1 }, errors: {} },
    ],
    [
      'closed by the peer without a code',
      ({ receive, transport }) => {
        receive(wire('server', '88 00'));
        transport.gone();
      },
      { received: { 1005: 1 }, sent: { 1005: 1 }, errors: {} },
    ],
    [
      'failed',
      ({ receive, transport }) => {
        receive('81 01 61');
        transport.gone();
      },
      { received: {}, sent: { 1002: 1 }, errors: { ERR_WS_NOT_MASKED: 1 } },
    ],
    ['lost', ({ transport }) => transport.gone(), { received: {}, sent: {}, errors: { ERR_WS_LOST: 1 } }],
    [
      'terminated',
      ({ connection, transport }) => {
        connection.terminate();
        transport.gone();
      },
      { received: {}, sent: {}, errors: { ERR_WS_TERMINATED: 1 } },
    ],
    [
      'closed here, without an answer',
      ({ connection, transport }) => {
        void (connection as Connection).close(1001);
        transport.gone();
      },
      { received: {}, sent: { 1001: 1 }, errors: { ERR_WS_LOST: 1 } },
    ],
  ];
  for (const [title, act, expected] of cases) {
    test(title, () => {
      const meter = new Meter();
      const it = openConnection('server', { meter });
      const { open, opened } = metricsOf(meter).connections;
      assert.deepEqual([open, opened], [1, 1]);
      it.clock.advance(1500);
      act(it);
      it.turn.end();
      const { connections, closeCodes, errors } = metricsOf(meter);
      assert.deepEqual({ ...closeCodes, errors }, expected);
      assert.deepEqual([connections.open, connections.closed, connections.lifetime.sum], [0, 1, 1500]);
    });
  }
});

test('slow peers are counted by what was done to them', () => {
  for (const slowConsumer of ['close', 'drop-newest', 'drop-oldest', 'pause'] as const) {
    const meter = new Meter();
    const { connection, transport, turn } = openConnection('server', {
      meter,
      slowConsumer,
      highWaterMark: 10,
      limits: { maxQueuedBytes: 100 },
    });
    transport.isCongested = true;
    connection.send('x'.repeat(60_000)); // in the transport
    turn.end();
    for (let round = 0; round < 4; round++) {
      connection.send('x'.repeat(60_000));
      turn.end();
    }
    const expected = { close: 0, 'drop-newest': 0, 'drop-oldest': 0, pause: 0 };
    const { slowConsumers } = metricsOf(meter);
    if (slowConsumer === 'close') assert.deepEqual(slowConsumers, { ...expected, close: 1 });
    if (slowConsumer === 'drop-newest') assert.deepEqual(slowConsumers, { ...expected, 'drop-newest': 4 });
    if (slowConsumer === 'drop-oldest') assert.ok(slowConsumers['drop-oldest'] > 0);
    if (slowConsumer === 'pause') assert.deepEqual(slowConsumers, { ...expected, close: 1, pause: 1 });
  }
});

test('the time of a round trip is from a ping of keep-alive to its pong, and only that', () => {
  const meter = new Meter();
  const { connection, clock, receive, written } = openConnection('server', {
    meter,
    heartbeat: { interval: 1000, timeout: 5000 },
  });
  assert.equal(connection.roundTripTime, undefined);
  receive(wire('server', '8a 00')); // nobody asked
  assert.equal(connection.roundTripTime, undefined);
  clock.advance(1000);
  const ping = written.bytes;
  clock.advance(30);
  receive(wire('server', Uint8Array.of(0x8a, ...ping.subarray(1))));
  assert.equal(connection.roundTripTime, 30);
  const { heartbeats } = metricsOf(meter);
  assert.deepEqual([heartbeats.roundTrip.count, heartbeats.roundTrip.sum], [1, 30]);
  assert.deepEqual([heartbeats.pingsSent, heartbeats.pongsReceived, heartbeats.pingsReceived], [1, 2, 0]);
});

describe('a connection tells', () => {
  test('its number, when it was opened, and when bytes of the peer have last arrived', () => {
    const host = new CoreHost();
    const { connection, clock, receive, transport } = openConnection('server', { host });
    const other = openConnection('client', { host });
    assert.match(connection.id, /^[1-9]\d*$/);
    assert.notEqual(connection.id, other.connection.id);
    const { openedAt } = connection;
    assert.equal(openedAt, clock.now());
    assert.equal(connection.lastActivity, openedAt);
    clock.advance(1000);
    connection.send('x');
    assert.equal(connection.lastActivity, openedAt);
    receive(wire('server', '89 00'));
    assert.equal(connection.lastActivity, openedAt + 1000);
    transport.gone();
    clock.advance(1000);
    assert.deepEqual([connection.openedAt, connection.lastActivity], [openedAt, openedAt + 1000]);
  });

  test('its numbers after its end, while another one has its place', () => {
    const host = new CoreHost();
    const first = openConnection('server', { host });
    first.receive(wire('server', '82 01 01'));
    first.connection.send('abc');
    first.turn.end();
    first.transport.gone();
    const last = first.connection.metrics();
    const second = openConnection('server', { host });
    second.receive(wire('server', '82 01 01', '82 01 01'));
    assert.deepEqual(first.connection.metrics(), last);
    assert.deepEqual(
      [last.received, last.sent],
      [
        { messages: 1, bytes: 7 },
        { messages: 1, bytes: 5 },
      ],
    );
    assert.deepEqual(second.connection.metrics().received, { messages: 2, bytes: 14 });
    assert.notEqual(second.connection.id, last.id);
  });

  test('nothing of an argument', () => {
    const { connection } = openConnection('server');
    assert.throws(() => Reflect.apply(connection.metrics, connection, ['sent']), { code: 'ERR_WS_OPTION' });
  });
});

test('bytes of a connection are exact beyond 32 bits, including those that come when nothing is read any more', () => {
  const meter = new Meter();
  const { connection, machine } = openConnection('server', { meter });
  connection.terminate();
  for (let round = 0; round < 5; round++) machine.received(new Uint8Array(0), 2 ** 30 + 1);
  assert.equal(connection.metrics().received.bytes, 5 * (2 ** 30 + 1));
  assert.equal(metricsOf(meter).received.wireBytes, 5 * (2 ** 30 + 1));
});

test('the most that ever waited', () => {
  const budget = new QueueBudget(100, () => []);
  for (const change of [5, 7, -10, 4]) budget.add(change);
  assert.deepEqual([budget.used, budget.highest], [6, 12]);
});

test('the time of day is that of the host, or its clock', () => {
  const { workspace, clock } = new CoreHost();
  assert.equal(wallTime(workspace.host), clock.now());
  assert.ok(Math.abs(wallTime(nodeHost) - Date.now()) < 60_000);
});
