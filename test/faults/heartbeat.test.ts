// A frozen peer, over real sockets and in real time: the fact that the heartbeat finds it, on both sides, and not before
// interval and timeout are over. That it is not later either, to the millisecond, is in the matrix, where time is moved
// by hand.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { listen } from '../support/engine.ts';
import { faultProxy } from '../support/fault-proxy.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const heartbeat = { interval: 80, timeout: 120 };

describe('a peer that freezes after some pongs', () => {
  for (const role of ['client', 'server'] as const) {
    test(
      `is found by the heartbeat of the ${role}`,
      leavingNothing(async (scope) => {
        const pongs = new Inbox<number>();
        const errors: string[] = [];
        const watched = {
          pong: () => pongs.push(performance.now()),
          error: (_: unknown, error: { code: string }) => void errors.push(error.code),
        };
        const other = { heartbeat: false } as const;
        const { port, opened } = await listen(scope, role === 'server' ? { ...watched, heartbeat } : other);
        const proxy = await faultProxy(scope, port);
        const client = await connect(
          `ws://127.0.0.1:${proxy.port}/`,
          role === 'client' ? { handlers: watched, heartbeat } : other,
        );
        const proxied = await proxy.connections.next();
        const connection = role === 'client' ? client : await opened.next();
        const [, , last = 0] = await pongs.take(3);
        proxied.freeze();
        const { code, wasClean, error } = await connection.closed;
        assert.ok(performance.now() - last >= heartbeat.interval + heartbeat.timeout);
        assert.deepEqual(
          { code, wasClean, error: error?.code, errors },
          { code: 1006, wasClean: false, error: 'ERR_WS_HEARTBEAT', errors: ['ERR_WS_HEARTBEAT'] },
        );
        proxied.destroy();
        await client.closed;
      }),
    );
  }
});
