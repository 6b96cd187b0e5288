// hypium's `ArgumentMatchers`, and whether an argument fits what `when`, `verify` or `assertMatchObj` was given. The rules
// are those that hypium documents; what two equal arguments are is its own rule, which is not that of `assertDeepEquals`.

import { inspect } from 'node:util';

type Accepts = (value: unknown) => boolean;

/** Stands for the arguments that it accepts. */
export class ArgumentMatcher {
  readonly #accepts: Accepts;
  readonly #description: string;

  constructor(description: string, accepts: Accepts) {
    this.#description = description;
    this.#accepts = accepts;
  }

  /** Whether an argument is one that it stands for. */
  accepts(value: unknown): boolean {
    return this.#accepts(value);
  }

  toString(): string {
    return this.#description;
  }

  /** @internal */
  [inspect.custom](): string {
    return this.#description;
  }
}

/** What stands for a kind of argument in `when(mocked)(…)`, in `verify` and in `assertMatchObj`. */
export const ArgumentMatchers = {
  /**
   * Any value that counts as true: as on a device, not `undefined`, `null`, `false`, 0 or an empty text. Give the member itself:
   * `when(mocked)(ArgumentMatchers.any)`.
   */
  any(): void {},
  /** Any string. */
  anyString(): void {},
  /** `true` and `false`. */
  anyBoolean(): void {},
  /** Any number. */
  anyNumber(): void {},
  /** Any object, array or `null`: what `typeof` calls an object. */
  anyObj(): void {},
  /** Any function. */
  anyFunction(): void {},
  /** Anything but a string. */
  notString(): void {},
  /** Anything but a boolean. */
  notBoolean(): void {},
  /** Anything but a number. */
  notNumber(): void {},
  /** Anything but what `typeof` calls an object. */
  notObj(): void {},
  /** Anything but a function. */
  notFunction(): void {},
  /** A string that the expression finds something in. */
  matchRegexs(regex: RegExp): ArgumentMatcher {
    return ofRegex('matchRegexs', regex, true);
  },
  /** A string that the expression finds nothing in. */
  notMatchRegexs(regex: RegExp): ArgumentMatcher {
    return ofRegex('notMatchRegexs', regex, false);
  },
  /** A string with this text in it. */
  containSubstring(text: string): ArgumentMatcher {
    return ofSubstring('containSubstring', text, true);
  },
  /** A string without this text in it. */
  notContainSubstring(text: string): ArgumentMatcher {
    return ofSubstring('notContainSubstring', text, false);
  },
  /** An array with this element. */
  containValue(element: unknown): ArgumentMatcher {
    return ofElements('containValue', element, [element], true);
  },
  /** An array without this element. */
  notContainValue(element: unknown): ArgumentMatcher {
    return ofElements('notContainValue', element, [element], false);
  },
  /** An array with all of these elements, in any order. */
  containSubArray(elements: readonly unknown[]): ArgumentMatcher {
    return ofElements('containSubArray', elements, elements, true);
  },
  /** An array that lacks one of these elements. */
  notContainSubArray(elements: readonly unknown[]): ArgumentMatcher {
    return ofElements('notContainSubArray', elements, elements, false);
  },
};

/** The members of {@link ArgumentMatchers} that are matchers themselves. */
const byIdentity = new Map<unknown, ArgumentMatcher>([
  [ArgumentMatchers.any, new ArgumentMatcher('<any>', Boolean)],
  ...(
    [
      ['String', 'string'],
      ['Boolean', 'boolean'],
      ['Number', 'number'],
      ['Obj', 'object'],
      ['Function', 'function'],
    ] as const
  ).flatMap(
    ([name, type]): Array<[unknown, ArgumentMatcher]> => [
      [ArgumentMatchers[`any${name}`], new ArgumentMatcher(`<any ${type}>`, (value) => typeof value === type)],
      [ArgumentMatchers[`not${name}`], new ArgumentMatcher(`<not ${type}>`, (value) => typeof value !== type)],
    ],
  ),
]);

