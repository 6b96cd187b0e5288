// What an observer of a server is shown of sessions: each connection below, as the connections that they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServer, type Observer, type ServerConnection } from '../../../src/engine/index.ts';
import { leavingNothing } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { ResumingClient } from './resuming-client.ts';

test(
  'observers see the frames of each connection below a session, with its address and its own id',
  leavingNothing(async (scope) => {
    const seen = new Map<string, string[]>();
    const opened = new Inbox<ServerConnection>();
    const closed = new Inbox<unknown>();
    const observer: Observer<ServerConnection> = {
      frame({ id, url, remoteAddress }, { direction, opcode }) {
        seen.set(id, [...(seen.get(id) ?? []), `${direction} ${opcode} ${url} ${remoteAddress}`]);
      },
      close: () => closed.push(undefined),
    };
    const server = createServer({ resume: true, observer, open: (connection) => void opened.push(connection) });
    const { port } = await server.listen({ host: '127.0.0.1' });
    scope.defer(() => server.close());
    const client = new ResumingClient();
    for (const path of ['/one', '/two']) {
      await client.open(`ws://127.0.0.1:${port}${path}`);
      if (path === '/one') await client.cut();
    }
    const connection = await opened.next();
    await closed.next();
    assert.equal(connection.url, '/two');
    assert.equal(seen.size, 2);
    const [first = [], second = []] = seen.values();
    assert.deepEqual(first.slice(0, 3), [
      'sent 1 /one 127.0.0.1',
      'received 1 /one 127.0.0.1',
      'sent 1 /one 127.0.0.1',
    ]);
    assert.deepEqual(second[0], 'sent 1 /two 127.0.0.1');
    client.end.close(1000, '');
    await connection.closed;
  }),
);
