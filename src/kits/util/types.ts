// `util.types`: what kind of built-in object a value is, by its internals and not by its prototype.

// biome-ignore-all lint/complexity/noBannedTypes: declared like this by the SDK
import { objectKinds } from '../host.ts';

/** Checks of the kinds of built-in objects. Make one with `new`; its methods answer for any value. */
export class types {
  /** Whether it is an ArrayBuffer or a SharedArrayBuffer. */
  isAnyArrayBuffer(value: Object): boolean {
    return objectKinds.isAnyArrayBuffer(value);
  }

  /** Whether it is a typed array or a DataView. */
  isArrayBufferView(value: Object): boolean {
    return ArrayBuffer.isView(value);
  }

  /** Whether it is the `arguments` of a function. */
  isArgumentsObject(value: Object): boolean {
    return objectKinds.isArgumentsObject(value);
  }

  /** Whether it is an ArrayBuffer. */
  isArrayBuffer(value: Object): boolean {
    return objectKinds.isArrayBuffer(value);
  }

  /** Whether it is an async function. */
  isAsyncFunction(value: Object): boolean {
    return objectKinds.isAsyncFunction(value);
  }

  /** Whether it is a BigInt64Array. */
  isBigInt64Array(value: Object): boolean {
    return objectKinds.isBigInt64Array(value);
  }

  /** Whether it is a BigUint64Array. */
  isBigUint64Array(value: Object): boolean {
    return objectKinds.isBigUint64Array(value);
  }

  /** Whether it is a Boolean object, as `new Boolean()` makes. */
  isBooleanObject(value: Object): boolean {
    return objectKinds.isBooleanObject(value);
  }

  /** Whether it is an object around a primitive value. */
  isBoxedPrimitive(value: Object): boolean {
    return objectKinds.isBoxedPrimitive(value);
  }

  /** Whether it is a DataView. */
  isDataView(value: Object): boolean {
    return objectKinds.isDataView(value);
  }

  /** Whether it is a Date. */
  isDate(value: Object): boolean {
    return objectKinds.isDate(value);
  }

  /** Whether it is a value of native code. */
  isExternal(value: Object): boolean {
    return objectKinds.isExternal(value);
  }

  /** Whether it is a Float32Array. */
  isFloat32Array(value: Object): boolean {
    return objectKinds.isFloat32Array(value);
  }

  /** Whether it is a Float64Array. */
  isFloat64Array(value: Object): boolean {
    return objectKinds.isFloat64Array(value);
  }

  /** Whether it is a generator function. */
  isGeneratorFunction(value: Object): boolean {
    return objectKinds.isGeneratorFunction(value);
  }

  /** Whether it is the object that a generator function returns. */
  isGeneratorObject(value: Object): boolean {
    return objectKinds.isGeneratorObject(value);
  }

  /** Whether it is an Int8Array. */
  isInt8Array(value: Object): boolean {
    return objectKinds.isInt8Array(value);
  }

  /** Whether it is an Int16Array. */
  isInt16Array(value: Object): boolean {
    return objectKinds.isInt16Array(value);
  }

  /** Whether it is an Int32Array. */
  isInt32Array(value: Object): boolean {
    return objectKinds.isInt32Array(value);
  }

  /** Whether it is a Map. */
  isMap(value: Object): boolean {
    return objectKinds.isMap(value);
  }

  /** Whether it is an iterator of a Map. */
  isMapIterator(value: Object): boolean {
    return objectKinds.isMapIterator(value);
  }

  /** Whether it is the namespace object of a module. */
  isModuleNamespaceObject(value: Object): boolean {
    return objectKinds.isModuleNamespaceObject(value);
  }

  /** Whether it is an Error, of any built-in class. */
  isNativeError(value: Object): boolean {
    return objectKinds.isNativeError(value);
  }

  /** Whether it is a Number object, as `new Number()` makes. */
  isNumberObject(value: Object): boolean {
    return objectKinds.isNumberObject(value);
  }

  /** Whether it is a Promise. */
  isPromise(value: Object): boolean {
    return objectKinds.isPromise(value);
  }

  /** Whether it is a Proxy. */
  isProxy(value: Object): boolean {
    return objectKinds.isProxy(value);
  }

  /** Whether it is a regular expression. */
  isRegExp(value: Object): boolean {
    return objectKinds.isRegExp(value);
  }

  /** Whether it is a Set. */
  isSet(value: Object): boolean {
    return objectKinds.isSet(value);
  }

  /** Whether it is an iterator of a Set. */
  isSetIterator(value: Object): boolean {
    return objectKinds.isSetIterator(value);
  }

  /** Whether it is a SharedArrayBuffer. */
  isSharedArrayBuffer(value: Object): boolean {
    return objectKinds.isSharedArrayBuffer(value);
  }

  /** Whether it is a String object, as `new String()` makes. */
  isStringObject(value: Object): boolean {
    return objectKinds.isStringObject(value);
  }

  /** Whether it is an object around a symbol. */
  isSymbolObject(value: Object): boolean {
    return objectKinds.isSymbolObject(value);
  }

  /** Whether it is a typed array. */
  isTypedArray(value: Object): boolean {
    return objectKinds.isTypedArray(value);
  }

  /** Whether it is a Uint8Array. */
  isUint8Array(value: Object): boolean {
    return objectKinds.isUint8Array(value);
  }

  /** Whether it is a Uint8ClampedArray. */
  isUint8ClampedArray(value: Object): boolean {
    return objectKinds.isUint8ClampedArray(value);
  }

  /** Whether it is a Uint16Array. */
  isUint16Array(value: Object): boolean {
    return objectKinds.isUint16Array(value);
  }

  /** Whether it is a Uint32Array. */
  isUint32Array(value: Object): boolean {
    return objectKinds.isUint32Array(value);
  }

  /** Whether it is a WeakMap. */
  isWeakMap(value: Object): boolean {
    return objectKinds.isWeakMap(value);
  }

  /** Whether it is a WeakSet. */
  isWeakSet(value: Object): boolean {
    return objectKinds.isWeakSet(value);
  }
}
