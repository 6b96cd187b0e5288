// One AbortSignal of the application's for many connections: each obeys it, and it has one listener.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { listen } from '../support/engine.ts';
import { rejectsWith } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw } from '../support/raw-peer.ts';

test(
  'thirty connections on one signal: no warning; all end with it, open or not; nothing stays on the signal',
  leavingNothing(async (scope) => {
    const warnings = new Inbox<Error>();
    process.on('warning', warnings.push);
    scope.defer(() => process.off('warning', warnings.push));
    const { url } = await listen(scope);
    const silent = await listenRaw(scope);
    const controller = new AbortController();
    const { signal } = controller;
    const open = await Promise.all(Array.from({ length: 15 }, () => connect(url, { signal })));
    const opening = Array.from({ length: 15 }, () => connect(silent.url, { signal }));
    for (const _ of opening) await silent.accepted();
    assert.equal(getEventListeners(signal, 'abort').length, 1);
    open[0]?.terminate();
    await open[0]?.closed;
    controller.abort();
    for (const attempt of opening) await rejectsWith(attempt, 'ERR_WS_ABORTED');
    for (const connection of open) assert.equal((await connection.closed).error?.code, 'ERR_WS_TERMINATED');
    assert.equal(getEventListeners(signal, 'abort').length, 0);
    await rejectsWith(connect(url, { signal }), 'ERR_WS_ABORTED');
    await turn();
    assert.deepEqual(warnings.rest, []);
  }),
);
test(
  'the signal is let go with the last of its connections, and taken again by the next one',
  leavingNothing(async (scope) => {
    const { url } = await listen(scope);
    const controller = new AbortController();
    const { signal } = controller;
    for (let round = 0; round < 2; round++) {
      const both = await Promise.all([connect(url, { signal }), connect(url, { signal })]);
      for (const connection of both) {
        assert.equal(getEventListeners(signal, 'abort').length, 1);
        await connection.close();
      }
      assert.equal(getEventListeners(signal, 'abort').length, 0);
    }
    const last = await connect(url, { signal });
    controller.abort();
    assert.equal((await last.closed).code, 1006);
  }),
);
