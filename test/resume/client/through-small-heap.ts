// A message of 200 MiB to a client that resumes and reads it while it arrives, with a cut after each 20 MiB, with and without
// compression. Run it with a small heap; it prints the most memory that the process had, server and client together:
//
//   node --max-old-space-size=40 --import tsx test/resume/client/through-small-heap.ts

import { createHash } from 'node:crypto';
import { connect, createServer, MessageStream } from '../../../src/engine/index.ts';

const MIB = 1024 * 1024;
const SIZE = 200 * MIB;
const CUT_EVERY = 20 * MIB;

const block = new Uint8Array(64 * 1024).map((_, at) => (at * at) >> 7);

/** Bytes that compress somewhat, made as they are pulled: no two blocks are the same. */
function* source(hash: { update(bytes: Uint8Array): unknown }): Generator<Uint8Array> {
  for (let sent = 0; sent < SIZE; sent += block.length) {
    const bytes = block.slice();
    new DataView(bytes.buffer).setUint32(0, sent);
    hash.update(bytes);
    yield bytes;
  }
}

async function run(compression: boolean): Promise<void> {
  const sent = createHash('sha256');
  const received = createHash('sha256');
  let size = 0;
  let cuts = 0;
  let most = 0;
  const server = createServer({
    compression,
    resume: { maxResumesPerMinute: Number.MAX_SAFE_INTEGER },
    open: (connection) => connection.sendStream(source(sent)),
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  const client = connect(`ws://127.0.0.1:${port}/`, {
    resume: true,
    reconnect: { initial: 1, max: 5 },
    streamAbove: 64 * 1024,
    compression,
  });
  const begun = performance.now();
  for await (const message of client) {
    if (!(message instanceof MessageStream)) throw new Error('not a stream');
    for await (const part of message) {
      received.update(part);
      size += part.length;
      most = Math.max(most, process.memoryUsage.rss());
      if (size <= (cuts + 1) * CUT_EVERY) continue;
      cuts++;
      client.connection?.terminate();
    }
    break;
  }
  await client.closed;
  await server.close();
  const isSame = size === SIZE && sent.digest('hex') === received.digest('hex');
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  const how = compression ? 'compressed' : 'not compressed';
  console.log(
    `${size / MIB} MiB, ${how}, ${cuts} cuts: ${isSame ? 'the same bytes' : 'OTHER BYTES'}; ${Math.round(most / MIB)} MiB of memory, ${seconds} s`,
  );
  if (!isSame) process.exitCode = 1;
}

await run(false);
await run(true);
