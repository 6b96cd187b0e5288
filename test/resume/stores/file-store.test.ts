// Sessions in files: what crashes and disks leave behind is told and left out, and never ends the process; dead owners.

import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileStore } from '../../../src/engine/index.ts';
import type { Claimed, SessionState, StoredPiece } from '../../../src/resume/protocol/store.ts';
import { releaseState } from '../../../src/resume/protocol/stored-state.ts';
import { FileStore } from '../../../src/resume/stores/file-store.ts';
import { isError } from '../../support/expect.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';

const STATE: SessionState = {
  handled: 2,
  handledWhole: 2,
  acknowledged: 1,
  pieces: [
    { sequence: 2, data: 'two', end: 'last' },
    { sequence: 3, data: Uint8Array.of(3), end: 'last' },
  ],
  isContinuing: false,
  data: '',
};

const textSize = (text: string): number => Buffer.byteLength(text);

function setup(scope: Scope) {
  const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  const problems: string[] = [];
  const time = { passed: 0 };
  const failed = (error: Error): number => problems.push(error.message);
  const store = new FileStore({ directory, failed }, () => Date.now() + time.passed);
  scope.defer(() => store.close());
  const folders = (): string[] => readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const create = async (id: string, isAhead = false): Promise<void> => {
    const creation = { id, tokenHash: 't', nonce: id, attempt: 1, bind: '', node: 'A', isAhead, data: '' };
    assert.equal((await store.create(creation, 60_000)).kind, 'claimed');
  };
  const claim = (id: string, node = 'B', tokenHash = 't') =>
    store.claim({ id, tokenHash, nextHash: 'u', attempt: 2, bind: '', node, isAhead: false }, 60_000);
  const release = (id: string): void => {
    assert.equal(releaseState(store, id, 1, 60_000, STATE, textSize), 'written');
  };
  return { directory, store, time, problems, folders, create, claim, release };
}

/** Numbers of the messages that a log has. */
function kept(store: FileStore, id: string, generation: number): number[] {
  const pieces = store.since(id, generation, 'outgoing', 0);
  assert.ok(typeof pieces !== 'string', String(pieces));
  return pieces.map(({ sequence }) => sequence);
}

