// Whether others know the sockets of a network is that network's word: for the connections that were dialled on it, even when
// another network is in its place by the time they open.

import assert from 'node:assert/strict';
import { connect as connectTcp, type Socket } from 'node:net';
import { test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import type { TcpAddress } from '../../src/node/address.ts';
import { network, replaceNetwork } from '../../src/node/network.ts';
import { leavingNothing } from '../support/handles.ts';
import { acceptHandshake } from '../support/handshake.ts';
import { listenRaw } from '../support/raw-peer.ts';

for (const sharesSockets of [true, false]) {
  test(
    `a connection that was dialled on a network that ${sharesSockets ? 'shares' : 'does not share'} its sockets, and opens on another one`,
    leavingNothing(async (scope) => {
      const sockets: Socket[] = [];
      const dialling = {
        ...network(),
        sharesSockets,
        connect(address: object) {
          const socket = connectTcp({ ...(address as TcpAddress), allowHalfOpen: true });
          sockets.push(socket);
          return socket;
        },
      };
      const server = await listenRaw(scope);
      const restoreFirst = replaceNetwork(dialling);
      const connecting = connect(server.url);
      const peer = await server.accepted();
      restoreFirst();
      const restoreSecond = replaceNetwork({ ...network(), sharesSockets: !sharesSockets });
      try {
        await acceptHandshake(peer);
        const connection = await connecting;
        const [socket] = sockets;
        assert.ok(socket !== undefined);
        assert.equal(socket.destroyed, !sharesSockets, 'its stream has been let go');
        if (sharesSockets) socket.destroy();
        else peer.reset();
        assert.equal((await connection.closed).wasClean, false);
      } finally {
        restoreSecond();
      }
    }),
  );
}
