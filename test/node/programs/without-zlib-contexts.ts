// Removes the handle below zlib's streams before anything is loaded, then has a client and a server of the engine talk.

import zlib from 'node:zlib';

for (const name of ['createDeflateRaw', 'createInflateRaw'] as const) {
  const original = zlib[name] as (...values: unknown[]) => object;
  Object.defineProperty(zlib, name, {
    value: (...values: unknown[]) => Object.defineProperty(original(...values), '_handle', { value: null }),
  });
}
const { connect, createServer } = await import('../../../src/engine/index.ts');

const text = 'a message that is sent twice, '.repeat(100);
const server = createServer({ compression: true, message: (connection, data) => void connection.send(data) });
const { port } = await server.listen({ port: 0, host: '127.0.0.1' });
const connection = await connect(`ws://127.0.0.1:${port}/`, { compression: true });
console.log(connection.extensions);
connection.send(text);
for await (const message of connection) {
  console.log(message === text);
  break;
}
await server.drain();