describe('files of sessions', () => {
  test(
    'one that was cut anywhere, or changed anywhere, is told and never given out as whole',
    leavingNothing(async (scope) => {
      const { directory, problems, folders, create, claim, release } = setup(scope);
      await create('s');
      release('s');
      const folder = join(directory, folders()[0] as string);
      const whole = new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
      assert.deepEqual([...whole.keys()].sort(), ['1', 'log-1-0']);
      const restore = (): void => {
        for (const name of readdirSync(folder)) rmSync(join(folder, name));
        for (const [name, bytes] of whole) writeFileSync(join(folder, name), bytes);
      };
      for (const [name, bytes] of whole) {
        for (let at = 0; at < bytes.length; at += name === '1' ? 5 : 1) {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] as number) ^ 0x41;
          for (const damaged of [bytes.subarray(0, at), changed]) {
            restore();
            writeFileSync(join(folder, name), damaged);
            problems.length = 0;
            const { kind } = await claim('s');
            assert.ok(kind === 'unknown' || kind === 'tombstone', `${kind} at ${at} of ${name}`);
            assert.match(problems.join('\n'), /^(the session file .* cannot be used|the log .* is damaged): /);
          }
        }
      }
      restore();
      const { head, generation } = (await claim('s')) as Claimed;
      assert.deepEqual([head?.handled, generation], [2, 2]);
    }),
  );

  test(
    'where the log of a released session is damaged, the counts of its state are told',
    leavingNothing(async (scope) => {
      const { directory, folders, create, claim, release } = setup(scope);
      await create('s');
      release('s');
      const path = join(directory, folders()[0] as string, 'log-1-0');
      writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size - 3));
      const tombstone = { why: 'regressed', handledWhole: 2, sent: 3 };
      assert.deepEqual(await claim('s'), { kind: 'tombstone', tombstone });
    }),
  );

  test(
    'a record that was being written when its owner died does not count, and the others do',
    leavingNothing(async (scope) => {
      const { directory, store, problems, folders, create, claim } = setup(scope);
      const pieces = [1, 2, 3].map((sequence): StoredPiece => ({ sequence, data: `message ${sequence}`, end: 'last' }));
      for (let lost = 1; lost < 20; lost += 3) {
        const id = `s${lost}`;
        const before = new Set(folders());
        await create(id, true);
        assert.equal(store.append(id, 1, 'outgoing', pieces), 'written');
        const folder = folders().find((name) => !before.has(name)) as string;
        const path = join(directory, folder, 'log-1-0');
        truncateSync(path, statSync(path).size - lost);
        const { head, generation } = (await claim(id)) as Claimed;
        assert.equal(head?.handled, 0);
        assert.deepEqual(kept(store, id, generation), [1, 2]);
        // The next owner goes on behind what counts.
        assert.equal(store.append(id, generation, 'outgoing', pieces.slice(2)), 'written');
        assert.deepEqual(kept(store, id, generation), [1, 2, 3]);
      }
      assert.deepEqual(problems, []);
    }),
  );

  test(
    'a log is written anew when most of it is not needed any more',
    leavingNothing(async (scope) => {
      const { directory, store, folders, create, claim } = setup(scope);
      await create('s', true);
      const size = 2_000;
      let most = 0;
      for (let sequence = 1; sequence <= 500; sequence++) {
        await store.append('s', 1, 'outgoing', [{ sequence, data: 'x'.repeat(size), end: 'last' }]);
        await store.trim('s', 1, sequence - 3, false);
        const folder = join(directory, folders()[0] as string);
        const logs = readdirSync(folder).filter((name) => name.startsWith('log-'));
        assert.equal(logs.length, 1);
        most = Math.max(most, statSync(join(folder, logs[0] as string)).size);
      }
      assert.ok(most < 80_000, `${most} bytes`);
      const { head, generation } = (await claim('s')) as Claimed;
      assert.equal(head?.acknowledged, 497);
      assert.deepEqual(kept(store, 's', generation), [498, 499, 500]);
    }),
  );

  test(
    'thousands of sessions do not keep thousands of files open',
    leavingNothing(async (scope) => {
      const { store, create } = setup(scope);
      const open = (): number => readdirSync('/proc/self/fd').length;
      const before = open();
      for (let at = 0; at < 400; at++) {
        await create(`s${at}`, true);
        await store.append(`s${at}`, 1, 'outgoing', [{ sequence: 1, data: 'one', end: 'last' }]);
      }
      for (let at = 0; at < 400; at++) {
        await store.append(`s${at}`, 1, 'outgoing', [{ sequence: 2, data: 'two', end: 'last' }]);
      }
      assert.ok(open() - before <= 300, `${open() - before} files`);
      assert.deepEqual(kept(store, 's0', 1), [1, 2]);
    }),
  );

  test(
    'the owner has died: the session is claimed without the state that only it had',
    leavingNothing(async (scope) => {
      const { directory, store, create, claim } = setup(scope);
      await create('s');
      store.close();
      mkdirSync(join(directory, 'node-A'), { recursive: true });
      writeFileSync(join(directory, 'node-A', 'alive'), String(2 ** 22 + 1)); // higher than any process of Linux
      const claimed = (await claim('s')) as Claimed;
      assert.deepEqual([claimed.kind, claimed.generation, claimed.head], ['claimed', 2, undefined]);
    }),
  );

  test(
    'what is over, half made or of dead processes is swept away',
    leavingNothing(async (scope) => {
      const { directory, store, time, folders, create, release } = setup(scope);
      await create('over');
      await create('lives');
      release('over');
      const half = join(directory, 'f'.repeat(64));
      mkdirSync(half);
      utimesSync(half, 0, 0);
      mkdirSync(join(directory, 'node-dead'));
      time.passed = 200_000;
      store.sweep();
      assert.equal(folders().length, 1);
      assert.deepEqual(
        readdirSync(directory).filter((name) => name === 'node-dead'),
        [],
      );
      assert.equal(readdirSync(directory).filter((name) => name.startsWith('nonce-')).length, 1);
    }),
  );

  test('options are checked', () => {
    for (const options of [undefined, {}, { directory: '' }, { directory: 5 }, { dir: '/tmp' }]) {
      assert.throws(
        () => fileStore(options as never),
        (error) => isError(error, 'ERR_WS_OPTION', 'directory') !== undefined,
      );
    }
  });
});
