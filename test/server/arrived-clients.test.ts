// Clients of an upgrade handler that leave while it decides. Their handshake came without a stream, which was made for a
// decision that took time, or at once for a handler that looked at it.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refuse, type ServerOptions } from '../../src/engine/index.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { upgradeRequest } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw, type RawPeer } from '../support/raw-peer.ts';

/** Bytes that Node reads at once. */
const READ_SIZE = 65_536;
const never = new Promise<never>(() => {});

describe('a client that resets before its handshake is read', () => {
  for (const size of [0, READ_SIZE - upgradeRequest().length])
    test(
      `with ${size} bytes behind it: does not end the process where the handler waits, then looks at its request`,
      leavingNothing(async (scope) => {
        const told = new Inbox<string>();
        const { port } = await listen(scope, {
          async upgrade(request) {
            await Promise.resolve();
            assert.ok(request.message.socket);
            return never;
          },
          refused: (_request, error) => told.push(error.code),
        });
        const peer = await connectRaw(scope, port);
        for (let turns = 0; turns < 3; turns++) await turn(); // until the server has accepted it
        peer.write(upgradeRequest() + 'a'.repeat(size));
        peer.reset();
        assert.equal(await told.next(), 'ERR_WS_HANDSHAKE_LOST');
      }),
    );
});

describe('the request of a client that has left tells its address', () => {
  const leave: Record<string, (peer: RawPeer) => void> = { ended: (peer) => peer.end(), reset: (peer) => peer.reset() };
  for (const [how, go] of Object.entries(leave))
    test(
      `to the refused handler, if it has ${how} during the decision`,
      leavingNothing(async (scope) => {
        const asked = new Inbox<undefined>();
        const told = new Inbox<unknown[]>();
        const { port } = await listen(scope, {
          upgrade() {
            asked.push(undefined);
            return never;
          },
          refused: (request, error) =>
            told.push([error.code, request?.socket.remoteAddress, request?.socket.remoteFamily]),
        });
        const peer = await connectRaw(scope, port, '127.0.0.1', '127.0.0.9');
        peer.write(upgradeRequest());
        await asked.next();
        await turn();
        go(peer);
        assert.deepEqual(await told.next(), ['ERR_WS_HANDSHAKE_LOST', '127.0.0.9', 'IPv4']);
      }),
    );

  const handlers: Record<string, NonNullable<ServerOptions<undefined>['upgrade']>> = {
    'is refused': () => refuse(403),
    fails: () => Reflect.apply(JSON.parse, JSON, ['{']),
  };
  for (const [what, upgrade] of Object.entries(handlers))
    test(
      `if it has reset before it ${what}`,
      leavingNothing(async (scope) => {
        const told = new Inbox<unknown[]>();
        const { port } = await listen(scope, {
          upgrade,
          refused: (request) => told.push([request?.socket.remoteAddress, request?.socket.remotePort]),
          failed() {},
        });
        const peer = await connectRaw(scope, port, '127.0.0.1', '127.0.0.9');
        const { localPort } = peer.socket;
        for (let turns = 0; turns < 3; turns++) await turn(); // until the server has accepted it
        peer.write(upgradeRequest());
        peer.reset();
        assert.deepEqual(await told.next(), ['127.0.0.9', localPort]);
      }),
    );
});
