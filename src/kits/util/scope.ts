// `util.ScopeHelper` and its predecessor `util.Scope`: a range from a lower to an upper limit.

import { typeError } from '../parameter-error.ts';

/** A value that can be a limit. */
export interface ScopeComparable {
  /** Whether it is greater than the other value, or equal to it. */
  compareTo(other: ScopeComparable): boolean;
}

/** A limit of a range. */
export type ScopeType = ScopeComparable | number;

interface Limits {
  readonly lower: ScopeType;
  readonly upper: ScopeType;
}

/** Whether a value is at least another. */
function isAtLeast(value: ScopeType, other: ScopeType): boolean {
  return typeof value === 'number' ? value >= Number(other) : value.compareTo(other as ScopeComparable);
}

function checkedLimits(lower: ScopeType, upper: ScopeType): Limits {
  requireValue(lower, 'lower limit not be null');
  requireValue(upper, 'upper limit not be null');
  if (isAtLeast(lower, upper)) throw new Error('lower limit must be less than or equal to upper limit');
  return { lower, upper };
}

function requireValue(value: unknown, text: string): void {
  if (value === null) throw new Error(text);
}

function includes(limits: Limits, { lower, upper }: Limits): boolean {
  return isAtLeast(lower, limits.lower) && isAtLeast(limits.upper, upper);
}

function intersection(limits: Limits, other: Limits): Limits {
  return {
    lower: isAtLeast(limits.lower, other.lower) ? limits.lower : other.lower,
    upper: isAtLeast(other.upper, limits.upper) ? limits.upper : other.upper,
  };
}

function union(limits: Limits, other: Limits): Limits {
  return {
    lower: isAtLeast(other.lower, limits.lower) ? limits.lower : other.lower,
    upper: isAtLeast(limits.upper, other.upper) ? limits.upper : other.upper,
  };
}

function clamped(limits: Limits, value: ScopeType): ScopeType {
  if (!isAtLeast(value, limits.lower)) return limits.lower;
  return isAtLeast(value, limits.upper) ? limits.upper : value;
}

/**
 * A range from a lower to an upper limit.
 *
 * @deprecated use `ScopeHelper`
 */
export class Scope {
  readonly #limits: Limits;

  /** @throws Error if a limit is `null`, or the lower is not below the upper */
  constructor(lowerObj: ScopeType, upperObj: ScopeType) {
    this.#limits = checkedLimits(lowerObj, upperObj);
  }

  /** Returns `[lower, upper]`. */
  toString(): string {
    return `[${this.#limits.lower}, ${this.#limits.upper}]`;
  }

  /**
   * Returns what is in both ranges.
   *
   * @throws Error if nothing is
   */
  intersect(range: Scope): Scope;
  /**
   * Returns what is in both ranges.
   *
   * @throws Error if nothing is
   */
  intersect(lowerObj: ScopeType, upperObj: ScopeType): Scope;
  intersect(first: Scope | ScopeType, upperObj?: ScopeType): Scope {
    return this.#made(intersection(this.#limits, this.#limitsOf(first, upperObj)), first);
  }

  /** Returns the upper limit. */
  getUpper(): ScopeType {
    return this.#limits.upper;
  }

  /** Returns the lower limit. */
  getLower(): ScopeType {
    return this.#limits.lower;
  }

  /** Returns the smallest range with this one and these limits in it. */
  expand(lowerObj: ScopeType, upperObj: ScopeType): Scope;
  /** Returns the smallest range with both ranges in it. */
  expand(range: Scope): Scope;
  /** Returns the smallest range with this one and a value in it. */
  expand(value: ScopeType): Scope;
  expand(first: Scope | ScopeType, upperObj?: ScopeType): Scope {
    return this.#made(union(this.#limits, this.#limitsOf(first, upperObj)), first);
  }

  /** Whether a value is in the range; a limit is. */
  contains(value: ScopeType): boolean;
  /** Whether a range is in this one. */
  contains(range: Scope): boolean;
  contains(first: Scope | ScopeType): boolean {
    return includes(this.#limits, this.#limitsOf(first));
  }

  /** Returns the value, or the limit that it is beyond. */
  clamp(value: ScopeType): ScopeType {
    requireValue(value, 'value must not be null');
    return clamped(this.#limits, value);
  }

  #limitsOf(first: Scope | ScopeType, upper?: ScopeType): Limits {
    requireValue(first, 'value must not be null');
    requireValue(upper, 'upper limit must not be null');
    return first instanceof Scope ? first.#limits : { lower: first, upper: upper ?? first };
  }

  #made({ lower, upper }: Limits, other: unknown): Scope {
    for (const known of [this, other]) {
      if (known instanceof Scope && known.#limits.lower === lower && known.#limits.upper === upper) return known;
    }
    return new Scope(lower, upper);
  }
}

/** A range from a lower to an upper limit. */
export class ScopeHelper {
  readonly #limits: Limits;

