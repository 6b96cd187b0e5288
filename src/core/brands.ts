// What a value is by its internal slots, not by its prototype. `instanceof` accepts an object that only inherits from
// `Uint8Array.prototype`, which native code then fails on, and refuses the ArrayBuffer of another realm: `node:vm`, a test
// runner with a DOM, a frame. The getters below know the real ones, whatever realm, subclass or own property is in front.

type Getter<Result> = (this: unknown) => Result;

function getterOf<Result>(prototype: object, name: string | symbol): Getter<Result> {
  return Object.getOwnPropertyDescriptor(prototype, name)?.get as Getter<Result>;
}

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
/** Name of the class, `undefined` for what is not a typed array. */
const nameOfTypedArray = getterOf<string | undefined>(typedArray, Symbol.toStringTag);
const lengthOfTypedArray = getterOf<number>(typedArray, 'length');
const layoutOfTypedArray = layoutGetters(typedArray);
/** These throw where the view has lost its memory. */
const layoutOfDataView = layoutGetters(DataView.prototype);
const byteLengthOfBuffer = getterOf<number>(ArrayBuffer.prototype, 'byteLength');
/** Browsers have it only in pages that are isolated from others. */
const byteLengthOfShared =
  typeof SharedArrayBuffer === 'function' ? getterOf<number>(SharedArrayBuffer.prototype, 'byteLength') : undefined;

/** Views of so many bytes and less are taken as they are, where a view of the view would cost more than copying it. */
const TAKEN_UP_TO = 16 * 1024;
const NO_BYTES = new Uint8Array(0);

function layoutGetters(prototype: object) {
  return {
    buffer: getterOf<ArrayBufferLike>(prototype, 'buffer'),
    byteOffset: getterOf<number>(prototype, 'byteOffset'),
    byteLength: getterOf<number>(prototype, 'byteLength'),
  };
}

/** Whether it is an ArrayBuffer, of any realm, detached or not. */
export function isArrayBuffer(value: unknown): value is ArrayBuffer {
  return hasByteLength(byteLengthOfBuffer, value);
}

/** Whether it is a SharedArrayBuffer, of any realm. */
export function isSharedArrayBuffer(value: unknown): value is SharedArrayBuffer {
  return byteLengthOfShared !== undefined && hasByteLength(byteLengthOfShared, value);
}

/**
 * The bytes of an ArrayBuffer, SharedArrayBuffer or view of either, without copying: of any realm and class, whatever
 * its getters say. The size is the current one, for memory that can grow or shrink too.
 *
 * @returns a view. Read it only by its indices and its `length`, or pass it to `set`: it may be the given view itself,
 *          and a subclass may override its methods. `'absent'`: the memory was transferred, or has shrunk below the
 *          view; `undefined`: it is not binary data
 */
export function bytesOf(value: unknown): Uint8Array | 'absent' | undefined {
  if (ArrayBuffer.isView(value) && nameOfTypedArray.call(value) === 'Uint8Array') {
    const size = lengthOfTypedArray.call(value);
    const bytes = value as Uint8Array;
    if (size > 0 && size <= TAKEN_UP_TO && bytes.length === size) return bytes;
  }
  return plainBytesOf(value);
}

/** As {@link bytesOf}; the result is a view of the plain class, with its own methods. */
export function plainBytesOf(value: unknown): Uint8Array | 'absent' | undefined {
  if (!ArrayBuffer.isView(value)) return bytesOfBuffer(value);
  const isTypedArray = nameOfTypedArray.call(value) !== undefined;
  const { buffer, byteOffset, byteLength } = isTypedArray ? layoutOfTypedArray : layoutOfDataView;
  try {
    const size = byteLength.call(value);
    if (size > 0) return new Uint8Array(buffer.call(value), byteOffset.call(value), size);
    // Only methods tell a typed array of no elements from one whose memory is gone.
    if (isTypedArray) typedArray.includes.call(value as Uint8Array, 0);
    return NO_BYTES;
  } catch {
    return 'absent';
  }
}

/** As {@link plainBytesOf}, for ArrayBuffer and SharedArrayBuffer only. */
export function bytesOfBuffer(value: unknown): Uint8Array | 'absent' | undefined {
  const isShared = isSharedArrayBuffer(value);
  if (!isShared && !isArrayBuffer(value)) return undefined;
  const size = isShared ? (byteLengthOfShared as Getter<number>).call(value) : byteLengthOfBuffer.call(value);
  try {
    return new Uint8Array(value, 0, size);
  } catch {
    return 'absent';
  }
}

/** Whether it is an Error, of any realm; a `DOMException` is one. */
export function isError(value: unknown): value is Error {
  try {
    const tag = Object.prototype.toString.call(value);
    // The tag may be another one in a class; then only the prototype tells.
    return tag === '[object Error]' || tag === '[object DOMException]' || value instanceof Error;
  } catch {
    return false; // a revoked proxy
  }
}

function hasByteLength(getter: Getter<number>, value: unknown): boolean {
  try {
    getter.call(value);
    return true;
  } catch {
    return false;
  }
}
