// What an inspector keeps, and what it lets go of first.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { History } from '../../src/inspector/history.ts';
import type { Entry, RecordedHandshake } from '../../src/inspector/recorded.ts';
import { Sampler } from '../../src/inspector/sampling.ts';

const handshake: RecordedHandshake = {
  url: 'ws://host/',
  time: 0,
  requestFields: [],
  status: 101,
  statusText: '',
  responseFields: [],
};
const frame = (time: number, size = 1): Entry => ({
  kind: 'frame',
  time,
  direction: 'sent',
  opcode: 2,
  payload: new Uint8Array(size),
  size,
});

describe('history', () => {
  const times = (history: History) =>
    [...history.connections()].map(({ id, entries }) => [id, entries.map(({ time }) => time)]);

  test('the oldest frames of all connections go first', () => {
    const history = new History({ connections: 10, frames: 3, bytes: Infinity });
    const [a, b] = ['a', 'b'].map((id) => history.begin({}, id, handshake));
    history.add(a!, frame(1));
    history.add(b!, frame(2));
    history.add(a!, frame(3));
    history.add(b!, frame(4));
    history.add(b!, frame(5));
    assert.deepEqual(times(history), [
      ['a', [3]],
      ['b', [4, 5]],
    ]);
    assert.deepEqual([a!.forgotten, b!.forgotten], [1, 1]);
  });

  test('bytes are bounded, and a payload that is larger than the bound is not kept', () => {
    const history = new History({ connections: 10, frames: Infinity, bytes: 100 });
    const a = history.begin({}, 'a', handshake);
    for (let time = 0; time < 10; time++) history.add(a, frame(time, 30));
    assert.deepEqual(times(history), [['a', [7, 8, 9]]]);
    assert.equal(history.bytes, 90);
    history.add(a, frame(10, 101));
    assert.deepEqual([history.entries, history.bytes], [0, 0]);
  });

  test('a connection that has ended makes room, the first one first; open ones stay', () => {
    const history = new History({ connections: 3, frames: 100, bytes: Infinity });
    const keys = [{}, {}, {}, {}, {}];
    keys.slice(0, 3).forEach((key, index) => void history.add(history.begin(key, `${index}`, handshake), frame(index)));
    assert.ok(!history.hasRoom);
    history.end(keys[1]!, 5);
    history.end(keys[0]!, 6);
    assert.ok(history.hasRoom);
    history.begin(keys[3]!, '3', handshake);
    assert.deepEqual(
      [...history.connections()].map(({ id }) => id),
      ['0', '2', '3'],
    );
    assert.equal(history.entries, 2);
    history.begin(keys[4]!, '4', handshake);
    assert.ok(!history.hasRoom);
    assert.equal(history.find(keys[2]!)?.id, '2');
  });

  test('with a hundred thousand connections and frames nothing grows', () => {
    const history = new History({ connections: 10, frames: 20, bytes: 1000 });
    const first = history.begin({}, 'first', handshake);
    history.add(first, frame(0));
    for (let index = 0; index < 100_000; index++) {
      const key = {};
      const one = history.begin(key, `${index}`, handshake);
      history.add(one, frame(index));
      history.end(key, index);
    }
    assert.ok(history.entries <= 20);
    assert.equal([...history.connections()].length, 10);
    assert.ok(history.footprint < 200, `${history.footprint} places`);
  });

  test('cleared, it holds nothing', () => {
    const history = new History({ connections: 10, frames: 20, bytes: 1000 });
    history.add(history.begin({}, 'a', handshake), frame(1));
    history.clear();
    assert.deepEqual(
      [history.entries, history.bytes, [...history.connections()].length, history.footprint],
      [0, 0, 0, 0],
    );
  });
});

describe('sampling', () => {
  const share = () => ({ window: -1, taken: 0 });

  test('so many frames in a second, and again in the next', () => {
    const sampler = new Sampler(10, Infinity);
    const one = share();
    const taken = (now: number) => Array.from({ length: 25 }, () => sampler.take(one, 1, now)).filter(Boolean).length;
    assert.deepEqual([taken(5), taken(5.9), taken(6), taken(100)], [10, 0, 10, 10]);
  });

  test('so many bytes', () => {
    const sampler = new Sampler(Infinity, 100);
    assert.deepEqual(
      [60, 60, 40].map((size) => sampler.take(share(), size, 1)),
      [true, false, true],
    );
  });

  test('a busy connection leaves the quiet ones their share', () => {
    const sampler = new Sampler(100, Infinity);
    const [busy, ...quiet] = Array.from({ length: 10 }, share);
    for (let second = 1; second <= 2; second++) {
      for (const one of quiet) sampler.take(one, 1, second);
      for (let index = 0; index < 1000; index++) sampler.take(busy!, 1, second);
    }
    let taken = 0;
    for (let index = 0; index < 1000; index++) if (sampler.take(busy!, 1, 3)) taken++;
    assert.equal(taken, 10);
    assert.ok(quiet.every((one) => sampler.take(one, 1, 3)));
  });

  test('more connections than frames: the first frames of some, none twice', () => {
    const sampler = new Sampler(50, Infinity);
    const all = Array.from({ length: 200 }, share);
    for (const one of all) sampler.take(one, 1, 1);
    const again = all.map((one) => [sampler.take(one, 1, 2), sampler.take(one, 1, 2)]);
    assert.equal(again.filter(([first]) => first).length, 50);
    assert.equal(again.filter(([, second]) => second).length, 0);
  });

  test('no frame at all', () => {
    assert.equal(new Sampler(0, Infinity).take(share(), 0, 1), false);
  });
});
