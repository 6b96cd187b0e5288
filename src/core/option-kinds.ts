// The kinds of values that options take, as checks for their rows (option-check.ts).

import { webSocketError } from './errors.ts';
import { type AnySchema, type Check, kindOf, readOptions, type Schema } from './option-check.ts';
import { Described } from './shown-value.ts';

const MAX_DELAY = 2 ** 31 - 1;

/** A check that returns the value unchanged. */
export function check<Value>(expected: string, isRight: (value: unknown) => boolean): Check<Value> {
  return {
    expected,
    read(value, path) {
      if (isRight(value)) return value as Value;
      throw webSocketError('ERR_WS_OPTION', path, value, expected);
    },
  };
}

/** Like {@link check}, for values that errors must not show. */
export function secret<Value>(expected: string, isRight: (value: unknown) => boolean): Check<Value> {
  return {
    expected,
    read(value, path) {
      if (isRight(value)) return value as Value;
      throw webSocketError('ERR_WS_OPTION', path, new Described(kindOf(value)), expected);
    },
  };
}

/** A number of bytes or of things. */
export const size = check<number>(
  'an integer of at least 0, or Infinity',
  (value) => value === Infinity || (Number.isSafeInteger(value) && (value as number) >= 0),
);

/** Milliseconds that a timer can wait. */
export const delay = check<number>(
  `milliseconds from 0 to ${MAX_DELAY}`,
  (value) => typeof value === 'number' && value >= 0 && value <= MAX_DELAY,
);

export const trueOrFalse = check<boolean>('true or false', (value) => typeof value === 'boolean');

/** A function whose `this` does not matter. */
export const callable = check<never>('a function', (value) => typeof value === 'function');

/** A method of its object. The result is bound to that object. */
export const handler: Check<never> = {
  expected: 'a function',
  read(value, path, owner) {
    if (typeof value === 'function') return value.bind(owner) as never;
    throw webSocketError('ERR_WS_OPTION', path, value, 'a function');
  },
};

/** A value of the application's own. */
export const anything = check<never>('anything', () => true);

/** A string that is not empty. @param expected  with its article: `a host name` */
export function text(expected: string): Check<string> {
  return check(expected, (value) => typeof value === 'string' && value !== '');
}

export function integer(lowest: number, highest: number, expected = `an integer ${lowest}–${highest}`): Check<number> {
  return check(
    expected,
    (value) => Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest,
  );
}

export function oneOf<const Choice extends string>(choices: readonly Choice[]): Check<Choice> {
  return check(`one of ${choices.join(', ')}`, (value) => (choices as readonly unknown[]).includes(value));
}

/**
 * A list, each element checked; the copy is the option's.
 *
 * @param expected  of the whole; a wrong element is named by its index
 */
export function listOf<Value>(element: Check<Value>, expected: string): Check<readonly Value[]> {
  return {
    expected,
    read(value, path, owner) {
      if (!Array.isArray(value)) throw webSocketError('ERR_WS_OPTION', path, value, expected);
      // A hole counts as an element that is absent.
      return Array.from(value as unknown[], (one, index) => element.read(one, `${path}[${index}]`, owner));
    },
  };
}

/** An object with options of its own. */
export function nested<Options>(schema: Schema<Options>): Check<Options> {
  return {
    expected: `an object such as ${schema.example}`,
    schema: schema as unknown as AnySchema,
    read: (value, path) => readOptions(schema, value, path),
  };
}

/** A check for one of a few words or values, or for a value that `other` accepts. */
export function orElse<const Word extends string | boolean, Value>(
  choices: readonly Word[],
  other: Check<Value>,
): Check<Word | Value> {
  const words = choices.map((choice) => (typeof choice === 'string' ? `'${choice}'` : String(choice)));
  const expected = `${words.join(', ')} or ${other.expected}`;
  return {
    expected,
    schema: other.schema,
    read(value, path, owner) {
      if ((choices as readonly unknown[]).includes(value)) return value as Word;
      const type = typeof value;
      // The error names both possibilities.
      if (type !== 'object' || value === null || Array.isArray(value)) {
        throw webSocketError('ERR_WS_OPTION', path, value, expected);
      }
      return other.read(value, path, owner);
    },
  };
}
