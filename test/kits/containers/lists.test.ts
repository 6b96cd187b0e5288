// Containers of elements in a row: `ArrayList`, `List`, `LinkedList`, `Vector`, `Queue`, `Deque`, `Stack`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ArrayList, Deque, LinkedList, List, Queue, Stack, Vector } from '../../../src/kits/containers/index.ts';
import { throwsKitError } from '../../support/kit-error.ts';

/** Fills a container. */
function filled<Container extends { add(element: string): boolean }>(
  container: Container,
  ...elements: string[]
): Container {
  for (const element of elements) container.add(element);
  return container;
}

const outside = (last: number, index: number): string =>
  `The value of "index" is out of range. It must be >= 0 && <= ${last}. Received value is: ${index}`;

/** What a container throws for an index that is out of range, or of another type. A Vector has no error codes. */
function refuses(name: string, call: () => unknown, code: number, text: string): void {
  if (name === 'Vector') assert.throws(call, code === 401 ? TypeError : RangeError);
  else throwsKitError(call, code, text);
}

const notSmall = (parameter: string, value: string): string =>
  `The type of "${parameter}" must be small integer. Received value is: ${value}`;

const lists = {
  ArrayList: () => filled(new ArrayList<string>(), 'a', 'b', 'c'),
  List: () => filled(new List<string>(), 'a', 'b', 'c'),
  LinkedList: () => filled(new LinkedList<string>(), 'a', 'b', 'c'),
  Vector: () => filled(new Vector<string>(), 'a', 'b', 'c'),
};

// All have what is used here.
for (const [name, make] of Object.entries(lists) as unknown as [keyof typeof lists, () => ArrayList<string>][]) {
  describe(name, () => {
    test('add, length, iteration, convertToArray', () => {
      const list = make();
      assert.equal(list.add('a'), true);
      assert.equal(list.length, 4);
      assert.deepEqual([...list], ['a', 'b', 'c', 'a']);
      assert.deepEqual(list.convertToArray(), ['a', 'b', 'c', 'a']);
    });

    test('elements by index', () => {
      const list = make();
      assert.equal(list[1], 'b');
      list[1] = 'x';
      assert.deepEqual([...list], ['a', 'x', 'c']);
      assert.deepEqual(Object.keys(list), ['0', '1', '2']);
      assert.deepEqual([1 in list, 3 in list], [true, false]);
      throwsKitError(() => list[3], 10200001, outside(2, 3));
      throwsKitError(() => list[-1], 10200001, outside(2, -1));
      assert.throws(() => {
        list[3] = 'd';
      });
    });

    test('has, getIndexOf, getLastIndexOf', () => {
      const list = filled(make(), 'a');
      assert.deepEqual([list.has('b'), list.has('x')], [true, false]);
      assert.deepEqual([list.getIndexOf('a'), list.getLastIndexOf('a'), list.getIndexOf('x')], [0, 3, -1]);
    });

    test('remove, removeByIndex, clear', () => {
      const list = make();
      assert.deepEqual([list.remove('b'), list.remove('b')], [true, false]);
      assert.equal(list.removeByIndex(1), 'c');
      refuses(name, () => list.removeByIndex(1), 10200001, outside(0, 1));
      refuses(name, () => list.removeByIndex('1' as never), 401, notSmall('index', '1'));
      list.clear();
      assert.equal(list.length, 0);
      refuses(name, () => list.removeByIndex(0), 10200001, 'Container is empty');
    });

    test('forEach', () => {
      const list = make();
      const seen: unknown[] = [];
      const self = {};
      list.forEach(function (this: unknown, value, index, all) {
        seen.push(value, index, all === list, this === self);
      }, self);
      assert.deepEqual(seen.slice(0, 4), ['a', 0, true, true]);
      assert.equal(seen.length, 12);
      const text = 'The type of "callbackfn" must be callable. Received value is: 5';
      refuses(name, () => list.forEach(5 as never), 401, text);
    });

    test('methods on something else, and a call without new', () => {
      const { add, has, clear } = make();
      throwsKitError(() => add.call({}, 'a'), 10200011, 'The add method cannot be bound');
      throwsKitError(() => has.call({}, 'a'), 10200011, 'The has method cannot be bound');
      throwsKitError(() => clear.call({}), 10200011, 'The clear method cannot be bound');
      const type = { ArrayList, List, LinkedList, Vector }[name] as unknown as () => unknown;
      if (name === 'Vector') assert.throws(() => type(), TypeError);
      else throwsKitError(() => type(), 10200012, `The ${name}'s constructor cannot be directly invoked`);
      assert.ok(make() instanceof type);
    });

    test('a subclass', () => {
      class Words extends ArrayList<string> {
        readonly title = 'words';
        longest(): number {
          return Math.max(...this.convertToArray().map((word) => word.length));
        }
      }
      const words = filled(new Words(), 'a', 'abc');
      assert.deepEqual([words.longest(), words.title, words[1]], [3, 'words', 'abc']);
    });
  });
}

