// hypium's `MockKit`: puts mocks in the place of functions and properties of objects, counts the calls, and gives the objects
// back what they had.

import { inspect } from 'node:util';
import type { AnyFunction } from './any-function.ts';
import { allFit, showArguments } from './argument-matchers.ts';
import { Mock, mockOf } from './mock.ts';
import { VerificationMode } from './verification-mode.ts';

interface Call {
  readonly mock: Mock;
  readonly values: readonly unknown[];
}

interface MockedProperty {
  readonly target: object;
  readonly name: string;
  readonly own: PropertyDescriptor;
  /** Its value, where the property is a getter and a setter. */
  readonly value: unknown;
}

/** Mocks of functions and properties, and a record of the calls. */
export class MockKit {
  /** Whether a mocked function calls the original where `when` said nothing about the arguments. */
  protected readonly callsOriginal: boolean = true;
  #mocks: Mock[] = [];
  #properties: MockedProperty[] = [];
  #calls: Call[] = [];

  /**
   * Mocks a function of an object, or a static function of a class: `mockFunc(client, client.send)`. Until `when` says what it
   * does, it does what it did.
   *
   * @returns the function that is now in its place: the same one if it is mocked already
   * @throws Error if the function is not one of the object's
   */
  mockFunc(obj: object, func: AnyFunction): AnyFunction {
    refuseOther('mockFunc', obj);
    if (typeof func !== 'function') {
      throw new Error(`Not a function: mockFunc got ${inspect(func)}; give it a function of the object, as obj.send`);
    }
    const name = mockOf(func)?.name ?? nameOf(obj, func);
    const original: unknown = name === undefined ? undefined : Reflect.get(obj, name);
    if (name === undefined || typeof original !== 'function') {
      throw new Error(
        `mockFunc did not find ${inspect(func)} in ${shown(obj)}; give it a function that the object has, as obj.send`,
      );
    }
    return this.#mock(obj, name, original);
  }

  /**
   * Mocks a function by its name, which may be a private one.
   *
   * @returns the function that is now in its place
   * @throws Error if the object has no such function
   */
  mockPrivateFunc(originalObject: object, method: string): AnyFunction {
    refuseOther('mockPrivateFunc', originalObject);
    const original: unknown = Reflect.get(originalObject, method);
    if (typeof original !== 'function') {
      throw new Error(
        `No such method:${method}; mockPrivateFunc needs the name of a function of ${shown(originalObject)}`,
      );
    }
    return this.#mock(originalObject, method, original);
  }

  /**
   * Sets a property of an object, which may be a private one, until `clear` or `ignoreMock` gives it back.
   *
   * @throws Error if the object itself does not have it
   */
  mockProperty(obj: object, propertyName: string, value: unknown): void {
    refuseOther('mockProperty', obj);
    const own = Object.getOwnPropertyDescriptor(obj, propertyName);
    if (own === undefined) {
      throw new Error(`No such property:${propertyName}; mockProperty needs the name of a property of ${shown(obj)}`);
    }
    if (!this.#properties.some(({ target, name }) => target === obj && name === propertyName)) {
      this.#properties.push({ target: obj, name: propertyName, own, value: Reflect.get(obj, propertyName) });
    }
    if (!Reflect.set(obj, propertyName, value)) {
      throw new Error(`cannot mock ${propertyName}: the object ${shown(obj)} cannot be changed`);
    }
  }

  /** Makes an object with mocks of the functions that the given object itself has: not of those of its class. */
  mockObject(obj: object): object {
    refuseOther('mockObject', obj);
    const mocked: object = {};
    for (const key of Reflect.ownKeys(obj)) {
      const original: unknown = Reflect.get(obj, key);
      if (typeof original !== 'function') continue;
      Reflect.set(mocked, key, original);
      this.#mock(mocked, key, original);
    }
    return mocked;
  }

