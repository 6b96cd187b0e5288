// RFC 6455 §7.1.7: failing the connection: one Close frame, one report, nothing read afterwards.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ErrorCode, errorTable } from '../../src/core/errors.ts';
import { fitCloseReason } from '../../src/core/frame/close-payload.ts';
import type { TextCodec } from '../../src/core/ports.ts';
import { nodeText } from '../../src/node/text.ts';
import { CoreHost, openConnection, type Setup } from '../support/core-connection.ts';
import { assertFailed } from '../support/feeds.ts';
import { pattern, utf8 } from '../support/hex.ts';
import { plainText } from '../support/plain-text.ts';
import { readFrames, wire } from '../support/wire.ts';

const roles = ['client', 'server'] as const;

/** Every violation that a stream of frames can have, and the code that it is answered with. */
const violations: [code: ErrorCode, closeCode: number, frames: string[], setup?: Setup][] = [
  ['ERR_WS_RESERVED_BITS', 1002, ['c1 00']],
  ['ERR_WS_RESERVED_OPCODE', 1002, ['83 00']],
  ['ERR_WS_LENGTH_NOT_MINIMAL', 1002, ['82 7e 00 01']],
  ['ERR_WS_LENGTH_TOO_LARGE', 1009, ['82 7f 00 20 00 00 00 00 00 00']],
  ['ERR_WS_LENGTH_SIGN', 1002, ['82 7f 80 00 00 00 00 00 00 00']],
  ['ERR_WS_CONTROL_FRAGMENTED', 1002, ['09 00']],
  ['ERR_WS_CONTROL_TOO_LARGE', 1002, ['89 7e 00 7e']],
  ['ERR_WS_UNEXPECTED_CONTINUATION', 1002, ['80 00']],
  ['ERR_WS_EXPECTED_CONTINUATION', 1002, ['01 00', '81 00']],
  ['ERR_WS_INVALID_UTF8', 1007, ['81 01 ff']],
  ['ERR_WS_MESSAGE_TOO_LARGE', 1009, ['81 0b'], { limits: { maxMessageSize: 10 } }],
  ['ERR_WS_TOO_MANY_FRAGMENTS', 1008, ['01 00', '00 00'], { limits: { maxFragments: 1 } }],
  ['ERR_WS_CLOSE_PAYLOAD', 1002, ['88 01 00']],
  ['ERR_WS_CLOSE_CODE', 1002, ['88 02 03 ec']],
];

describe('RFC 6455 §7.1.7 every violation', () => {
  for (const [code, closeCode, frames, setup] of violations) {
    for (const role of roles) {
      test(`${role}: ${code} is answered with ${closeCode}, once, and nothing is read afterwards`, () => {
        const run = openConnection(role, setup);
        const { transport, receive, events, connection, written } = run;
        receive(wire(role, '81 01 61', ...frames), wire(role, '81 01 62', '89 00', '83 00'));
        assertFailed(run, code);
        assert.equal((errorTable[code] as { closeCode?: number }).closeCode, closeCode);
        assert.deepEqual(events, ['message "a"', `error ${code}`]);
        const bytes = written.hex();
        // Neither what follows, nor the peer's own Close, nor further calls change anything.
        receive(wire(role, '81 01 62', '88 02 03 e8'));
        assert.equal(connection.send('x'), false);
        assert.equal(connection.ping(), false);
        void connection.close(1000);
        transport.deliver('end');
        run.turn.end();
        assert.equal(written.hex(), bytes);
        transport.gone();
        assert.deepEqual(events, ['message "a"', `error ${code}`, `close 1006 ${code}`]);
      });
    }
  }

  for (const role of roles) {
    test(`${role}: the Close frame has left when the application is told, which may terminate() then`, () => {
      const run = openConnection(role, { handlers: { error: (connection) => connection.terminate() } });
      run.receive(wire(role, '83 00'));
      const [frame, ...further] = readFrames(run.written.bytes);
      assert.equal(frame?.first, 0x88);
      assert.equal(Buffer.from(frame?.payload ?? []).readUInt16BE(), 1002);
      assert.equal(further.length, 0);
      assert.ok(run.transport.calls.includes('destroy'));
    });
  }

  test('every close code is one that may be sent, and every text fits the frame after cutting', () => {
    for (const [code, , frames, setup] of violations) {
      const { receive, written } = openConnection('client', setup);
      receive(wire('client', ...frames));
      const [close] = readFrames(written.bytes);
      assert.ok(close !== undefined && close.payload.length <= 125, code);
    }
  });
});