describe('ArrayList', () => {
  test('insert, removeByRange, subArrayList', () => {
    const list = lists.ArrayList();
    list.insert('x', 1);
    list.insert('y', 4);
    assert.deepEqual([...list], ['a', 'x', 'b', 'c', 'y']);
    throwsKitError(() => list.insert('z', 6), 10200001, outside(5, 6));
    assert.deepEqual([...list.subArrayList(1, 3)], ['x', 'b']);
    list.removeByRange(1, 3);
    assert.deepEqual([...list], ['a', 'c', 'y']);
    throwsKitError(
      () => list.subArrayList(0, 4),
      10200001,
      'The value of "toIndex" is out of range. It must be >= 0 && <= 3. Received value is: 4',
    );
    throwsKitError(
      () => list.removeByRange(2, 2),
      10200001,
      'The value of "fromIndex" is out of range. It must be >= 0 && <= 1. Received value is: 2',
    );
    throwsKitError(() => new ArrayList().removeByRange(0, 1), 10200001, 'Container is empty');
  });

  test('sort, replaceAllElements, clone, isEmpty', () => {
    const list = new ArrayList<number>();
    for (const number of [10, 9, 1]) list.add(number);
    list.sort();
    assert.deepEqual([...list], [1, 10, 9]);
    list.sort((first, second) => second - first);
    assert.deepEqual([...list], [10, 9, 1]);
    const copy = list.clone();
    list.replaceAllElements((value, index) => value + index!);
    assert.deepEqual(
      [[...list], [...copy]],
      [
        [10, 10, 3],
        [10, 9, 1],
      ],
    );
    assert.deepEqual([list.isEmpty(), new ArrayList().isEmpty()], [false, true]);
    throwsKitError(() => list.sort(5 as never), 401, 'The type of "comparator" must be callable. Received value is: 5');
  });

  test('capacity', () => {
    const list = new ArrayList<number>();
    assert.equal(list.getCapacity(), 10);
    for (let number = 0; number < 11; number++) list.add(number);
    assert.equal(list.getCapacity(), 15);
    list.increaseCapacityTo(100);
    assert.equal(list.getCapacity(), 100);
    list.trimToCurrentLength();
    assert.equal(list.getCapacity(), 11);
    assert.deepEqual([list.clone().getCapacity(), list.subArrayList(2, 5).getCapacity()], [11, 3]);
    list.increaseCapacityTo(20);
    list.removeByRange(1, 3);
    assert.equal(list.getCapacity(), 9);
    list.increaseCapacityTo(-1);
    assert.equal(list.getCapacity(), 9);
    throwsKitError(
      () => list.increaseCapacityTo('20' as never),
      401,
      'The type of "newCapacity" must be number. Received value is: 20',
    );
  });

  test('an index has 32 bits', () => {
    const list = lists.ArrayList();
    throwsKitError(() => list.insert('x', 2 ** 31), 401, notSmall('index', '2147483648'));
    throwsKitError(() => list.removeByIndex(0.5), 401, notSmall('index', '0.5'));
    throwsKitError(() => list.removeByRange(0, undefined as never), 401, notSmall('toIndex', 'undefined'));
    throwsKitError(() => list.subArrayList('a' as never, 2), 401, notSmall('fromIndex', 'a'));
  });

  test('JSON has the elements by index', () => {
    const list = new ArrayList<unknown>();
    for (const value of ['a', undefined, null]) list.add(value);
    assert.equal(JSON.stringify(list), '{"0":"a","2":null}');
  });
});

