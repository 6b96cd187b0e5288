// Sessions that go from one server to another: at a drain, through a store in files; and away from a server that still has
// them. Each server here has its own store on the same directory, as two processes have.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { createServer, fileStore, type Resumption, type ServerConnection } from '../../../src/engine/index.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { ResumingClient } from './resuming-client.ts';

function directoryOf(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

async function serve(scope: Scope, directory: string, options: object = {}) {
  const events: string[] = [];
  const opened = new Inbox<ServerConnection>();
  const resumed = new Inbox<{ connection: ServerConnection } & Resumption>();
  const received = new Inbox<string | Uint8Array>();
  const store = fileStore({ directory, failed: (error) => assert.fail(error) });
  scope.defer(() => store.close());
  const server = createServer({
    resume: { store, drainSpread: 0 },
    open(connection) {
      events.push('open');
      opened.push(connection);
    },
    message: (_, data) => received.push(data),
    resumed(connection, resumption) {
      events.push(`resumed ${resumption.isRestored}`);
      resumed.push({ connection, ...resumption });
    },
    interrupted: () => events.push('interrupted'),
    expired: (_, { why }) => events.push(`expired ${why}`),
    error: (_, error) => events.push(`error ${error.code}`),
    close: (_, { code }) => events.push(`close ${code}`),
    ...options,
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  return { server, events, opened, resumed, received, url: `ws://127.0.0.1:${port}` };
}

describe('a session moves', () => {
  test(
    'at a drain: running handlers finish, waiting messages are sent by the next server, and no message comes twice',
    leavingNothing(async (scope) => {
      const directory = directoryOf(scope);
      const running = new Inbox<() => void>();
      const first = await serve(scope, directory, {
        message: () => new Promise<void>((resolve) => running.push(resolve)),
      });
      const client = new ResumingClient();
      await client.open(first.url);
      const connection = await first.opened.next();
      assert.ok(connection.session);
      connection.session.data = { room: 'blue' };
      client.isStuck = true; // it does not acknowledge what it gets: all of it is sent again
      connection.send('sent');
      assert.equal(await client.received.next(), 'sent');
      client.end.send('runs');
      const finish = await running.next();
      const drained = first.server.drain({ code: 1012, reason: 'deploy' });
      connection.send('while draining');
      assert.equal(first.events.length, 1);
      finish();
      const { closed, codes } = await drained;
      assert.deepEqual([closed, codes, first.events], [1, { 1012: 1 }, ['open', 'close 1012']]);
      assert.equal(first.server.connections.size, 0);
      const { begun, released, attached, heldBytes } = first.server.metrics().sessions ?? assert.fail();
      assert.deepEqual([begun, released, attached, heldBytes], [1, 1, 0, 0]);
      const { after } = await client.interruptions.next();
      assert.equal(after, 0);
      client.isStuck = false;
      const second = await serve(scope, directory);
      const { isResumed, isOrphan } = await client.open(second.url);
      assert.deepEqual([isResumed, isOrphan], [true, true]);
      const { connection: restored, isRestored } = await second.resumed.next();
      assert.deepEqual(
        [isRestored, restored.session?.data, restored.session?.id],
        [true, { room: 'blue' }, client.end.id],
      );
      assert.equal(await client.received.next(), 'while draining');
      client.end.send('to the second');
      assert.equal(await second.received.next(), 'to the second');
      restored.send('from the second');
      assert.equal(await client.received.next(), 'from the second');
      assert.deepEqual(client.received.rest, []);
      assert.deepEqual(second.events, ['resumed true']);
      const now = second.server.metrics().sessions ?? assert.fail();
      assert.deepEqual([now.begun, now.restored, now.attached, now.detached], [0, 1, 1, 0]);
      client.end.close(1000, '');
      await restored.closed;
    }),
  );

  test(
    'a client turns up at another server while the first one still has it',
    leavingNothing(async (scope) => {
      const directory = directoryOf(scope);
      const first = await serve(scope, directory);
      const second = await serve(scope, directory);
      const client = new ResumingClient();
      await client.open(first.url);
      const connection = await first.opened.next();
      await client.cut();
      connection.send('waits');
      const { isResumed } = await client.open(second.url);
      assert.equal(isResumed, true);
      assert.equal(await client.received.next(), 'waits');
      assert.equal((await connection.closed).code, 4703);
      assert.equal(first.server.connections.size, 0);
      const { connection: restored } = await second.resumed.next();
      restored.send('goes on');
      assert.equal(await client.received.next(), 'goes on');
      client.end.close(1000, '');
      await restored.closed;
      assert.deepEqual(second.events.at(-1), 'close 1000');
    }),
  );

  test(
    'drain cuts what a handler holds up, and close ends at once; the sessions can be resumed all the same',
    leavingNothing(async (scope) => {
      const directory = directoryOf(scope);
      for (const end of ['drain', 'close'] as const) {
        const started = new Inbox<void>();
        const first = await serve(scope, directory, {
          message() {
            started.push();
            return new Promise<void>(() => {});
          },
        });
        const client = new ResumingClient();
        await client.open(first.url);
        await first.opened.next();
        client.end.send('never handled');
        await started.next();
        if (end === 'drain') await first.server.drain({ deadline: 1 });
        else await first.server.close();
        await client.interruptions.next();
        const second = await serve(scope, directory);
        assert.equal((await client.open(second.url)).isResumed, true);
        assert.equal(await second.received.next(), 'never handled');
        const { connection } = await second.resumed.next();
        client.end.close(1000, '');
        await connection.closed;
      }
    }),
  );
});
