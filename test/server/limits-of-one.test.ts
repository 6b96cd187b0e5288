// `accept({ limits })`: bounds of one connection that differ from the server's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Limits } from '../../src/core/connection/limits.ts';
import { accept, createServer, type Some } from '../../src/engine/index.ts';
import { isError } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';

async function open(scope: Scope, limits: Some<Limits> | undefined, fields = {}): Promise<RawPeer> {
  const server = createServer({
    limits: { maxMessageSize: 4, maxFragments: 2 },
    compression: true,
    upgrade: () => accept({ limits }),
    message: (connection, data) => connection.send(data),
  });
  scope.defer(() => server.close());
  const { port } = await server.listen({ host: '127.0.0.1' });
  const peer = await connectRaw(scope, port);
  peer.write(upgradeRequest(fields));
  await peer.readHead();
  return peer;
}

async function closeCode(peer: RawPeer): Promise<number> {
  const { first, payload } = await peer.readFrame();
  assert.equal(first, 0x88);
  return payload.readUInt16BE(0);
}

test(
  'larger messages for one connection; the other bounds stay',
  leavingNothing(async (scope) => {
    const peer = await open(scope, { maxMessageSize: 8 });
    peer.write(hex('82 86 00000000 616263646566'));
    await peer.expect(hex('82 06 616263646566'));
    peer.write(hex('02 80 00000000 00 80 00000000 80 80 00000000'));
    assert.equal(await closeCode(peer), 1008);
  }),
);

test(
  'smaller ones, before and after inflating',
  leavingNothing(async (scope) => {
    const peer = await open(scope, { maxMessageSize: 2 }, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
    peer.write(hex('c2 85 00000000 4a4c4a0600')); // abc
    assert.equal(await closeCode(peer), 1009);
  }),
);

test(
  'absent, or without a value: those of the server',
  leavingNothing(async (scope) => {
    for (const limits of [undefined, {}, { maxMessageSize: undefined }]) {
      const peer = await open(scope, limits);
      peer.write(hex('82 85 00000000 6162636465'));
      assert.equal(await closeCode(peer), 1009);
    }
  }),
);

test('values that are not bounds are refused', () => {
  assert.throws(
    () => accept({ limits: { maxMessageSize: -1 } }),
    (error) => {
      isError(error, 'ERR_WS_OPTION', 'limits.maxMessageSize is -1');
      return true;
    },
  );
  assert.throws(() => accept({ limits: { maxConnections: 1 } as never }), { code: 'ERR_WS_OPTION' });
});