describe('List', () => {
  test('get, set, getFirst, getLast, insert', () => {
    const list = lists.List();
    assert.deepEqual([list.get(1), list.get(9), list.getFirst(), list.getLast()], ['b', undefined, 'a', 'c']);
    assert.equal(list.set(1, 'x'), 'x');
    list.insert('y', 0);
    assert.deepEqual([...list], ['y', 'a', 'x', 'c']);
    throwsKitError(() => list.set(4, 'z'), 10200001, outside(3, 4));
    throwsKitError(() => list.get('a' as never), 401, notSmall('index', 'a'));
    throwsKitError(() => new List().set(0, 'z'), 10200001, 'Container is empty');
    assert.equal(new List().getFirst(), undefined);
  });

  test('equal, sort, getSubList, replaceAllElements, isEmpty', () => {
    const list = lists.List();
    assert.deepEqual(
      [list.equal(lists.List()), list.equal(lists.ArrayList()), list.equal(new List())],
      [true, false, false],
    );
    list.sort((first, second) => (first < second ? 1 : -1));
    assert.deepEqual([...list], ['c', 'b', 'a']);
    assert.deepEqual([...list.getSubList(0, 2)], ['c', 'b']);
    list.replaceAllElements((value) => value.toUpperCase());
    assert.deepEqual([...list], ['C', 'B', 'A']);
    assert.equal(list.isEmpty(), false);
  });
});

describe('LinkedList', () => {
  test('both ends', () => {
    const list = lists.LinkedList();
    list.addFirst('z');
    list.insert(1, 'y');
    assert.deepEqual([...list], ['z', 'y', 'a', 'b', 'c']);
    assert.deepEqual([list.removeFirst(), list.removeLast()], ['z', 'c']);
    assert.deepEqual([list.getFirst(), list.getLast(), list.get(1)], ['y', 'b', 'a']);
    assert.equal(list.set(0, 'x'), 'x');
    assert.deepEqual([...list.clone()], ['x', 'a', 'b']);
    throwsKitError(() => list.insert('a' as never, 'd'), 401, notSmall('index', 'a'));
    throwsKitError(() => new LinkedList().set(0, 'z'), 10200001, 'Container is empty');
  });

  test('removeFirstFound, removeLastFound', () => {
    const list = filled(lists.LinkedList(), 'a');
    assert.equal(list.removeLastFound('a'), true);
    assert.deepEqual([...list], ['a', 'b', 'c']);
    assert.equal(list.removeFirstFound('a'), true);
    for (const call of ['removeFirstFound', 'removeLastFound'] as const) {
      throwsKitError(() => list[call]('a'), 10200017, 'The element does not exist in this container');
    }
  });

  test('nothing to remove', () => {
    for (const call of ['removeFirst', 'removeLast', 'removeFirstFound', 'removeLastFound'] as const) {
      throwsKitError(() => new LinkedList<string>()[call]('a'), 10200010, 'Container is empty');
    }
  });
});

