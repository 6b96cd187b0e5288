// Streams that are not sockets of the system may keep the bytes of a write after they have reported it as done, and may emit
// bytes that other code still refers to: neither side changes the bytes of the other.

import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { createServer, type ServerConnection, type ServerOptions } from '../../src/engine/index.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { SAMPLE_KEY } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';

const headers = {
  host: 'x',
  upgrade: 'websocket',
  connection: 'Upgrade',
  'sec-websocket-key': SAMPLE_KEY,
  'sec-websocket-version': '13',
};

/** Keeps the bytes that are written to it, like a stream that forwards them later. */
class Keeping extends Duplex {
  readonly kept: Uint8Array[] = [];

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.kept.push(chunk);
    callback();
  }
}

function open(scope: Scope, options: ServerOptions<undefined>, head: Uint8Array): [ServerConnection, Keeping] {
  const server = createServer(options);
  scope.defer(() => server.close());
  const stream = new Keeping();
  scope.defer(() => void stream.destroy());
  const request = { method: 'GET', url: '/', httpVersion: '1.1', headers } as unknown as IncomingMessage;
  server.handleUpgrade(request, stream, head);
  const [connection] = server.connections;
  assert.ok(connection !== undefined);
  stream.kept.length = 0; // the head of the response
  return [connection, stream];
}

test(
  'bytes that such a stream keeps stay as they were, for messages of every size',
  leavingNothing(async (scope) => {
    for (const size of [5, 1000, 20_000, 40_000, 100_000, 1_500_000]) {
      for (const text of [true, false]) {
        const [connection, stream] = open(scope, {}, Buffer.alloc(0));
        const expected: Buffer[] = [];
        for (const letter of ['a', 'b', 'c', 'd']) {
          const payload = Buffer.alloc(size, letter);
          connection.send(text ? payload.toString() : payload);
          expected.push(payload);
          await turn();
          await turn();
        }
        const bytes = Buffer.concat(stream.kept);
        assert.equal(bytes.length, 4 * (size + (size < 126 ? 2 : size < 65_536 ? 4 : 10)));
        let end = bytes.length;
        for (const payload of expected.reverse()) {
          const from = end - size;
          assert.ok(bytes.subarray(from, end).equals(payload), `${size} ${payload[0]}`);
          end = from - (bytes.length / 4 - size);
        }
      }
    }
  }),
);

test(
  'bytes that such a stream emits are not changed, nor is the head that came with the request',
  leavingNothing(async (scope) => {
    const messages = new Inbox<unknown>();
    const frame = hex('81 85 37fa213d 7f9f4d5158');
    const before = Buffer.from(frame);
    const [, stream] = open(scope, { message: (_, data) => messages.push(data) }, frame);
    stream.push(frame);
    stream.push(frame);
    for (let count = 0; count < 3; count++) assert.equal(await messages.next(), 'Hello');
    assert.ok(before.equals(frame));
  }),
);
