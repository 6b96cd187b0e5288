import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TrafficCounts } from '../../../src/core/traffic-counts.ts';

test('one number for each kind of frame and of message', () => {
  const counts = new TrafficCounts();
  counts.frame(0x81, 5); // text
  counts.frame(0xc1, 3); // text, compressed
  counts.compressed(1, 3, 30);
  counts.frame(0x82, 7); // binary
  counts.frame(0x42, 2); // a compressed binary message in three frames, with a ping among them
  counts.frame(0x89, 4);
  counts.frame(0x00, 1);
  counts.frame(0x80, 0);
  counts.compressed(1, 3, 40);
  counts.frame(0x01, 1); // a text that is not complete
  counts.frame(0x8a, 4);
  counts.frame(0x88, 2);
  counts.fragmented(true);
  counts.wire(100);
  assert.deepEqual(counts.snapshot(), {
    messages: { text: 2, binary: 2 },
    frames: { text: 3, binary: 2, continuation: 2, close: 1, ping: 1, pong: 1 },
    payloadBytes: 29,
    wireBytes: 100,
    compressed: { messages: 2, bytes: 6, uncompressedBytes: 70 },
  });
});

test('numbers beyond 32 bits are exact', () => {
  const counts = new TrafficCounts();
  for (let round = 0; round < 3; round++) {
    counts.frame(0x82, 2 ** 40 + 1);
    counts.wire(2 ** 41);
  }
  const { payloadBytes, wireBytes } = counts.snapshot();
  assert.deepEqual([payloadBytes, wireBytes], [3 * (2 ** 40 + 1), 3 * 2 ** 41]);
});
