import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CloseEvent } from '../../src/core/connection/close-event.ts';
import { type ErrorCode, webSocketError } from '../../src/core/errors.ts';
import { endingOf, requestedClose, startClosing } from '../../src/kit/close-result.ts';

describe('kit specification §3.8: what close asks for [kit §3.8 code; S7]', () => {
  const rows: [options: unknown, code: number, reason: string][] = [
    [undefined, 1000, 'CLOSE_NORMAL'],
    [{}, 1000, 'CLOSE_NORMAL'],
    [{ code: 1001 }, 1001, 'CLOSE_NORMAL'],
    [{ code: 1015, reason: 'tls' }, 1015, 'tls'],
    [{ code: 1016 }, 1000, 'CLOSE_NORMAL'],
    [{ code: 999 }, 1000, 'CLOSE_NORMAL'],
    [{ code: -100 }, 1000, 'CLOSE_NORMAL'],
    [{ code: 0 }, 1000, 'CLOSE_NORMAL'],
    [{ code: 100 }, 1000, 'CLOSE_NORMAL'],
    // S7
    [{ code: 3000 }, 1000, 'CLOSE_NORMAL'],
    [{ code: 4999 }, 1000, 'CLOSE_NORMAL'],
    [{ code: '1001' }, 1000, 'CLOSE_NORMAL'],
    [{ code: Number.NaN }, 1000, 'CLOSE_NORMAL'],
    [{ code: 1001.9 }, 1001, 'CLOSE_NORMAL'],
    [{ code: 2 ** 32 + 1001 }, 1001, 'CLOSE_NORMAL'],
    [{ reason: '' }, 1000, 'CLOSE_NORMAL'],
    [{ reason: null }, 1000, 'CLOSE_NORMAL'],
    [{ reason: 5 }, 1000, 'CLOSE_NORMAL'],
    [{ code: 1000, reason: 'done' }, 1000, 'done'],
  ];
  for (const [options, code, reason] of rows) {
    test(`${JSON.stringify(options)} → ${code} ${reason}`, () => {
      assert.deepEqual(requestedClose(options), { code, reason });
    });
  }
});

describe('kit specification §3.8: what is sent for it [kit §3.8 codes not for the wire]', () => {
  function sent(code: number, reason = 'why'): unknown[] {
    const calls: unknown[][] = [];
    const close = (...args: unknown[]) => {
      calls.push(args);
      return Promise.resolve({ code: 1000, reason: '', wasClean: true });
    };
    startClosing({ close }, { code, reason });
    assert.equal(calls.length, 1);
    return calls[0]!;
  }

  for (const code of [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014]) {
    test(`${code} as it is`, () => assert.deepEqual(sent(code), [code, 'why']));
  }
  for (const code of [1004, 1006, 1015]) {
    test(`${code} must not be sent: 1000`, () => assert.deepEqual(sent(code), [1000, 'why']));
  }
  test('1005 is a Close frame without a code', () => assert.deepEqual(sent(1005), []));

  test('a reason is cut at 123 bytes, between two characters [kit §3.8 reason]', () => {
    const rows: [reason: string, cut: string][] = [
      ['x'.repeat(123), 'x'.repeat(123)],
      ['x'.repeat(124), 'x'.repeat(123)],
      ['é'.repeat(62), 'é'.repeat(61)],
      [`${'x'.repeat(120)}€`, `${'x'.repeat(120)}€`],
      [`${'x'.repeat(121)}€`, 'x'.repeat(121)],
      [`${'x'.repeat(120)}😀`, 'x'.repeat(120)],
    ];
    for (const [reason, cut] of rows) assert.deepEqual(sent(1000, reason), [1000, cut]);
  });
});

describe('kit specification §3.9: what close reports', () => {
  const closed = (code: number, reason = '', wasClean = true): CloseEvent => ({ code, reason, wasClean });
  function failed(code: ErrorCode, reason = '', ...values: unknown[]): CloseEvent {
    const build = webSocketError as (code: ErrorCode, ...values: unknown[]) => ReturnType<typeof webSocketError>;
    return { code: 1006, reason, wasClean: false, error: build(code, ...values) };
  }

  const rows: [what: string, event: CloseEvent, code: number, reason: string, isError: boolean][] = [
    ['code and text', closed(1011, 'broken'), 1011, 'broken', false],
    ['code without text (S5)', closed(4001), 4001, 'The link is down', false],
    ['without payload', closed(1005), 1000, 'The link is down', false],
    ['Close frame, then TCP lost', closed(1001, 'bye', false), 1001, 'bye', false],
    ['illegal code', failed('ERR_WS_CLOSE_CODE', 'text', 1006), 1002, 'text', false],
    ['illegal code without text', failed('ERR_WS_CLOSE_CODE', '', 999), 1002, 'The link is down', false],
    ['lost without Close frame (S4)', failed('ERR_WS_LOST', '', 'reset'), 0, 'The link is down', true],
    ['heartbeat timeout', failed('ERR_WS_HEARTBEAT', '', 1000), 0, 'The link is down', true],
    ['protocol violation', failed('ERR_WS_RESERVED_BITS', '', 0xc1), 1002, 'The link is down', true],
    ['invalid UTF-8', failed('ERR_WS_INVALID_UTF8', '', 'text'), 1007, 'The link is down', true],
    ['message too large', failed('ERR_WS_MESSAGE_TOO_LARGE', '', 2, 1), 1009, 'The link is down', true],
  ];
  for (const [what, event, code, reason, isError] of rows) {
    test(`${what} → ${code} ${reason}${isError ? ', after an error' : ''}`, () => {
      const { result, failure } = endingOf(event);
      assert.deepEqual(result, { code, reason });
      assert.equal(failure, isError ? event.error : undefined);
    });
  }
});
