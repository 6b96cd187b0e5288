// A client and a server joined in memory: whatever is sent, in whatever fragments and chunks, over transports that are
// congested or not, arrives as it was sent; and a closing handshake ends it cleanly at both ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Connection } from '../../src/core/connection/connection.ts';
import { CoreHost } from '../support/core-connection.ts';
import { pattern, utf8 } from '../support/hex.ts';
import { joinConnections } from '../support/joined-connections.ts';
import { showData } from '../support/wire.ts';

const settings = { numRuns: 250, interruptAfterTimeLimit: 4000, markInterruptAsFailure: false };

const size = fc.oneof(
  { weight: 8, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.constantFrom(0, 125, 126, 127, 16_384, 16_385, 65_535, 65_536) },
  { weight: 1, arbitrary: fc.nat(80_000) },
);

/** Well-formed: the others become U+FFFD, which is tested elsewhere. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.tuple(fc.constantFrom('a', 'é', '€', '😀'), size).map(([unit, count]) => unit.repeat(count >> 2)),
);

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('text' as const), text }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('binary' as const), size }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('texts' as const),
      parts: fc.array(text, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('parts' as const),
      parts: fc.array(size, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('ping' as const), size: fc.nat(125) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('turn' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('congestion' as const) }) },
);
const script = fc.array(fc.tuple(fc.boolean(), step), { maxLength: 25 });

const windowBits = fc.integer({ min: 8, max: 15 });
/** permessage-deflate with any parameters, or none. */
const agreement = fc.oneof(
  fc.constant({}),
  fc.record({
    deflate: fc.record({
      serverNoContextTakeover: fc.boolean(),
      clientNoContextTakeover: fc.boolean(),
      serverMaxWindowBits: windowBits,
      clientMaxWindowBits: windowBits,
    }),
    compression: fc.record({
      threshold: fc.constantFrom(0, 100),
      level: fc.integer({ min: 0, max: 9 }),
      memLevel: fc.integer({ min: 1, max: 9 }),
    }),
  }),
);

type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Performs one step; `expected` takes what the other end is to be told. */
function send(connection: Connection, it: Step, expected: string[], sent: (error?: Error) => void): number {
  const expect = (data: string | Uint8Array) => void expected.push(`message ${showData(data)}`.trimEnd());
  switch (it.kind) {
    case 'text':
      expect(it.text);
      connection.send(it.text, sent);
      return 1;
    case 'binary':
      expect(pattern(it.size));
      connection.send(pattern(it.size), sent);
      return 1;
    case 'texts':
      expect(it.parts.join(''));
      it.parts.forEach(
        (part, index) => void connection.sendFragment(part, { fin: index === it.parts.length - 1 }, sent),
      );
      return it.parts.length;
    case 'parts':
      expect(Uint8Array.from(it.parts.flatMap((part) => [...pattern(part)])));
      it.parts.forEach((part, index) => {
        connection.sendFragment(pattern(part).buffer as ArrayBuffer, { fin: index === it.parts.length - 1 }, sent);
        connection.ping('between');
        expected.splice(-1, 0, `ping ${showData(utf8('between'))}`);
      });
      // The ping behind the last fragment comes behind the message.
      expected.push(...expected.splice(-2, 1));
      return it.parts.length;
    case 'ping':
      expected.push(`ping ${showData(pattern(it.size))}`.trimEnd());
      connection.ping(pattern(it.size));
      return 0;
    default:
      return 0;
  }
}

test('everything sent arrives, in order, and is told to be sent', () => {
  fc.assert(
    fc.property(
      script,
      fc.array(fc.nat(3000), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      agreement,
      (steps, cuts, keepsBytes, agreed) => {
        const host = new CoreHost();
        let cut = 0;
        const nextChunk = (available: number) => 1 + ((cuts[cut++ % cuts.length] as number) % Math.max(available, 1));
        const joined = joinConnections(host, nextChunk, {
          client: { keepsBytes, ...agreed },
          server: { ...agreed },
        });
        const { client, server, exchange } = joined;
        const expected = { client: [] as string[], server: [] as string[] };
        let callbacks = 0;
        let told = 0;
        const sent = (error?: Error) => {
          assert.equal(error, undefined);
          told++;
        };
        for (const [isClient, it] of steps) {
          const from = isClient ? client : server;
          if (it.kind === 'turn') host.turn.end();
          else if (it.kind === 'congestion') from.transport.isCongested = !from.transport.isCongested;
          else callbacks += send(from.connection, it, isClient ? expected.server : expected.client, sent);
        }
        exchange();
        // Pongs come between; which ones is a matter of pings, and of §5.5.2.
        const received = (events: string[]) => events.filter((event) => !event.startsWith('pong'));
        assert.deepEqual(received(server.events), expected.server);
        assert.deepEqual(received(client.events), expected.client);
        assert.equal(told, callbacks);
        assert.deepEqual([client.connection.bufferedAmount, server.connection.bufferedAmount], [0, 0]);

        const closing = steps.length % 2 === 0 ? client : server;
        void closing.connection.close(3000 + steps.length, 'done');
        exchange();
        for (const end of [client, server])
          assert.equal(end.events.at(-1), `close ${3000 + steps.length} "done" clean`);
        assert.deepEqual(host.turn.uncaught, []);
      },
    ),
    settings,
  );
});
