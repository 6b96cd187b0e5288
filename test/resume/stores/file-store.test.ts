// Sessions in files: what crashes and disks leave behind is told and left out, and never ends the process; dead owners.

import assert from 'node:assert/strict';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileStore } from '../../../src/engine/index.ts';
import type { Claimed, SessionState } from '../../../src/resume/protocol/store.ts';
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

function setup(scope: Scope) {
  const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  const problems: string[] = [];
  const store = new FileStore({ directory, failed: (error) => problems.push(error.message) });
  scope.defer(() => store.close());
  const folders = (): string[] => readdirSync(directory).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const create = async (id: string): Promise<void> => {
    const creation = { id, tokenHash: 't', nonce: id, attempt: 1, bind: '', node: 'A', data: '' };
    assert.equal((await store.create(creation, 60_000)).kind, 'claimed');
  };
  const claim = (id: string, node = 'B', tokenHash = 't') =>
    store.claim({ id, tokenHash, nextHash: 'u', attempt: 2, bind: '', node });
  return { directory, store, problems, folders, create, claim };
}

describe('files of sessions', () => {
  test(
    'one that was cut anywhere, or changed anywhere, is told and never given out as whole',
    leavingNothing(async (scope) => {
      const { directory, store, problems, folders, create, claim } = setup(scope);
      await create('s');
      store.release('s', 1, 60_000, STATE);
      const path = join(directory, folders()[0] as string, '1');
      const whole = readFileSync(path);
      for (let at = 0; at < whole.length; at++) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] as number) ^ 0x41;
        for (const bytes of [whole.subarray(0, at), changed]) {
          writeFileSync(path, bytes);
          problems.length = 0;
          const { kind } = await claim('s');
          assert.ok(kind === 'unknown' || kind === 'tombstone', `${kind} at ${at}`);
          assert.match(problems.join('\n'), /^the session file .* (is damaged|cannot be used): /);
        }
      }
      writeFileSync(path, whole);
      const claimed = (await claim('s')) as Claimed;
      assert.deepEqual(
        claimed.state?.pieces.map(({ sequence }) => sequence),
        [2, 3],
      );
    }),
  );

  test(
    'one that is damaged after its head tells the counts of its state',
    leavingNothing(async (scope) => {
      const { directory, store, folders, create, claim } = setup(scope);
      await create('s');
      store.release('s', 1, 60_000, STATE);
      const path = join(directory, folders()[0] as string, '1');
      writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size - 3));
      const tombstone = { why: 'regressed', handledWhole: 2, sent: 3 };
      assert.deepEqual(await claim('s'), { kind: 'tombstone', tombstone });
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
      assert.deepEqual([claimed.kind, claimed.generation, claimed.state], ['claimed', 2, undefined]);
    }),
  );

  test(
    'what is over, half made or of dead processes is swept away',
    leavingNothing(async (scope) => {
      const { directory, store, folders, create } = setup(scope);
      await create('over');
      await create('lives');
      store.release('over', 1, 60_000, STATE);
      const half = join(directory, 'f'.repeat(64));
      mkdirSync(half);
      utimesSync(half, 0, 0);
      mkdirSync(join(directory, 'node-dead'));
      const realNow = Date.now;
      scope.defer(() => {
        Date.now = realNow;
      });
      Date.now = () => realNow() + 200_000;
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
