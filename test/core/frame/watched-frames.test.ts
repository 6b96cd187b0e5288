// Data frames are shown when they are complete, before their receiver has the end of them, however they are cut.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DataFrameReceiver, Decoder } from '../../../src/core/frame/decoder.ts';
import { WatchedFrames } from '../../../src/core/frame/watched-frames.ts';
import { OBSERVED_SIZE } from '../../../src/core/observer.ts';
import { assertBytes, pattern, toHex } from '../../support/hex.ts';
import { frame, wire } from '../../support/wire.ts';

/** Writes down the ends of frames. */
function receiver(lines: string[]): DataFrameReceiver {
  return {
    begin: () => {},
    whole: (first) => lines.push(`whole ${first.toString(16)}`),
    part: (_chunk, _start, _end, _bits, remaining) => {
      if (remaining === 0) lines.push('last part');
    },
    end: (first) => lines.push(`end ${first.toString(16)}`),
  };
}

const controls = { control: () => {} };

test('whole frames, and frames byte by byte', () => {
  for (const cut of [Infinity, 1]) {
    const lines: string[] = [];
    const inner = receiver(lines);
    const decoder = new Decoder('server', inner, controls);
    decoder.deliverTo(
      new WatchedFrames(inner, (first, size, payload) => lines.push(`${first} ${size}: ${toHex(payload)}`)),
    );
    const input = wire('server', '81 02 48 69', '82 00', '02 01 07');
    for (let at = 0; at < input.length; at += cut) {
      const chunk = input.slice(at, Math.min(input.length, at + cut));
      decoder.decode(chunk, chunk.length);
    }
    const shown = lines.filter((line) => line.includes(':'));
    assert.deepEqual(shown, ['129 2: 48 69', '130 0: ', '2 1: 07']);
    // The receiver has the end of a frame after it was shown.
    assert.equal(lines.indexOf('129 2: 48 69'), 0);
  }
});

test('of a frame in several chunks, 64 KiB are kept', () => {
  const shown: Uint8Array[] = [];
  const inner = receiver([]);
  const watched = new WatchedFrames(inner, (_first, _size, payload) => shown.push(payload));
  const decoder = new Decoder('client', inner, controls);
  decoder.deliverTo(watched);
  const payload = pattern(OBSERVED_SIZE + 5_000);
  const input = frame(0x82, payload);
  for (let at = 0; at < input.length; at += 30_000) {
    const chunk = input.slice(at, at + 30_000);
    decoder.decode(chunk, chunk.length);
  }
  assert.equal(shown.length, 1);
  assertBytes(shown[0] as Uint8Array, payload.subarray(0, OBSERVED_SIZE));
});

test('a frame whose beginning was not watched is not shown', () => {
  let count = 0;
  const lines: string[] = [];
  const inner = receiver(lines);
  const decoder = new Decoder('client', inner, controls);
  const [first, second] = [frame(0x82, '01 02'), frame(0x82, '03')];
  decoder.decode(first.slice(0, 3), 3);
  decoder.deliverTo(new WatchedFrames(inner, () => count++));
  decoder.decode(first.slice(3), 1);
  assert.deepEqual([count, lines], [0, ['last part', 'end 82']]);
  decoder.decode(second.slice(), second.length);
  assert.equal(count, 1);
});
