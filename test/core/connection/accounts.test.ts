// Rows of shared arrays: each connection has one, and its numbers stay when it is given back. A crowd leaves no memory behind.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, type AccountOf, Accounts } from '../../../src/core/connection/accounts.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';

function accounts(): Accounts {
  return new Accounts(new ManualClock(new ManualTurn()));
}

test('no two connections share a row or a number, even when rows are used again', () => {
  const table = accounts();
  const open: AccountOf[] = [];
  const ids = new Set<number>();
  for (let round = 0; round < 5_000; round++) {
    const account = table.open();
    assert.ok(!open.includes(account));
    ids.add(table.read(account).id);
    table.received(account, round);
    open.push(account);
    if (round % 3 === 2) {
      const [left] = open.splice((round * 7919) % open.length, 1);
      table.close(left as AccountOf);
    }
  }
  assert.equal(ids.size, 5_000);
  for (const account of open) {
    const { id, bytesReceived } = table.read(account);
    assert.equal(bytesReceived, id - 1);
  }
});

test('what is left of a connection does not change', () => {
  const table = accounts();
  const account = table.open();
  table.received(account, 10);
  table.roundTrip(account, 5);
  const last = table.close(account);
  const after: Account = { ...last };
  table.received(last, 10);
  table.roundTrip(last, 7);
  assert.deepEqual([table.read(last), table.close(last)], [after, last]);
  assert.deepEqual([last.bytesReceived, last.roundTripTime], [10, 5]);
  assert.equal(table.read(table.open()).roundTripTime, undefined);
});

test('rows are taken from the front, and the arrays of a crowd that has left are let go', () => {
  const table = accounts();
  const crowd = Array.from({ length: 4096 }, () => table.open());
  assert.equal(Math.max(...crowd), 4095);
  for (const account of crowd) table.close(account);
  const next = Array.from({ length: 2000 }, () => table.open());
  assert.equal(Math.max(...next), 1999);
});
