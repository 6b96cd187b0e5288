// The deflating of a message for many connections, over several turns: connections that wait for it, and what they are told.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, inflateRawSync } from 'node:zlib';
import { MessageCompression } from '../../../src/core/extension/message-compression.ts';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import { SharedDeflation } from '../../../src/core/message/shared-deflation.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { pattern } from '../../support/hex.ts';
import { ManualTurn } from '../../support/manual-clock.ts';

const memory = { allocate: (size: number) => new Uint8Array(size) };
const options = { windowBits: 15, keepsContext: false, level: 6, memLevel: 8 };
const payload = new Uint8Array(300_000).map((_, at) => (at >> 8) & 0xff);

function deflation(bytes = payload, deflater = nodeCompression().deflater(options)) {
  const turn = new ManualTurn();
  turn.holdsJobs = true;
  const told: string[] = [];
  let result: Uint8Array | undefined;
  const shared = new SharedDeflation(deflater, bytes, memory, turn, (deflated) => {
    told.push('done');
    result = deflated;
  });
  const wait = (name: string) =>
    shared.wait((exception) => void told.push(exception === undefined ? name : `${name} ${String(exception)}`));
  return { turn, told, shared, wait, result: () => result };
}

function failing() {
  const deflater = nodeCompression().deflater(options);
  return {
    hasMore: true,
    output: deflater.output,
    deflate: deflater.deflate.bind(deflater),
    write() {},
    read() {
      throw new Error('no memory');
    },
    close: () => deflater.close(),
  };
}

describe('a deflation that is shared', () => {
  test('takes several turns; those who wait are told in order, others not', () => {
    const { turn, told, wait, result, shared } = deflation();
    wait('first');
    wait('gone')();
    wait('second');
    let turns = 0;
    while (turn.nextPieces()) turns++;
    assert.ok(turns >= 5);
    assert.deepEqual(told, ['done', 'first', 'second']);
    const whole = Buffer.concat([result() ?? new Uint8Array(0), Buffer.from('0000ffff', 'hex')]);
    assert.deepEqual(inflateRawSync(whole, { finishFlush: constants.Z_SYNC_FLUSH }), Buffer.from(payload));
    shared.finish();
    shared.nextPiece();
    assert.equal(told.length, 3);
  });

  test('is finished at once where somebody cannot wait', () => {
    const { turn, told, wait, shared } = deflation();
    wait('first');
    turn.nextPieces();
    shared.finish();
    assert.deepEqual(told, ['done', 'first']);
    while (turn.nextPieces());
    assert.equal(told.length, 2);
  });

  test('a message that deflating does not make smaller leaves as it is', () => {
    let state = 1;
    const noise = new Uint8Array(70_000).map(() => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      return state >>> 24;
    });
    const { turn, told, result } = deflation(noise);
    while (turn.nextPieces());
    assert.deepEqual([told, result()], [['done'], undefined]);
  });

  test('a deflater that throws: those who wait are told, and so is who finishes it', () => {
    const later = deflation(payload, failing());
    later.wait('first');
    while (later.turn.nextPieces());
    assert.deepEqual(later.told, ['done', 'first Error: no memory']);
    const now = deflation(payload, failing());
    now.wait('first');
    assert.throws(() => now.shared.finish(), /no memory/);
    assert.deepEqual(now.told, ['done', 'first Error: no memory']);
  });
});

describe('a prepared message', () => {
  const compressionOf = (threshold = 1024): MessageCompression => {
    const agreement = {
      serverNoContextTakeover: false,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 15,
    };
    const accepted = { extension: { name: 'permessage-deflate', parameters: [] }, agreement };
    return new MessageCompression(
      'server',
      accepted as never,
      { threshold, level: 6, memLevel: 8 } as never,
      nodeCompression(),
    );
  };

  test('is long until it has been deflated, once for each set of parameters', () => {
    const turn = new ManualTurn();
    turn.holdsJobs = true;
    const compression = compressionOf();
    const message = new PreparedMessage(payload, nodeText, memory);
    assert.equal(new PreparedMessage(pattern(1000), nodeText, memory).isLong(compression), false);
    assert.equal(message.isLong(compressionOf(1_000_000)), false);
    assert.equal(message.isLong(compression), true);
    let told = 0;
    message.deflateInPieces(compression, turn, () => told++);
    message.deflateInPieces(compressionOf(), turn, () => told++);
    turn.nextPieces();
    const frame = message.deflated(compression);
    assert.ok(frame !== undefined && frame.size < payload.length);
    assert.deepEqual([told, message.isLong(compression)], [2, false]);
    assert.equal(message.deflated(compression), frame);
  });
});
