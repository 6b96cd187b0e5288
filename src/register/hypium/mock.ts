// One mocked function: what stands in its place, what it does for which arguments, and how the object gets it back.

import { inspect } from 'node:util';
import type { AnyFunction } from './any-function.ts';
import { allFit } from './argument-matchers.ts';

interface Stub {
  /** The arguments that it is for; `undefined`: it was given none, or `undefined` as the first. */
  readonly expected: readonly unknown[] | undefined;
  action: AnyFunction;
}

/** The mock behind each function that stands in the place of another. */
const mocks = new WeakMap<object, Mock>();

/** The mock of a function that stands in the place of another; `undefined` for any other value. */
export function mockOf(value: unknown): Mock | undefined {
  return typeof value === 'function' ? mocks.get(value) : undefined;
}

/** Is told of each call. */
export type Recorder = (mock: Mock, values: readonly unknown[]) => void;

/** A function of an object with another in its place. */
export class Mock {
  readonly target: object;
  readonly name: PropertyKey;
  /** The function that was there. */
  readonly original: AnyFunction;
  /** The function in its place. */
  readonly replacement: AnyFunction;
  readonly #own: PropertyDescriptor | undefined;
  readonly #callsOriginal: boolean;
  #record: Recorder | undefined;
  #stubs: Stub[] = [];
  #latest: Stub | undefined;

  /**
   * Puts a function in the place of another.
   *
   * @param callsOriginal  whether the original is called where no stub fits
   * @throws Error if the object does not let itself be changed
   */
  constructor(target: object, name: PropertyKey, original: AnyFunction, record: Recorder, callsOriginal: boolean) {
    this.target = target;
    this.name = name;
    this.original = original;
    this.#own = Object.getOwnPropertyDescriptor(target, name);
    this.#record = record;
    this.#callsOriginal = callsOriginal;
    const call = (self: unknown, values: readonly unknown[]): unknown => this.#call(self, values);
    this.replacement = function replacement(this: unknown, ...values: unknown[]): unknown {
      return call(this, values);
    };
    Object.defineProperty(this.replacement, 'name', { value: original.name, configurable: true });
    mocks.set(this.replacement, this);
    if (!Reflect.set(target, name, this.replacement)) {
      throw new Error(`cannot mock ${String(name)}: the object ${inspect(target, { depth: 0 })} cannot be changed`);
    }
  }

  /** Whether there is an action for some arguments. */
  get isStubbed(): boolean {
    return this.#latest !== undefined;
  }

  /** Sets what happens for these arguments. What was set before for arguments that fit as well stays what counts. */
  stub(values: readonly unknown[], action: AnyFunction): void {
    const expected = values[0] === undefined ? undefined : values;
    const known = expected === undefined ? this.#stubs.find((stub) => stub.expected === undefined) : undefined;
    const stub = known ?? { expected, action };
    stub.action = action;
    if (known === undefined) this.#stubs.push(stub);
    this.#latest = stub;
  }

  /** Forgets all actions, and no longer tells of calls. */
  forget(): void {
    this.#record = undefined;
    this.#stubs = [];
    this.#latest = undefined;
  }

  /** Gives the object its function back. */
  restore(): void {
    if (this.#own === undefined) Reflect.deleteProperty(this.target, this.name);
    else Object.defineProperty(this.target, this.name, this.#own);
  }

  #call(self: unknown, values: readonly unknown[]): unknown {
    const action = this.#actionFor(values) ?? (this.#callsOriginal ? this.original : undefined);
    this.#record?.(this, values);
    return action === undefined ? undefined : Reflect.apply(action, self, values);
  }

  /** The rule of a device: a call whose first argument is `undefined` gets what was set last, whatever it was set for. */
  #actionFor(values: readonly unknown[]): AnyFunction | undefined {
    if (values[0] === undefined) return this.#latest?.action;
    return this.#stubs.find(({ expected }) => expected !== undefined && allFit(expected, values))?.action;
  }
}
