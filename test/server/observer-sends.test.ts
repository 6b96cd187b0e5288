// An observer that sends, though it is told not to: it is called in the middle of sending, and nothing on the wire may break.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, type ServerConnection } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';

describe('an observer that sends', () => {
  const messages: readonly (readonly [name: string, data: string | Buffer])[] = [
    ['a short text', 'hello'],
    ['a text of other characters', 'grüße '.repeat(50)],
    ['bytes', Buffer.alloc(100, 7)],
    ['a long text', 'long '.repeat(20_000)],
    ['many bytes', Buffer.alloc(100_000, 9)],
  ];
  for (const compression of [false, true]) {
    for (const [name, data] of messages) {
      test(`${name}${compression ? ', compressed' : ''}: both connections get what was sent`, async () => {
        await using network = useNetwork();
        const opened: ServerConnection[] = [];
        let isTelling = false;
        const server = createServer({
          compression,
          open: (connection) => void opened.push(connection),
          observer: {
            frame(connection, { direction, opcode, payload }) {
              if (direction !== 'sent' || opcode === 8 || isTelling) return;
              isTelling = true;
              opened[1]?.send(`seen ${payload.length} on #${connection.id}`);
              isTelling = false;
            },
          },
        });
        const { port } = await server.listen();
        const clients = [
          await connect(`ws://localhost:${port}/`, { compression }),
          await connect(`ws://localhost:${port}/`, { compression }),
        ];
        await network.settle();
        const received = clients.map((client) => client[Symbol.asyncIterator]());
        opened[0]?.send(data);
        assert.deepEqual((await received[0]?.next())?.value, data);
        assert.match(String((await received[1]?.next())?.value), /^seen \d+ on #\d+$/);
        await server.close();
      });
    }
  }
});