/** The matcher that a value is or stands for; `undefined` where it stands for itself. A regular expression is one, too. */
export function matcherOf(value: unknown): ArgumentMatcher | undefined {
  if (value instanceof ArgumentMatcher) return value;
  if (isRegExp(value)) return ofRegex('matchRegexs', value, true);
  return byIdentity.get(value);
}

/** Whether an argument is the expected one, or one that the expected matcher stands for. */
export function fits(expected: unknown, actual: unknown): boolean {
  const matcher = matcherOf(expected);
  if (matcher === undefined) return isSame(expected, actual, []);
  // A regular expression may be the argument itself, too.
  return matcher.accepts(actual) || (isRegExp(expected) && isSame(expected, actual, []));
}

/** Whether as many arguments were given as expected, and each fits. */
export function allFit(expected: readonly unknown[], actual: readonly unknown[]): boolean {
  return expected.length === actual.length && expected.every((value, index) => fits(value, actual[index]));
}

/** The arguments as a call shows them: `('a', <any number>)`. */
export function showArguments(values: readonly unknown[]): string {
  const shown = values.map((value) =>
    inspect(byIdentity.get(value) ?? value, { depth: 2, compact: true, breakLength: Infinity }),
  );
  return `(${shown.join(', ')})`;
}

function ofRegex(name: string, regex: RegExp, isWanted: boolean): ArgumentMatcher {
  if (!isRegExp(regex))
    throw new Error(`not a regex: ArgumentMatchers.${name} got ${inspect(regex)}; give it a RegExp`);
  const copy = new RegExp(regex);
  return new ArgumentMatcher(`<${name} ${regex}>`, (value) => {
    // With the flag g or y, `test` begins where its last call ended.
    copy.lastIndex = 0;
    return typeof value === 'string' && copy.test(value) === isWanted;
  });
}

function ofSubstring(name: string, text: string, isWanted: boolean): ArgumentMatcher {
  if (typeof text !== 'string') {
    throw new Error(`not a string: ArgumentMatchers.${name} got ${inspect(text)}; give it the text to look for`);
  }
  return new ArgumentMatcher(
    `<${name} ${inspect(text)}>`,
    (value) => typeof value === 'string' && value.includes(text) === isWanted,
  );
}

function ofElements(name: string, given: unknown, elements: readonly unknown[], isWanted: boolean): ArgumentMatcher {
  if (!Array.isArray(elements)) {
    throw new Error(`not an array: ArgumentMatchers.${name} got ${inspect(given)}; give it an array of elements`);
  }
  return new ArgumentMatcher(
    `<${name} ${inspect(given, { compact: true })}>`,
    (value) => Array.isArray(value) && elements.every((element) => value.includes(element)) === isWanted,
  );
}

function isRegExp(value: unknown): value is RegExp {
  return tagOf(value) === '[object RegExp]';
}

/** `===`, and the same elements, properties, time or source: classes do not count, and binary data is compared by identity. */
function isSame(left: unknown, right: unknown, outer: readonly unknown[]): boolean {
  if (left === right) return true;
  const tag = tagOf(left);
  if (tag !== tagOf(right) || outer.includes(left)) return false;
  const within = [...outer, left];
  switch (tag) {
    case '[object Array]': {
      const [ours, theirs] = [left as unknown[], right as unknown[]];
      return ours.length === theirs.length && ours.every((value, index) => isSame(value, theirs[index], within));
    }
    case '[object Object]': {
      const [ours, theirs] = [left as Record<string, unknown>, right as Record<string, unknown>];
      const keys = Object.keys(ours);
      return (
        keys.length === Object.keys(theirs).length &&
        keys.every((key) => Object.hasOwn(theirs, key) && isSame(ours[key], theirs[key], within))
      );
    }
    case '[object Date]':
      return (left as Date).getTime() === (right as Date).getTime();
    case '[object RegExp]':
      return String(left) === String(right);
    default:
      return false;
  }
}

function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value);
}
