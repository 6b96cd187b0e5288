// The contract of stores (src/resume/protocol/store.ts) as tests, for each store in the same words. A store is given as a
// function that makes two views of it, as two processes have them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type ClaimAnswer,
  type Claimed,
  MAX_APPEND,
  type SessionLog,
  type SessionProgress,
  type SessionStore,
  type StoredPiece,
  type Tombstone,
} from '../../../src/resume/protocol/store.ts';
import { readState } from '../../../src/resume/protocol/stored-state.ts';
import { leavingNothing, type Scope, turn } from '../../support/handles.ts';

/** Two processes' views of one store. For a store in memory they are the same object. */
export interface StoreSetup {
  readonly one: SessionStore;
  readonly other: SessionStore;
  /** Has this much of the store's time pass: by moving a clock, or by waiting. */
  pass(milliseconds: number): void | Promise<void>;
}

/**
 * Runs the contract against a store.
 *
 * @param name  as in "a store in memory"
 * @param make  makes a fresh one for each test; what it opens is given back by `scope.defer`
 */
export function testStoreContract(name: string, make: (scope: Scope) => StoreSetup | Promise<StoreSetup>): void {
  const contract = (title: string, run: (setup: StoreSetup) => Promise<void>): void => {
    test(
      title,
      leavingNothing(async (scope) => {
        const setup = await make(scope);
        scope.defer(async () => {
          await setup.one.close();
          if (setup.other !== setup.one) await setup.other.close();
        });
        await run(setup);
      }),
    );
  };

  describe(`a store in ${name}: who owns a session`, () => {
    contract('a claim by the same process raises the generation, and what it has in memory counts', async ({ one }) => {
      const { id, generation, isNew } = await create(one);
      assert.deepEqual([generation, isNew], [1, true]);
      const claimed = await claim(one, id, 'A', 't1');
      assert.deepEqual(claimed, { kind: 'claimed', id, generation: 2, head: undefined, isOrphan: false });
    });

    contract('a claim tells the owner, who writes what it has before the answer', async ({ one, other }) => {
      const { id } = await create(one);
      const told: unknown[] = [];
      one.onFenced('A', async (...fenced) => {
        told.push(fenced);
        await turn();
        await write(one, id, 1);
        assert.equal(await one.release(id, 1, KEEP), 'written');
      });
      const claimed = (await claim(other, id, 'B', 't1')) as Claimed;
      assert.deepEqual(told, [[id, 1]]);
      await assertState(other, claimed);
      for (const [call, run] of calls(one, id, 1)) assert.equal(await run(), 'fenced', call);
      assert.equal(await other.confirm(id, 2), 'written');
    });

    contract(
      'of several claims at once each has another generation, and the last one counts',
      async ({ one, other }) => {
        const { id } = await create(one);
        await write(one, id, 1);
        await one.release(id, 1, KEEP);
        const answers = await Promise.all(
          Array.from({ length: 6 }, (_, at) => claim(at % 2 ? other : one, id, `N${at}`, 't1', { nextHash: `n${at}` })),
        );
        const generations = answers.map((answer) => (answer.kind === 'claimed' ? answer.generation : answer.kind));
        const won = generations.filter((generation) => typeof generation === 'number');
        assert.ok(won.length >= 1, generations.join());
        assert.equal(new Set(won).size, won.length);
        const last = Math.max(...won);
        const winner = generations.indexOf(last) % 2 ? other : one;
        assert.equal(await winner.confirm(id, last), 'written');
        for (const generation of won)
          if (generation !== last) assert.equal(await one.confirm(id, generation), 'fenced');
      },
    );

    contract(
      'tokens: the presented one is valid until the client has the next; an older one is retired',
      async ({ one }) => {
        const { id } = await create(one);
        await one.confirm(id, 1);
        await claim(one, id, 'A', 't1', { nextHash: 't2' });
        assert.equal((await claim(one, id, 'A', 't1', { nextHash: 't3' })).kind, 'claimed'); // R was lost
        assert.equal(await one.confirm(id, 3), 'written');
        assert.deepEqual(await claim(one, id, 'A', 't1'), { kind: 'unknown', isRetiredToken: true });
        assert.deepEqual(await claim(one, id, 'A', 't2'), { kind: 'unknown', isRetiredToken: false });
        assert.equal((await claim(one, id, 'A', 't3')).kind, 'claimed');
      },
    );

    contract('another user, another id and another token get the same answer', async ({ one }) => {
      const { id } = await create(one);
      const unknown = { kind: 'unknown', isRetiredToken: false };
      assert.deepEqual(await claim(one, id, 'A', 't1', { bind: 'mallory' }), unknown);
      assert.deepEqual(await claim(one, 'session-0', 'A', 't1'), unknown);
      assert.deepEqual(await claim(one, '../../etc/passwd', 'A', 't1'), unknown);
      assert.deepEqual(await claim(one, id, 'A', 'wrong'), unknown);
    });

    contract(
      'a client that goes away before anything was committed costs nothing of what was appended',
      async ({ one }) => {
        const { id, generation } = await create(one);
        assert.equal(await one.confirm(id, generation), 'written');
        const parts: StoredPiece[] = [{ sequence: 1, data: 'part', end: 'more' }];
        assert.equal(await one.append(id, generation, 'incoming', parts), 'written');
        assert.equal(await one.detach(id, generation, 60_000), 'written');
        const progress = { handled: 1, handledWhole: 0, within: 'text', data: '' } as const;
        assert.equal(await one.commit(id, generation, progress), 'written');
        assert.deepEqual((await one.since(id, generation, 'incoming', 0)).length, 1);
        assert.equal(await one.release(id, generation, 60_000), 'written');
      },
    );

    contract('an attempt older than one that was seen changes nothing', async ({ one }) => {
      const { id } = await create(one);
      assert.equal((await claim(one, id, 'A', 't1', { attempt: 9, nextHash: 't2' })).kind, 'claimed');
      assert.deepEqual(await claim(one, id, 'A', 't1', { attempt: 8 }), { kind: 'stale' });
      assert.equal(await one.confirm(id, 2), 'written');
    });

    contract(
      'a nonce names the same session until its client knows it, for the same user only',
      async ({ one, other }) => {
        const { id, creation } = await create(one);
        const again = await other.create({ ...creation, id: 'another', attempt: 2, tokenHash: 't2', node: 'B' }, KEEP);
        assert.equal(again.kind === 'claimed' && again.id, id);
        assert.equal(again.kind === 'claimed' && again.isNew, false);
        assert.equal((await create(one, { nonce: creation.nonce, bind: 'bob' })).isNew, true);
        await other.confirm(id, 2);
        const late = await one.create({ ...creation, id: 'late', attempt: 3 }, KEEP);
        assert.deepEqual(late, { kind: 'stale' });
      },
    );

    contract(
      'two processes that are asked at once to replace a session that ended make one',
      async ({ one, other }) => {
        for (let round = 0; round < 4; round++) {
          const { id, creation } = await create(one);
          assert.equal(await one.end(id, 1, { why: 'expired' }, KEEP), 'written');
          const ask = (store: SessionStore, node: string, name: string) =>
            store.create({ ...creation, id: `${id}-${name}`, node, attempt: 2 }, KEEP);
          const both = await Promise.all([
            ask(one, 'A', '1'),
            ask(other, 'B', '2'),
            ask(one, 'A', '3'),
            ask(other, 'B', '4'),
          ]);
          assert.equal(new Set(both.map((answer) => 'id' in answer && answer.id)).size, 1);
          assert.equal(both.filter((answer) => 'isNew' in answer && answer.isNew).length, 1);
        }
      },
    );

    contract('an ended session is a tombstone for a client that has its token', async ({ one, other }) => {
      const { id, creation } = await create(one);
      const tombstone: Tombstone = { why: 'ended', handledWhole: 4, sent: 9, code: 4000, reason: 'bye' };
      assert.equal(await one.end(id, 1, tombstone, KEEP), 'written');
      assert.deepEqual(await claim(other, id, 'B', 't1'), { kind: 'tombstone', tombstone });
      assert.equal((await claim(other, id, 'B', 'wrong')).kind, 'unknown');
      for (const [call, run] of calls(one, id, 1)) assert.equal(await run(), 'fenced', call);
      // Its client does not know it yet, and asks again: it gets another one. What it asked before that gets nothing.
      assert.equal((await one.create({ ...creation, id: 'old', attempt: 0 }, KEEP)).kind, 'stale');
      const again = await one.create({ ...creation, id: 'again', attempt: 2 }, KEEP);
      assert.deepEqual([again.kind, 'id' in again && again.id], ['claimed', 'again']);
    });

    contract('a released session whose time is over is one too, with its counts', async ({ one, other, pass }) => {
      const { id } = await create(one);
      await write(one, id, 1);
      await one.release(id, 1, 50);
      await pass(60);
      assert.deepEqual(await claim(other, id, 'B', 't1'), {
        kind: 'tombstone',
        tombstone: { why: 'expired', handledWhole: 5, sent: 6 },
      });
    });

    contract('a session that the store does not have is lost, which is something else than fenced', async ({ one }) => {
      for (const [call, run] of calls(one, 'no-such-session', 1)) assert.equal(await run(), 'lost', call);
      assert.equal(await one.load('no-such-session', 1), undefined);
      assert.equal(await one.since('no-such-session', 1, 'outgoing', 0), 'lost');
    });
  });

  describe(`a store in ${name}: what it has of a session`, () => {
    contract('the next process gets the released state, byte for byte', async ({ one, other }) => {
      const { id } = await create(one);
      assert.equal(await one.confirm(id, 1), 'written');
      assert.equal(await one.detach(id, 1, KEEP), 'written');
      await write(one, id, 1);
      assert.equal(await one.release(id, 1, KEEP), 'written');
      assert.equal(await one.confirm(id, 1), 'fenced');
      const claimed = (await claim(other, id, 'B', 't1')) as Claimed;
      assert.deepEqual([claimed.generation, claimed.isOrphan], [2, true]);
      await assertState(other, claimed);
      assert.deepEqual(await other.load(id, 2), claimed.head);
      assert.equal(await other.load(id, 1), undefined);
      assert.equal(await one.since(id, 1, 'outgoing', 0), 'fenced');
    });

    contract('confirmed, it is in the memory of its owner only, unless that writes ahead', async ({ one, other }) => {
      for (const isAhead of [false, true]) {
        const { id } = await create(one);
        await write(one, id, 1);
        await one.release(id, 1, KEEP);
        const { head } = (await claim(other, id, 'B', 't1', { isAhead })) as Claimed;
        assert.equal(await other.confirm(id, 2), 'written');
        assert.deepEqual(await other.load(id, 2), isAhead ? head : undefined);
        assert.equal((await readLog(other, id, 2, 'outgoing', 0)).length, isAhead ? 3 : 0);
        // What comes next has its numbers all the same.
        assert.equal(await other.trim(id, 2, 5, true), 'written');
        assert.equal(await other.append(id, 2, 'outgoing', [text(6), text(7)]), 'written');
        assert.deepEqual(numbers(await readLog(other, id, 2, 'outgoing', 5)), [6, 7]);
      }
    });

    contract('a committed state is there when its owner has died, and no other is', async ({ one, other }) => {
      const kept = await create(one);
      await write(one, kept.id, 1);
      await one.detach(kept.id, 1, KEEP);
      await one.append(kept.id, 1, 'outgoing', [text(7)]); // what is appended after a commit belongs to it
      const claimed = (await claim(other, kept.id, 'B', 't1')) as Claimed;
      assert.equal(claimed.isOrphan, true);
      assert.deepEqual({ ...claimed.head }, { ...PROGRESS, acknowledged: 3, isContinuing: false });
      assert.deepEqual(numbers(await readLog(other, kept.id, 2, 'outgoing', 3)), [4, 5, 6, 7]);

      const unsaid = await create(one);
      await one.append(unsaid.id, 1, 'outgoing', [text(1)]);
      const { head } = (await claim(other, unsaid.id, 'B', 't1')) as Claimed;
      assert.equal(head, undefined);
      assert.equal(await other.load(unsaid.id, 2), undefined);
      assert.deepEqual(await other.since(unsaid.id, 2, 'outgoing', 0), []);
    });

    contract(
      'a state is old once another process goes on from it, and lost if that one dies',
      async ({ one, other }) => {
        const { id } = await create(one);
        await write(one, id, 1);
        await one.release(id, 1, KEEP);
        assert.notEqual(((await claim(other, id, 'B', 't1')) as Claimed).head, undefined);
        const { head, generation } = (await claim(one, id, 'C', 't1')) as Claimed;
        assert.deepEqual([head, generation], [undefined, 3]);
        assert.equal(await one.load(id, 3), undefined);
      },
    );

    contract('with an owner that writes ahead it is current all the time', async ({ one, other }) => {
      const { id } = await create(one, { isAhead: true });
      const first = (await claim(other, id, 'B', 't1', { isAhead: true })) as Claimed;
      assert.deepEqual({ ...first.head }, { ...NEW, data: 'd' });
      await other.confirm(id, 2);
      assert.equal(await other.append(id, 2, 'outgoing', [text(1), text(2)]), 'written');
      const second = (await claim(one, id, 'C', 't1+', { isAhead: true })) as Claimed;
      assert.deepEqual({ ...second.head }, { ...NEW, data: 'd' });
      assert.deepEqual(numbers(await readLog(one, id, 3, 'outgoing', 0)), [1, 2]);
      // The same process claims it again, and has it in memory; what the store has stays current.
      assert.equal(((await claim(one, id, 'C', 't1++', { isAhead: true })) as Claimed).head, undefined);
      assert.equal(await one.commit(id, 4, { handled: 1, handledWhole: 1, data: 'e' }), 'written');
      const third = (await claim(other, id, 'D', 't1+++', { isAhead: true })) as Claimed;
      assert.deepEqual({ ...third.head }, { ...NEW, handled: 1, handledWhole: 1, data: 'e' });
      assert.deepEqual(numbers(await readLog(other, id, 5, 'outgoing', 0)), [1, 2]);
    });

    contract('what an owner writes after it was fenced is nowhere', async ({ one, other }) => {
      const { id } = await create(one, { isAhead: true });
      await one.append(id, 1, 'outgoing', [text(1)]);
      await claim(other, id, 'B', 't1', { isAhead: true });
      assert.equal(await one.append(id, 1, 'outgoing', [text(2)]), 'fenced');
      assert.equal(await one.trim(id, 1, 1, false), 'fenced');
      assert.equal(await one.commit(id, 1, PROGRESS), 'fenced');
      assert.deepEqual(numbers(await readLog(other, id, 2, 'outgoing', 0)), [1]);
      assert.equal((await other.load(id, 2))?.handled, 0);
    });

    contract('twice is as once, and a gap is told', async ({ one }) => {
      const { id } = await create(one, { isAhead: true });
      await one.append(id, 1, 'outgoing', [text(1), text(2)]);
      assert.equal(await one.append(id, 1, 'outgoing', [text(2), text(3)]), 'written');
      assert.equal(await one.append(id, 1, 'outgoing', [text(1)]), 'written');
      assert.deepEqual(numbers(await readLog(one, id, 1, 'outgoing', 0)), [1, 2, 3]);
      await assert.rejects(async () => await one.append(id, 1, 'outgoing', [text(5)]), /lost messages/);
      assert.equal(await one.append(id, 1, 'outgoing', [text(4), text(5)]), 'written');
      assert.equal(await one.append(id, 1, 'incoming', [text(2, 'more')]), 'written');
      assert.equal(await one.append(id, 1, 'incoming', [text(2, 'more'), text(7, 'more')]), 'written');
      assert.deepEqual(numbers(await readLog(one, id, 1, 'incoming', 0)), [2, 7]); // their numbers may have gaps
    });

    contract(
      'trimming: lower does nothing, higher than everything empties the log and goes on behind it',
      async ({ one }) => {
        const { id } = await create(one, { isAhead: true });
        await one.append(id, 1, 'outgoing', [text(1), text(2), text(3, 'more')]);
        assert.equal(await one.trim(id, 1, 2, true), 'written');
        assert.equal(await one.trim(id, 1, 1, false), 'written');
        const head = await one.load(id, 1);
        assert.deepEqual([head?.acknowledged, head?.isContinuing], [2, true]);
        assert.deepEqual(numbers(await readLog(one, id, 1, 'outgoing', 0)), [3]);
        assert.equal(await one.trim(id, 1, 9, false), 'written');
        assert.deepEqual(await readLog(one, id, 1, 'outgoing', 0), []);
        assert.equal(await one.append(id, 1, 'outgoing', [text(10)]), 'written');
        assert.deepEqual(numbers(await readLog(one, id, 1, 'outgoing', 0)), [10]);
      },
    );

    contract('parts of a message of the client are kept until it was handled', async ({ one }) => {
      const { id } = await create(one, { isAhead: true });
      await one.append(id, 1, 'incoming', [text(3, 'more'), text(4, 'more')]);
      await one.commit(id, 1, { handled: 4, handledWhole: 2, within: 'text', data: '' });
      assert.deepEqual(numbers(await readLog(one, id, 1, 'incoming', 2)), [3, 4]);
      await one.append(id, 1, 'incoming', [text(6, 'more')]);
      await one.commit(id, 1, { handled: 6, handledWhole: 5, within: 'text', data: '' });
      assert.deepEqual(numbers(await readLog(one, id, 1, 'incoming', 0)), [6]);
      assert.equal((await one.load(id, 1))?.within, 'text');
      await one.commit(id, 1, { handled: 7, handledWhole: 7, data: '' });
      assert.equal((await one.load(id, 1))?.within, undefined);
      assert.deepEqual(await readLog(one, id, 1, 'incoming', 0), []);
    });

    contract('calls that are not awaited keep their order', async ({ one, other }) => {
      const { id } = await create(one, { isAhead: true });
      const answers = [];
      for (let at = 1; at <= 40; at++) {
        answers.push(one.append(id, 1, 'outgoing', [text(at)]));
        answers.push(one.commit(id, 1, { handled: at, handledWhole: at, data: `${at}` }));
        if (at % 8 === 0) answers.push(one.trim(id, 1, at - 4, false));
      }
      assert.deepEqual([...new Set(await Promise.all(answers.map(async (answer) => answer)))], ['written']);
      const { head } = (await claim(other, id, 'B', 't1', { isAhead: true })) as Claimed;
      assert.deepEqual([head?.handled, head?.data, head?.acknowledged], [40, '40', 36]);
      assert.deepEqual(numbers(await readLog(other, id, 2, 'outgoing', 36)), [37, 38, 39, 40]);
    });

    contract('much is kept in pieces, and comes back in pieces', async ({ one, other }) => {
      const { id } = await create(one);
      const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => (at * 7) % 256);
      const all: StoredPiece[] = Array.from({ length: 30 }, (_, at) => ({
        sequence: at + 1,
        data: bytes,
        end: 'last',
      }));
      const several = Math.floor(MAX_APPEND / bytes.length);
      for (let at = 0; at < all.length; at += several) {
        assert.equal(await one.append(id, 1, 'outgoing', all.slice(at, at + several)), 'written');
      }
      await one.commit(id, 1, { handled: 0, handledWhole: 0, data: 'x'.repeat(16_384) });
      await one.release(id, 1, KEEP);
      const { head } = (await claim(other, id, 'B', 't1')) as Claimed;
      assert.equal(head?.data.length, 16_384);
      const read = await readLog(other, id, 2, 'outgoing', 0);
      assert.equal(read.length, 30);
      for (const { data } of read) assert.deepEqual(Buffer.from(data as Uint8Array), Buffer.from(bytes));
    });
  });
}

