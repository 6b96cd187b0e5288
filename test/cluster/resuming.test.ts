// Clients that resume, over a rolling restart of all workers: the sessions go to a directory and to the next process. Every message
// is handled once and in order, and so is every answer.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect } from 'harmony-websocket/engine';
import { CHILD_PATIENCE } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { start } from './clusters.ts';

const CLIENTS = 12;

test(
  'nothing is lost and nothing comes twice while all workers are replaced under load',
  leavingNothing(async (scope) => {
    const directory = mkdtempSync(join(tmpdir(), 'cluster-sessions-'));
    scope.defer(() => rmSync(directory, { recursive: true, force: true }));
    const { cluster, url } = await start(scope, { env: { DIRECTORY: directory } });
    let isOver = false;
    let resumed = 0;
    const expired: unknown[] = [];
    const clients = Array.from({ length: CLIENTS }, async () => {
      const answers = new Inbox<string>();
      const client = connect(url, {
        resume: true,
        reconnect: { initial: 10, max: 100 },
        handlers: {
          message: (_, data) => answers.push(String(data)),
          resumed: () => resumed++,
          expired: (_, expiry) => expired.push(expiry),
        },
      });
      scope.defer(() => client.terminate());
      let sent = 0;
      while (!isOver) {
        client.send(`echo ${++sent}`);
        for (;;) {
          const answer = await answers.next();
          if (!answer.startsWith('echo ')) continue;
          assert.equal(answer, `echo ${sent}`);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await client.close();
      return sent;
    });
    await cluster.restart({ code: 1012 });
    isOver = true;
    const counts = await Promise.all(clients);
    assert.deepEqual(expired, []);
    assert.ok(resumed >= CLIENTS, String(resumed));
    assert.ok(counts.every((count) => count > 1));
  }, 2 * CHILD_PATIENCE),
);
