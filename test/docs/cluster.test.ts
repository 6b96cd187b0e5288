// The example of docs/cluster.md runs as it is written.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ClientConnection, connect } from '../../src/engine/index.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { pageText, programFolder, programOf } from '../support/page.ts';

test('the example: two workers on one port, and a message that reaches the clients of both', (context) =>
  leavingNothing(async (scope) => {
    const page = pageText('cluster.md');
    const folder = programFolder(scope, new URL('.programs/', import.meta.url));
    writeFileSync(join(folder, 'app.mjs'), programOf(page, 'app.mjs').replace('8080', '0'));
    writeFileSync(join(folder, 'main.mjs'), programOf(page, 'main.mjs'));
    const command = new Command(context, ['main.mjs'], { folder });
    const [, port] = await command.seen(/^ready on port (\d+)$/mu);
    assert.match(command.stdout, /^worker 1 listens, process \d+$/mu);
    assert.match(command.stdout, /^worker 2 listens, process \d+$/mu);
    const pids = new Set<string>();
    const clients: ClientConnection[] = [];
    let heard = 0;
    while (pids.size < 2) {
      const client = await connect(`ws://127.0.0.1:${port}/`, {
        handlers: {
          message(_, data) {
            const [, pid] = /^you are connected to process (\d+)$/u.exec(String(data)) ?? [];
            if (pid !== undefined) pids.add(pid);
            if (/^worker-[12]-\w+\/\d+: hello$/u.test(String(data))) heard++;
          },
        },
      });
      clients.push(client);
      assert.ok(clients.length < 200);
    }
    const [first] = clients;
    assert.ok(first);
    while (heard < clients.length) {
      // Again, until the workers know what the others are subscribed to.
      first.send('hello');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    command.signal('SIGTERM');
    const closes = await Promise.all(clients.map(({ closed }) => closed));
    assert.ok(closes.every(({ code }) => code === 1001));
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /^worker [12] is gone: as asked$/mu);
  }, 2 * CHILD_PATIENCE)());
