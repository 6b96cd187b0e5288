// Containers of keys: `HashMap`, `TreeMap`, `LightWeightMap`, `HashSet`, `TreeSet`, `LightWeightSet`, `PlainArray`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  HashMap,
  HashSet,
  LightWeightMap,
  LightWeightSet,
  PlainArray,
  TreeMap,
  TreeSet,
} from '../../../src/kits/containers/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

const notSmall = (parameter: string, value: string): string =>
  `The type of "${parameter}" must be small integer. Received value is: ${value}`;

const maps = { HashMap, TreeMap, LightWeightMap };

// All have what is used here.
for (const [name, Type] of Object.entries(maps) as unknown as [string, typeof HashMap][]) {
  describe(name, () => {
    const make = (): HashMap<string, number> => {
      const map = new Type<string, number>();
      map.set('a', 1);
      map.set('b', 2);
      return map;
    };

    test('set, get, hasKey, hasValue, remove', () => {
      const map = make();
      assert.equal(map.set('c', 3), map);
      assert.deepEqual([map.get('c'), map.get('x'), map.length], [3, undefined, 3]);
      assert.deepEqual(
        [map.hasKey('a'), map.hasKey('x'), map.hasValue(2), map.hasValue(9)],
        [true, false, true, false],
      );
      assert.deepEqual([map.remove('a'), map.remove('a')], [1, undefined]);
      map.set('b', 5);
      assert.deepEqual([...map.values()], [5, 3]);
    });

    test('iteration', () => {
      const map = make();
      const pairs = [
        ['a', 1],
        ['b', 2],
      ];
      assert.deepEqual([...map], pairs);
      assert.deepEqual([...map.entries()], pairs);
      assert.deepEqual([...map.keys()], ['a', 'b']);
      const seen: unknown[] = [];
      map.forEach((value, key, all) => void seen.push(value, key, all === map));
      assert.deepEqual(seen, [1, 'a', true, 2, 'b', true]);
      throwsKitError(
        () => map.forEach(5 as never),
        401,
        'The type of "callbackfn" must be callable. Received value is: 5',
      );
    });

    test('setAll, clear, isEmpty', () => {
      const map = new Type<string, number>();
      map.setAll(make());
      assert.deepEqual([map.length, map.isEmpty()], [2, false]);
      map.clear();
      assert.deepEqual([map.length, map.isEmpty()], [0, true]);
      throwsKitError(
        () => map.setAll({} as never),
        401,
        `The type of "map" must be ${name}. Received value is: [object Object]`,
      );
    });

    test('a value that is not a number is found', () => {
      const map = make();
      map.set('c', Number.NaN);
      assert.equal(map.hasValue(Number.NaN), true);
    });

    test('methods on something else, and a call without new', () => {
      const { get, keys, values, entries } = make();
      for (const method of [keys, values, entries] as (() => unknown)[]) {
        throwsKitError(() => method.call({} as never), 10200011, 'The Symbol.iterator method cannot be bound');
      }
      throwsKitError(() => get.call({} as never, 'a'), 10200011, 'The get method cannot be bound');
      throwsKitError(
        () => (Type as unknown as () => unknown)(),
        10200012,
        `The ${name}'s constructor cannot be directly invoked`,
      );
    });
  });
}

describe('replace', () => {
  test('of HashMap and TreeMap', () => {
    for (const map of [new HashMap<string, number>(), new TreeMap<string, number>()]) {
      map.set('a', 1);
      assert.deepEqual([map.replace('a', 2), map.replace('x', 2), map.get('a'), map.length], [true, false, 2, 1]);
    }
  });
});

