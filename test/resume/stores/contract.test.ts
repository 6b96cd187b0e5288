// The contract of stores (src/resume/protocol/store.ts), for each store in the same words; and with two instances on one
// directory, as two processes have them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { nodeHost } from '../../../src/node/environment.ts';
import type { ClaimAnswer, Claimed, SessionState, SessionStore } from '../../../src/resume/protocol/store.ts';
import { FileStore } from '../../../src/resume/stores/file-store.ts';
import { MemoryStore } from '../../../src/resume/stores/memory-store.ts';
import { turn } from '../../support/handles.ts';

const KEEP = 60_000;

const STATE: SessionState = {
  handled: 7,
  handledWhole: 6,
  beginning: { isBinary: true, data: Uint8Array.of(1, 2) },
  acknowledged: 3,
  pieces: [
    { sequence: 4, data: 'vier', end: 'last' },
    { sequence: 5, data: Uint8Array.of(5, 0, 255), end: 'more' },
    { sequence: 6, data: new Uint8Array(0), end: 'void' },
  ],
  isContinuing: false,
  dropped: [2, 3],
  data: '{"room":"ü"}',
};

/** Two processes' views of one store. For a store in memory they are the same object. */
interface Setup {
  readonly one: SessionStore;
  readonly other: SessionStore;
}

const folders: string[] = [];
const stores: SessionStore[] = [];

const kinds: readonly (readonly [name: string, make: () => Setup])[] = [
  [
    'memory',
    () => {
      const store = new MemoryStore(nodeHost.clock);
      stores.push(store);
      return { one: store, other: store };
    },
  ],
  [
    'files',
    () => {
      const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
      folders.push(directory);
      const failed = (error: Error): never => assert.fail(error);
      const both = [new FileStore({ directory, failed }), new FileStore({ directory, failed })] as const;
      stores.push(...both);
      return { one: both[0], other: both[1] };
    },
  ],
];

