// Sessions in JetStream beyond the contract of stores: clients that change the node, brokers that restart, owners that write at
// the same time, and what stays in the streams.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { natsLink } from '../../../../src/bus/nats/nats-setup.ts';
import { createServer, type Resumption, type ServerConnection } from '../../../../src/engine/index.ts';
import type { Claimed, SessionStore, StoredPiece } from '../../../../src/resume/protocol/store.ts';
import { JetStream } from '../../../../src/resume/stores/nats/jetstream.ts';
import { makeNatsStore, type NatsStoreOptions, natsStore } from '../../../../src/resume/stores/nats/make-nats-store.ts';
import { NatsStore } from '../../../../src/resume/stores/nats/nats-store.ts';
import { leavingNothing, type Scope, turn } from '../../../support/handles.ts';
import { Inbox } from '../../../support/inbox.ts';
import { NatsServer } from '../../../support/nats-server.ts';
import { peer } from '../../../support/peers.ts';
import { ResumingClient } from '../../server/resuming-client.ts';

const { skip } = peer('nats-server');
const KEEP = 60_000;
let server: NatsServer;
let number = 0;

const withJetStream = (directory: string): string => `jetstream { store_dir: "${directory}" }`;

function storeFor(scope: Scope, options: NatsStoreOptions = {}, now?: () => number): NatsStore {
  const store = makeNatsStore({ servers: server.url, storage: 'memory', pingInterval: 500, ...options }, now);
  scope.defer(() => store.close());
  return store;
}

async function connected(scope: Scope): Promise<NatsConnection> {
  const connection = await connect({ servers: server.url });
  scope.defer(() => connection.close());
  return connection;
}

/** How many messages a stream has. */
async function messagesOf(connection: NatsConnection, stream: string): Promise<number> {
  const reply = await connection.request(`$JS.API.STREAM.INFO.${stream}`);
  return (reply.json() as { state: { messages: number } }).state.messages;
}

function creation(id: string, node = 'A', isAhead = true) {
  return { id, tokenHash: 't', nonce: `n-${id}`, attempt: 1, bind: 'eve', node, isAhead, data: '' };
}

function claim(store: SessionStore, id: string, node: string) {
  const request = { id, tokenHash: 't', nextHash: 't', attempt: 1, bind: 'eve', node, isAhead: true };
  return store.claim(request, KEEP);
}

function piece(sequence: number, data: string): StoredPiece {
  return { sequence, data, end: 'last' };
}