describe('TreeMap', () => {
  test('is sorted by key', () => {
    const map = new TreeMap<number | string, string>();
    for (const key of [3, 'b', 1, 'a', 2, 10]) map.set(key, String(key));
    assert.deepEqual([...map.keys()], [1, 2, 3, 10, 'a', 'b']);
    assert.deepEqual([map.getFirstKey(), map.getLastKey()], [1, 'b']);
    assert.deepEqual(
      [map.getLowerKey(3), map.getHigherKey(3), map.getLowerKey(1), map.getHigherKey('b')],
      [2, 10, undefined, undefined],
    );
    assert.equal(map.getLowerKey(5), 3);
    assert.equal(new TreeMap().getFirstKey(), undefined);
  });

  test('a comparator says which key comes first', () => {
    const map = new TreeMap<string, string>((first, second) => first > second);
    for (const key of ['aa', 'dd', 'cc', 'bb']) map.set(key, key);
    assert.deepEqual([...map.keys()], ['dd', 'cc', 'bb', 'aa']);
    const byId = new TreeMap<{ id: number }, number>((first, second) => first.id < second.id);
    byId.set({ id: 2 }, 2);
    byId.set({ id: 1 }, 1);
    byId.set({ id: 2 }, 3);
    assert.deepEqual([...byId.values()], [1, 3]);
    throwsKitError(
      () => new TreeMap(5 as never),
      401,
      'The type of "comparator" must be callable. Received value is: 5',
    );
  });

  test('a comparator may return a number', () => {
    const map = new TreeMap<number, string>(((first: number, second: number) => second - first) as never);
    for (const key of [2, 3, 1, 2]) map.set(key, String(key));
    assert.deepEqual([...map.keys()], [3, 2, 1]);
    const unclear = new TreeMap<number, string>((() => Number.NaN) as never);
    unclear.set(1, '1');
    assert.throws(() => unclear.set(2, '2'), new TypeError('CompareFn has illegal return value'));
  });

  test('a comparator is not asked about null and undefined, which come last', () => {
    const map = new TreeMap<string | null | undefined, number>((first, second) => first! > second!);
    for (const key of [undefined, 'a', null, 'b']) map.set(key, 0);
    assert.deepEqual([...map.keys()], ['b', 'a', null, undefined]);
    assert.equal(new TreeMap<string | null, number>().getLowerKey(null), undefined);
  });

  test('keys that are neither numbers nor strings are in the order of their texts', () => {
    const map = new TreeMap<unknown, number>();
    for (const key of [true, null, false]) map.set(key, 0);
    assert.deepEqual([...map.keys()], [false, null, true]);
  });
});

describe('HashMap', () => {
  test('the order is that of the hashes', () => {
    const map = new HashMap<string | number, number>();
    for (const key of [3, 17, 1, 16]) map.set(key, 0);
    // 16 buckets: 17 and 1 are in the same, in the order of insertion.
    assert.deepEqual([...map.keys()], [16, 17, 1, 3]);
    for (let key = 100; key < 109; key++) map.set(key, 0);
    // More than 12 entries: 32 buckets.
    assert.deepEqual([...map.keys()].slice(0, 6), [1, 3, 100, 101, 102, 103]);
  });

  test('undefined is not a key', () => {
    const map = new HashMap<string | undefined, number>();
    throwsKitError(
      () => map.set(undefined, 1),
      401,
      'The type of "key" must be Key of JS. Received value is: undefined',
    );
    assert.deepEqual([map.hasKey(undefined), map.get(undefined), map.remove(undefined)], [false, undefined, undefined]);
  });

  test('an iterator does not return what is removed meanwhile', () => {
    const map = new HashMap<number, number>();
    for (const key of [1, 2, 3]) map.set(key, 0);
    const seen: number[] = [];
    for (const [key] of map) {
      seen.push(key);
      map.remove(2);
    }
    assert.deepEqual(seen, [1, 3]);
  });
});

describe('LightWeightMap', () => {
  test('its own methods', () => {
    const map = new LightWeightMap<string, number>();
    map.set('a', 1);
    map.set('b', 2);
    const other = new LightWeightMap<string, number>();
    other.set('b', 2);
    assert.deepEqual([map.hasAll(other), other.hasAll(map)], [true, false]);
    assert.deepEqual([map.getIndexOfKey('b'), map.getIndexOfValue(1), map.getIndexOfKey('x')], [1, 0, -1]);
    assert.deepEqual([map.getKeyAt(1), map.getValueAt(1), map.setValueAt(1, 5), map.get('b')], ['b', 2, true, 5]);
    assert.equal(map.toString(), 'a:1,b:5');
    map.increaseCapacityTo(20);
    assert.deepEqual([map.removeAt(0), map.removeAt(5), map.length], [true, false, 1]);
    throwsKitError(
      () => map.getKeyAt(1),
      10200001,
      'The value of "index" is out of range. It must be >= 0 && <= 0. Received value is: 1',
    );
    throwsKitError(() => map.getValueAt('a' as never), 401, notSmall('index', 'a'));
    throwsKitError(() => map.removeAt('a' as never), 401, notSmall('index', 'a'));
    throwsKitError(() => map.hasAll({} as never), 401);
    throwsKitError(() => map.increaseCapacityTo(1e33), 401, notSmall('minimumCapacity', '1e+33'));
    assert.equal(map.hasAll(new LightWeightMap()), true);
    throwsKitError(() => new LightWeightMap().setValueAt(0, 1), 10200001, 'Container is empty');
  });

  test('the order is that of the hashes', () => {
    const map = new LightWeightMap<string | number, number | null>();
    for (const key of ['squirrel', 5, 'sparrow', -1, 3]) map.set(key, 0);
    assert.deepEqual([...map.keys()], [-1, 3, 5, 'sparrow', 'squirrel']);
    assert.deepEqual([map.getKeyAt(0), map.getIndexOfKey('sparrow')], [-1, 3]);
    map.set(3, null);
    map.removeAt(4);
    assert.equal(map.toString(), '-1:0,3:,5:0,sparrow:0');
  });
});

