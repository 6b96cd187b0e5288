// The bytes behind a Buffer of the kit, and its indices. On a device a Buffer is not a typed array: it has indices and the
// methods that are declared, nothing else. Here, too, so that code which needs more fails in a test and not on a device.

import { checkNotNegative, checkNumber, checkRange, readOnlyError } from './checks.ts';

/** The classes that have bytes. One does not accept objects of the other. */
export type Kind = 'Buffer' | 'FastBuffer';

/** The bytes of a Buffer, not of a copy. */
export let bytesOf: (buffer: Bytes) => Uint8Array;
/** A view of the same bytes. */
export let viewOf: (buffer: Bytes) => DataView;
/** The class of a Buffer. */
export let kindOf: (buffer: Bytes) => Kind;
/** Whether the value is a Buffer of any class. */
export let isBytes: (value: unknown) => value is Bytes;
/**
 * Makes an empty Buffer one of these bytes.
 *
 * @param given  the memory that the application passed, which stays shared
 * @param kind   its class, default `'Buffer'`
 */
export let setBytes: (buffer: Bytes, bytes: Uint8Array, given?: ArrayBuffer, kind?: Kind) => void;
/** The memory that the application passed for this Buffer, if any. */
export let memoryGivenTo: (buffer: Bytes) => ArrayBuffer | undefined;

const none = new Uint8Array(0);

/** What each Buffer has. */
export abstract class Bytes {
  /** The byte at an index. `undefined` past the end, where an assignment throws a `TypeError`. */
  [index: number]: number;

  #bytes: Uint8Array = none;
  #view: DataView | undefined;
  #given: ArrayBuffer | undefined;
  #kind: Kind = 'Buffer';

  static {
    bytesOf = (buffer) => buffer.#bytes;
    viewOf = (buffer) => {
      const { buffer: memory, byteOffset, byteLength } = buffer.#bytes;
      buffer.#view ??= new DataView(memory, byteOffset, byteLength);
      return buffer.#view;
    };
    isBytes = (value): value is Bytes => typeof value === 'object' && value !== null && #bytes in value;
    setBytes = (buffer, bytes, given, kind = 'Buffer') => {
      buffer.#bytes = bytes;
      buffer.#given = given;
      buffer.#kind = kind;
    };
    kindOf = (buffer) => buffer.#kind;
    memoryGivenTo = (buffer) => buffer.#given;
  }

  /**
   * The number of bytes.
   *
   * @throws BusinessError 10200013 on assignment
   */
  get length(): number {
    return this.#bytes.length;
  }

  set length(_) {
    throw readOnlyError('length');
  }

  /**
   * The `ArrayBuffer` that the Buffer was made from. For a Buffer that was made from something else, each reading gives a
   * copy of exactly its bytes, as on a device: writing to that does not change the Buffer.
   *
   * @throws BusinessError 10200013 on assignment
   */
  get buffer(): ArrayBuffer {
    return this.#given ?? this.#bytes.slice().buffer;
  }

  set buffer(_) {
    throw readOnlyError('buffer');
  }

  /**
   * Where the bytes begin in the `ArrayBuffer` that the Buffer was made from.
   *
   * Off the device: 0 for a Buffer that was made from something else; a device shows an offset in memory that cannot be read.
   *
   * @throws BusinessError 10200013 on assignment
   */
  get byteOffset(): number {
    return this.#given === undefined ? 0 : this.#bytes.byteOffset;
  }

  set byteOffset(_) {
    throw readOnlyError('byteOffset');
  }
}

/** Throws 10200001 unless `size` bytes follow the offset. */
export function checkOffset(buffer: Bytes, offset: number, size: number): void {
  checkRange('offset', offset, 0, bytesOf(buffer).length - size);
}

/** {@link checkOffset} for an offset that can be left out: `null` counts as 0, as on a device. Throws 401 for another type. */
export function checkPlace(buffer: Bytes, offset: unknown, size: number): void {
  const place = offset ?? 0;
  checkNumber('offset', place);
  if (kindOf(buffer) === 'FastBuffer') checkNotNegative('offset', place);
  checkOffset(buffer, place, size);
}

/** An index of an array, as JavaScript passes it to the traps of a proxy. */
const index = /^(?:0|[1-9]\d*)$/;

/**
 * Behind the prototypes of a Buffer, where its indices are looked up because it has no own properties. So methods are found
 * without a proxy.
 */
const indices = new Proxy(Object.create(Object.prototype) as object, {
  get(target, property, receiver: unknown) {
    if (typeof property === 'string' && index.test(property) && isBytes(receiver))
      return bytesOf(receiver)[Number(property)];
    return Reflect.get(target, property, receiver) as unknown;
  },
  set(_, property, value: unknown, receiver: unknown) {
    if (typeof property !== 'string' || !index.test(property) || !isBytes(receiver)) return false;
    const bytes = bytesOf(receiver);
    if (Number(property) >= bytes.length) return false;
    bytes[Number(property)] = Number(value);
    return true;
  },
});

Object.setPrototypeOf(Bytes.prototype, indices);
