// A large message of many connections: it is deflated in pieces between turns, once for all of them, and order is kept.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, inflateRawSync } from 'node:zlib';
import { PreparedMessage } from '../../../src/core/message/prepared-message.ts';
import type { Compression, Deflater } from '../../../src/core/ports.ts';
import { shareMessage } from '../../../src/node/share-message.ts';
import { nodeText } from '../../../src/node/text.ts';
import { nodeCompression } from '../../../src/node/zlib/compression.ts';
import { CoreHost, openConnection, type Setup } from '../../support/core-connection.ts';
import { recorder } from '../../support/sent-recorder.ts';
import { readFrames } from '../../support/wire.ts';

const TEXT = 'something that is said again and again, '.repeat(20_000);

/** Connections of one server, whose pieces wait for the test. `deflaters`: how many were made. */
function server(count: number, setup: Setup = {}) {
  const host = new CoreHost();
  host.turn.holdsJobs = true;
  const made: Deflater[] = [];
  const codec: Compression = {
    ...nodeCompression(),
    canKeepContext: nodeCompression().canKeepContext,
    inflater: (options) => nodeCompression().inflater(options),
    deflater(options) {
      const deflater = nodeCompression().deflater(options);
      made.push(deflater);
      return deflater;
    },
  };
  const runs = Array.from({ length: count }, () =>
    openConnection('server', { host, deflate: {}, highWaterMark: Infinity, codec, ...setup }),
  );
  const firsts = () =>
    runs.map(({ written }) =>
      readFrames(written.bytes)
        .map(({ first }) => first.toString(16))
        .join(' '),
    );
  return { host, runs, made, firsts };
}

const prepared = (text = TEXT) => new PreparedMessage(text, nodeText, { allocate: (size) => new Uint8Array(size) });

describe('a large message of many', () => {
  test('is deflated over turns, once, and messages behind it wait', () => {
    const { host, runs, made, firsts } = server(3);
    const message = prepared();
    for (const { machine } of runs) assert.equal(machine.sendPrepared(message), true);
    runs[1]?.connection.send('behind');
    host.turn.end();
    assert.deepEqual(firsts(), ['', '', '']);
    assert.ok((runs[0]?.connection.bufferedAmount ?? 0) >= TEXT.length, 'it counts as waiting');
    let turns = 0;
    while (host.turn.nextPieces()) turns++;
    host.turn.end();
    assert.ok(turns >= 10, `${turns} turns`);
    assert.deepEqual(firsts(), ['c1', 'c1 81', 'c1']);
    assert.equal(made.length, 1, 'one deflater for all');
    const [frame] = readFrames(runs[2]?.written.bytes ?? new Uint8Array(0));
    const deflated = Buffer.concat([frame?.payload ?? new Uint8Array(0), Buffer.from('0000ffff', 'hex')]);
    const inflated = inflateRawSync(deflated, { finishFlush: constants.Z_SYNC_FLUSH });
    assert.equal(inflated.toString(), TEXT);
    // It is known from now on.
    runs[0]?.machine.sendPrepared(message);
    host.turn.end();
    assert.equal(firsts()[0], 'c1 c1');
    assert.equal(runs[0]?.connection.bufferedAmount, 0);
  });

  test('sendShared: its callback, and compress: false', () => {
    const { host, runs, firsts } = server(1);
    const { told, tell } = recorder();
    const shared = shareMessage(TEXT);
    runs[0]?.connection.sendShared(shared, { compress: false }, tell('plain'));
    runs[0]?.connection.sendShared(shared, tell('deflated'));
    host.turn.end();
    assert.deepEqual([firsts(), told], [['81'], ['plain']]);
    while (host.turn.nextPieces());
    host.turn.end();
    assert.deepEqual([firsts(), told], [['81 c1'], ['plain', 'deflated']]);
  });

  test('a connection that goes meanwhile; the others get it', () => {
    const { host, runs, firsts } = server(2);
    const { told, tell } = recorder();
    const shared = shareMessage(TEXT);
    for (const [index, { connection }] of runs.entries()) connection.sendShared(shared, tell(`${index}`));
    runs[0]?.transport.gone();
    while (host.turn.nextPieces());
    host.turn.end();
    assert.deepEqual([firsts()[1], told.sort()], ['c1', ['0 ERR_WS_DROPPED', '1']]);
  });

  test('too much waits: it is deflated at once, for all', () => {
    const { host, runs, firsts } = server(2, { limits: { maxQueuedBytes: TEXT.length + 100_000 } });
    const message = prepared();
    for (const { machine } of runs) machine.sendPrepared(message);
    for (let count = 0; count < 3; count++) runs[0]?.connection.send('x'.repeat(90_000), { compress: false });
    host.turn.end();
    assert.equal(firsts()[0], 'c1 81 81 81');
    assert.equal(firsts()[1], 'c1');
    while (host.turn.nextPieces());
    assert.deepEqual(
      runs.map(({ connection }) => connection.isOpen),
      [true, true],
    );
  });

  test('a deflater that fails: each connection fails, and nothing is thrown', () => {
    const { host, runs, made } = server(2);
    const message = prepared();
    for (const { machine } of runs) machine.sendPrepared(message);
    Object.assign(made[0] as Deflater, {
      read() {
        throw new Error('out of memory');
      },
    });
    while (host.turn.nextPieces());
    host.turn.end();
    for (const { events } of runs) assert.ok(events.includes('error ERR_WS_INTERNAL'), events.join());
  });

  test('a deflater that fails while too much waits: the connection fails, and send does not throw', () => {
    const { host, runs, made } = server(1, { limits: { maxQueuedBytes: TEXT.length + 100_000 } });
    runs[0]?.machine.sendPrepared(prepared());
    Object.assign(made[0] as Deflater, {
      read() {
        throw new Error('out of memory');
      },
    });
    for (let count = 0; count < 3; count++) runs[0]?.connection.send('x'.repeat(90_000), { compress: false });
    host.turn.end();
    const events = runs[0]?.events ?? [];
    assert.ok(events.includes('error ERR_WS_INTERNAL'), events.join());
  });

  for (const inHurry of [true, false]) {
    test(`its frame cannot be had, ${inHurry ? 'while too much waits' : 'in a later turn'}: the connection fails`, () => {
      const { host, runs } = server(1, { limits: { maxQueuedBytes: TEXT.length + 100_000 } });
      const message = prepared();
      runs[0]?.machine.sendPrepared(message);
      Object.assign(message, {
        deflated() {
          throw new Error('out of memory');
        },
      });
      if (!inHurry) while (host.turn.nextPieces());
      else for (let count = 0; count < 3; count++) runs[0]?.connection.send('x'.repeat(90_000), { compress: false });
      host.turn.end();
      assert.equal(runs[0]?.events[0], 'error ERR_WS_INTERNAL');
      assert.equal(runs[0]?.connection.isOpen, false);
    });
  }

  test('what does not get smaller goes as it is', () => {
    const { host, runs, firsts } = server(1);
    const noise = new Uint8Array(300_000).map((_, at) => (Math.imul(at + 1, 2654435761) >>> 13) & 0xff);
    runs[0]?.machine.sendPrepared(new PreparedMessage(noise, nodeText, { allocate: (size) => new Uint8Array(size) }));
    while (host.turn.nextPieces());
    host.turn.end();
    assert.match(firsts()[0] ?? '', /^[8c]2$/);
  });
});