const sets = { HashSet, TreeSet, LightWeightSet };

for (const [name, Type] of Object.entries(sets) as unknown as [string, typeof HashSet][]) {
  describe(name, () => {
    test('add, has, iteration, clear', () => {
      const set = new Type<string>();
      assert.deepEqual([set.add('a'), set.add('b'), set.add('a')], [true, true, false]);
      assert.deepEqual([set.has('a'), set.has('x'), set.length, set.isEmpty()], [true, false, 2, false]);
      assert.deepEqual([...set], ['a', 'b']);
      assert.deepEqual([...set.values()], ['a', 'b']);
      assert.deepEqual(
        [...set.entries()],
        [
          ['a', 'a'],
          ['b', 'b'],
        ],
      );
      const seen: unknown[] = [];
      set.forEach((value?: string, key?: string) => void seen.push(value, key));
      assert.deepEqual(seen, ['a', 'a', 'b', 'b']);
      set.clear();
      assert.equal(set.isEmpty(), true);
      throwsKitError(() => set.forEach(5 as never), 401);
      throwsKitError(() => set.has.call({} as never, 'a'), 10200011, 'The has method cannot be bound');
    });
  });
}

describe('HashSet and TreeSet', () => {
  test('remove', () => {
    for (const set of [new HashSet<string>(), new TreeSet<string>()]) {
      set.add('a');
      assert.deepEqual([set.remove('a'), set.remove('a')], [true, false]);
    }
  });
});

describe('TreeSet', () => {
  test('is sorted', () => {
    const set = new TreeSet<number>();
    for (const value of [3, 1, 2]) set.add(value);
    assert.deepEqual([set.getFirstValue(), set.getLastValue()], [1, 3]);
    assert.deepEqual([set.getLowerValue(2), set.getHigherValue(2), set.getHigherValue(3)], [1, 3, undefined]);
    assert.deepEqual(
      [set.popFirst(), set.popLast(), set.popLast(), set.popLast(), set.popFirst()],
      [1, 3, 2, undefined, undefined],
    );
    const down = new TreeSet<number>((first, second) => first > second);
    for (const value of [1, 3, 2]) down.add(value);
    assert.deepEqual([...down], [3, 2, 1]);
  });
});

