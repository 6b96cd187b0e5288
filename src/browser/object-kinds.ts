// Which built-in class an object is of, in a page: the names of `types` of node:util. Where a class has a getter or method that
// works on its own objects only, that tells, in every realm. Otherwise the object's own tag tells, which a program can change.
// A page cannot see proxies and values of native code.

import { isArrayBuffer, isError, isSharedArrayBuffer } from '../core/brands.ts';

type Kind = (value: unknown) => boolean;

const none: Kind = () => false;

/** By a method or getter that throws for other objects, and changes nothing. */
function accepted(member: (this: unknown, ...args: never[]) => unknown): Kind {
  return (value) => {
    if (typeof value !== 'object' || value === null) return false;
    try {
      Reflect.apply(member, value, [{}]);
      return true;
    } catch {
      return false;
    }
  };
}

function getter(prototype: object, name: string | symbol): (this: unknown) => unknown {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as (this: unknown) => unknown;
}

function tagged(...tags: readonly string[]): Kind {
  return (value) => isObject(value) && tags.includes(Object.prototype.toString.call(value).slice(8, -1));
}

function isObject(value: unknown): boolean {
  return typeof value === 'function' || (typeof value === 'object' && value !== null);
}

const nameOfTypedArray = getter(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag);

function typed(name: string): Kind {
  return (value) => nameOfTypedArray.call(value) === name;
}

const isTypedArray: Kind = (value) => nameOfTypedArray.call(value) !== undefined;
const isNumberObject = accepted(Number.prototype.valueOf);
const isStringObject = accepted(String.prototype.valueOf);
const isBooleanObject = accepted(Boolean.prototype.valueOf);
const isSymbolObject = accepted(Symbol.prototype.valueOf);
const isBigIntObject = accepted(BigInt.prototype.valueOf);
const isRegExpOrPrototype = accepted(getter(RegExp.prototype, 'global'));

export const objectKinds = {
  isAnyArrayBuffer: (value: unknown) => isArrayBuffer(value) || isSharedArrayBuffer(value),
  isArgumentsObject: tagged('Arguments'),
  isArrayBuffer,
  isAsyncFunction: tagged('AsyncFunction', 'AsyncGeneratorFunction'),
  isBigInt64Array: typed('BigInt64Array'),
  isBigUint64Array: typed('BigUint64Array'),
  isBooleanObject,
  isBoxedPrimitive: (value: unknown) =>
    [isNumberObject, isStringObject, isBooleanObject, isSymbolObject, isBigIntObject].some((kind) => kind(value)),
  isDataView: (value: unknown) => ArrayBuffer.isView(value) && !isTypedArray(value),
  isDate: accepted(Date.prototype.getTime),
  isExternal: none,
  isFloat32Array: typed('Float32Array'),
  isFloat64Array: typed('Float64Array'),
  isGeneratorFunction: tagged('GeneratorFunction', 'AsyncGeneratorFunction'),
  isGeneratorObject: tagged('Generator', 'AsyncGenerator'),
  isInt16Array: typed('Int16Array'),
  isInt32Array: typed('Int32Array'),
  isInt8Array: typed('Int8Array'),
  isMap: accepted(getter(Map.prototype, 'size')),
  isMapIterator: tagged('Map Iterator'),
  isModuleNamespaceObject: tagged('Module'),
  isNativeError: isError,
  isNumberObject,
  isPromise: tagged('Promise'),
  isProxy: none,
  isRegExp: (value: unknown) => value !== RegExp.prototype && isRegExpOrPrototype(value),
  isSet: accepted(getter(Set.prototype, 'size')),
  isSetIterator: tagged('Set Iterator'),
  isSharedArrayBuffer,
  isStringObject,
  isSymbolObject,
  isTypedArray,
  isUint16Array: typed('Uint16Array'),
  isUint32Array: typed('Uint32Array'),
  isUint8Array: typed('Uint8Array'),
  isUint8ClampedArray: typed('Uint8ClampedArray'),
  isWeakMap: accepted(WeakMap.prototype.has),
  isWeakSet: accepted(WeakSet.prototype.has),
};
