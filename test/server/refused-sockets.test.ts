// Refused clients: each gets its answer and time to leave; the number of those that linger is bounded.

import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { RefusedSockets } from '../../src/server/refused-sockets.ts';
import { useNetwork } from '../../src/testing/index.ts';

/** A client that reads its answer and never leaves. */
class Staying extends Duplex {
  written = '';

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
    this.written += String(chunk);
    callback();
  }
}

test('1,000 refused clients may linger for two seconds; more are cut after their answer', async () => {
  await using network = useNetwork();
  const refusedSockets = new RefusedSockets();
  const refuse = (): Staying => {
    const socket = new Staying();
    refusedSockets.answer(socket, 'the answer');
    return socket;
  };
  const lingering = Array.from({ length: 1_000 }, refuse);
  const cut = Array.from({ length: 50 }, refuse);
  await network.settle();
  for (const socket of [...lingering, ...cut]) assert.equal(socket.written, 'the answer');
  assert.ok(lingering.every((socket) => !socket.destroyed && socket.writableEnded));
  assert.ok(cut.every((socket) => socket.destroyed));
  lingering[0]?.destroy();
  await network.settle();
  const another = refuse();
  await network.advance(1_999);
  assert.equal(another.destroyed, false);
  await network.advance(1);
  assert.ok([another, ...lingering].every((socket) => socket.destroyed));
});
test('`destroy` cuts clients that are still here', async () => {
  const refusedSockets = new RefusedSockets();
  const socket = new Staying();
  refusedSockets.answer(socket, 'the answer');
  refusedSockets.destroy();
  assert.equal(socket.destroyed, true);
});