const KEEP = 60_000;

const NEW = { handled: 0, handledWhole: 0, acknowledged: 0, isContinuing: false };

const PROGRESS: SessionProgress = {
  handled: 7,
  handledWhole: 5,
  within: 'binary',
  dropped: [2, 3],
  data: '{"room":"ü"}',
};

const PIECES: readonly StoredPiece[] = [
  { sequence: 4, data: 'vier\u0000 \ud83d\ude00', end: 'last' },
  { sequence: 5, data: Uint8Array.of(5, 0, 255), end: 'more' },
  { sequence: 6, data: new Uint8Array(0), end: 'void' },
];

/** Writes a state that has something of everything. */
async function write(store: SessionStore, id: string, generation: number): Promise<void> {
  assert.equal(await store.trim(id, generation, 3, false), 'written');
  const parts: StoredPiece[] = [
    { sequence: 6, data: Uint8Array.of(1), end: 'more' },
    { sequence: 7, data: Uint8Array.of(2), end: 'more' },
  ];
  assert.equal(await store.append(id, generation, 'incoming', parts), 'written');
  assert.equal(await store.append(id, generation, 'outgoing', PIECES), 'written');
  assert.equal(await store.commit(id, generation, PROGRESS), 'written');
}

async function assertState(store: SessionStore, { id, generation, head }: Claimed): Promise<void> {
  assert.ok(head);
  const state = await readState(store, id, generation, head);
  assert.ok(typeof state === 'object');
  const { pieces, beginning, ...rest } = state;
  const { within: _, ...progress } = PROGRESS;
  assert.deepEqual(rest, { ...progress, acknowledged: 3, isContinuing: false });
  assert.deepEqual(pieces.map(plain), PIECES.map(plain));
  assert.deepEqual(beginning && { ...beginning, data: bytesOf(beginning.data) }, { isBinary: true, data: [1, 2] });
}

