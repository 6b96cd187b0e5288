// `util.RationalNumber`: a fraction in lowest terms.

import { parameterError, typeError } from '../parameter-error.ts';

/** A fraction. `1/0` and `-1/0` stand for infinity, `0/0` for not a number. */
export class RationalNumber {
  #numerator = 0;
  #denominator = 0;

  /**
   * @deprecated with arguments: use `parseRationalNumber`. Without, it is `0/0`
   * @param numerator    an integer
   * @param denominator  an integer
   */
  constructor(numerator?: number, denominator?: number) {
    if (numerator || denominator) this.#set(numerator ?? 0, denominator ?? 0);
  }

  /**
   * Makes a fraction. A line is printed for numbers that are not integers, as on a device.
   *
   * @throws BusinessError 401 if the arguments are not numbers
   */
  static parseRationalNumber(numerator: number, denominator: number): RationalNumber {
    if (typeof numerator !== 'number') throw typeError(numerator, 'number');
    if (typeof denominator !== 'number') throw typeError(denominator, 'number');
    if (!Number.isInteger(numerator) || !Number.isInteger(denominator)) {
      console.error('parseRationalNumber: The type of Parameter must be integer');
    }
    const made = new RationalNumber();
    made.#set(numerator, denominator);
    return made;
  }

  /**
   * Makes a fraction of text.
   *
   * @param rationalString  such as `3/4` or `3:4`
   * @throws BusinessError 401 if it is not a string, or not of this form
   */
  static createRationalFromString(rationalString: string): RationalNumber {
    if (typeof rationalString !== 'string') throw typeError(rationalString, 'string');
    const parts = rationalString.split(/[:/]/);
    if (parts.length !== 2) throw typeError(rationalString, 'effective string');
    const [numerator, denominator] = parts.map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    if (!Number.isFinite(numerator) || !Number.isFinite(denominator)) {
      throw typeError(rationalString, 'character string');
    }
    if (!Number.isInteger(numerator) || !Number.isInteger(denominator)) {
      console.error('createRationalFromString: The type of Parameter must be integer string');
    }
    return RationalNumber.parseRationalNumber(numerator!, denominator!);
  }

  /**
   * Returns the greatest common divisor.
   *
   * @deprecated use `getCommonFactor`
   * @throws BusinessError 401 if an argument is not a number, or 0
   */
  static getCommonDivisor(number1: number, number2: number): number {
    return RationalNumber.getCommonFactor(number1, number2);
  }

  /**
   * Returns the greatest common divisor.
   *
   * @param number1  an integer, not 0
   * @param number2  an integer, not 0
   * @throws BusinessError 401 if an argument is not a number, or 0
   */
  static getCommonFactor(number1: number, number2: number): number {
    if (typeof number1 !== 'number') throw typeError(number1, 'number');
    if (typeof number2 !== 'number') throw typeError(number2, 'number');
    if (number1 === 0 || number2 === 0) throw parameterError('The Parameter cannot be zero');
    if (!Number.isInteger(number1) || !Number.isInteger(number2)) {
      console.error('getCommonFactor: The type of Parameter must be integer');
    }
    return commonFactor(number1, number2);
  }

  /**
   * Compares with another fraction; not a number is greater than all.
   *
   * @deprecated use `compare`
   * @returns -1, 0 or 1
   */
  compareTo(another: RationalNumber): number {
    return this.compare(another);
  }

  /**
   * Compares with another fraction; not a number is greater than all.
   *
   * @returns -1, 0 or 1
   * @throws BusinessError 401 if it is not a RationalNumber
   */
  compare(another: RationalNumber): number {
    if (!(another instanceof RationalNumber)) throw typeError(another, 'RationalNumber');
    if (this.equals(another)) return 0;
    if (this.isNaN()) return 1;
    if (another.isNaN()) return -1;
    return this.valueOf() < another.valueOf() ? -1 : 1;
  }

  /** Whether it is the same fraction. */
  // biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
  equals(obj: Object): boolean {
    if (!(obj instanceof RationalNumber)) return false;
    return this.#numerator === obj.#numerator && this.#denominator === obj.#denominator;
  }

  /** Returns its value. */
  valueOf(): number {
    return this.#numerator / this.#denominator;
  }

  /** Returns the denominator, which is not negative. */
  getDenominator(): number {
    return this.#denominator;
  }

  /** Returns the numerator. */
  getNumerator(): number {
    return this.#numerator;
  }

  /** Whether the denominator is not 0. */
  isFinite(): boolean {
    return this.#denominator !== 0;
  }

  /** Whether it is `0/0`. */
  isNaN(): boolean {
    return this.#numerator === 0 && this.#denominator === 0;
  }

  /** Whether its value is 0. */
  isZero(): boolean {
    return this.#numerator === 0 && this.#denominator !== 0;
  }

  /** Returns `3/4`, `Infinity`, `-Infinity` or `NaN`. */
  toString(): string {
    return this.isFinite() ? `${this.#numerator}/${this.#denominator}` : String(this.valueOf());
  }

  #set(numerator: number, denominator: number): void {
    const sign = denominator < 0 ? -1 : 1;
    if (denominator === 0 || numerator === 0) {
      // 0 * -1 would be -0.
      this.#numerator = numerator === 0 ? 0 : Math.sign(numerator);
      this.#denominator = denominator === 0 ? 0 : 1;
      return;
    }
    const factor = commonFactor(numerator, denominator);
    this.#numerator = (sign * numerator) / factor;
    this.#denominator = (sign * denominator) / factor;
  }
}

function commonFactor(number1: number, number2: number): number {
  let [larger, smaller] = [Math.abs(number1), Math.abs(number2)];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
