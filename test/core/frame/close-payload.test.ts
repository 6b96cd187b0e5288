// The payload of a Close frame, both ways (RFC 6455 §5.5.1), and which codes may stand in it (RFC 6455 §7.4).

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  closePayload,
  fitCloseReason,
  isSendableCloseCode,
  readClosePayload,
} from '../../../src/core/frame/close-payload.ts';
import { hex, toHex } from '../../support/hex.ts';
import { plainText } from '../../support/plain-text.ts';

const payloads: [code: number | undefined, reason: string, payload: string][] = [
  [undefined, '', ''],
  [1000, '', '03 e8'],
  [1001, 'bye', '03 e9 62 79 65'],
  [4999, 'é', '13 87 c3 a9'],
];

describe('the payload', () => {
  for (const [code, reason, payload] of payloads) {
    test(`of ${code} "${reason}" is ${payload === '' ? 'empty' : payload}`, () => {
      assert.equal(toHex(closePayload({ code, reason }, plainText)), payload);
      const bytes = hex('ff', payload, 'ff');
      assert.deepEqual(readClosePayload(bytes, 1, bytes.length - 1, plainText), { code, reason });
    });
  }

  test('that is received may have any code, which is not judged', () => {
    assert.deepEqual(readClosePayload(hex('00 00'), 0, 2, plainText), { code: 0, reason: '' });
  });

  test('of one byte, or with a reason that is not UTF-8, is refused', () => {
    assert.throws(() => readClosePayload(hex('03'), 0, 1, plainText), {
      code: 'ERR_WS_CLOSE_PAYLOAD',
      closeCode: 1002,
    });
    assert.throws(() => readClosePayload(hex('03 e8 c3'), 0, 3, plainText), {
      code: 'ERR_WS_INVALID_UTF8',
      closeCode: 1007,
    });
  });

  test('cannot have a reason without a code, a code that is not for the wire, or what is not a text', () => {
    const refused: [code: unknown, reason: unknown, error: string][] = [
      [undefined, 'x', 'ERR_WS_SEND_CLOSE_CODE'],
      [1005, '', 'ERR_WS_SEND_CLOSE_CODE'],
      [1000, 5, 'ERR_WS_OPTION'],
      [1000, 'é'.repeat(62), 'ERR_WS_CLOSE_REASON_TOO_LONG'],
    ];
    for (const [code, reason, error] of refused) {
      assert.throws(() => closePayload({ code: code as number, reason: reason as string }, plainText), { code: error });
    }
    assert.equal(closePayload({ code: 1000, reason: 'x'.repeat(123) }, plainText).length, 125);
  });
});

test('codes for the wire are 1000–1003, 1007–1014 and 3000–4999', () => {
  const sendable = Array.from({ length: 6000 }, (_, code) => code).filter(isSendableCloseCode);
  assert.equal(
    sendable.filter((code) => code < 3000).join(),
    '1000,1001,1002,1003,1007,1008,1009,1010,1011,1012,1013,1014',
  );
  assert.deepEqual([sendable.filter((code) => code >= 3000).length, sendable.at(-1)], [2000, 4999]);
  for (const code of [1000.5, Number.NaN, Infinity, -1000]) assert.equal(isSendableCloseCode(code), false);
});

test('a reason is cut to 123 bytes, between two code points', () => {
  assert.equal(fitCloseReason('x'.repeat(123), plainText), 'x'.repeat(123));
  assert.equal(fitCloseReason('x'.repeat(124), plainText), 'x'.repeat(123));
  assert.equal(fitCloseReason('😀'.repeat(40), plainText), '😀'.repeat(30));
  assert.equal(fitCloseReason(`${'x'.repeat(122)}é`, plainText), 'x'.repeat(122));
});
