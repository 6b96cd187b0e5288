// `util.types`: what kind of built-in object a value is, by its internals and not by its prototype.

// biome-ignore-all lint/complexity/noBannedTypes: declared like this by the SDK
import { types as node } from 'node:util';

/** Checks of the kinds of built-in objects. Make one with `new`; its methods answer for any value. */
export class types {
  /** Whether it is an ArrayBuffer or a SharedArrayBuffer. */
  isAnyArrayBuffer(value: Object): boolean {
    return node.isAnyArrayBuffer(value);
  }

  /** Whether it is a typed array or a DataView. */
  isArrayBufferView(value: Object): boolean {
    return ArrayBuffer.isView(value);
  }

  /** Whether it is the `arguments` of a function. */
  isArgumentsObject(value: Object): boolean {
    return node.isArgumentsObject(value);
  }

  /** Whether it is an ArrayBuffer. */
  isArrayBuffer(value: Object): boolean {
    return node.isArrayBuffer(value);
  }

  /** Whether it is an async function. */
  isAsyncFunction(value: Object): boolean {
    return node.isAsyncFunction(value);
  }

  /** Whether it is a BigInt64Array. */
  isBigInt64Array(value: Object): boolean {
    return node.isBigInt64Array(value);
  }

  /** Whether it is a BigUint64Array. */
  isBigUint64Array(value: Object): boolean {
    return node.isBigUint64Array(value);
  }

  /** Whether it is a Boolean object, as `new Boolean()` makes. */
  isBooleanObject(value: Object): boolean {
    return node.isBooleanObject(value);
  }

  /** Whether it is an object around a primitive value. */
  isBoxedPrimitive(value: Object): boolean {
    return node.isBoxedPrimitive(value);
  }

  /** Whether it is a DataView. */
  isDataView(value: Object): boolean {
    return node.isDataView(value);
  }

  /** Whether it is a Date. */
  isDate(value: Object): boolean {
    return node.isDate(value);
  }

  /** Whether it is a value of native code. */
  isExternal(value: Object): boolean {
    return node.isExternal(value);
  }

  /** Whether it is a Float32Array. */
  isFloat32Array(value: Object): boolean {
    return node.isFloat32Array(value);
  }

  /** Whether it is a Float64Array. */
  isFloat64Array(value: Object): boolean {
    return node.isFloat64Array(value);
  }

  /** Whether it is a generator function. */
  isGeneratorFunction(value: Object): boolean {
    return node.isGeneratorFunction(value);
  }

  /** Whether it is the object that a generator function returns. */
  isGeneratorObject(value: Object): boolean {
    return node.isGeneratorObject(value);
  }

  /** Whether it is an Int8Array. */
  isInt8Array(value: Object): boolean {
    return node.isInt8Array(value);
  }

  /** Whether it is an Int16Array. */
  isInt16Array(value: Object): boolean {
    return node.isInt16Array(value);
  }

  /** Whether it is an Int32Array. */
  isInt32Array(value: Object): boolean {
    return node.isInt32Array(value);
  }

  /** Whether it is a Map. */
  isMap(value: Object): boolean {
    return node.isMap(value);
  }

  /** Whether it is an iterator of a Map. */
  isMapIterator(value: Object): boolean {
    return node.isMapIterator(value);
  }

  /** Whether it is the namespace object of a module. */
  isModuleNamespaceObject(value: Object): boolean {
    return node.isModuleNamespaceObject(value);
  }

  /** Whether it is an Error, of any built-in class. */
  isNativeError(value: Object): boolean {
    return node.isNativeError(value);
  }

  /** Whether it is a Number object, as `new Number()` makes. */
  isNumberObject(value: Object): boolean {
    return node.isNumberObject(value);
  }

  /** Whether it is a Promise. */
  isPromise(value: Object): boolean {
    return node.isPromise(value);
  }

  /** Whether it is a Proxy. */
  isProxy(value: Object): boolean {
    return node.isProxy(value);
  }

  /** Whether it is a regular expression. */
  isRegExp(value: Object): boolean {
    return node.isRegExp(value);
  }

  /** Whether it is a Set. */
  isSet(value: Object): boolean {
    return node.isSet(value);
  }

  /** Whether it is an iterator of a Set. */
  isSetIterator(value: Object): boolean {
    return node.isSetIterator(value);
  }

  /** Whether it is a SharedArrayBuffer. */
  isSharedArrayBuffer(value: Object): boolean {
    return node.isSharedArrayBuffer(value);
  }

  /** Whether it is a String object, as `new String()` makes. */
  isStringObject(value: Object): boolean {
    return node.isStringObject(value);
  }

  /** Whether it is an object around a symbol. */
  isSymbolObject(value: Object): boolean {
    return node.isSymbolObject(value);
  }

  /** Whether it is a typed array. */
  isTypedArray(value: Object): boolean {
    return node.isTypedArray(value);
  }

  /** Whether it is a Uint8Array. */
  isUint8Array(value: Object): boolean {
    return node.isUint8Array(value);
  }

  /** Whether it is a Uint8ClampedArray. */
  isUint8ClampedArray(value: Object): boolean {
    return node.isUint8ClampedArray(value);
  }

  /** Whether it is a Uint16Array. */
  isUint16Array(value: Object): boolean {
    return node.isUint16Array(value);
  }

  /** Whether it is a Uint32Array. */
  isUint32Array(value: Object): boolean {
    return node.isUint32Array(value);
  }

  /** Whether it is a WeakMap. */
  isWeakMap(value: Object): boolean {
    return node.isWeakMap(value);
  }

  /** Whether it is a WeakSet. */
  isWeakSet(value: Object): boolean {
    return node.isWeakSet(value);
  }
}
