// A server that sends to a peer which does not read, and gives its memory away before the system has taken it: by a
// worker that overwrites it, to the garbage collector, or by shrinking it. Prints `ready PORT`, then `sent` or the error of
// each message, and `alive` once all was given away. Parameters: what to do; `tcp`, `tls` or `attached`; sizes.

import { createServer as createHttpServer } from 'node:http';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import { createServer, type ServerConnection } from '../../../src/engine/index.ts';
import { pattern } from '../../support/hex.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

const [, , act = '', place = '', ...sizes] = process.argv;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const overwriting = new Worker(
  `require('worker_threads').parentPort.on('message', (memory) => { new Uint8Array(memory).fill(0xaa); globalThis.kept = memory; });`,
  { eval: true },
);
overwriting.unref();

function makeMemory(size: number): ArrayBuffer {
  if (act !== 'shrink') return new ArrayBuffer(size);
  return new (ArrayBuffer as unknown as new (size: number, options: object) => ArrayBuffer)(size, {
    maxByteLength: size + 1,
  });
}

function give(memory: ArrayBuffer): void {
  if (act === 'overwrite') overwriting.postMessage(memory, [memory]);
  else if (act === 'shrink') (memory as unknown as { resize(size: number): void }).resize(3);
  else structuredClone(memory, { transfer: [memory] });
}

function open(connection: ServerConnection): void {
  const memories = sizes.map(Number).map((size, index) => {
    const memory = makeMemory(size);
    new Uint8Array(memory).set(pattern(size, index));
    connection.send(memory, (error) => say(error === undefined ? 'sent' : error.code));
    return memory;
  });
  // The first half before anything was written, the rest while the system has it.
  for (const memory of memories.filter((_, index) => index % 2 === 0)) give(memory);
  setImmediate(() => {
    for (const memory of memories.splice(0)) if (memory.byteLength > 3) give(memory);
    collect();
    setImmediate(() => {
      collect();
      say('alive');
    });
  });
}

const server = createServer({ open });
const { CERTIFICATE: cert = '', KEY: key = '' } = process.env;
const tls = place === 'tls' ? { tls: { cert, key } } : {};
if (place === 'attached') {
  const http = createHttpServer();
  server.attach(http);
  http.listen(0, '127.0.0.1', () => say(`ready ${(http.address() as { port: number }).port}`));
} else {
  const { port } = await server.listen({ host: '127.0.0.1', ...tls });
  say(`ready ${port}`);
}
