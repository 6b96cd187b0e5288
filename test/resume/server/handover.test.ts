// Topics of sessions that move from node to node of a bus: what is published meanwhile comes once, and each node's messages in order.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { localBus } from '../../../src/bus/index.ts';
import {
  createServer,
  type DrainResult,
  fileStore,
  memoryStore,
  type Server,
  type ServerConnection,
} from '../../../src/engine/index.ts';
import { formatStart } from '../../../src/resume/protocol/control.ts';
import { type Peer, type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { System, type SystemNode } from '../../support/bus.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { until } from '../../support/until.ts';
import { ResumingClient } from './resuming-client.ts';

interface Node extends SystemNode {
  readonly opened: Inbox<ServerConnection>;
  readonly resumed: Inbox<ServerConnection>;
}

class Nodes {
  readonly system: System;
  readonly #scope: Scope;
  readonly #directory = mkdtempSync(join(tmpdir(), 'sessions-'));

  constructor(scope: Scope) {
    this.#scope = scope;
    this.system = new System(scope);
    scope.defer(() => rmSync(this.#directory, { recursive: true, force: true }));
  }

  async start(name: string, resumed: (connection: ServerConnection) => void = subscribe): Promise<Node> {
    const [openings, returns] = [new Inbox<ServerConnection>(), new Inbox<ServerConnection>()];
    const store = fileStore({ directory: this.#directory, failed: (error) => assert.fail(error) });
    this.#scope.defer(() => store.close());
    const handlers = {
      resume: { store, drainSpread: 0 },
      open(connection: ServerConnection) {
        openings.push(connection);
      },
      resumed(connection: ServerConnection) {
        resumed(connection);
        returns.push(connection);
      },
    };
    const node = await this.system.node(name, {}, handlers as object);
    return { ...node, opened: openings, resumed: returns };
  }
}

function subscribe(connection: ServerConnection): void {
  connection.subscribe('news');
}

async function all(nodes: readonly Node[]): Promise<void> {
  await until('all know all', () => nodes.every(({ server }) => server.nodes().length === nodes.length));
}

async function take(client: ResumingClient, count: number): Promise<unknown[]> {
  const taken: unknown[] = [];
  while (taken.length < count) taken.push(await client.received.next());
  return taken;
}

describe('what is published to the topics of a session while it moves', () => {
  for (const isDraining of [true, false]) {
    test(
      `comes once and in order, from each node: ${isDraining ? 'its node drains' : 'its client turns up elsewhere'}`,
      leavingNothing(async (scope) => {
        const nodes = new Nodes(scope);
        const a = await nodes.start('a');
        let hasMoved = false;
        const b = await nodes.start('b', (connection) => {
          subscribe(connection);
          hasMoved = true;
        });
        const c = await nodes.start('c');
        await all([a, b, c]);
        const client = new ResumingClient();
        await client.open(a.url);
        subscribe(await a.opened.next());
        await b.bus.settled();
        const sent: string[] = [];
        let number = 0;
        const publish = (...from: Node[]): void => {
          for (const node of from) {
            const text = `${node.bus.id} ${++number}`;
            sent.push(text);
            node.server.publish('news', text);
          }
        };
        publish(a, b, c);
        const drained = isDraining ? a.server.drain({ code: 1012 }) : client.cut();
        publish(a, b, c);
        if (isDraining) await client.interruptions.next();
        else await drained;
        publish(a, b, c);
        let isDone = false;
        const publishing = (async () => {
          while (!isDone) {
            // A node that drains ends soon after the last of its sessions has been claimed.
            publish(...(isDraining && hasMoved ? [b, c] : [a, b, c]));
            await new Promise((resolve) => setImmediate(resolve));
          }
        })();
        await client.open(b.url);
        const restored = await b.resumed.next();
        await until('it has caught up', () => client.received.rest.at(-1) !== undefined && number > 300);
        isDone = true;
        await publishing;
        await drained;
        publish(...(isDraining ? [b, c] : [a, b, c]));
        const got = await take(client, sent.length);
        assert.deepEqual(client.received.rest, []);
        for (const { bus } of [a, b, c]) {
          const of = (texts: readonly unknown[]): unknown[] => texts.filter((text) => `${text}`.startsWith(bus.id));
          assert.deepEqual(of(got), of(sent));
        }
        client.end.close(1000, '');
        await restored.closed;
      }),
    );
  }
});

describe('a node that drains', () => {
  async function pair(network: TestNetwork): Promise<{ first: Server; connection: ServerConnection; client: Peer }> {
    const store = memoryStore();
    const opened: ServerConnection[] = [];
    const first = createServer({
      bus: localBus('drains'),
      resume: { store, drainSpread: 0 },
      open: (connection) => void opened.push(connection),
    });
    await first.listen({ port: 80 });
    const client = await network.client('ws://localhost/', { subprotocols: ['wsr1'] });
    await client.receives('text', /^.H\{/);
    const limits = { buffer: 65_536, part: 16_384, max: 1_048_576 };
    client.sendText(formatStart({ version: 1, limits, attempt: 1, nonce: `nonce-${'x'.repeat(22)}` }));
    await client.receives('text', /^.R\{/);
    client.sendText('\u0010A0 0');
    await network.settle();
    return { first, connection: opened[0] as ServerConnection, client };
  }

  /** Is told when to come back, and goes. */
  async function leaves(client: Peer): Promise<void> {
    await client.receives('text', /^.B\{/);
    await client.receives('text', /^.A/);
    await client.receivesClose(1012);
    client.sendClose(1012);
  }

  test('waits until its deadline for another node to claim a session, which takes messages meanwhile, and then gives it to the store', async () => {
    await using network = useNetwork();
    const { first, connection, client } = await pair(network);
    const other = createServer({ bus: localBus('drains') });
    await other.listen({ port: 81 });
    await network.settle();
    assert.equal(first.nodes().length, 2);
    connection.subscribe('news');
    const results: DrainResult[] = [];
    void first.drain({ code: 1012 }).then((result) => results.push(result));
    await leaves(client);
    await network.settle();
    other.publish('news', 'while it waits');
    await network.settle();
    assert.deepEqual([results.length, connection.isOpen, connection.session?.isAttached], [0, true, false]);
    assert.equal(connection.bufferedAmount > 0, true);
    await network.advance(9_999);
    assert.equal(results.length, 0);
    await network.advance(1);
    await network.settle();
    assert.equal(results.length, 1);
    assert.equal(first.metrics().sessions?.released, 1);
    await other.close();
  });

  test('without other nodes gives its sessions to the store at once', async () => {
    await using network = useNetwork();
    const { first, client } = await pair(network);
    const drained = first.drain({ code: 1012 });
    await leaves(client);
    await network.settle();
    assert.deepEqual((await drained).codes, { 1012: 1 });
    assert.ok(network.now < 1_000, `at ${network.now}`);
  });
});
