// The contract of stores (contract.ts) against the stores of this package; files with two instances on one directory, as two
// processes have them.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileStore } from '../../../src/resume/stores/file-store.ts';
import { MemoryStore } from '../../../src/resume/stores/memory-store.ts';
import type { Scope } from '../../support/handles.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { PlainStore } from '../protocol/plain-store.ts';
import { type StoreSetup, testStoreContract } from './contract.ts';

function ofOne(make: (clock: ManualClock) => StoreSetup['one']): StoreSetup {
  const clock = new ManualClock(new ManualTurn());
  const store = make(clock);
  return { one: store, other: store, pass: (milliseconds) => clock.advance(milliseconds) };
}

function inFiles(scope: Scope, fsync: boolean): StoreSetup {
  const directory = mkdtempSync(join(tmpdir(), 'sessions-'));
  scope.defer(() => rmSync(directory, { recursive: true, force: true }));
  let time = 1_000_000;
  const failed = (error: Error): never => assert.fail(error);
  const make = (): FileStore => new FileStore({ directory, failed, fsync }, () => time);
  const pass = (milliseconds: number): void => {
    time += milliseconds;
  };
  return { one: make(), other: make(), pass };
}

testStoreContract('memory', () => ofOne((clock) => new MemoryStore(clock)));
testStoreContract('memory, as plain as possible', () => ofOne((clock) => new PlainStore(() => clock.now())));
testStoreContract('files', (scope) => inFiles(scope, false));
testStoreContract('files that wait for the disk', (scope) => inFiles(scope, true));
