// The pool of masking keys against its twin: four bytes from the source for each key, in their order.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MaskingKeys } from '../../../src/core/message/masking-keys.ts';
import type { Random } from '../../../src/core/ports.ts';

/** A generator with a period of 2^32 words, so that no key comes twice by chance. */
class Sequence implements Random {
  drawn = 0;
  #state = 0x12345678;
  fill(bytes: Uint8Array): void {
    const words = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 4) words.setInt32(at, this.word(), true);
    this.drawn += bytes.length;
  }
  word(): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) | 0;
    return this.#state;
  }
}

test('keys are what the source gave, each once, through several pools [RFC 6455 §5.3, §10.3]', () => {
  const keys = new MaskingKeys(new Sequence());
  const twin = new Sequence();
  const seen = new Set<number>();
  for (let count = 0; count < 10_000; count++) {
    const key = keys.next();
    assert.equal(key, twin.word(), `key ${count}`);
    seen.add(key);
  }
  assert.equal(seen.size, 10_000);
});

test('nothing is drawn before the first frame, and then for many at once', () => {
  const source = new Sequence();
  const keys = new MaskingKeys(source);
  assert.equal(source.drawn, 0);
  keys.next();
  assert.ok(source.drawn >= 1024, `${source.drawn} bytes`);
  const before = source.drawn;
  keys.next();
  assert.equal(source.drawn, before);
});

test('a key that was handed out is not kept', () => {
  const memory: Uint8Array[] = [];
  const keys = new MaskingKeys({
    fill(bytes) {
      memory.push(bytes.fill(0xff));
    },
  });
  keys.next();
  assert.deepEqual([...(memory[0] as Uint8Array).subarray(0, 8)], [0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff]);
});
