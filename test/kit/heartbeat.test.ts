import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { heartbeatOf } from '../../src/kit/client/heartbeat.ts';

describe('kit specification §3.11: heartbeat, in seconds [kit §3.11 ping; kit §3.11 pong; kit §3.11 off; kit §3.11 never an error; S8; S10; kit §3.2 numbers]', () => {
  const rows: [pingInterval: unknown, pongTimeout: unknown, expected: [number, number] | false][] = [
    [undefined, undefined, [30, 30]],
    [10, 5, [10, 5]],
    [10, 10, [10, 10]],
    [10, 11, [10, 10]],
    // The default is exempt from "at most pingInterval" (S10).
    [5, undefined, [5, 30]],
    [5, 30, [5, 30]],
    [5, 31, [5, 5]],
    [0, undefined, false],
    [0, 5, false],
    [Number.NaN, 5, false],
    [0.9, 5, false],
    [1.9, 1.9, [1, 1]],
    // No deadline for the pong.
    [1, 0, [1, 0]],
    [30000, 30000, [30000, 30000]],
    [30001, 1, [30, 1]],
    [30001, 100, [30, 30]],
    [-1, 5, [30, 5]],
    [10, -1, [10, 10]],
    [undefined, 60, [30, 30]],
    ['10', '5', [30, 30]],
    [null, {}, [30, 30]],
    [Number.POSITIVE_INFINITY, 5, false],
  ];
  for (const [ping, pong, expected] of rows) {
    test(`pingInterval ${String(ping)}, pongTimeout ${String(pong)} → ${expected}`, () => {
      const heartbeat = expected === false ? false : { interval: expected[0] * 1000, timeout: expected[1] * 1000 };
      assert.deepEqual(heartbeatOf(ping, pong), heartbeat);
    });
  }
});