  /**
   * @throws BusinessError 401 if a limit is neither an object nor a number
   * @throws Error if a limit is `null`, or the lower is not below the upper
   */
  constructor(lowerObj: ScopeType, upperObj: ScopeType) {
    requireLimit(lowerObj, 'object');
    requireLimit(upperObj, 'object');
    this.#limits = checkedLimits(lowerObj, upperObj);
  }

  /** Returns `[lower, upper]`. */
  toString(): string {
    return `[${this.#limits.lower}, ${this.#limits.upper}]`;
  }

  /**
   * Returns what is in both ranges.
   *
   * @throws BusinessError 401 if it is neither an object nor a number
   * @throws Error if nothing is in both
   */
  intersect(range: ScopeHelper): ScopeHelper;
  /**
   * Returns what is in both ranges.
   *
   * @throws BusinessError 401 if a limit is neither an object nor a number
   * @throws Error if nothing is in both
   */
  intersect(lowerObj: ScopeType, upperObj: ScopeType): ScopeHelper;
  intersect(first: ScopeHelper | ScopeType, upperObj?: ScopeType): ScopeHelper {
    requireLimit(first, 'ScopeHelper or ScopeType');
    if (upperObj !== undefined) requireLimit(upperObj, 'ScopeType');
    return this.#made(intersection(this.#limits, this.#limitsOf(first, upperObj)), first);
  }

  /** Returns the upper limit. */
  getUpper(): ScopeType {
    return this.#limits.upper;
  }

  /** Returns the lower limit. */
  getLower(): ScopeType {
    return this.#limits.lower;
  }

  /**
   * Returns the smallest range with this one and these limits in it.
   *
   * @throws BusinessError 401 if a limit is neither an object nor a number
   */
  expand(lowerObj: ScopeType, upperObj: ScopeType): ScopeHelper;
  /**
   * Returns the smallest range with both ranges in it.
   *
   * @throws BusinessError 401 if it is not an object
   */
  expand(range: ScopeHelper): ScopeHelper;
  /**
   * Returns the smallest range with this one and a value in it.
   *
   * @throws BusinessError 401 if it is neither an object nor a number
   */
  expand(value: ScopeType): ScopeHelper;
  expand(first: ScopeHelper | ScopeType, upperObj?: ScopeType): ScopeHelper {
    requireLimit(first, 'ScopeHelper or ScopeType');
    if (upperObj !== undefined) requireLimit(upperObj, 'ScopeType');
    return this.#made(union(this.#limits, this.#limitsOf(first, upperObj)), first);
  }

  /**
   * Whether a value is in the range; a limit is.
   *
   * @throws BusinessError 401 if it is neither an object nor a number
   */
  contains(value: ScopeType): boolean;
  /**
   * Whether a range is in this one.
   *
   * @throws BusinessError 401 if it is not an object
   */
  contains(range: ScopeHelper): boolean;
  contains(first: ScopeHelper | ScopeType): boolean {
    requireLimit(first, 'object or ScopeHelper');
    return includes(this.#limits, this.#limitsOf(first));
  }

  /**
   * Returns the value, or the limit that it is beyond.
   *
   * @throws BusinessError 401 if it is neither an object nor a number
   */
  clamp(value: ScopeType): ScopeType {
    requireValue(value, 'value must not be null');
    requireLimit(value, 'object');
    return clamped(this.#limits, value);
  }

  #limitsOf(first: ScopeHelper | ScopeType, upper?: ScopeType): Limits {
    requireValue(first, 'value must not be null');
    requireValue(upper, 'upper limit must not be null');
    return first instanceof ScopeHelper ? first.#limits : { lower: first, upper: upper ?? first };
  }

  #made({ lower, upper }: Limits, other: unknown): ScopeHelper {
    for (const known of [this, other]) {
      if (known instanceof ScopeHelper && known.#limits.lower === lower && known.#limits.upper === upper) return known;
    }
    return new ScopeHelper(lower, upper);
  }
}

function requireLimit(value: unknown, expected: string): void {
  if (typeof value !== 'object' && typeof value !== 'number') throw typeError(value, expected);
}