after(() => {
  for (const store of stores) void store.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

let number = 0;

async function create(store: SessionStore, node = 'A', changes = {}) {
  const id = `session-${++number}`;
  const creation = {
    id,
    tokenHash: 't1',
    nonce: `nonce-${number}`,
    attempt: 1,
    bind: 'eve',
    node,
    data: 'd',
    ...changes,
  };
  const created = await store.create(creation, KEEP);
  assert.equal(created.kind, 'claimed');
  return { creation, ...(created as Claimed & { isNew: boolean }) };
}

function claim(store: SessionStore, id: string, node: string, tokenHash: string, changes = {}): Promise<ClaimAnswer> {
  const request = { id, tokenHash, nextHash: `${tokenHash}+`, attempt: ++number + 1000, bind: 'eve', node, ...changes };
  return Promise.resolve(store.claim(request));
}

function plain(state: SessionState | undefined): unknown {
  if (state === undefined) return undefined;
  const { beginning, pieces } = state;
  const bytes = (data: unknown): unknown => (data instanceof Uint8Array ? [...data] : data);
  return {
    ...state,
    beginning: beginning && { ...beginning, data: bytes(beginning.data) },
    pieces: pieces.map((piece) => ({ ...piece, data: bytes(piece.data) })),
  };
}

for (const [name, make] of kinds) {
  describe(`a store in ${name}`, () => {
    test('a claim by the same process raises the generation, and what it has in memory counts', async () => {
      const { one } = make();
      const { id, generation, isNew } = await create(one);
      assert.deepEqual([generation, isNew], [1, true]);
      const claimed = await claim(one, id, 'A', 't1');
      assert.deepEqual(claimed, { kind: 'claimed', id, generation: 2, state: undefined, isOrphan: false });
    });

    test('the next process gets the released state, byte for byte', async () => {
      const { one, other } = make();
      const { id } = await create(one);
      assert.equal(await one.confirm(id, 1), 'written');
      assert.equal(await one.detach(id, 1, KEEP), 'written');
      assert.equal(await one.release(id, 1, KEEP, STATE), 'written');
      assert.equal(await one.confirm(id, 1), 'fenced');
      const claimed = (await claim(other, id, 'B', 't1')) as Claimed;
      assert.deepEqual([claimed.generation, claimed.isOrphan], [2, true]);
      assert.deepEqual(plain(claimed.state), plain(STATE));
      assert.deepEqual(plain(await other.load(id, 2)), plain(STATE));
      assert.equal(await other.load(id, 1), undefined);
      // Confirmed, it is in the memory of its owner only.
      assert.equal(await other.confirm(id, 2), 'written');
      assert.equal(await other.load(id, 2), undefined);
    });

    test('a claim tells the owner, who releases before the answer', async () => {
      const { one, other } = make();
      const { id } = await create(one);
      const told: unknown[] = [];
      one.onFenced('A', async (...fenced) => {
        told.push(fenced);
        await turn();
        assert.equal(await one.release(id, 1, KEEP, STATE), 'written');
      });
      const claimed = (await claim(other, id, 'B', 't1')) as Claimed;
      assert.deepEqual(told, [[id, 1]]);
      assert.deepEqual(plain(claimed.state), plain(STATE));
      for (const call of [
        () => one.confirm(id, 1),
        () => one.detach(id, 1, KEEP),
        () => one.release(id, 1, KEEP, STATE),
        () => one.end(id, 1, { why: 'ended', handledWhole: 0, sent: 0 }, KEEP),
      ]) {
        assert.equal(await call(), 'fenced');
      }
      assert.equal(await other.confirm(id, 2), 'written');
    });

    test('of several claims at once each has another generation, and the last one counts', async () => {
      const { one, other } = make();
      const { id } = await create(one);
      await one.release(id, 1, KEEP, STATE);
      const answers = await Promise.all(
        Array.from({ length: 6 }, (_, at) => claim(at % 2 ? other : one, id, `N${at}`, 't1', { nextHash: `n${at}` })),
      );
      const generations = answers.map((answer) => (answer.kind === 'claimed' ? answer.generation : answer.kind));
      const won = generations.filter((generation) => typeof generation === 'number');
      assert.ok(won.length >= 1, generations.join());
      assert.equal(new Set(won).size, won.length);
      const last = Math.max(...won);
      assert.equal(await one.confirm(id, last), 'written');
      for (const generation of won) if (generation !== last) assert.equal(await one.confirm(id, generation), 'fenced');
    });

    test('tokens: the presented one is valid until the client has the next; an older one is retired', async () => {
      const { one } = make();
      const { id } = await create(one);
      await one.confirm(id, 1);
      await claim(one, id, 'A', 't1', { nextHash: 't2' });
      assert.equal((await claim(one, id, 'A', 't1', { nextHash: 't3' })).kind, 'claimed'); // R was lost
      assert.equal(await one.confirm(id, 3), 'written');
      assert.deepEqual(await claim(one, id, 'A', 't1'), { kind: 'unknown', isRetiredToken: true });
      assert.deepEqual(await claim(one, id, 'A', 't2'), { kind: 'unknown', isRetiredToken: false });
      assert.equal((await claim(one, id, 'A', 't3')).kind, 'claimed');
    });

    test('another user, another id and another token get the same answer', async () => {
      const { one } = make();
      const { id } = await create(one);
      const unknown = { kind: 'unknown', isRetiredToken: false };
      assert.deepEqual(await claim(one, id, 'A', 't1', { bind: 'mallory' }), unknown);
      assert.deepEqual(await claim(one, 'session-0', 'A', 't1'), unknown);
      assert.deepEqual(await claim(one, '../../etc/passwd', 'A', 't1'), unknown);
      assert.deepEqual(await claim(one, id, 'A', 'wrong'), unknown);
    });

    test('an attempt older than one that was seen changes nothing', async () => {
      const { one } = make();
      const { id } = await create(one);
      assert.equal((await claim(one, id, 'A', 't1', { attempt: 9, nextHash: 't2' })).kind, 'claimed');
      assert.deepEqual(await claim(one, id, 'A', 't1', { attempt: 8 }), { kind: 'stale' });
      assert.equal(await one.confirm(id, 2), 'written');
    });

    test('a nonce names the same session until its client knows it, for the same user only', async () => {
      const { one, other } = make();
      const { id, creation } = await create(one);
      const again = await other.create({ ...creation, id: 'another', attempt: 2, tokenHash: 't2', node: 'B' }, KEEP);
      assert.equal(again.kind === 'claimed' && again.id, id);
      assert.equal(again.kind === 'claimed' && again.isNew, false);
      assert.equal((await create(one, 'A', { nonce: creation.nonce, bind: 'bob' })).isNew, true);
      await other.confirm(id, 2);
      const late = await one.create({ ...creation, id: 'late', attempt: 3 }, KEEP);
      assert.deepEqual(late, { kind: 'stale' });
    });

    test('an ended session is a tombstone for a client that has its token', async () => {
      const { one, other } = make();
      const { id, creation } = await create(one);
      const tombstone = { why: 'ended', handledWhole: 4, sent: 9, code: 4000, reason: 'bye' } as const;
      assert.equal(await one.end(id, 1, tombstone, KEEP), 'written');
      assert.deepEqual(await claim(other, id, 'B', 't1'), { kind: 'tombstone', tombstone });
      assert.equal((await claim(other, id, 'B', 'wrong')).kind, 'unknown');
      assert.equal(await one.confirm(id, 1), 'fenced');
      // Its client does not know it yet, and asks again: it gets another one. What it asked before that gets nothing.
      assert.equal((await one.create({ ...creation, id: 'old', attempt: 0 }, KEEP)).kind, 'stale');
      const again = await one.create({ ...creation, id: 'again', attempt: 2 }, KEEP);
      assert.deepEqual([again.kind, 'id' in again && again.id], ['claimed', 'again']);
    });

    test('a released session whose time is over is one too, with its counts', async () => {
      const { one, other } = make();
      const { id } = await create(one);
      await one.release(id, 1, 0, STATE);
      const begun = Date.now();
      while (Date.now() === begun) await turn();
      assert.deepEqual(await claim(other, id, 'B', 't1'), {
        kind: 'tombstone',
        tombstone: { why: 'expired', handledWhole: 6, sent: 6 },
      });
    });
  });
}