function plain({ sequence, data, end }: StoredPiece): unknown {
  return { sequence, data: bytesOf(data), end };
}

function bytesOf(data: unknown): unknown {
  return data instanceof Uint8Array ? [...data] : data;
}

function text(sequence: number, end: StoredPiece['end'] = 'last'): StoredPiece {
  return { sequence, data: `message ${sequence}`, end };
}

function numbers(pieces: readonly StoredPiece[]): number[] {
  return pieces.map(({ sequence }) => sequence);
}

async function readLog(
  store: SessionStore,
  id: string,
  generation: number,
  log: SessionLog,
  after: number,
): Promise<StoredPiece[]> {
  const all: StoredPiece[] = [];
  for (;;) {
    const some = await store.since(id, generation, log, all.at(-1)?.sequence ?? after);
    if (typeof some === 'string') throw new Error(some);
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** Every call of an owner. */
function calls(store: SessionStore, id: string, generation: number) {
  return [
    ['append', () => store.append(id, generation, 'outgoing', [text(1)])],
    ['trim', () => store.trim(id, generation, 1, false)],
    ['commit', () => store.commit(id, generation, PROGRESS)],
    ['confirm', () => store.confirm(id, generation)],
    ['detach', () => store.detach(id, generation, KEEP)],
    ['release', () => store.release(id, generation, KEEP)],
    ['end', () => store.end(id, generation, { why: 'ended', handledWhole: 0, sent: 0 }, KEEP)],
  ] as const;
}

let number = 0;

async function create(store: SessionStore, changes = {}) {
  const id = `session-${++number}`;
  const creation = {
    id,
    tokenHash: 't1',
    nonce: `nonce-${number}`,
    attempt: 1,
    bind: 'eve',
    node: 'A',
    isAhead: false,
    data: 'd',
    ...changes,
  };
  const created = await store.create(creation, KEEP);
  assert.equal(created.kind, 'claimed');
  return { creation, ...(created as Claimed & { isNew: boolean }) };
}

async function claim(
  store: SessionStore,
  id: string,
  node: string,
  tokenHash: string,
  changes = {},
): Promise<ClaimAnswer> {
  const attempt = ++number + 1000;
  const request = { id, tokenHash, nextHash: `${tokenHash}+`, attempt, bind: 'eve', node, isAhead: false, ...changes };
  return await store.claim(request, KEEP);
}
