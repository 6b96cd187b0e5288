// The parameters of a run, which a device takes as `aa test … -s NAME VALUE`: here from environment variables, and from the
// arguments that a test ability passes to `Hypium.hypiumTest`.

import { Level, Size, TestType } from './constants.ts';

/** What is run, and how. Lists are empty, and sets of bits 0, where nothing was given. */
export interface Parameters {
  /** `Suite` and `Suite#test`; a nested suite may be named `Outer.Inner`. */
  readonly class: readonly string[];
  readonly notClass: readonly string[];
  readonly suite: readonly string[];
  readonly itName: readonly string[];
  /** Text in the name of a test with its suites: `Outer.Inner#test`. */
  readonly filter: string;
  /** Type, size and level that a test must have, unless it has none at all. */
  readonly attribute: number;
  /** Of one of the lists, all tags. */
  readonly tag: readonly (readonly string[])[];
  /** Milliseconds that a test or hook may take. */
  readonly timeout: number;
  /** How often each test runs. */
  readonly stress: number;
  /** Seed of the order of tests; `undefined`: that of the file. */
  readonly random: number | undefined;
  /** Whether the tests after one that fails are skipped. */
  readonly breakOnError: boolean;
}

const bits = {
  testType: named(TestType, (name) => name.toLowerCase()),
  size: named(Size, (name) => name.toLowerCase().replace('test', '')),
  level: named(Level, (name) => name.replace('LEVEL', '')),
};

function named(
  values: Readonly<Record<string, number>>,
  nameOf: (name: string) => string,
): ReadonlyMap<string, number> {
  return new Map(Object.entries(values).map(([name, bit]) => [nameOf(name), bit]));
}

/** Names of a device and of environment variables. */
const variables = {
  class: 'HYPIUM_CLASS',
  notClass: 'HYPIUM_NOT_CLASS',
  suite: 'HYPIUM_SUITE',
  itName: 'HYPIUM_IT_NAME',
  filter: 'HYPIUM_FILTER',
  testType: 'HYPIUM_TEST_TYPE',
  size: 'HYPIUM_SIZE',
  level: 'HYPIUM_LEVEL',
  tag: 'HYPIUM_TAG',
  timeout: 'HYPIUM_TIMEOUT',
  stress: 'HYPIUM_STRESS',
  random: 'HYPIUM_RANDOM',
  breakOnError: 'HYPIUM_BREAK_ON_ERROR',
} as const;

type Name = keyof typeof variables;

let given: Readonly<Record<string, unknown>> = {};
let known: Parameters | undefined;

/** Takes the parameters that a test ability was started with: `-s class` or `class`. Others than those above have no effect. */
export function setParameters(parameters: object): void {
  given = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name.replace(/^-s /, ''), value]));
  known = undefined;
}

/**
 * The parameters of this run.
 *
 * @throws Error naming a parameter whose value is not one
 */
export function parameters(): Parameters {
  known ??= read();
  return known;
}

function read(): Parameters {
  return {
    class: listOf('class'),
    notClass: listOf('notClass'),
    suite: listOf('suite'),
    itName: listOf('itName'),
    filter: textOf('filter')[0],
    attribute: bitOf('testType') | bitOf('size') | bitOf('level'),
    tag: listOf('tag').map((tags) => tags.split('+')),
    timeout: numberOf('timeout') ?? 5000,
    stress: numberOf('stress') ?? 1,
    random: seed(),
    breakOnError: flagOf('breakOnError'),
  };
}

/** What was given under this name, and how: `''` if nothing was. */
function textOf(name: Name): readonly [value: string, from: string] {
  const value = given[name];
  if (value !== undefined && value !== null && value !== '') return [String(value), `-s ${name}`];
  return [process.env[variables[name]] ?? '', variables[name]];
}

function listOf(name: Name): string[] {
  return textOf(name)[0]
    .split(',')
    .filter((item) => item !== '');
}

function bitOf(name: keyof typeof bits): number {
  const [value, from] = textOf(name);
  if (value === '') return 0;
  const bit = bits[name].get(value);
  if (bit === undefined) throw new Error(`${from} is "${value}"; expected one of ${[...bits[name].keys()].join(', ')}`);
  return bit;
}

function numberOf(name: Name): number | undefined {
  const [value, from] = textOf(name);
  if (value === '') return undefined;
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  throw new Error(`${from} is "${value}"; expected a whole number from 1 to 999999999`);
}

function flagOf(name: Name): boolean {
  const [value, from] = textOf(name);
  if (value !== '' && value !== 'true' && value !== 'false') {
    throw new Error(`${from} is "${value}"; expected true or false`);
  }
  return value === 'true';
}

/** A seed that is not given is told, so that the order can be had again. */
function seed(): number | undefined {
  const [value] = textOf('random');
  if (/^[1-9]\d{0,8}$/.test(value)) return Number(value);
  if (!flagOf('random')) return undefined;
  const random = 1 + Math.floor(Math.random() * 999_999_999);
  console.log(`hypium: tests are in random order; HYPIUM_RANDOM=${random} gives the same order again`);
  return random;
}
