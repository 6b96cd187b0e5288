// Many clients whose connections are cut at any moment, over real sockets: messages small and large, text and binary, in both
// directions and to all, with handlers that take their time, with and without compression.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer, type ServerConnection } from '../../../src/engine/index.ts';
import { leavingNothing, turn } from '../../support/handles.ts';
import { ResumingClient } from './resuming-client.ts';

const CLIENTS = 8;
const CUTS = 6;
const ROUNDS = 60;
const LARGE = 700_000;

/** A small generator: the same numbers in each run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

function message(number: number): string | Uint8Array {
  if (number % 40 === 39) return `${number} `.padEnd(LARGE, 'lärge ');
  if (number % 7 === 6) return Buffer.from(`${number} `.padEnd(3_000, 'bytes '));
  return number % 5 === 4 ? `\u0010${number} ` : `${number} text`;
}

const numberOf = (data: string | Uint8Array): number =>
  Number.parseInt(
    Buffer.from(data as string)
      .toString()
      .replace('\u0010', ''),
    10,
  );

for (const compression of [false, true]) {
  describe(`connections that are cut at any moment${compression ? ', with compression' : ''}`, () => {
    test(
      'every message is handled once and in order, at both ends',
      leavingNothing(async (scope) => {
        const next = random(compression ? 7 : 3);
        const handled = new Map<ServerConnection, number>();
        const problems: string[] = [];
        const server = createServer({
          compression,
          resume: { replayBytes: 256 * 1024, part: 32 * 1024, maxResumesPerMinute: Infinity },
          open: (connection) => void handled.set(connection, 0),
          message(connection, data) {
            const number = numberOf(data);
            const expected = handled.get(connection) as number;
            if (number !== expected) problems.push(`handled ${number} after ${expected - 1}`);
            if (data.length !== message(number).length) problems.push(`${number} has ${data.length}`);
            handled.set(connection, number + 1);
            connection.send(data);
            return next() < 0.3 ? turn() : undefined;
          },
          expired: (_, { why }) => problems.push(`expired ${why}`),
        });
        const { port } = await server.listen({ host: '127.0.0.1' });
        scope.defer(() => server.close());
        const clients = await Promise.all(
          Array.from({ length: CLIENTS }, async () => {
            const client = new ResumingClient({ limits: { buffer: 256 * 1024, part: 32 * 1024, max: 2 ** 24 } });
            await client.open(`ws://127.0.0.1:${port}`, { compression });
            return client;
          }),
        );
        await Promise.all(
          clients.map(async (client) => {
            let sent = 0;
            for (let cut = 0; cut < CUTS; cut++) {
              for (let count = 0; count < ROUNDS / CUTS; count++) client.end.send(message(sent++));
              for (let wait = Math.floor(next() * 8); wait > 0; wait--) await turn();
              await client.cut();
              await client.open(`ws://127.0.0.1:${port}`, { compression });
            }
            for (let number = 0; number < ROUNDS; number++) {
              const data = await client.received.next();
              assert.deepEqual(numberOf(data), number);
              assert.equal(data.length, message(number).length);
            }
          }),
        );
        assert.deepEqual(problems, []);
        assert.equal(server.broadcast('to all'), CLIENTS);
        for (const client of clients) {
          assert.equal(await client.received.next(), 'to all');
          assert.deepEqual([client.received.rest, client.expiries.rest], [[], []]);
        }
        assert.deepEqual(
          [...handled.values()],
          clients.map(() => ROUNDS),
        );
        const { begun, resumed } = server.metrics().sessions ?? assert.fail();
        assert.deepEqual([begun, resumed], [CLIENTS, CLIENTS * CUTS]);
        for (const client of clients) client.end.close(1000, '');
        await Promise.all(Array.from(server.connections, ({ closed }) => closed));
      }),
    );
  });
}
