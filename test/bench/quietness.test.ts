// When a row is measured again, and what is not written.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ATTEMPTS, isQuiet, measuredQuietly, reasonToWait, refusal } from '../../bench/quietness.ts';
import type { Row } from '../../bench/run.ts';

const row = (foreign?: number): Row => ({ id: 'P1', foreign }) as Row;

describe('a row', () => {
  async function measured(...shares: (number | undefined)[]): Promise<{ row: Row; times: number; told: string[] }> {
    const told: string[] = [];
    let times = 0;
    const best = await measuredQuietly(
      async () => row(shares[times++]),
      (sentence) => told.push(sentence),
    );
    return { row: best, times, told };
  }

  test('that was quiet is measured once', async () => {
    assert.deepEqual(await measured(0.05), { row: row(0.05), times: 1, told: [] });
  });

  test('that others disturbed is measured again', async () => {
    const { row: best, times, told } = await measured(0.3, 0.01);
    assert.equal(best.foreign, 0.01);
    assert.equal(times, 2);
    assert.deepEqual(told, ['P1: Other processes used at most 30.0 % of the machine, so it is measured again']);
  });

  test('that was disturbed each time is the quietest, and not quiet', async () => {
    const { row: best, times } = await measured(0.3, 0.1, 0.2);
    assert.equal(times, ATTEMPTS);
    assert.equal(best.foreign, 0.1);
    assert.equal(isQuiet(best), false);
    assert.match(
      refusal([best]),
      /^not written, because other processes used more than 5 % of the machine: P1 \(10\.0 %\); the/,
    );
  });

  test('of which nobody knows is not quiet', () => {
    assert.equal(isQuiet(row()), false);
  });
});

describe('before a run', { skip: process.platform !== 'linux' && 'only Linux has /proc/stat' }, () => {
  test('others that use more than the bound are a reason to wait', async () => {
    assert.match(
      (await reasonToWait(async () => 0.051)) ?? '',
      /^the machine is not quiet: other processes use 5\.1 % of it, and 5 %/,
    );
    assert.equal(await reasonToWait(async () => 0.05), undefined);
  });
});
