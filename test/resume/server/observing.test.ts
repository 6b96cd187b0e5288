// What an observer of a server is shown of sessions: each connection below, as the connections that they are.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, createServer, type Observer, type ServerConnection } from '../../../src/engine/index.ts';
import { formatStart } from '../../../src/resume/protocol/control.ts';
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

test(
  'metricsText() tells sessions: with and without a connection, resumed, expired and refused by cause',
  leavingNothing(async (scope) => {
    const expired = new Inbox<unknown>();
    const resumed = new Inbox<unknown>();
    const interrupted = new Inbox<unknown>();
    const opened = new Inbox<ServerConnection>();
    const server = createServer({
      resume: { replayBytes: 1_024 },
      open: (connection) => void opened.push(connection),
      interrupted: () => void interrupted.push(undefined),
      resumed: () => void resumed.push(undefined),
      expired: () => void expired.push(undefined),
    });
    const { port } = await server.listen({ host: '127.0.0.1' });
    scope.defer(() => server.close());
    const url = `ws://127.0.0.1:${port}/`;
    const told = (): string[] =>
      server
        .metricsText()
        .split('\n')
        .filter((line) => line.startsWith('websocket_session') && !line.startsWith('websocket_session_store'));
    const numbers = (values: Record<string, number>): string[] => [
      `websocket_sessions{state="attached"} ${values.attached}`,
      `websocket_sessions{state="detached"} ${values.detached}`,
      `websocket_session_held_bytes ${values.held}`,
      `websocket_sessions_begun_total ${values.begun}`,
      `websocket_sessions_resumed_total ${values.resumed}`,
      'websocket_sessions_restored_total 0',
      'websocket_sessions_released_total 0',
    ];
    const client = new ResumingClient();
    await client.open(url);
    const connection = await opened.next();
    await client.cut();
    await interrupted.next();
    connection.send('a'.repeat(100));
    const held = connection.session?.heldBytes ?? 0;
    assert.ok(held >= 100);
    assert.deepEqual(told(), numbers({ attached: 0, detached: 1, held, begun: 1, resumed: 0 }));
    await client.open(url);
    await resumed.next();
    await client.cut();
    await interrupted.next();
    for (let index = 0; index < 12; index++) connection.send('a'.repeat(100));
    await expired.next();
    const stranger = await connect(url, { subprotocols: ['wsr1'] });
    const resume = { id: 'invented', token: 'x'.repeat(43), received: 0 };
    const limits = { buffer: 1_024, part: 1_024, max: 1_024 };
    stranger.send(formatStart({ version: 1, limits, attempt: 1, resume }));
    await stranger.closed;
    await client.open(url); // begins another session
    assert.deepEqual(told(), [
      ...numbers({ attached: 1, detached: 0, held: 0, begun: 2, resumed: 1 }),
      'websocket_sessions_expired_total{cause="overflow"} 1',
      'websocket_session_attempts_refused_total{cause="unknown"} 1',
    ]);
  }),
);