describe('Vector', () => {
  test('its own methods', () => {
    const vector = lists.Vector();
    vector.insert('a', 3);
    assert.deepEqual([vector.get(1), vector.getFirstElement(), vector.getLastElement()], ['b', 'a', 'a']);
    assert.deepEqual([vector.getIndexFrom('a', 1), vector.getLastIndexFrom('a', 2)], [3, 0]);
    assert.equal(vector.set(1, 'x'), undefined);
    assert.equal(vector.toString(), 'a,x,c,a');
    const array = ['1', '2', '3', '4', '5'];
    vector.copyToArray(array);
    assert.deepEqual(array, ['a', 'x', 'c', 'a', undefined]);
    assert.deepEqual([...vector.subVector(1, 3)], ['x', 'c']);
    vector.removeByRange(0, 2);
    vector.setLength(3);
    assert.deepEqual([...vector], ['c', 'a', undefined]);
    vector.setLength(2);
    vector.sort();
    vector.replaceAllElements((value) => `${value}!`);
    assert.deepEqual([...vector.clone()], ['a!', 'c!']);
  });

  test('errors are those of the language', () => {
    const vector = lists.Vector();
    const outOfBounds = new RangeError('the index is out-of-bounds');
    assert.throws(() => vector.get(3), outOfBounds);
    assert.throws(() => vector.set(-1, 'x'), outOfBounds);
    assert.throws(() => vector.insert('x', 4), outOfBounds);
    assert.throws(() => vector.removeByIndex(12), outOfBounds);
    assert.throws(() => vector.getIndexFrom('a', 3), new RangeError('no-such-element'));
    assert.throws(() => vector.getLastIndexFrom('a', 3), new RangeError('index-out-of-bounds'));
    assert.deepEqual([vector.getIndexFrom('c', -5), vector.getLastIndexFrom('b', -5)], [2, -1]);
    assert.throws(() => vector.get('1' as never), new TypeError('The passed in index needs to be number'));
    const noNumber = new TypeError('The passed in parameter needs to be number');
    assert.throws(() => vector.removeByRange('0' as never, 1), noNumber);
    assert.throws(() => vector.subVector(0, '1' as never), noNumber);
    assert.throws(() => vector.setLength(undefined as never), noNumber);
    const badSize = new RangeError('An incorrect size was set');
    assert.throws(() => vector.setLength(-1), badSize);
    assert.throws(() => vector.increaseCapacityTo(-1), badSize);
    const noFunction = new TypeError('the callbackfun is not callable.');
    assert.throws(() => vector.forEach(5 as never), noFunction);
    assert.throws(() => vector.replaceAllElements(5 as never), noFunction);
  });

  test('ranges', () => {
    const vector = lists.Vector();
    const outside = new RangeError('the fromIndex or the toIndex is out-of-bounds');
    const empty = new RangeError('the fromIndex cannot be less than or equal to toIndex');
    assert.throws(() => vector.removeByRange(2, 1), empty);
    assert.throws(() => vector.removeByRange(-1, 1), outside);
    assert.throws(() => vector.removeByRange(3, 7), outside);
    assert.throws(() => vector.subVector(1, 3), outside);
    assert.throws(() => vector.subVector(2, 1), empty);
    vector.removeByRange(1, 99);
    assert.deepEqual([...vector], ['a']);
  });

  test('as text', () => {
    const vector = new Vector<unknown>();
    for (const value of [1, null, undefined, 'x']) vector.add(value);
    assert.equal(vector.toString(), '1,,,x');
  });

  test('capacity', () => {
    const vector = new Vector<number>();
    for (let number = 0; number < 11; number++) vector.add(number);
    assert.equal(vector.getCapacity(), 20);
    vector.trimToCurrentLength();
    vector.increaseCapacityTo(5);
    assert.deepEqual([vector.getCapacity(), vector.isEmpty()], [11, false]);
  });
});

describe('Queue, Deque, Stack', () => {
  test('Queue', () => {
    const queue = filled(new Queue<string>(), 'a', 'b');
    assert.deepEqual(
      [queue.getFirst(), queue.pop(), queue.pop(), queue.pop(), queue.getFirst()],
      ['a', 'a', 'b', undefined, undefined],
    );
    assert.equal(queue.length, 0);
    throwsKitError(() => queue.pop.call({} as never), 10200011, 'The pop method cannot be bound');
  });

  test('Deque', () => {
    const deque = new Deque<string>();
    deque.insertEnd('b');
    deque.insertFront('a');
    deque.insertEnd('c');
    assert.deepEqual([...deque], ['a', 'b', 'c']);
    assert.deepEqual([deque.getFirst(), deque.getLast(), deque.has('b'), deque[1]], ['a', 'c', true, 'b']);
    assert.deepEqual(
      [deque.popFirst(), deque.popLast(), deque.popLast(), deque.popFirst()],
      ['a', 'c', 'b', undefined],
    );
  });

  test('Stack', () => {
    const stack = new Stack<string>();
    assert.equal(stack.isEmpty(), true);
    assert.equal(stack.push('a'), 'a');
    stack.push('b');
    assert.deepEqual([stack.peek(), stack.locate('a'), stack.locate('x')], ['b', 0, -1]);
    assert.deepEqual([stack.pop(), stack.pop(), stack.pop()], ['b', 'a', undefined]);
  });
});
