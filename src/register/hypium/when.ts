// hypium's `when`: what a mocked function does for which arguments.

import { inspect } from 'node:util';
import type { AnyFunction } from './any-function.ts';
import { type Mock, mockOf } from './mock.ts';

/** What a mocked function does when it is called with the arguments that were given before. */
export interface Stubbing {
  /** It returns this value, which may be a promise. */
  afterReturn(value: unknown): void;
  /** It returns `undefined`. */
  afterReturnNothing(): void;
  /** It calls this function with its own `this` and arguments, and returns its result. */
  afterAction(action: AnyFunction): void;
  /** It throws this text: the text itself, not an error with it, as on a device. */
  afterThrow(e_msg: string): void;
}

/**
 * Sets what a mocked function does: `when(mocked)('a', ArgumentMatchers.anyNumber).afterReturn(1)`.
 *
 * A call gets the first setting whose arguments all fit. A call without arguments, or with `undefined` as the first, gets
 * what was set last. Any other call gets the original function.
 *
 * @param mocked  what `mockFunc` or `mockPrivateFunc` returned
 * @throws Error for any other function
 */
export function when(mocked: AnyFunction): (...expected: unknown[]) => Stubbing {
  const mock = mockOf(mocked);
  if (mock === undefined) {
    const [problem, shown] = [typeof mocked === 'function' ? 'not a mock function' : 'not a function', inspect(mocked)];
    throw new Error(`${problem}: when() got ${shown}; give it what mockFunc or mockPrivateFunc of a MockKit returned`);
  }
  return (...expected) => stubbing(mock, expected);
}

function stubbing(mock: Mock, expected: readonly unknown[]): Stubbing {
  return {
    afterReturn(...given: [value?: unknown]) {
      if (given.length === 0) throw new Error('afterReturn got no value; give it one, or use afterReturnNothing()');
      const [value] = given;
      mock.stub(expected, () => value);
    },
    afterReturnNothing() {
      mock.stub(expected, () => undefined);
    },
    afterAction(action) {
      if (typeof action !== 'function') {
        throw new Error(`afterAction needs a function, not ${inspect(action)}; for a value use afterReturn`);
      }
      mock.stub(expected, action);
    },
    afterThrow(...given: [message?: string]) {
      if (given.length === 0) throw new Error('afterThrow got no text; give it the text that is thrown');
      const [message] = given;
      mock.stub(expected, () => {
        throw message;
      });
    },
  };
}
