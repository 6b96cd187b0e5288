// What connections share: an idle one has nothing to receive or send with, and takes what is free. No connection may notice: one
// among many must behave as it would by itself.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { machineOf } from '../../../src/core/connection/connection.ts';
import type { Incoming } from '../../../src/core/connection/incoming.ts';
import type { Outgoing } from '../../../src/core/connection/outgoing.ts';
import type { SlowConsumerPolicy } from '../../../src/core/connection/slow-consumer.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { CoreHost, type OpenConnection, openConnection } from '../../support/core-connection.ts';
import { reportCount } from '../../support/counts.ts';
import { concat, utf8 } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

const roles = ['client', 'server'] as const;

interface Lent {
  readonly host: CoreHost;
  /** All that connections of the host have ever been lent. */
  readonly outgoing: Set<Outgoing>;
  readonly incoming: Set<Incoming>;
}

function watchedHost(): Lent {
  const host = new CoreHost();
  const { workspace } = host;
  const outgoing = new Set<Outgoing>();
  const incoming = new Set<Incoming>();
  const lendOutgoing = workspace.lendOutgoing.bind(workspace);
  const lendIncoming = workspace.lendIncoming.bind(workspace);
  workspace.lendOutgoing = (owner) => {
    const lent = lendOutgoing(owner);
    outgoing.add(lent);
    return lent;
  };
  workspace.lendIncoming = (owner) => {
    const lent = lendIncoming(owner);
    incoming.add(lent);
    return lent;
  };
  return { host, outgoing, incoming };
}

describe('how many there are', () => {
  for (const role of roles) {
    const echo = {
      message: (connection: OpenConnection['connection'], data: string | Uint8Array) => connection.send(data),
    };

    test(`${role}: one of each for a hundred connections that take turns`, () => {
      const { host, outgoing, incoming } = watchedHost();
      const open = Array.from({ length: 100 }, () => openConnection(role, { host, handlers: echo }));
      for (const { receive } of open) receive(wire(role, frame(0x81, utf8('Hello'))));
      for (const { written } of open) written.equalsFrames(frame(0x81, utf8('Hello')));
      assert.deepEqual([outgoing.size, incoming.size], [1, 1]);
    });

    const needed = role === 'client' ? 'a hundred for the turn, and the next one the same' : 'none';
    test(`${role}: a message published to a hundred needs ${needed}`, () => {
      const { host, outgoing } = watchedHost();
      const open = Array.from({ length: 100 }, () => openConnection(role, { host }));
      for (let round = 0; round < 3; round++) {
        const message = new PreparedMessage('news', nodeText, host.workspace.host.memory);
        for (const { connection } of open) assert.equal(machineOf(connection).sendPrepared(message), true);
        host.turn.end();
        assert.equal(outgoing.size, role === 'client' ? 100 : 0);
        for (const { connection } of open) assert.equal(connection.bufferedAmount, 0);
      }
    });

    test(`${role}: a connection with queued messages keeps its sender, and gives it back once they are taken`, () => {
      const { host, outgoing } = watchedHost();
      const slow = openConnection(role, { host });
      const quick = openConnection(role, { host });
      slow.transport.isCongested = true;
      slow.connection.send('one');
      host.turn.end();
      quick.connection.send('two');
      host.turn.end();
      assert.equal(outgoing.size, 2);
      slow.transport.release();
      host.turn.end();
      for (const { connection } of [slow, quick, slow]) {
        connection.send('three');
        host.turn.end();
      }
      assert.equal(outgoing.size, 2);
    });

    test(`${role}: half a header, half a payload, half a message and half a text each keep what they are received with`, () => {
      const { host, incoming } = watchedHost();
      const whole = wire(role, frame(0x82, new Uint8Array(300)));
      const beginnings = [
        whole.slice(0, 1),
        whole.slice(0, 100),
        wire(role, frame(0x02, new Uint8Array(3))),
        wire(role, frame(0x01, Uint8Array.of(0xe2, 0x82))),
        wire(role, frame(0x89, utf8('ping'))).slice(0, -1),
      ];
      const open = beginnings.map((bytes) => {
        const each = openConnection(role, { host });
        each.receive(bytes);
        return each;
      });
      assert.equal(incoming.size, beginnings.length);
      const rest = [
        whole.slice(1),
        whole.slice(100),
        wire(role, frame(0x80, new Uint8Array(1))),
        wire(role, frame(0x80, Uint8Array.of(0xac))),
        wire(role, frame(0x89, utf8('ping'))).slice(-1),
      ];
      for (const [index, { receive }] of open.entries()) receive(rest[index] as Uint8Array);
      assert.deepEqual(
        open.map(({ events }) => (events[0] as string).slice(0, 16)),
        ['message 300 byte', 'message 300 byte', 'message 00 00 00', 'message "€"', 'ping 70 69 6e 67'],
      );
      openConnection(role, { host }).receive(wire(role, frame(0x81, utf8('next'))));
      assert.equal(incoming.size, beginnings.length, 'all were given back');
    });

    test(`${role}: what a connection failed or closed with is not lent to another one`, () => {
      const { host, outgoing, incoming } = watchedHost();
      const failed = openConnection(role, { host });
      failed.receive(wire(role, frame(0x01, utf8('beginning'))), wire(role, frame(0xf1)));
      assert.match(failed.events.join(), /ERR_WS_RESERVED_BITS/);
      const closing = openConnection(role, { host });
      closing.receive(wire(role, frame(0x88, Uint8Array.of(0x03, 0xe8))), wire(role, frame(0x81, utf8('late'))));
      const next = openConnection(role, { host, handlers: echo });
      next.receive(wire(role, frame(0x81, utf8('Hello'))));
      assert.deepEqual(next.events, ['message "Hello"']);
      assert.equal(outgoing.size, 3);
      assert.equal(incoming.size, 3);
    });
  }
});