  /**
   * Counts the calls of mocked functions of this kit with this name and these arguments, for a comparison:
   * `verify('send', ['a']).once()`.
   *
   * @param argsArray  all arguments of the calls that count: values, or members of `ArgumentMatchers`
   */
  verify(methodName: string, argsArray: readonly unknown[] = []): VerificationMode {
    if (typeof methodName !== 'string' || methodName === '') {
      throw new Error(
        `not a function name: verify got ${inspect(methodName)}; give it the name, as in verify('send', ['a'])`,
      );
    }
    if (!Array.isArray(argsArray)) {
      throw new Error(`verify needs an array of arguments, not ${inspect(argsArray)}, as in verify('send', ['a'])`);
    }
    const counted = this.#calls.filter(
      ({ mock, values }) =>
        (mock.name === methodName || mock.original.name === methodName) && allFit(argsArray, values),
    );
    return new VerificationMode(`${methodName}${showArguments(argsArray)}`, counted.length);
  }

  /**
   * Gives an object one of its functions or properties back.
   *
   * @param func  the mocked function, or the name of the function or property
   */
  ignoreMock(obj: object, func: AnyFunction | string): void {
    refuseOther('ignoreMock', obj);
    if (typeof func !== 'function' && typeof func !== 'string') {
      throw new Error(`Not a function: ignoreMock got ${inspect(func)}; give it the mocked function, or a name`);
    }
    const wanted = typeof func === 'string' ? func : (mockOf(func)?.name ?? nameOf(obj, func));
    this.#restore((target, name) => target === obj && name === wanted);
  }

  /** Gives an object all of its functions and properties back. The calls until then still count. */
  clear(obj: object): void {
    if (obj === undefined || obj === null) {
      throw new Error('Please enter an object to be cleaned: clear needs the object whose functions were mocked');
    }
    refuseOther('clear', obj);
    this.#restore((target) => target === obj);
  }

  /** Forgets all calls, and what `when` set. Mocked functions stay mocked, and do what they did before; `clear` gives them back. */
  clearAll(): void {
    for (const mock of this.#mocks) mock.forget();
    this.#mocks = [];
    this.#properties = [];
    this.#calls = [];
  }

  /** Whether a function is mocked and `when` has set something for it, or a property is mocked. */
  isMocked(obj: object, name: string): boolean {
    return (
      this.#mocks.some((mock) => mock.target === obj && mock.name === name && mock.isStubbed) ||
      this.#properties.some((property) => property.target === obj && property.name === name)
    );
  }

  #mock(target: object, name: PropertyKey, original: AnyFunction): AnyFunction {
    const known = this.#mocks.find((mock) => mock.target === target && mock.name === name);
    if (known !== undefined) return known.replacement;
    const record = (mock: Mock, values: readonly unknown[]): void => void this.#calls.push({ mock, values });
    const mock = new Mock(target, name, original, record, this.callsOriginal);
    this.#mocks.push(mock);
    return mock.replacement;
  }

  #restore(isWanted: (target: object, name: PropertyKey) => boolean): void {
    const [functions, properties] = [this.#mocks, this.#properties];
    this.#mocks = functions.filter(({ target, name }) => !isWanted(target, name));
    this.#properties = properties.filter(({ target, name }) => !isWanted(target, name));
    for (const mock of functions) if (isWanted(mock.target, mock.name)) mock.restore();
    for (const { target, name, own, value } of properties) {
      if (!isWanted(target, name)) continue;
      if ('value' in own) Object.defineProperty(target, name, own);
      else Reflect.set(target, name, value);
    }
  }
}

function refuseOther(method: string, value: unknown): void {
  if (value !== null && (typeof value === 'object' || typeof value === 'function')) return;
  throw new Error(`Not a object or static class: ${method} got ${inspect(value)}; give it an object, or a class`);
}

/** Under which name an object has a function, itself or from its class. */
function nameOf(target: object, func: AnyFunction): PropertyKey | undefined {
  for (let level: object | null = target; level !== null; level = Object.getPrototypeOf(level)) {
    for (const key of Reflect.ownKeys(level)) {
      if (Object.getOwnPropertyDescriptor(level, key)?.value === func) return key;
    }
  }
  // What a getter gives.
  return func.name !== '' && Reflect.get(target, func.name) === func ? func.name : undefined;
}

function shown(value: object): string {
  return inspect(value, { depth: 0, compact: true, breakLength: Number.POSITIVE_INFINITY });
}
