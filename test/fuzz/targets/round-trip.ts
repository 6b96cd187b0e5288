// A client and a server joined in memory: whatever is sent, in whatever fragments and chunks, with any parameters of
// permessage-deflate, over transports that are congested or not, arrives as it was sent, and a closing handshake ends it.

import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Connection } from '../../../src/core/connection/connection.ts';
import { CoreHost, type Setup } from '../../support/core-connection.ts';
import { pattern } from '../../support/hex.ts';
import { joinConnections } from '../../support/joined-connections.ts';
import { showData } from '../../support/wire.ts';
import { Choices } from '../random.ts';
import type { FuzzTarget } from '../target.ts';

const UNITS = ['a', 'é', '€', '😀', '\u0000', '\ufeff'];
const SIZES = [0, 1, 125, 126, 127, 1000, 16_384, 16_385, 65_535, 65_536, 70_000];
const LEVELS = [0, 1, 6, 9];

let host = new CoreHost();

/** Input: choices; see `run`. */
export const roundTripTarget: FuzzTarget = {
  name: 'round-trip',
  arbitrary: fc.uint8Array({ minLength: 4, maxLength: 120 }),
  run(input) {
    try {
      return roundTrip(input);
    } catch (error) {
      host = new CoreHost(); // nothing of a run that failed is left for the next
      throw error;
    }
  },
};

function roundTrip(input: Uint8Array): string {
  const choices = new Choices(input);
  const agreed = agreement(choices);
  const cuts = [1 + choices.byte(), 1 + choices.below(5000), 1 + choices.byte()];
  let cut = 0;
  // Single bytes where there are few of them; much is carried in some hundred chunks at most.
  const nextChunk = (available: number) =>
    Math.max(1 + ((cuts[cut++ % cuts.length] as number) % Math.max(available, 1)), available >> 7);
  const { client, server, exchange } = joinConnections(host, nextChunk, {
    client: { ...agreed, keepsBytes: choices.isTrue() },
    server: agreed,
  });
  const tally = { callbacks: 0, told: 0 };
  const expected = { client: [] as string[], server: [] as string[] };
  let outline = agreed.deflate === undefined ? 'plain' : 'deflate';
  while (choices.hasMore) {
    const isClient = choices.isTrue();
    const from = isClient ? client : server;
    const kind = choices.below(7);
    if (kind === 5) host.turn.end();
    else if (kind === 6) from.transport.isCongested = !from.transport.isCongested;
    else step(from.connection, kind, choices, isClient ? expected.server : expected.client, tally);
    outline += kind;
  }
  exchange();
  // Pongs come between; which ones is a matter of pings, and of RFC 6455 §5.5.2.
  const received = (events: string[]) => events.filter((event) => !event.startsWith('pong'));
  assert.deepEqual(received(server.events), expected.server);
  assert.deepEqual(received(client.events), expected.client);
  assert.equal(tally.told, tally.callbacks);
  assert.deepEqual([client.connection.bufferedAmount, server.connection.bufferedAmount], [0, 0]);
  void (input.length % 2 === 0 ? client : server).connection.close(3000 + input.length, 'done');
  exchange();
  for (const end of [client, server]) assert.equal(end.events.at(-1), `close ${3000 + input.length} "done" clean`);
  if (host.turn.uncaught.length > 0) throw host.turn.uncaught[0];
  return outline.slice(0, 12);
}

/** permessage-deflate with any parameters, or none. */
function agreement(choices: Choices): Setup {
  if (choices.below(3) === 0) return {};
  return {
    deflate: {
      serverNoContextTakeover: choices.isTrue(),
      clientNoContextTakeover: choices.isTrue(),
      serverMaxWindowBits: 8 + choices.below(8),
      clientMaxWindowBits: 8 + choices.below(8),
    },
    compression: {
      threshold: choices.pick([0, 100, 1024]),
      level: choices.pick(LEVELS),
      memLevel: 1 + choices.below(9),
    },
  };
}

function size(choices: Choices): number {
  return choices.below(8) === 0 ? choices.pick(SIZES) : choices.byte();
}

function text(choices: Choices): string {
  return choices.pick(UNITS).repeat(size(choices) >> 2) + choices.pick(UNITS);
}

/** Performs one step; `expected` takes what the other end is to be told. */
function step(
  connection: Connection,
  kind: number,
  choices: Choices,
  expected: string[],
  tally: { callbacks: number; told: number },
): void {
  const sent = (error?: Error) => {
    assert.equal(error, undefined);
    tally.told++;
  };
  const expect = (data: string | Uint8Array) => void expected.push(`message ${showData(data)}`.trimEnd());
  if (kind === 0) {
    const data = text(choices);
    expect(data);
    connection.send(data, sent);
    tally.callbacks++;
  } else if (kind === 1) {
    const data = pattern(size(choices), choices.byte());
    expect(data);
    connection.send(data, sent);
    tally.callbacks++;
  } else if (kind === 2) {
    const parts = Array.from({ length: 1 + choices.below(4) }, () => text(choices));
    expect(parts.join(''));
    for (const [index, part] of parts.entries())
      connection.sendFragment(part, { fin: index === parts.length - 1 }, sent);
    tally.callbacks += parts.length;
  } else if (kind === 3) {
    const parts = Array.from({ length: 1 + choices.below(4) }, () => pattern(size(choices)));
    const message = `message ${showData(Uint8Array.from(parts.flatMap((part) => [...part])))}`.trimEnd();
    for (const [index, part] of parts.entries()) {
      const fin = index === parts.length - 1;
      connection.sendFragment(part, { fin }, sent);
      connection.ping('between');
      // The ping after the last fragment comes after the message.
      if (fin) expected.push(message);
      expected.push(`ping ${showData(Buffer.from('between'))}`);
    }
    tally.callbacks += parts.length;
  } else {
    const payload = pattern(choices.below(126));
    expected.push(`ping ${showData(payload)}`.trimEnd());
    connection.ping(payload);
  }
}
