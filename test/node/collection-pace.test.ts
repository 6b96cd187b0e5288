// When the young generation is filled so that V8 collects it: before bytes outside the heap make V8 collect all of it.

import assert from 'node:assert/strict';
import { PerformanceObserver } from 'node:perf_hooks';
import { test } from 'node:test';
import { CollectionPace, collectionPace, type Heap, heapOfV8 } from '../../src/node/collection-pace.ts';

const MIB = 1024 * 1024;

/** A heap with a young generation of 8 MiB, a quarter of it used, that frees everything outside when it is filled. */
class FakeHeap implements Heap {
  readonly fills: { at: number; bytes: number }[] = [];
  outside = 10 * MIB;
  frees = true;
  room = 6 * MIB;

  external(): number {
    return this.outside;
  }

  young(): { used: number; room: number } {
    return { used: 2 * MIB, room: this.room };
  }

  fill(bytes: number): void {
    this.fills.push({ at: this.outside, bytes });
    if (this.frees) this.outside = 10 * MIB;
  }
}

/** Messages of `size` bytes, `total` bytes of them. */
function receive(heap: FakeHeap, pace: CollectionPace, total: number, size = 64 * 1024): void {
  for (let bytes = 0; bytes < total; bytes += size) {
    heap.outside += size;
    pace.count(size);
  }
}

test('the young generation is filled when 6 MiB and half of its size have been added outside the heap', () => {
  const heap = new FakeHeap();
  receive(heap, new CollectionPace(heap), 23 * MIB);
  // The first look is after 1 MiB, and the least that it has seen counts.
  assert.deepEqual(
    heap.fills.map(({ at }) => at / MIB),
    [21, 21],
  );
  assert.ok(heap.fills.every(({ bytes }) => bytes > heap.room));
});

test('messages of any size below 512 KiB count alike', () => {
  for (const size of [32 * 1024, 100_000, 512 * 1024 - 1]) {
    const heap = new FakeHeap();
    receive(heap, new CollectionPace(heap), 256 * MIB, size);
    assert.ok(heap.fills.length >= 16 && heap.fills.length <= 26, `${heap.fills.length} fills for ${size} bytes`);
  }
});

test('for larger messages it is filled when 28 MiB and half of its size have been added', () => {
  const heap = new FakeHeap();
  receive(heap, new CollectionPace(heap), 70 * MIB, MIB);
  assert.deepEqual(
    heap.fills.map(({ at }) => at / MIB),
    [43, 43],
  );
});

test('where most of the growth is something else, such as long texts, it is not filled for large messages', () => {
  const heap = new FakeHeap();
  const pace = new CollectionPace(heap);
  for (let message = 0; message < 200; message++) {
    heap.outside += MIB; // a text
    if (message % 4 === 0) receive(heap, pace, MIB, MIB);
  }
  assert.deepEqual(heap.fills, []);
});

test('messages that V8 has freed by itself do not count towards later growth', () => {
  const heap = new FakeHeap();
  const pace = new CollectionPace(heap);
  receive(heap, pace, 25 * MIB, MIB);
  heap.outside = 8 * MIB;
  receive(heap, pace, MIB, MIB);
  heap.outside += 40 * MIB;
  receive(heap, pace, MIB, MIB);
  assert.deepEqual(heap.fills, []);
});

test('memory that V8 frees by itself is not counted as growth', () => {
  const heap = new FakeHeap();
  const pace = new CollectionPace(heap);
  for (let round = 0; round < 10; round++) {
    receive(heap, pace, 9 * MIB);
    heap.outside = 10 * MIB;
  }
  assert.deepEqual(heap.fills, []);
});

test('messages that the application keeps lead to no more fills than others', () => {
  const heap = new FakeHeap();
  heap.frees = false;
  receive(heap, new CollectionPace(heap), 110 * MIB);
  assert.deepEqual(
    heap.fills.map(({ at }) => at / MIB),
    [21, 32, 43, 54, 65, 76, 87, 98, 109, 120],
  );
});

test('a young generation with more than 32 MiB of room is not filled', () => {
  const heap = new FakeHeap();
  heap.room = 33 * MIB;
  receive(heap, new CollectionPace(heap), 200 * MIB);
  assert.deepEqual(heap.fills, []);
});

test('there is no pace where V8 needs none, and where a runtime does not tell', () => {
  const heap = new FakeHeap();
  assert.equal(collectionPace(heap, '11.3.244.8-node.33'), undefined);
  for (const version of ['12.4.254.21-node.33', '14.6.202.34-node.40']) assert.ok(collectionPace(heap, version));
  // As Bun and Deno have it.
  assert.equal(collectionPace(heap, ''), undefined);
  assert.equal(collectionPace(Object.assign(new FakeHeap(), { outside: 0 }), '14.6'), undefined);
  const unknown = Object.assign(new FakeHeap(), { young: () => ({ used: 0, room: 0 }) });
  assert.equal(collectionPace(unknown, '14.6'), undefined);
  const missing = Object.assign(new FakeHeap(), { young: () => assert.fail('not implemented') });
  assert.equal(collectionPace(missing, '14.6'), undefined);
});

test('V8 collects when its young generation is filled', async () => {
  const collections: number[] = [];
  const observer = new PerformanceObserver((list) => collections.push(...list.getEntries().map(() => 1)));
  observer.observe({ entryTypes: ['gc'] });
  const { used, room } = heapOfV8.young();
  assert.ok(used > 0 && room > 0);
  assert.ok(heapOfV8.external() > 0);
  heapOfV8.fill(room + used + MIB);
  while (collections.length === 0) await new Promise(setImmediate);
  observer.disconnect();
});