async function outgoing(store: SessionStore, id: string, generation: number): Promise<StoredPiece[]> {
  const all: StoredPiece[] = [];
  for (;;) {
    const some = await store.since(id, generation, 'outgoing', all.at(-1)?.sequence ?? 0);
    assert.ok(typeof some !== 'string', String(some));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

describe('sessions in JetStream', { skip }, () => {
  before(async () => {
    server = await NatsServer.start(withJetStream);
  });
  after(() => server.end());

  for (const mode of ['spill', 'ahead'] as const) {
    test(
      `a client resumes on another node, which gets the messages that wait for it, mode ${mode}`,
      leavingNothing(async (scope) => {
        const prefix = `wsr${++number}`;
        const serve = async () => {
          const opened = new Inbox<ServerConnection>();
          const resumed = new Inbox<{ connection: ServerConnection } & Resumption>();
          const store = natsStore({ servers: server.url, prefix, storage: 'memory' });
          scope.defer(() => store.close());
          const node = createServer({
            resume: { store, drainSpread: 0, mode },
            open: (connection) => opened.push(connection),
            resumed: (connection, resumption) => resumed.push({ connection, ...resumption }),
            error: (_, error) => assert.fail(error),
          });
          const { port } = await node.listen({ host: '127.0.0.1' });
          scope.defer(() => node.close());
          return { node, opened, resumed, url: `ws://127.0.0.1:${port}` };
        };
        const [first, second, third] = [await serve(), await serve(), await serve()];
        const client = new ResumingClient();
        await client.open(first.url);
        const connection = await first.opened.next();
        assert.ok(connection.session);
        connection.session.data = { room: 'blue' };
        await client.cut();
        connection.send('waits');
        // The first node still has it, and is asked for it.
        assert.equal((await client.open(second.url)).isResumed, true);
        assert.equal(await client.received.next(), 'waits');
        assert.equal((await connection.closed).code, 4703);
        const moved = await second.resumed.next();
        assert.deepEqual(moved.connection.session?.data, { room: 'blue' });
        client.isStuck = true;
        moved.connection.send('before the drain');
        assert.equal(await client.received.next(), 'before the drain');
        const drained = second.node.drain({ code: 1012 });
        moved.connection.send('while draining');
        await drained;
        client.isStuck = false;
        await client.interruptions.next();
        assert.equal((await client.open(third.url)).isResumed, true);
        assert.equal(await client.received.next(), 'while draining');
        const last = await third.resumed.next();
        last.connection.send('from the third');
        assert.equal(await client.received.next(), 'from the third');
        client.end.close(1000, '');
        await last.connection.closed;
      }),
    );
  }

  test(
    'owners that claim and write at the same time: the log has all written messages, and no others',
    leavingNothing(async (scope) => {
      const prefix = `wsr${++number}`;
      const stores = Array.from({ length: 4 }, () => storeFor(scope, { prefix }));
      const id = 'contended';
      await stores[0]?.create(creation(id, 'node-0'), KEEP);
      const written = new Map<number, string>();
      const generations = new Set<number>();
      /** Of the claims that were answered. */
      let highest = 0;
      const owner = async (store: SessionStore, at: number): Promise<void> => {
        for (let round = 0; round < 8; round++) {
          const claimed = (await claim(store, id, `node-${at}`)) as Claimed;
          assert.equal(claimed.kind, 'claimed');
          assert.ok(!generations.has(claimed.generation));
          generations.add(claimed.generation);
          highest = Math.max(highest, claimed.generation);
          let last: number;
          try {
            last = (await outgoing(store, id, claimed.generation)).at(-1)?.sequence ?? 0;
          } catch {
            continue; // another one has it already
          }
          for (let count = 0; count < 12; count++) {
            const text = `${at} ${round} ${count}`;
            const isLate = claimed.generation < highest;
            const answer = await store.append(id, claimed.generation, 'outgoing', [piece(++last, text)]);
            assert.ok(!(isLate && answer === 'written'), 'written by an owner of before');
            if (answer === 'fenced') break;
            assert.equal(answer, 'written');
            assert.equal(written.get(last), undefined, `${last} was written twice`);
            written.set(last, text);
          }
          // The others write meanwhile.
          for (let turns = 0; turns < 3 * at + 7; turns++) await turn();
        }
      };
      await Promise.all(stores.map(owner));
      const reader = storeFor(scope, { prefix });
      const { generation } = (await claim(reader, id, 'reader')) as Claimed;
      const pieces = await outgoing(reader, id, generation);
      assert.deepEqual(
        pieces.map(({ sequence, data }) => [sequence, data]),
        [...written].sort(([one], [other]) => one - other),
      );
      assert.ok(written.size > 0, `${written.size} pieces`);
    }),
  );

  test(
    'a claim whose mark in the log comes after that of a later claim does not count',
    leavingNothing(async (scope) => {
      const prefix = `wsr${++number}`;
      const other = storeFor(scope, { prefix });
      await other.create(creation('s', 'B'), KEEP);
      const { link } = natsLink({ servers: server.url }, { user: 'test', name: 'test', noEcho: false });
      const jetStream = new JetStream(link, 'test');
      const reached = new Inbox<void>();
      const release = new Inbox<void>();
      const publish = jetStream.publish.bind(jetStream);
      let isHeld = true;
      jetStream.publish = async (subject, data, after) => {
        if (subject.includes('.l.') && isHeld) {
          isHeld = false;
          reached.push();
          await release.next();
        }
        return publish(subject, data, after);
      };
      const slow = new NatsStore(jetStream, { prefix, replicas: 1, maxAge: 86_400_000, storage: 'memory' });
      scope.defer(() => slow.close());
      const slowly = claim(slow, 's', 'A');
      await reached.next();
      assert.equal(((await claim(other, 's', 'B')) as Claimed).generation, 3);
      release.push();
      // It begins again, and takes the session from the other one.
      assert.equal(((await slowly) as Claimed).generation, 4);
      assert.equal(await other.append('s', 3, 'outgoing', [piece(1, 'late')]), 'fenced');
      assert.equal(await slow.append('s', 4, 'outgoing', [piece(1, 'one')]), 'written');
    }),
  );

  test(
    'an owner that is dead is not waited for',
    leavingNothing(async (scope) => {
      const prefix = `wsr${++number}`;
      const dead = storeFor(scope, { prefix });
      await dead.create(creation('s'), KEEP);
      await dead.append('s', 1, 'outgoing', [piece(1, 'one')]);
      await dead.close();
      const heir = storeFor(scope, { prefix });
      await heir.create(creation('other', 'B'), KEEP);
      const start = performance.now();
      const { isOrphan, generation } = (await claim(heir, 's', 'B')) as Claimed;
      assert.equal(isOrphan, true);
      assert.equal((await outgoing(heir, 's', generation)).length, 1);
      // Its bound is 2,000 ms: NATS tells that nobody hears.
      assert.ok(performance.now() - start < 1_900);
    }),
  );

  test(
    'trimmed messages and ended sessions leave the streams',
    leavingNothing(async (scope) => {
      const prefix = `wsr${++number}`;
      let time = Date.now();
      const store = storeFor(scope, { prefix }, () => time);
      const connection = await connected(scope);
      await store.create(creation('s'), KEEP);
      let most = 0;
      for (let sequence = 1; sequence <= 300; sequence++) {
        await store.append('s', 1, 'outgoing', [piece(sequence, 'x')]);
        await store.trim('s', 1, sequence - 3, false);
        if (sequence % 20 === 0) most = Math.max(most, await messagesOf(connection, `${prefix}_session_logs`));
      }
      assert.ok(most < 100, `${most} messages`);
      assert.deepEqual(
        (await outgoing(store, 's', 1)).map(({ sequence }) => sequence),
        [298, 299, 300],
      );
      assert.equal(await store.end('s', 1, { why: 'ended' }, KEEP), 'written');
      assert.equal((await claim(store, 's', 'B')).kind, 'tombstone');
      time += KEEP + 60_001;
      assert.equal((await claim(store, 's', 'B')).kind, 'unknown');
      await store.sweep();
      assert.equal(await messagesOf(connection, `${prefix}_sessions`), 0);
      assert.equal(await messagesOf(connection, `${prefix}_session_logs`), 0);
    }),
  );

  test(
    'a session that is used is written anew before JetStream forgets it',
    leavingNothing(async (scope) => {
      const prefix = `wsr${++number}`;
      let time = Date.now();
      const store = storeFor(scope, { prefix, maxAge: 400_000 }, () => time);
      const connection = await connected(scope);
      await store.create(creation('s'), KEEP);
      const sequence = async (): Promise<number> => {
        const reply = await connection.request(`$JS.API.STREAM.INFO.${prefix}_sessions`);
        return (reply.json() as { state: { last_seq: number } }).state.last_seq;
      };
      const first = await sequence();
      await store.sweep();
      assert.equal(await sequence(), first);
      time += 100_001;
      await store.sweep();
      assert.equal(await sequence(), first + 1);
      await assert.rejects(
        async () => await store.create(creation('too long'), 200_001),
        /keeps sessions for 400000 ms.*keep of 200001 ms may be half of that/,
      );
    }),
  );

  test(
    'a document or a message that is damaged is told, and ends nothing',
    leavingNothing(async (scope) => {
      const prefix = `wsr${++number}`;
      const store = storeFor(scope, { prefix });
      const connection = await connected(scope);
      await store.create(creation('s'), KEEP);
      await store.append('s', 1, 'outgoing', [piece(1, 'one')]);
      const subjects = async (stream: string): Promise<string> => {
        const body = JSON.stringify({ subjects_filter: '>' });
        const reply = await connection.request(`$JS.API.STREAM.INFO.${stream}`, body);
        const { state } = reply.json() as { state: { subjects: Record<string, number> } };
        return Object.keys(state.subjects).find((subject) => !subject.includes('.n.')) ?? assert.fail();
      };
      const heir = storeFor(scope, { prefix });
      await connection.request(await subjects(`${prefix}_session_logs`), Uint8Array.of(0, 0, 0, 99, 1));
      const { generation } = (await claim(heir, 's', 'B')) as Claimed;
      await assert.rejects(outgoing(heir, 's', generation), /message \d+ of the stream .* is damaged/);
      await connection.request(await subjects(`${prefix}_sessions`), '{"record":');
      await assert.rejects(async () => await claim(heir, 's', 'C'), /the document of a session .* is damaged/);
      await heir.create(creation('other', 'B'), KEEP);
      assert.equal((await claim(heir, 'other', 'B')).kind, 'claimed');
    }),
  );

  test('its options are checked', () => {
    for (const options of [
      { prefix: 'a.b' },
      { replicas: 0 },
      { maxAge: 1 },
      { bucket: 'b' },
      { servers: 'redis://a' },
    ]) {
      const [name] = Object.keys(options);
      assert.throws(() => natsStore(options as never), new RegExp(`${name}`));
    }
    assert.throws(() => natsStore('nats://user:geheim@'), /^(?!.*geheim)/);
    assert.throws(
      () => (natsStore as (...all: unknown[]) => unknown)('nats://a', {}),
      /all options are in the first one/,
    );
  });
});

describe('servers of a store in JetStream', { skip }, () => {
  test(
    'one that was killed and started again has the sessions; calls meanwhile fail with the reason and are made again',
    leavingNothing(async (scope) => {
      const own = await NatsServer.start(withJetStream);
      scope.defer(() => own.end());
      const options: NatsStoreOptions = { servers: own.url, storage: 'file' };
      const store = storeFor(scope, options);
      await store.create(creation('s'), KEEP);
      await store.append('s', 1, 'outgoing', [piece(1, 'one')]);
      const appended = store.append('s', 1, 'outgoing', [piece(2, 'two')]);
      await own.stop();
      // Its answer may have come, or not.
      await appended.catch((error: Error) => assert.match(error.message, /JetStream has not answered|NATS/));
      const early = store.append('s', 1, 'outgoing', [piece(2, 'two')]);
      await own.start();
      assert.equal(await early, 'written');
      assert.equal(await store.append('s', 1, 'outgoing', [piece(2, 'two'), piece(3, 'three')]), 'written');
      const heir = storeFor(scope, options);
      const { generation } = (await claim(heir, 's', 'B')) as Claimed;
      assert.deepEqual(
        (await outgoing(heir, 's', generation)).map(({ data }) => data),
        ['one', 'two', 'three'],
      );
      assert.equal(await store.append('s', 1, 'outgoing', [piece(4, 'four')]), 'fenced');
    }),
  );

  test(
    'one without JetStream is told',
    leavingNothing(async (scope) => {
      const own = await NatsServer.start();
      scope.defer(() => own.end());
      const store = storeFor(scope, { servers: own.url });
      await assert.rejects(store.create(creation('s'), KEEP), /no JetStream answers on .*: enable it on the servers/);
    }),
  );

  test(
    'one that refuses the credentials is told without them',
    leavingNothing(async (scope) => {
      const own = await NatsServer.start(() => 'authorization { user: a, password: b }');
      scope.defer(() => own.end());
      const store = storeFor(scope, { servers: own.url, user: 'a', pass: 'geheim' });
      await assert.rejects(store.create(creation('s'), KEEP), /^(?!.*geheim).*refuses the credentials/);
    }),
  );
});
