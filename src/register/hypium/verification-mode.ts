// How often a mocked function was called: what `MockKit.verify` gives.

import { AssertException } from './assert-exception.ts';

/** Compares the number of calls with what a test expects. */
export class VerificationMode {
  readonly #call: string;
  readonly #count: number;

  /** @param call  the call, for error texts: `send('a')` */
  constructor(call: string, count: number) {
    this.#call = call;
    this.#count = count;
  }

  /** It was called so many times. */
  times(count: number): void {
    this.#expect(this.#count === count, times(count));
  }

  /** It was not called. */
  never(): void {
    this.#expect(this.#count === 0, 'no call');
  }

  /** It was called once. */
  once(): void {
    this.#expect(this.#count === 1, 'one call');
  }

  /** It was called so many times or more often. */
  atLeast(count: number): void {
    this.#expect(this.#count >= count, `at least ${times(count)}`);
  }

  /** It was called so many times or less often. */
  atMost(count: number): void {
    this.#expect(this.#count <= count, `at most ${times(count)}`);
  }

  #expect(holds: boolean, expectation: string): void {
    if (!holds) throw new AssertException(`expected ${expectation} of ${this.#call}; there were ${this.#count}`);
  }
}

function times(count: number): string {
  return count === 1 ? '1 call' : `${count} calls`;
}
