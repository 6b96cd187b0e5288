// `collections.BitVector`: bits in a row. A bit is the number 0 or 1; any number but 0 that is given stands for 1.

import { elementsOf, Row } from '../containers/sequence.ts';
import { BusinessError } from '../host.ts';
import { textOf } from '../parameter-error.ts';
import { markSendable } from '../sendable.ts';

/** Bits in a row. They are read and set by index, as in `bits[0]`, which throws 10200001 outside the vector. */
export class BitVector extends Row<number> {
  /**
   * Makes a vector of bits that are 0.
   *
   * @param length  number of bits, from 0
   * @throws BusinessError 401 if it is not an integer, 10200001 if it is below 0
   */
  constructor(length: number) {
    super();
    requireLength('length', length);
    for (let count = 0; count < length; count++) bitsOf(this, 'constructor').push(0);
  }

  /** Adds a bit at the end, and returns `true`. */
  push(element: number): boolean {
    bitsOf(this, 'push').push(bitOf(element));
    return true;
  }

  /** Removes the last bit, and returns it; `undefined` if there is none. */
  pop(): number {
    return bitsOf(this, 'pop').pop() as number;
  }

  /**
   * Whether a bit is in a range.
   *
   * @param fromIndex  index of the first bit of the range; `toIndex` is one past the last
   * @throws BusinessError 401 if an index is not an integer, 10200001 if it is out of range
   */
  has(element: number, fromIndex: number, toIndex: number): boolean {
    return rangeOf(this, 'has', fromIndex, toIndex).includes(bitOf(element));
  }

  /**
   * Sets the bits of a range.
   *
   * @throws BusinessError as `has`
   */
  setBitsByRange(element: number, fromIndex: number, toIndex: number): void {
    rangeOf(this, 'setBitsByRange', fromIndex, toIndex);
    bitsOf(this, 'setBitsByRange').fill(bitOf(element), fromIndex, toIndex);
  }

  /** Sets all bits. */
  setAllBits(element: number): void {
    bitsOf(this, 'setAllBits').fill(bitOf(element));
  }

  /**
   * Returns a vector of the bits of a range.
   *
   * @throws BusinessError as `has`
   */
  getBitsByRange(fromIndex: number, toIndex: number): BitVector {
    const made = new BitVector(0);
    for (const bit of rangeOf(this, 'getBitsByRange', fromIndex, toIndex)) made.push(bit);
    return made;
  }

  /**
   * Changes the length. New bits are 0.
   *
   * @param size  from 0
   * @throws BusinessError 401 if it is not an integer, 10200001 if it is below 0
   */
  resize(size: number): void {
    const bits = bitsOf(this, 'resize');
    requireLength('size', size);
    while (bits.length < size) bits.push(0);
    bits.length = size;
  }

  /**
   * Returns how often a bit is in a range.
   *
   * @throws BusinessError as `has`
   */
  getBitCountByRange(element: number, fromIndex: number, toIndex: number): number {
    const wanted = bitOf(element);
    return rangeOf(this, 'getBitCountByRange', fromIndex, toIndex).filter((bit) => bit === wanted).length;
  }

  /**
   * Returns the index of the first such bit in a range, or -1.
   *
   * @throws BusinessError as `has`
   */
  getIndexOf(element: number, fromIndex: number, toIndex: number): number {
    const found = rangeOf(this, 'getIndexOf', fromIndex, toIndex).indexOf(bitOf(element));
    return found < 0 ? -1 : fromIndex + found;
  }

  /**
   * Returns the index of the last such bit in a range, or -1.
   *
   * @throws BusinessError as `has`
   */
  getLastIndexOf(element: number, fromIndex: number, toIndex: number): number {
    const found = rangeOf(this, 'getLastIndexOf', fromIndex, toIndex).lastIndexOf(bitOf(element));
    return found < 0 ? -1 : fromIndex + found;
  }

  /**
   * Makes a 1 of a 0, and a 0 of a 1.
   *
   * @throws BusinessError 401 if the index is not an integer, 10200001 if it is out of range
   */
  flipBitByIndex(index: number): void {
    const bits = bitsOf(this, 'flipBitByIndex');
    requireWithin('index', index, bits.length - 1);
    bits[index] = 1 - bits[index]!;
  }

  /**
   * Makes a 1 of each 0 in a range, and a 0 of each 1.
   *
   * @throws BusinessError as `has`
   */
  flipBitsByRange(fromIndex: number, toIndex: number): void {
    const flipped = rangeOf(this, 'flipBitsByRange', fromIndex, toIndex).map((bit) => 1 - bit);
    bitsOf(this, 'flipBitsByRange').splice(fromIndex, flipped.length, ...flipped);
  }

  /** Returns the bits. */
  values(): IterableIterator<number> {
    return bitsOf(this, 'values').values();
  }
}

markSendable(BitVector);

function bitsOf(vector: BitVector, method: string): number[] {
  return elementsOf<number>(vector, method);
}

function bitOf(element: number): number {
  return element === 0 ? 0 : 1;
}

/** A copy of the bits of a range, after the checks. */
function rangeOf(vector: BitVector, method: string, from: number, to: number): number[] {
  const bits = bitsOf(vector, method);
  requireInteger('fromIndex', from);
  requireInteger('toIndex', to);
  requireWithin('toIndex', to, bits.length);
  requireWithin('fromIndex', from, to - 1);
  return bits.slice(from, to);
}

function requireInteger(name: string, value: unknown): void {
  if (Number.isInteger(value)) return;
  throw new BusinessError(401, `The type of "${name}" must be integer. Received value is: ${textOf(value)}`);
}

function requireWithin(name: string, value: number, last: number): void {
  requireInteger(name, value);
  if (value < 0 || value > last) throw rangeError(name, `>= 0 && <= ${last}`, value);
}

function requireLength(name: string, value: number): void {
  requireInteger(name, value);
  // A device calls it the length, in the text for `resize`, too.
  if (value < 0) throw rangeError('length', '>= 0', value);
}

function rangeError(name: string, range: string, value: number): BusinessError {
  const text = `The value of "${name}" is out of range. It must be ${range}. Received value is: ${value}`;
  return new BusinessError(10200001, text);
}