describe('LightWeightSet', () => {
  test('its own methods', () => {
    const set = new LightWeightSet<string>();
    set.add('a');
    const other = new LightWeightSet<string>();
    other.add('a');
    other.add('b');
    assert.deepEqual([set.addAll(other), set.addAll(other), set.hasAll(other)], [true, false, true]);
    assert.deepEqual(
      [set.equal(other), set.equal(['a', 'b']), set.equal('ab'), set.equal(['b', 'a'])],
      [true, true, false, false],
    );
    assert.deepEqual([set.getIndexOf('b'), set.getValueAt(1), set.getValueAt(7)], [1, 'b', undefined]);
    assert.deepEqual([set.toString(), set.toArray()], ['a,b', ['a', 'b']]);
    set.increaseCapacityTo(20);
    assert.deepEqual([set.remove('a'), set.remove('a')], ['a', undefined]);
    assert.deepEqual([set.removeAt(0), set.removeAt(0)], [true, false]);
    throwsKitError(() => set.addAll({} as never), 401, /^The type of "set" must be LightWeightSet/);
    throwsKitError(() => set.removeAt('a' as never), 401, notSmall('index', 'a'));
  });

  test('the order is that of the hashes', () => {
    const set = new LightWeightSet<unknown>();
    for (const value of ['squirrel2222222222222', true, 'sparrow33', '42', 7, -1]) set.add(value);
    // As unsigned numbers, 42 as text and -1 are large.
    assert.deepEqual(set.toArray(), [7, 'sparrow33', 'squirrel2222222222222', '42', -1, true]);
    assert.deepEqual([set.getIndexOf('sparrow33'), set.getValueAt(0)], [1, 7]);
  });

  test('without values', () => {
    const set = new LightWeightSet<number>();
    set.add(1);
    const none = new LightWeightSet<number>();
    assert.deepEqual([set.hasAll(none), none.equal(none), none.equal([])], [false, false, false]);
  });

  test('capacity', () => {
    const set = new LightWeightSet<number>();
    const refused = (capacity: number, least: number): void => {
      throwsKitError(
        () => set.increaseCapacityTo(capacity),
        10200001,
        `The value of "minimumCapacity" is out of range. It must be > ${least}. Received value is: ${capacity}`,
      );
    };
    refused(8, 8);
    for (let value = 0; value < 8; value++) set.add(value);
    refused(16, 16);
    set.increaseCapacityTo(17);
    throwsKitError(() => set.increaseCapacityTo('qwe' as never), 401, notSmall('minimumCapacity', 'qwe'));
  });
});

describe('PlainArray', () => {
  const make = (): PlainArray<string> => {
    const array = new PlainArray<string>();
    array.add(3, 'c');
    array.add(1, 'a');
    array.add(2, 'b');
    return array;
  };

  test('is sorted by number', () => {
    const array = make();
    assert.equal(array.toString(), '1:a,2:b,3:c');
    assert.deepEqual(
      [array.length, array.isEmpty(), array.get(2), array.get(9), array.has(3)],
      [3, false, 'b', undefined, true],
    );
    assert.deepEqual([array.getIndexOfKey(3), array.getIndexOfKey(9), array.getIndexOfValue('b')], [2, -1, 1]);
    assert.deepEqual([array.getKeyAt(0), array.getKeyAt(9), array.getValueAt(0)], [1, undefined, 'a']);
    assert.deepEqual(
      [...array],
      [
        [1, 'a'],
        [2, 'b'],
        [3, 'c'],
      ],
    );
    const seen: unknown[] = [];
    array.forEach((value, key) => void seen.push(value, key));
    assert.deepEqual(seen, ['a', 1, 'b', 2, 'c', 3]);
  });

  test('changing', () => {
    const array = make();
    array.add(2, 'x');
    array.setValueAt(0, 'y');
    const copy = array.clone();
    assert.deepEqual([array.remove(3), array.remove(3)], ['c', undefined]);
    assert.deepEqual([array.removeAt(0), array.removeAt(5)], ['y', undefined]);
    assert.equal(copy.toString(), '1:y,2:x,3:c');
    assert.equal(copy.removeRangeFrom(1, 9), 2);
    assert.equal(copy.toString(), '1:y');
    copy.add(2, null as never);
    assert.equal(copy.toString(), '1:y,2:');
    copy.clear();
    assert.equal(copy.isEmpty(), true);
  });

  test('what is refused', () => {
    const array = make();
    throwsKitError(() => array.add('1' as never, 'a'), 401, notSmall('key', '1'));
    throwsKitError(() => array.has(1.5), 401, notSmall('key', '1.5'));
    throwsKitError(() => array.removeRangeFrom(0, 'a' as never), 401, notSmall('size', 'a'));
    throwsKitError(
      () => array.removeRangeFrom(0, 0),
      10200001,
      'The value of "size" is out of range. It must be > 0. Received value is: 0',
    );
    throwsKitError(
      () => array.getValueAt(3),
      10200001,
      'The value of "index" is out of range. It must be >= 0 && <= 2. Received value is: 3',
    );
    throwsKitError(() => new PlainArray().removeRangeFrom(0, 1), 10200001, 'Container is empty');
    throwsKitError(() => array.get.call({} as never, 1), 10200011, 'The get method cannot be bound');
    throwsKitError(
      () => (PlainArray as unknown as () => unknown)(),
      10200012,
      "The PlainArray's constructor cannot be directly invoked",
    );
  });
});
