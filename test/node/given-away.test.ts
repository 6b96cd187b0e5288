// A message that was received belongs to the application: to transfer its memory to a worker moves this message only, or
// fails. It never takes memory from other messages, of this or another connection, nor from what is allocated later.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import { nodeMemory } from '../../src/node/memory.ts';
import { pair } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { assertBytes, pattern } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';

/** Around every border between the ways to allocate, and of the protocol's. */
const SIZES = [
  0, 1, 63, 64, 65, 125, 126, 512, 1_024, 1_025, 2_048, 4_095, 4_096, 8_192, 8_193, 16_384, 40_000, 65_536,
];
const LARGE = [200_000, 1_048_576];

interface Resizing extends ArrayBuffer {
  transfer(size?: number): ArrayBuffer;
  transferToFixedLength(): ArrayBuffer;
}

/** Ways to give memory away. Each answers where the memory is then. */
const ways: Readonly<Record<string, (bytes: Buffer) => ArrayBufferLike>> = {
  structuredClone: (bytes) => structuredClone(bytes.buffer, { transfer: [bytes.buffer as ArrayBuffer] }),
  postMessage(bytes) {
    const { port1, port2 } = new MessageChannel();
    try {
      port1.postMessage(bytes, [bytes.buffer as ArrayBuffer]);
    } finally {
      port1.close();
      port2.close();
    }
    return new ArrayBuffer(0);
  },
  ...('transfer' in ArrayBuffer.prototype && {
    transfer: (bytes) => (bytes.buffer as Resizing).transfer(),
    'transfer to another size': (bytes) => (bytes.buffer as Resizing).transfer(7),
    transferToFixedLength: (bytes) => (bytes.buffer as Resizing).transferToFixedLength(),
  }),
};

/** Gives some messages away; those that are left, and those whose transfer failed, must be what they were. */
function giveAway(messages: readonly Buffer[], expected: (index: number) => Uint8Array): void {
  const kinds = Object.entries(ways);
  let moved = 0;
  for (const [index, message] of messages.entries()) {
    if (index % 2 === 1) continue;
    const [name, give] = kinds[(index >> 1) % kinds.length] as (typeof kinds)[number];
    const { byteOffset, length } = message;
    try {
      const memory = give(message);
      // Node 20 copies what it does not transfer.
      if (message.buffer.byteLength > 0) continue;
      moved++;
      if (name !== 'structuredClone' && name !== 'transfer') continue;
      assertBytes(new Uint8Array(memory, byteOffset, length), expected(index), `message ${index}, moved`);
    } catch (error) {
      assert.ok(
        error instanceof TypeError || (error as Error).name === 'DataCloneError',
        `${name} of message ${index}: ${String(error)}`,
      );
      assertBytes(message, expected(index), `message ${index}, not moved by ${name}`);
    }
  }
  assert.ok(moved > 0 || messages.every(({ length }) => length <= 8_192), 'large messages can be moved');
  for (const [index, message] of messages.entries()) {
    if (message.length === 0 && index % 2 === 0) continue;
    assertBytes(message, expected(index), `message ${index} beside others that were given away`);
  }
}

test('each piece of memory by itself', () => {
  const sizes = Array.from({ length: 30 }, () => [...SIZES, 200_000]).flat();
  const pieces = sizes.map((size, index) => {
    const bytes = nodeMemory.allocate(size) as Buffer;
    bytes.set(pattern(size, index));
    return bytes;
  });
  giveAway(pieces, (index) => pattern(sizes[index] as number, index));
  for (const size of sizes) assert.equal(nodeMemory.allocate(size).fill(1).length, size);
  assert.equal(Buffer.allocUnsafe(100).length, 100, "Node's own pool is untouched");
});

describe('messages over sockets', () => {
  const settings = [
    { name: 'TCP', tls: false, compression: false },
    { name: 'TCP, compressed', tls: false, compression: true },
    { name: 'TLS', tls: true, compression: false },
  ] as const;
  for (const { name, tls, compression } of settings) {
    test(
      `received by either end (${name})`,
      leavingNothing(async (scope) => {
        const atServer = new Inbox<Buffer>();
        const atClient = new Inbox<Buffer>();
        const { client, connection } = await pair(
          scope,
          { compression, message: (_, data) => atServer.push(data as Buffer), pong: (_, data) => atServer.push(data) },
          {
            compression,
            handlers: { message: (_, data) => atClient.push(data as Buffer), ping: (_, data) => atClient.push(data) },
          },
          tls,
        );
        const sizes = [...SIZES, ...SIZES, ...SIZES, ...LARGE];
        for (let round = 0; round < 2; round++) {
          const expected = (index: number) => pattern(sizes[index] as number, index + round);
          for (const [sender, inbox] of [
            [client, atServer],
            [connection, atClient],
          ] as const) {
            for (const index of sizes.keys()) {
              const payload = expected(index);
              const cut = payload.length >> 1;
              if (index % 3 === 0) sender.send(payload);
              else {
                sender.sendFragment(payload.subarray(0, cut), { fin: false });
                sender.sendFragment(payload.subarray(cut), { fin: true });
              }
            }
            giveAway(await inbox.take(sizes.length), expected);
          }
          // Payloads of pings, and of the pongs that answer them.
          for (const inbox of [atClient, atServer]) {
            for (let index = 0; index < 40; index++) connection.ping(pattern(85 + index, index));
            giveAway(await inbox.take(40), (index) => pattern(85 + index, index));
            await (inbox === atClient ? atServer : atClient).take(40);
          }
        }
      }),
    );
  }

  test(
    'pulled from a queue',
    leavingNothing(async (scope) => {
      const { client, connection } = await pair(scope);
      const sizes = [...SIZES, ...SIZES, ...SIZES];
      for (const [index, size] of sizes.entries()) client.send(pattern(size, index));
      const messages: Buffer[] = [];
      for await (const data of connection) {
        if (messages.push(data as Buffer) === sizes.length) break;
      }
      giveAway(messages, (index) => pattern(sizes[index] as number, index));
    }),
  );
});
