// `kill -9` of a process with 1,000 connections: the other side is told of each exactly once, keeps nothing, and goes on.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { type ClientConnection, connect } from '../../src/engine/index.ts';
import { Command } from '../support/command.ts';
import { listen } from '../support/engine.ts';
import { handlesBecome, openHandles, Scope } from '../support/handles.ts';

const COUNT = 1_000;
const LOST = ['error ERR_WS_LOST', 'close 1006 false ERR_WS_LOST'];

function start(context: TestContext, ...parameters: string[]): Command {
  return new Command(context, ['--import', 'tsx', 'test/faults/programs/crowd.ts', ...parameters]);
}

/** What the connections of one side were told, each in its order. */
class Log {
  readonly events = new Map<unknown, string[]>();
  #closed = 0;
  #allClosed = (): void => {};
  /** Resolves when COUNT connections are closed. */
  readonly allClosed = new Promise<void>((resolve) => {
    this.#allClosed = resolve;
  });

  readonly handlers = {
    error: (connection: unknown, error: { code: string }): void => this.#tell(connection, `error ${error.code}`),
    close: (connection: unknown, event: { code: number; wasClean: boolean; error?: { code: string } }): void => {
      this.#tell(connection, `close ${event.code} ${event.wasClean} ${event.error?.code}`);
      if (++this.#closed === COUNT) this.#allClosed();
    },
  };

  #tell(connection: unknown, event: string): void {
    const events = this.events.get(connection);
    if (events === undefined) this.events.set(connection, [event]);
    else events.push(event);
  }

  assertAll(expected: readonly string[]): void {
    assert.equal(this.events.size, COUNT);
    for (const events of this.events.values()) assert.deepEqual(events, expected);
  }
}

/** COUNT clients, a hundred at a time. */
async function crowd(url: string, log: Log): Promise<ClientConnection[]> {
  const clients: ClientConnection[] = [];
  while (clients.length < COUNT) {
    clients.push(...(await Promise.all(Array.from({ length: 100 }, () => connect(url, { handlers: log.handlers })))));
  }
  return clients;
}

describe('kill -9', () => {
  test('of a server with 1,000 clients: each is told once, nothing is left, all connect again', async (context) => {
    const first = start(context, 'server', '0');
    const [, port = ''] = await first.seen(/ready (\d+)/);
    const url = `ws://127.0.0.1:${port}/`;
    const before = openHandles();
    const log = new Log();
    const clients = await crowd(url, log);
    // One of them is waiting for an answer, one has said goodbye, as it happens.
    clients[0]?.send('hello');
    first.signal('SIGKILL');
    await log.allClosed;
    log.assertAll(LOST);
    assert.equal(clients.filter((client) => client.isOpen).length, 0);
    await handlesBecome(before);

    const second = start(context, 'server', port);
    await second.seen(/ready/);
    const again = new Log();
    const back = await crowd(url, again);
    assert.equal(back.filter((client) => client.isOpen).length, COUNT);
    for (const client of back) void client.close(1000);
    await again.allClosed;
    again.assertAll(['close 1000 true undefined']);
  });

  test('of a client process with 1,000 connections: the server is told of each once and takes new ones', async (context) => {
    const before = openHandles();
    const scope = new Scope();
    const log = new Log();
    let opened = 0;
    const { server, url } = await listen(scope, { ...log.handlers, open: () => void opened++ });
    const child = start(context, 'clients', url, String(COUNT));
    await child.seen(/ready/);
    assert.equal(opened, COUNT);
    assert.equal(server.connections.size, COUNT);
    child.signal('SIGKILL');
    await log.allClosed;
    log.assertAll(LOST);
    assert.equal(server.connections.size, 0);
    const another = await connect(url);
    assert.equal(another.isOpen, true);
    await another.close(1000);
    await scope.end();
    await child.exit;
    await handlesBecome(before);
  });
});