describe('RFC 6455 §7.1.7, §5.5.1 the reason', () => {
  test('is the text of the error', () => {
    const { receive, written } = openConnection('server');
    receive('81 00');
    const reason = 'frame from a client is not masked; clients must mask their frames (RFC 6455 §5.1)';
    assert.deepEqual(written.frames(), [`close 1002 "${reason}"`]);
    const bytes = utf8(reason);
    written.equals('88', Uint8Array.of(2 + bytes.length), '03 ea', bytes);
  });
  test('is cut to 123 bytes between characters', () => {
    let hasFailed = false;
    const decodeAscii: TextCodec['decodeAscii'] = (...range) => {
      if (hasFailed) return nodeText.decodeAscii(...range);
      hasFailed = true;
      throw new Error('x'.repeat(200));
    };
    const host = new CoreHost({ ...nodeText, decodeAscii });
    const { receive, written, connection } = openConnection('client', { host });
    receive('81 01 61');
    const { state } = connection;
    assert.ok(state.kind === 'closing' && state.startedBy === 'failure');
    assert.ok(utf8(state.error.message).length > 123);
    const [close] = readFrames(written.bytes);
    const reason = close?.payload.subarray(2) ?? new Uint8Array();
    assert.equal(reason.length, 123);
    assert.ok(state.error.message.startsWith(new TextDecoder('utf-8', { fatal: true }).decode(reason)));
  });
});

test('RFC 6455 §5.5.1 a reason is cut between characters, whatever their length', () => {
  for (const [unit, size] of [
    ['x', 1],
    ['é', 2],
    ['€', 3],
    ['😀', 4],
  ] as const) {
    for (let lead = 0; lead < 8; lead++) {
      const count = Math.floor((123 - lead) / size);
      const fitting = `${'a'.repeat(lead)}${unit.repeat(count)}`;
      assert.equal(fitCloseReason(fitting, nodeText), fitting);
      assert.equal(fitCloseReason(fitting + unit, nodeText), fitting);
      assert.equal(fitCloseReason(fitting + unit.repeat(100), plainText), fitting);
    }
  }
});

describe('RFC 6455 §7.1.7 what was queued', () => {
  for (const role of roles) {
    test(`${role}: leaves before the Close, where the transport takes it`, () => {
      const { connection, receive, written } = openConnection(role);
      const told: unknown[] = [];
      connection.send('a', (error) => told.push(error?.code));
      receive(wire(role, '83 00'));
      assert.match(written.frames().join(), /^text "a",close 1002 /);
      assert.deepEqual(told, [undefined]);
    });
    test(`${role}: is dropped where the transport is congested; its senders are told; the Close is the last frame`, () => {
      const { connection, receive, written, transport, turn } = openConnection(role);
      const told: unknown[] = [];
      const tell = (name: string) => (error?: { code: string }) => void told.push(`${name} ${error?.code}`);
      transport.isCongested = true;
      connection.send(pattern(70_000), tell('begun'));
      turn.end();
      connection.send('b', tell('waiting'));
      turn.end();
      receive(wire(role, '83 00'));
      assert.deepEqual(told, ['waiting ERR_WS_DROPPED']);
      assert.equal(transport.isEnded, false);
      transport.release();
      assert.equal(transport.isEnded, true);
      transport.release();
      turn.end();
      assert.deepEqual(told, ['waiting ERR_WS_DROPPED', 'begun undefined']);
      const frames = written.frames();
      assert.equal(frames.length, 2);
      assert.match(frames[1] as string, /^close 1002 /);
    });
  }

  test('a handler that ends TCP at once in the error report is obeyed', () => {
    for (const role of roles) {
      const { receive, events, transport } = openConnection(role, { handlers: { error: (it) => it.terminate() } });
      receive(wire(role, '83 00'));
      assert.ok(transport.isDestroyed);
      assert.deepEqual(events, ['error ERR_WS_RESERVED_OPCODE', 'close 1006 ERR_WS_RESERVED_OPCODE']);
    }
  });
});
