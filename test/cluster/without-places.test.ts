// Where Node has no sockets that are only bound (src/node/internals/listen-handle.ts), node:cluster shares the port.

import assert from 'node:assert/strict';
import net from 'node:net';
import { test } from 'node:test';
import { createCluster } from 'harmony-websocket/cluster';
import { canBindShared } from '../../src/node/internals/listen-handle.ts';
import { CHILD_PATIENCE } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { guests, program, start } from './clusters.ts';

Reflect.deleteProperty(net, '_createServerHandle');

test(
  'workers share a port, are replaced and drain as everywhere',
  leavingNothing(async (scope) => {
    assert.equal(canBindShared(), false);
    const started = await start(scope);
    const [one] = await guests(scope, started);
    assert.equal(started.cluster.addresses.length, 1);
    await started.cluster.restart();
    assert.equal((await one!.closed).code, 1001);
    await guests(scope, started);
    const { closed, terminated } = await started.cluster.drain();
    assert.ok(closed >= 2);
    assert.equal(terminated, 0);
  }, 2 * CHILD_PATIENCE),
);

test(
  'two clusters of one process do not share a port without knowing',
  leavingNothing(async (scope) => {
    const first = await start(scope);
    // Any free port: node:cluster gives both the same socket.
    const second = createCluster({ server: program('room'), workers: 1, execArgv: [], signals: false });
    await assert.rejects(second, {
      code: 'ERR_WS_CLUSTER_WORKER',
      message: new RegExp(`:${first.port} is the port of another cluster in this process: choose another`, 'u'),
    });
    await first.cluster.close();
    const third = await start(scope, { workers: 1 });
    await third.cluster.close();
  }, 2 * CHILD_PATIENCE),
);
