// One large message over a link that breaks again and again: it arrives, and a break repeats a window, not the message.

import assert from 'node:assert/strict';
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net';
import { describe, test } from 'node:test';
import { connect, createServer } from '../../../src/engine/index.ts';
import { leavingNothing } from '../../support/handles.ts';

const MIB = 1024 * 1024;

describe('a message with a break after each 15 MiB', () => {
  // LARGE_MESSAGE=100: so many MiB with compression, too, which takes long.
  for (const [compression, mib] of [
    [false, 100],
    [true, Number(process.env.LARGE_MESSAGE ?? 32)],
  ] as const)
    test(
      `${mib} MiB${compression ? ', compressed' : ''}`,
      leavingNothing(async (scope) => {
        const size = mib * MIB;
        const cuts = Math.floor((mib - 1) / 15);
        let arrive: (data: Buffer) => void = () => {};
        const arrived = new Promise<Buffer>((resolve) => {
          arrive = resolve;
        });
        const server = createServer({
          compression,
          limits: { maxMessageSize: 128 * MIB },
          resume: { maxResumesPerMinute: 1000 },
          message: (_connection, data) => arrive(data as Buffer),
        });
        scope.defer(() => server.close());
        const { port } = await server.listen({ host: '127.0.0.1' });
        const link = { moved: 0, cuts: 0 };
        const pairs = new Set<readonly Socket[]>();
        const proxy = createTcpServer((client) => {
          const upstream = connectTcp(port, '127.0.0.1');
          const pair = [client, upstream];
          pairs.add(pair);
          client.on('data', (chunk: Buffer) => {
            link.moved += chunk.length;
            if (link.moved > (link.cuts + 1) * 15 * MIB && link.cuts < cuts) {
              link.cuts++;
              for (const socket of pair) socket.destroy();
            } else if (!upstream.write(chunk)) {
              client.pause();
              upstream.once('drain', () => client.resume());
            }
          });
          upstream.on('data', (chunk: Buffer) => client.write(chunk));
          for (const [at, socket] of pair.entries()) {
            socket.on('error', () => {});
            socket.on('close', () => {
              pairs.delete(pair);
              pair[1 - at]?.destroy();
            });
          }
        });
        await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
        scope.defer(() => {
          for (const pair of pairs) for (const socket of pair) socket.destroy();
          proxy.close();
        });
        const { port: way } = proxy.address() as { port: number };
        const client = connect(`ws://127.0.0.1:${way}/`, {
          compression,
          resume: { maxQueuedBytes: 128 * MIB },
          reconnect: { initial: 1, max: 20 },
        });
        scope.defer(() => client.terminate());
        // Noise, which does not get smaller by compression.
        const data = new Uint32Array(size / 4);
        for (let at = 0, state = 1; at < data.length; at++) {
          state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + at;
          data[at] = state;
        }
        const bytes = Buffer.from(data.buffer);
        client.send(bytes);
        const got = await arrived;
        assert.ok(bytes.equals(got));
        assert.equal(link.cuts, cuts);
        assert.ok(link.moved <= 1.1 * size, `${(link.moved / size).toFixed(3)} × moved`);
      }),
    );
});