// ── Alone, and among others ────────────────────────────────────────────────────────────────────────────────────────

const OTHERS = 3;
const policies: readonly SlowConsumerPolicy[] = ['close', 'drop-newest', 'drop-oldest', 'pause'];

/** What happens to one of the connections, or to time. */
const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('receive' as const), size: fc.integer({ min: 1, max: 40 }) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('send' as const), size: fc.nat(300) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('send' as const), size: fc.constant(70_000) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('fragment' as const), size: fc.nat(20), fin: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish' as const), size: fc.nat(40) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('congest', 'release', 'pause', 'resume') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close', 'break', 'turn') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), size: fc.nat(400) }) },
);
type Step = { kind: string; size?: number; fin?: boolean };

const frames = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(frame(0x81, utf8('Hello')), frame(0x82, new Uint8Array(130).fill(7))),
    },
    { weight: 2, arbitrary: fc.constantFrom(frame(0x01, utf8('a')), frame(0x00, utf8('b')), frame(0x80)) },
    { weight: 2, arbitrary: fc.constantFrom(frame(0x89, utf8('p')), frame(0x8a)) },
    { weight: 1, arbitrary: fc.constantFrom(frame(0x81, Uint8Array.of(0xff)), frame(0xc1), frame(0x88)) },
  ),
  { maxLength: 12 },
);

interface Part {
  readonly open: OpenConnection;
  readonly wire: Uint8Array;
  at: number;
  readonly told: string[];
}

interface Kind {
  readonly role: 'client' | 'server';
  readonly slowConsumer: SlowConsumerPolicy;
  readonly isCompressed: boolean;
}

const kind = fc.record<Kind>({
  role: fc.constantFrom(...roles),
  slowConsumer: fc.constantFrom(...policies),
  isCompressed: fc.boolean(),
});

function partOn(host: CoreHost, { role, slowConsumer, isCompressed }: Kind, given: readonly Uint8Array[]): Part {
  const told: string[] = [];
  const open = openConnection(role, {
    host,
    slowConsumer,
    ...(isCompressed ? { deflate: {}, compression: { threshold: 0 } } : {}),
    highWaterMark: 200,
    limits: { maxQueuedBytes: 100_000 },
    heartbeat: { interval: 300, timeout: 200 },
    handlers: {
      message: (connection, data) => void connection.send(data, (error) => told.push(error?.code ?? 'sent')),
    },
  });
  return { open, wire: wire(role, ...given), at: 0, told };
}

function perform(part: Part, host: CoreHost, { kind, size = 0, fin = false }: Step): void {
  const { connection, transport } = part.open;
  const told = (error?: Error & { code?: string }): void => void part.told.push(error?.code ?? 'sent');
  switch (kind) {
    case 'receive':
      if (!transport.isDestroyed && part.at < part.wire.length) {
        transport.deliver(part.wire.slice(part.at, part.at + size));
        part.at += size;
      }
      break;
    case 'send':
      try {
        part.told.push(String(connection.send('x'.repeat(size), told)));
      } catch (error) {
        part.told.push((error as { code: string }).code);
      }
      break;
    case 'fragment':
      part.told.push(String(connection.sendFragment('y'.repeat(size), { fin }, told)));
      break;
    case 'publish':
      machineOf(connection).sendPrepared(new PreparedMessage('z'.repeat(size), nodeText, host.workspace.host.memory));
      break;
    case 'congest':
      transport.isCongested = true;
      break;
    case 'release':
      transport.isCongested = false;
      transport.release();
      break;
    case 'pause':
    case 'resume':
      connection[kind]();
      break;
    case 'close':
      void connection.close(1000);
      break;
    case 'break':
      if (!transport.isDestroyed) transport.gone();
      break;
  }
}

/** All that can be seen of it. */
function seen({ open, told }: Part): object {
  const { connection, transport, events } = open;
  const { bufferedAmount, state } = connection;
  const bytes = Buffer.from(concat(transport.writes)).toString('hex');
  return { events, told, bytes, calls: transport.calls, bufferedAmount, state: state.kind };
}

test('a connection among others behaves as it would by itself', (t) => {
  let runs = 0;
  const property = fc.property(
    kind,
    fc.array(frames, { minLength: OTHERS, maxLength: OTHERS }),
    fc.array(fc.tuple(fc.nat(OTHERS - 1), step), { minLength: 5, maxLength: 60, size: 'max' }),
    (given, wires, script) => {
      runs++;
      const shared = new CoreHost();
      const among = wires.map((each) => partOn(shared, given, each));
      const alone = wires.map((each) => {
        const host = new CoreHost();
        return { host, part: partOn(host, given, each) };
      });
      const hosts = [shared, ...alone.map(({ host }) => host)];
      const endTurns = (): void => {
        for (const { turn } of hosts) turn.end();
      };
      for (const [which, it] of script) {
        if (it.kind === 'turn' || it.kind === 'wait') endTurns();
        // Time passes for all alike, between turns.
        if (it.kind === 'wait') for (const { clock } of hosts) clock.advance(it.size);
        const { host, part } = alone[which] as (typeof alone)[number];
        perform(among[which] as Part, shared, it as Step);
        perform(part, host, it as Step);
      }
      endTurns();
      for (const [index, part] of among.entries())
        assert.deepEqual(seen(part), seen((alone[index] as (typeof alone)[number]).part));
    },
  );
  fc.assert(property, { numRuns: 3_000, interruptAfterTimeLimit: 4_000, markInterruptAsFailure: false });
  reportCount(t, 'fuzz executions', runs);
});
