// `systemDateTime`: the machine's times, those that `configure` sets, both forms of each call.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import type { BusinessError } from '../../../src/kit/index.ts';
import byDefault, { systemDateTime } from '../../../src/kits/system-date-time/index.ts';

let restore: () => void = () => {};
afterEach(() => restore());

const loose = systemDateTime as unknown as Record<string, (...args: unknown[]) => unknown>;

function called<T>(call: (callback: (err: BusinessError, data: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((err, data) => (err === undefined ? resolve(data) : reject(err)));
  });
}

describe('systemDateTime: this machine', () => {
  test('is the default export, too; its enum', () => {
    assert.equal(byDefault, systemDateTime);
    assert.deepEqual(systemDateTime.TimeType, { STARTUP: 0, ACTIVE: 1 });
  });

  test('the time, in milliseconds and nanoseconds', () => {
    const before = Date.now();
    const time = systemDateTime.getTime();
    assert.ok(time >= before && time <= Date.now());
    assert.ok(systemDateTime.getTime(true) >= before * 1_000_000);
  });

  test('how long it has been running', () => {
    const startup = systemDateTime.getUptime(systemDateTime.TimeType.STARTUP);
    const active = systemDateTime.getUptime(systemDateTime.TimeType.ACTIVE);
    assert.ok(startup > 0 && Number.isInteger(startup));
    assert.ok(active > 0 && Number.isInteger(active));
  });

  test('the time zone, and the clock', () => {
    assert.equal(systemDateTime.getTimezoneSync(), Intl.DateTimeFormat().resolvedOptions().timeZone);
    assert.equal(systemDateTime.getAutoTimeStatus(), true);
  });
});

describe('systemDateTime: set by configure', () => {
  beforeEach(() => {
    restore = configure({
      device: { systemDateTime: { time: () => 5_000, uptime: () => 70, timezone: 'Asia/Shanghai', autoTime: false } },
    });
  });

  test('getTime and getUptime', () => {
    assert.equal(systemDateTime.getTime(), 5_000);
    assert.equal(systemDateTime.getTime(false), 5_000);
    assert.equal(systemDateTime.getTime(true), 5_000_000_000);
    assert.equal(systemDateTime.getUptime(systemDateTime.TimeType.STARTUP), 70);
    assert.equal(systemDateTime.getUptime(systemDateTime.TimeType.ACTIVE, true), 70_000_000);
  });

  for (const [name, time] of [
    ['getCurrentTime', 5_000],
    ['getRealActiveTime', 70],
    ['getRealTime', 70],
  ] as const) {
    test(`${name} in its forms`, async () => {
      assert.equal(await systemDateTime[name](), time);
      assert.equal(await systemDateTime[name](false), time);
      assert.equal(await systemDateTime[name](true), time * 1_000_000);
      assert.equal(await called<number>((callback) => systemDateTime[name](callback)), time);
      assert.equal(await called<number>((callback) => systemDateTime[name](true, callback)), time * 1_000_000);
    });

    test(`401 for wrong arguments of ${name}`, () => {
      const isNano = { code: 401, message: "Parameter error. The type of 'isNano' must be boolean" };
      assert.throws(() => loose[name]!('x'), isNano);
      assert.throws(() => loose[name]!(5, () => {}), isNano);
      assert.throws(() => loose[name]!(true, 5), {
        code: 401,
        message: "Parameter error. The type of 'callback' must be function",
      });
    });
  }

  test('getDate and getTimezone in both forms', async () => {
    assert.deepEqual(await systemDateTime.getDate(), new Date(5_000));
    assert.deepEqual(await called<Date>((callback) => systemDateTime.getDate(callback)), new Date(5_000));
    assert.equal(await systemDateTime.getTimezone(), 'Asia/Shanghai');
    assert.equal(await called<string>((callback) => systemDateTime.getTimezone(callback)), 'Asia/Shanghai');
    assert.equal(systemDateTime.getTimezoneSync(), 'Asia/Shanghai');
    assert.equal(systemDateTime.getAutoTimeStatus(), false);
  });

  test('401 for other wrong arguments', () => {
    for (const type of [undefined, 2, '0']) {
      assert.throws(() => loose.getUptime!(type), {
        code: 401,
        message: "Parameter error. The type of 'timeType' must be STARTUP or ACTIVE",
      });
    }
    assert.throws(() => loose.getUptime!(0, 'x'), { code: 401 });
    assert.throws(() => loose.getDate!(5), { code: 401 });
    assert.throws(() => loose.getTimezone!('x'), { code: 401 });
  });
});
