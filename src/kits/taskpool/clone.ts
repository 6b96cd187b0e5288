// What becomes of values that pass between threads of a device. Tasks run in one thread here, but their arguments and
// results are copied as if they did not: a task that changes its argument does not change that of its host, an instance of
// a class arrives without its methods, and memory that was moved is gone. Objects of `@Sendable` classes are shared.

import { isError } from '../../core/brands.ts';
import { BusinessError, objectKinds } from '../host.ts';
import { isConfined, isSendable } from '../sendable.ts';
import { isMarked } from './concurrent.ts';

/** How values pass. */
export interface Passage {
  /** The memory that moves to the receiver; `'all'`: every `ArrayBuffer`. */
  readonly moved: ReadonlySet<unknown> | 'all';
  /** Memory and sendable objects that are copied. */
  readonly copied: ReadonlySet<unknown>;
}

/** How results and messages pass: memory moves. */
export const PASSAGE: Passage = { moved: 'all', copied: new Set() };

/** Why a value cannot pass. */
export class NotSerializable extends Error {}

/**
 * Copies a value, and moves the memory that is to be moved, if the whole value can be copied.
 *
 * @throws NotSerializable for functions that are not concurrent, symbols, promises, weak collections, proxies, containers of
 *   `@kit.ArkTS`, and for memory that is gone
 */
export function pass(value: unknown, passage: Passage): unknown {
  const copies = new Map<object, unknown>();
  const gone = new Set<ArrayBuffer>();
  const copy = copyOf(value, copies, passage, gone);
  for (const memory of gone) detach(memory);
  return copy;
}

function copyOf(value: unknown, copies: Map<object, unknown>, passage: Passage, gone: Set<ArrayBuffer>): unknown {
  // A task may call another concurrent function that it is given.
  if (typeof value === 'function' && isMarked(value)) return value;
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new NotSerializable(`a ${typeof value} cannot pass to another thread`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (copies.has(value)) return copies.get(value);
  const inner = (part: unknown): unknown => copyOf(part, copies, passage, gone);
  const remember = <Copy>(copy: Copy): Copy => {
    copies.set(value, copy);
    return copy;
  };

  if (objectKinds.isProxy(value)) throw new NotSerializable('a proxy cannot pass to another thread');
  if (isConfined(value)) {
    throw new NotSerializable(`a ${value.constructor.name} cannot pass to another thread; pass an array or a Map`);
  }
  if (isSendable(value) && !passage.copied.has(value)) return value;
  if (objectKinds.isArrayBuffer(value)) {
    const isMoved = passage.moved === 'all' ? !passage.copied.has(value) : passage.moved.has(value);
    if (isMoved && value.byteLength > 0) gone.add(value);
    return remember(cloneOf(value));
  }
  if (objectKinds.isSharedArrayBuffer(value)) return value;
  if (ArrayBuffer.isView(value))
    return remember(viewOf(value as NodeJS.ArrayBufferView, inner(value.buffer) as ArrayBuffer));
  if (Array.isArray(value)) {
    const copy: unknown[] = remember(new Array(value.length));
    for (const [key, part] of Object.entries(value)) copy[Number(key)] = inner(part);
    return copy;
  }
  if (objectKinds.isMap(value)) {
    const copy = remember(new Map<unknown, unknown>());
    for (const [key, part] of value) copy.set(inner(key), inner(part));
    return copy;
  }
  if (objectKinds.isSet(value)) {
    const copy = remember(new Set<unknown>());
    for (const part of value) copy.add(inner(part));
    return copy;
  }
  if (objectKinds.isNativeError(value)) return remember(errorOf(value, inner));
  if (objectKinds.isDate(value) || objectKinds.isRegExp(value) || objectKinds.isBoxedPrimitive(value))
    return remember(cloneOf(value));
  if (
    objectKinds.isPromise(value) ||
    objectKinds.isWeakMap(value) ||
    objectKinds.isWeakSet(value) ||
    objectKinds.isGeneratorObject(value)
  ) {
    throw new NotSerializable('a promise, weak collection or generator cannot pass to another thread');
  }
  const copy = remember((isSendable(value) ? Object.create(Object.getPrototypeOf(value) as object) : {}) as object);
  for (const [key, part] of Object.entries(value)) Reflect.set(copy, key, inner(part));
  return copy;
}

function cloneOf<Value>(value: Value): Value {
  try {
    return structuredClone(value);
  } catch (error) {
    throw new NotSerializable(isError(error) ? error.message : String(error));
  }
}

/** The same kind of view over other memory. */
function viewOf(view: NodeJS.ArrayBufferView, memory: ArrayBuffer): unknown {
  if (objectKinds.isDataView(view)) return new DataView(memory, view.byteOffset, view.byteLength);
  // A Buffer of Node arrives as what it is, an array of bytes.
  const Kind = (objectKinds.isUint8Array(view) ? Uint8Array : view.constructor) as Uint8ArrayConstructor;
  return new Kind(memory, view.byteOffset, (view as Uint8Array).length);
}

const standardErrors = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

/** An error of the same kind with its further properties, such as `code`, which `structuredClone` leaves out. */
function errorOf(error: Error, inner: (part: unknown) => unknown): Error {
  const Kind = standardErrors.find((kind) => error instanceof kind) ?? Error;
  const isKit = error instanceof BusinessError;
  const copy = isKit ? new BusinessError<unknown>(error.code, error.message) : new Kind(error.message);
  for (const [key, part] of Object.entries(error)) Reflect.set(copy, key, inner(part));
  const define = (key: string, value: unknown) =>
    Object.defineProperty(copy, key, { value, configurable: true, writable: true });
  if (copy.name !== error.name) define('name', error.name);
  if (error.cause !== undefined) define('cause', inner(error.cause));
  define('stack', error.stack);
  return copy;
}

/** Takes the memory away from its sender. Memory of Node's own pool cannot be taken, and stays. */
function detach(memory: ArrayBuffer): void {
  try {
    structuredClone(memory, { transfer: [memory] });
  } catch {
    // It was copied.
  }
}
