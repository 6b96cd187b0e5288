// Sessions in files: what crashes and disks leave behind is told and left out, and never ends the process; dead owners.

import assert from 'node:assert/strict';
import fs, {
  existsSync,
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
import { describe, mock, test } from 'node:test';
import { fileStore } from '../../../src/engine/index.ts';
import type { Claimed, SessionState, StoredPiece } from '../../../src/resume/protocol/store.ts';
import { releaseState } from '../../../src/resume/protocol/stored-state.ts';
import { FileStore } from '../../../src/resume/stores/file-store.ts';
import { NonceNames } from '../../../src/resume/stores/nonce-names.ts';
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

/** After `room` more files are written whole, `writeFileSync` writes half of one and fails. */
function fullDisk(scope: Scope): { room: number } {
  const disk = { room: Infinity };
  const { writeFileSync: write } = fs;
  const mocked = mock.method(fs, 'writeFileSync', (path: string, data: string | Buffer, options: object) => {
    if (disk.room-- > 0) return write(path, data, options);
    write(path, Buffer.from(data).subarray(0, data.length / 2), options);
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  });
  scope.defer(() => mocked.mock.restore());
  return disk;
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
    'an owner that was asked before it claimed its session again is asked anew: for what it has done since',
    leavingNothing(async (scope) => {
      const { store, create } = setup(scope);
      const asked: number[] = [];
      const answers: (() => void)[] = [];
      store.onFenced('A', (_, generation) => {
        asked.push(generation);
        return new Promise<void>((resolve) => answers.push(resolve));
      });
      await create('s');
      const claim = (node: string, attempt: number) =>
        store.claim({ id: 's', tokenHash: 't', nextHash: node, attempt, bind: '', node, isAhead: false }, 60_000);
      const first = claim('B', 2);
      assert.equal(((await claim('A', 2)) as Claimed).generation, 2);
      const second = claim('C', 3);
      assert.deepEqual(asked, [1, 2]);
      answers[0]?.();
      await new Promise(setImmediate);
      assert.equal(store.append('s', 2, 'outgoing', []), 'written');
      answers[1]?.();
      assert.equal(((await second) as Claimed).generation, 3);
      assert.equal((await first).kind, 'stale');
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

  test(
    'two processes that read the name of an ended session at once: one replaces it, and the slower one takes nothing away',
    leavingNothing((scope) => {
      const { directory } = setup(scope);
      const [one, two] = [new NonceNames(directory), new NonceNames(directory)];
      const aside = join(directory, 'aside');
      assert.equal(one.write('ann', 'n', 'ended', undefined, aside), true);
      const [seenByOne, seenByTwo] = [one.read('ann', 'n'), two.read('ann', 'n')];
      assert.equal(one.write('ann', 'n', 'first', seenByOne, aside), true);
      assert.equal(two.write('ann', 'n', 'second', seenByTwo, aside), false);
      assert.equal(two.write('ann', 'n', 'third', undefined, aside), false, 'one that has looked before there was any');
      assert.equal(two.read('ann', 'n')?.id, 'first');
      // One that sweeps looked before, too.
      two.remove('ann', 'n', 'ended');
      assert.equal(two.read('ann', 'n')?.id, 'first');
      assert.equal(two.read('bob', 'n'), undefined);
      one.remove('ann', 'n', 'first');
      assert.equal(existsSync(aside), false);
    }),
  );

  test(
    'a full disk: what cannot be written whole leaves nothing behind, and all goes on when there is room',
    leavingNothing(async (scope) => {
      const { directory, store, create, folders } = setup(scope);
      const all = (): string[] => readdirSync(directory, { recursive: true }) as string[];
      await create('before');
      const disk = fullDisk(scope);
      for (let writes = 0; writes < 2; writes++) {
        disk.room = writes;
        await assert.rejects(create('s'), { code: 'ENOSPC' });
        assert.deepEqual([folders().length, all().filter((name) => name.includes('new-'))], [1, []]);
      }
      disk.room = Infinity;
      await create('s');
      assert.equal(folders().length, 2);
      assert.equal(store.append('s', 1, 'outgoing', []), 'written');
    }),
  );

  test(
    'a full disk: a log that cannot be written anew is appended to, and nothing of it is lost',
    leavingNothing(async (scope) => {
      const { directory, store, create } = setup(scope);
      await create('s', true);
      const disk = fullDisk(scope);
      const data = 'x'.repeat(20_000);
      for (let sequence = 1; sequence <= 12; sequence++) {
        disk.room = sequence < 2 ? Infinity : sequence % 2; // the log can be made, and its session not; or neither
        assert.equal(store.append('s', 1, 'outgoing', [{ sequence, data, end: 'last' }]), 'written');
        const other = new FileStore({ directory }); // as after a crash
        assert.equal(kept(other, 's', 1).length, sequence);
        other.close();
      }
    }),
  );

  test(
    'a full disk: an owner that cannot be asked keeps its session',
    leavingNothing(async (scope) => {
      const { directory, create, claim } = setup(scope);
      await create('s');
      const other = new FileStore({ directory });
      scope.defer(() => other.close());
      const asking = { id: 's', tokenHash: 't', nextHash: 'u', attempt: 2, bind: '', node: 'C', isAhead: false };
      other.onFenced('C', () => {});
      const disk = fullDisk(scope);
      disk.room = 0;
      await assert.rejects(other.claim(asking, 60_000), { code: 'ENOSPC' });
      disk.room = Infinity;
      assert.equal(((await claim('s')) as Claimed).generation, 2);
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
