// What handlers and loops are given with `streamAbove`, and without it.

import { accept, type Connection, connect, createServer, type MessageStream } from '../../../src/engine/index.ts';
import { same } from '../same.ts';

createServer({ message: (_, data) => void same<typeof data, string | Buffer>(true) });
createServer({
  streamAbove: 0,
  message: (_, data) => void same<typeof data, string | Buffer | MessageStream<Buffer>>(true),
});
const server = createServer({
  streamAbove: 65_536,
  upgrade: () => accept({ context: { id: 1 }, streamAbove: 0 }),
  message: async ({ context }, data) => {
    same<typeof context.id, number>(true);
    if (typeof data === 'string' || Buffer.isBuffer(data)) {
      server.broadcast(data);
      return;
    }
    for await (const part of data) same<typeof part, string | Buffer>(true);
  },
});

void connect('ws://localhost/', { handlers: { message: (_, data) => void same<typeof data, string | Buffer>(true) } });
const client = await connect('ws://localhost/', {
  streamAbove: 0,
  handlers: { message: (_, data) => void same<typeof data, string | Buffer | MessageStream<Buffer>>(true) },
});
for await (const message of client) same<typeof message, string | Uint8Array | MessageStream>(true);
const plain: Connection = await connect('ws://localhost/');
for await (const message of plain) same<typeof message, string | Uint8Array>(true);
