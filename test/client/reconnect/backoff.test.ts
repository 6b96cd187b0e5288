// How long a client waits: full jitter below a bound that grows, and what a server asks for.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { Backoff } from '../../../src/client/reconnect/backoff.ts';
import { afterInReason, retryAfter } from '../../../src/client/reconnect/hints.ts';
import type { RefusedResponse } from '../../../src/core/connect-failure.ts';

const all = (): number => 1 - Number.EPSILON;

/** The waits after so many failures in a row. */
function waits(backoff: Backoff, count: number, floor = 0, isRestart = false): number[] {
  return Array.from({ length: count }, () => backoff.next(floor, isRestart));
}

describe('a wait', () => {
  test('is below a bound that doubles from one second to thirty', () => {
    assert.deepEqual(waits(new Backoff({}, all), 8), [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });
  test('is any part of its bound', () => {
    assert.deepEqual(waits(new Backoff({}, () => 0), 4), [0, 0, 0, 0]);
    assert.deepEqual(waits(new Backoff({}, () => 0.5), 4), [500, 1000, 2000, 4000]);
  });
  test('of a thousand clients is spread over the whole bound', () => {
    const tenths = new Array<number>(10).fill(0);
    for (let client = 0; client < 1000; client++) {
      const tenth = Math.floor(new Backoff({ initial: 10_000 }, () => (client + 0.5) / 1000).next(0, false) / 1000);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    assert.deepEqual(tenths, new Array(10).fill(100));
  });
  test('begins anew after reset', () => {
    const backoff = new Backoff({}, all);
    waits(backoff, 5);
    backoff.reset();
    assert.deepEqual(waits(backoff, 2), [1000, 2000]);
  });
  test('has the bounds that are set; max lowers the default of initial', () => {
    assert.deepEqual(waits(new Backoff({ initial: 10, factor: 10, max: 5000 }, all), 5), [10, 100, 1000, 5000, 5000]);
    assert.deepEqual(waits(new Backoff({ max: 100 }, all), 3), [100, 100, 100]);
    assert.deepEqual(waits(new Backoff({ initial: 0 }, all), 3), [0, 0, 0]);
  });
  test('after what the server asked for is longer by the random part', () => {
    assert.deepEqual(waits(new Backoff({}, () => 0.5), 2, 60_000), [60_500, 61_000]);
  });
  test('of a server that restarts is spread over five seconds at least', () => {
    assert.deepEqual(waits(new Backoff({}, all), 4, 0, true), [5000, 5000, 5000, 8000]);
    assert.deepEqual(waits(new Backoff({ max: 2000 }, all), 1, 0, true), [2000]);
  });
  test('can always be set on a timer, after any number of failures', () => {
    fc.assert(
      fc.property(
        fc.record({ initial: fc.nat(2 ** 31 - 1), factor: fc.double({ min: 1, max: 1e6, noNaN: true }) }),
        fc.integer({ min: 1, max: 3000 }),
        fc.nat(2 ** 31 - 1),
        (settings, failures, floor) => {
          const backoff = new Backoff({ ...settings, max: 2 ** 31 - 1 }, all);
          for (const wait of waits(backoff, failures, floor)) {
            assert.ok(Number.isSafeInteger(wait) && wait >= Math.min(floor, 2 ** 31 - 1) && wait < 2 ** 31);
          }
        },
      ),
      { numRuns: 50 },
    );
  });
});

function answer(headers: RefusedResponse['headers']): RefusedResponse {
  return { status: 503, statusText: '', httpVersion: '1.1', rawHeaders: [], headers, body: '', isBodyComplete: true };
}

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 30, 12, 0, 0);
  const rows: readonly (readonly [string, RefusedResponse['headers'], number])[] = [
    ['is absent', {}, 0],
    ['is a number of seconds', { 'retry-after': '7' }, 7_000],
    ['is zero', { 'retry-after': '0' }, 0],
    ['has spaces around it', { 'retry-after': ' 7 ' }, 7_000],
    ['is 10^9 seconds: no longer than maxRetryAfter', { 'retry-after': '1000000000' }, 300_000],
    ['is a number of 400 digits', { 'retry-after': '9'.repeat(400) }, 300_000],
    ['is a date', { 'retry-after': 'Mon, 30 Nov 2026 12:00:30 GMT' }, 30_000],
    ['is a date in the oldest form', { 'retry-after': 'Mon Nov 30 12:00:30 2026' }, 30_000],
    ['is a date that has passed', { 'retry-after': 'Mon, 30 Nov 2026 11:00:00 GMT' }, 0],
    ['is a date of the next century', { 'retry-after': 'Mon, 30 Nov 2126 11:00:00 GMT' }, 300_000],
    [
      'is a date by a clock that is wrong, as the Date of the answer is',
      { 'retry-after': 'Mon, 30 Nov 2020 12:00:30 GMT', date: 'Mon, 30 Nov 2020 12:00:10 GMT' },
      20_000,
    ],
    [
      'is a date, and the Date of the answer is none',
      { 'retry-after': 'Mon, 30 Nov 2026 12:00:30 GMT', date: 'x' },
      30_000,
    ],
    ['is negative', { 'retry-after': '-5' }, 0],
    ['is a fraction', { 'retry-after': '1.5' }, 0],
    ['is a word', { 'retry-after': 'soon' }, 0],
    ['is empty', { 'retry-after': '' }, 0],
    ['is there twice', { 'retry-after': ['3', '9'] }, 3_000],
  ];
  for (const [name, headers, expected] of rows) {
    test(name, () => assert.equal(retryAfter(answer(headers), 300_000, now), expected));
  }
  test('of no answer', () => assert.equal(retryAfter(undefined, 300_000, now), 0));
});

test('the reason of a Close frame may say when to come back, in milliseconds', () => {
  const rows: readonly (readonly [string, number])[] = [
    ['after=1500', 1500],
    ['restart; after=1500', 1500],
    ['deploy (after=20, node 3)', 20],
    ['after=0', 0],
    ['after=9999999999', 300_000],
    [`after=${'9'.repeat(100)}`, 300_000],
    ['hereafter=1500', 0],
    ['after=1500ms', 0],
    ['after=-1', 0],
    ['after=', 0],
    ['', 0],
  ];
  for (const [reason, expected] of rows) assert.equal(afterInReason(reason, 300_000), expected, reason);
});
