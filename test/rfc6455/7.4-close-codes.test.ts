// RFC 6455 §7.4: close codes: every code, both ways. The rule is written out here from §7.4.1, §7.4.2 and the registry.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CoreHost, openConnection } from '../support/core-connection.ts';
import { assertFailed, feeds, receives } from '../support/feeds.ts';
import { assertBytes } from '../support/hex.ts';
import { frame, other, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

function mayBeSent(code: number): boolean {
  // RFC 6455 §7.4.2 "0-999: Status codes in the range 0-999 are not used."
  if (code <= 999) return false;
  // RFC 6455 §7.4.1: defined 1000–1003 and 1007–1011; 1012–1014 were registered later, as §7.4.2 provides.
  if (code <= 1003) return true;
  // RFC 6455 §7.4.1 "1004: Reserved"; "1005 is a reserved value and MUST NOT be set as a status code in a Close control
  // frame"; so is 1006.
  if (code <= 1006) return false;
  if (code <= 1014) return true;
  // RFC 6455 §7.4.1 "1015 is a reserved value and MUST NOT be set"; §7.4.2 "1000-2999: … reserved for definition by this
  // protocol, its future revisions, and extensions": nothing of that is negotiated here.
  if (code <= 2999) return false;
  // RFC 6455 §7.4.2 "3000-3999: … for use by libraries, frameworks, and applications"; "4000-4999: … private use".
  if (code <= 4999) return true;
  return false;
}

/** Whether the rule changes at a code, or the code is one of those with a meaning. */
function isBorder(code: number): boolean {
  return (
    (code >= 999 && code <= 1016) || mayBeSent(code) !== mayBeSent(code + 1) || mayBeSent(code) !== mayBeSent(code - 1)
  );
}

const codes = [...Array.from({ length: 5001 }, (_, code) => code), 5999, 8191, 10_000, 32_767, 32_768, 64_535, 65_535];

function closeFrame(code: number): Uint8Array {
  return frame(0x88, Uint8Array.of(code >> 8, code & 0xff));
}

describe('RFC 6455 §7.4 a code received', () => {
  for (const role of roles) {
    test(`${role}: every code from 0 to 5000, and beyond, whole and cut`, () => {
      const host = new CoreHost();
      for (const code of codes) {
        const bytes = closeFrame(code);
        for (const { how, chunks } of feeds(wire(role, bytes))) {
          // Every cut for the codes at the borders of the rule; for those between, the two extremes.
          if (!isBorder(code) && how !== 'whole' && how !== 'byte by byte') continue;
          const run = openConnection(role, { host });
          for (const chunk of chunks) run.transport.deliver(chunk);
          if (mayBeSent(code)) {
            assertBytes(run.written.bytes, wire(other(role), bytes), `${code}, ${how}`);
            run.transport.gone();
            assert.deepEqual(run.events, [`close ${code} clean`], how);
          } else {
            assertFailed(run, 'ERR_WS_CLOSE_CODE', `${code}, ${how}`);
            run.transport.gone();
            assert.deepEqual(run.events, ['error ERR_WS_CLOSE_CODE', 'close 1006 ERR_WS_CLOSE_CODE'], how);
          }
        }
      }
    });
  }

  test('with more behind, at the borders of the rule', () => {
    for (const code of [999, 1000, 1003, 1004, 1006, 1007, 1014, 1015, 2999, 3000, 4999, 5000]) {
      const bytes = closeFrame(code);
      receives([bytes], mayBeSent(code) ? { written: [bytes] } : { fails: 'ERR_WS_CLOSE_CODE' });
    }
  });

  test('the error names the code and what is allowed', () => {
    const { receive, connection } = openConnection('client');
    receive('88 02 03 ee');
    const { state } = connection;
    assert.ok(state.kind === 'closing' && state.startedBy === 'failure');
    assert.equal(
      state.error.message,
      'Close frame has code 1006; only 1000–1003, 1007–1014 and 3000–4999 may be sent (RFC 6455 §7.4)',
    );
  });
});

describe('RFC 6455 §7.4 a code to send', () => {
  for (const role of roles) {
    test(`${role}: every code from 0 to 5000, and beyond`, () => {
      const host = new CoreHost();
      for (const code of codes) {
        const { connection, turn, written } = openConnection(role, { host });
        if (mayBeSent(code)) {
          void connection.close(code);
          turn.end();
          written.equalsFrames(closeFrame(code));
        } else {
          assert.throws(() => connection.close(code), {
            code: 'ERR_WS_SEND_CLOSE_CODE',
            message: `cannot send close code ${code}; use 1000–1003, 1007–1014 or 3000–4999 (RFC 6455 §7.4)`,
          });
          assert.ok(connection.isOpen);
        }
      }
    });
    test(`${role}: a value that is not a code is refused`, () => {
      for (const code of [
        -1,
        -1000,
        1000.5,
        1003.999,
        3000.5,
        66_536,
        2 ** 32 + 1000,
        Number.NaN,
        Infinity,
        -Infinity,
      ]) {
        const { connection, turn, written } = openConnection(role);
        assert.throws(() => connection.close(code), { code: 'ERR_WS_SEND_CLOSE_CODE' }, String(code));
        turn.end();
        written.equals('');
        assert.ok(connection.isOpen);
      }
    });
    test(`${role}: a wrong code is refused even when the connection is closed`, () => {
      const { connection, transport } = openConnection(role);
      transport.gone();
      assert.throws(() => connection.close(1006), { code: 'ERR_WS_SEND_CLOSE_CODE' });
    });
  }
});

describe('RFC 6455 §7.4.1 codes that only describe', () => {
  test('1005: the Close had no code', () => {
    for (const role of roles) {
      const { receive, transport, events } = openConnection(role);
      receive(wire(role, '88 00'));
      transport.gone();
      assert.deepEqual(events, ['close 1005 clean']);
    }
  });
  test('1006: no Close came', () => {
    for (const role of roles) {
      const { transport, events } = openConnection(role);
      transport.gone();
      assert.deepEqual(events, ['error ERR_WS_LOST', 'close 1006 ERR_WS_LOST']);
    }
  });
});
