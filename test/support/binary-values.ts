// Binary data in every shape that JavaScript has for it, what only looks like it, and data whose memory is gone.

import vm from 'node:vm';

/** Makes the bytes `pattern` in one shape. `take` takes the memory away again, as far as the shape allows it. */
export interface Shape {
  readonly name: string;
  make(pattern: Uint8Array): Given;
}

export interface Given {
  readonly data: ArrayBuffer | SharedArrayBuffer | ArrayBufferView;
  /** Ways in which the owner of the memory may change it. */
  readonly changes: Readonly<Record<string, () => void>>;
}

interface Resizable {
  resize(size: number): void;
}

const ResizableBuffer = ArrayBuffer as unknown as new (
  size: number,
  options: { maxByteLength: number },
) => ArrayBuffer & Resizable;
const GrowableBuffer = SharedArrayBuffer as unknown as new (
  size: number,
  options: { maxByteLength: number },
) => SharedArrayBuffer & { grow(size: number): void };

/** Constructors of another realm. */
export const foreign = vm.runInNewContext(
  '({ ArrayBuffer, SharedArrayBuffer, Uint8Array, DataView, Float64Array, Error, RangeError, Map, Set, Date, RegExp, Promise, TypeError })',
) as {
  readonly ArrayBuffer: typeof ArrayBuffer;
  readonly SharedArrayBuffer: typeof SharedArrayBuffer;
  readonly Uint8Array: typeof Uint8Array;
  readonly DataView: typeof DataView;
  readonly Float64Array: typeof Float64Array;
  readonly Error: typeof Error;
  readonly TypeError: typeof TypeError;
  readonly RangeError: typeof RangeError;
  readonly Map: typeof Map;
  readonly Set: typeof Set;
  readonly Date: typeof Date;
  readonly RegExp: typeof RegExp;
  readonly Promise: typeof Promise;
};

function overwrite(buffer: ArrayBufferLike): () => void {
  return () => new Uint8Array(buffer).fill(0xaa);
}

function owned(buffer: ArrayBuffer, data: Given['data'] = buffer): Given {
  return {
    data,
    changes: {
      'is overwritten': overwrite(buffer),
      'is transferred': () => void new Uint8Array(structuredClone(buffer, { transfer: [buffer] })).fill(0xaa),
    },
  };
}

function filled<Buffer extends ArrayBufferLike>(buffer: Buffer, bytes: Uint8Array, at = 0): Buffer {
  new Uint8Array(buffer, at).set(bytes);
  return buffer;
}

/** A class whose getters and methods say what they like. */
class Lying extends Uint8Array {
  override get length(): number {
    return 1_000_000;
  }
  override get byteLength(): number {
    return 1_000_000;
  }
  override get byteOffset(): number {
    return 12_345;
  }
  override get buffer(): ArrayBuffer {
    return new ArrayBuffer(3);
  }
  override subarray(): never {
    throw new Error('subarray of a subclass');
  }
  override slice(): never {
    throw new Error('slice of a subclass');
  }
  static get [Symbol.species](): never {
    throw new Error('species of a subclass');
  }
}

export const shapes: readonly Shape[] = [
  { name: 'ArrayBuffer', make: (bytes) => owned(filled(new ArrayBuffer(bytes.length), bytes)) },
  {
    name: 'Uint8Array',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length), bytes);
      return owned(buffer, new Uint8Array(buffer));
    },
  },
  {
    name: 'Buffer within larger memory',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length + 20), bytes, 9);
      return owned(buffer, Buffer.from(buffer, 9, bytes.length));
    },
  },
  {
    name: 'DataView',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length + 3), bytes, 3);
      return owned(buffer, new DataView(buffer, 3));
    },
  },
  {
    name: 'Float64Array, or BigInt64Array, or bytes',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length), bytes);
      const kinds = [Float64Array, BigInt64Array, Uint16Array, Int8Array];
      const Kind = kinds.find((kind) => bytes.length % kind.BYTES_PER_ELEMENT === 0) as typeof Float64Array;
      return owned(buffer, new Kind(buffer));
    },
  },
  {
    name: 'subclass that lies',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length), bytes);
      return owned(buffer, new Lying(buffer));
    },
  },
  {
    name: 'Uint8Array with properties of its own that lie',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length), bytes);
      const data = new Uint8Array(buffer);
      for (const name of ['length', 'byteLength', 'byteOffset']) Object.defineProperty(data, name, { value: 7_777 });
      return owned(buffer, data);
    },
  },
  {
    name: 'ArrayBuffer that says that it is longer',
    make: (bytes) => {
      const buffer = filled(new ArrayBuffer(bytes.length), bytes);
      Object.defineProperty(buffer, 'byteLength', { value: 1_000_000 });
      return owned(buffer);
    },
  },
  {
    name: 'resizable ArrayBuffer',
    make: (bytes) => resizable(bytes, (buffer) => buffer),
  },
  {
    name: 'view that follows the length of its memory',
    make: (bytes) => resizable(bytes, (buffer) => new Uint8Array(buffer)),
  },
  {
    name: 'SharedArrayBuffer',
    make: (bytes) => {
      const data = filled(new SharedArrayBuffer(bytes.length), bytes);
      return { data, changes: { 'is overwritten': overwrite(data) } };
    },
  },
  {
    name: 'view of a growable SharedArrayBuffer',
    make: (bytes) => {
      const buffer = filled(new GrowableBuffer(bytes.length, { maxByteLength: bytes.length + 100 }), bytes);
      const grow = () => buffer.grow(bytes.length + 100);
      return { data: new Uint8Array(buffer), changes: { grows: grow, 'is overwritten': overwrite(buffer) } };
    },
  },
  {
    name: 'ArrayBuffer of another realm',
    make: (bytes) => owned(filled(new foreign.ArrayBuffer(bytes.length), bytes)),
  },
  {
    name: 'Uint8Array of another realm',
    make: (bytes) => {
      const buffer = filled(new foreign.ArrayBuffer(bytes.length), bytes);
      return owned(buffer, new foreign.Uint8Array(buffer));
    },
  },
  {
    name: 'DataView of another realm',
    make: (bytes) => {
      const buffer = filled(new foreign.ArrayBuffer(bytes.length), bytes);
      return owned(buffer, new foreign.DataView(buffer));
    },
  },
  {
    name: 'SharedArrayBuffer of another realm',
    make: (bytes) => {
      const data = filled(new foreign.SharedArrayBuffer(bytes.length), bytes);
      return { data, changes: { 'is overwritten': overwrite(data) } };
    },
  },
];

function resizable(bytes: Uint8Array, view: (buffer: ArrayBuffer) => Given['data']): Given {
  const { length } = bytes;
  const buffer = filled(new ResizableBuffer(length, { maxByteLength: length + 100 }), bytes);
  return {
    data: view(buffer),
    changes: {
      ...owned(buffer).changes,
      shrinks: () => buffer.resize(length >> 1),
      'shrinks to nothing': () => buffer.resize(0),
      grows: () => buffer.resize(length + 100),
    },
  };
}

/** What must be refused: native code would fail on some of it, and the rest would be sent as something else. */
export function impostors(): ReadonlyMap<string, unknown> {
  const revoked = Proxy.revocable(new Uint8Array(3), {});
  revoked.revoke();
  return new Map<string, unknown>([
    ['an object that inherits from Uint8Array', Object.create(Uint8Array.prototype)],
    ['an object that inherits from Buffer', Object.create(Buffer.prototype)],
    ['an object with the prototype of ArrayBuffer', Object.setPrototypeOf({}, ArrayBuffer.prototype)],
    ['an object with the prototype of SharedArrayBuffer', Object.setPrototypeOf({}, SharedArrayBuffer.prototype)],
    ['an object with the prototype of DataView', Object.setPrototypeOf({}, DataView.prototype)],
    ['an array with the prototype of Uint8Array', Object.setPrototypeOf([1, 2], Uint8Array.prototype)],
    ['an object with a tag', { [Symbol.toStringTag]: 'Uint8Array', length: 3 }],
    ['a proxy of a Uint8Array', new Proxy(new Uint8Array(3), {})],
    ['a proxy of an ArrayBuffer', new Proxy(new ArrayBuffer(3), {})],
    ['a revoked proxy', revoked.proxy],
    ['a Blob', new Blob(['abc'])],
    ['an array', [1, 2, 3]],
    ['an iterable', new Set([1])],
    ['a number', 5],
    ['a bigint', 5n],
    ['a symbol', Symbol('x')],
    ['null', null],
    ['undefined', undefined],
  ]);
}

/** Binary data whose memory is somebody else's by now, or is not there any more. */
export function absentData(): ReadonlyMap<string, ArrayBuffer | ArrayBufferView> {
  const detached = (size: number): ArrayBuffer => {
    const buffer = new ArrayBuffer(size);
    structuredClone(buffer, { transfer: [buffer] });
    return buffer;
  };
  const viewOfDetached = (view: (buffer: ArrayBuffer) => ArrayBufferView): ArrayBufferView => {
    const buffer = new ArrayBuffer(16);
    const data = view(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    return data;
  };
  const outOfBounds = (view: (buffer: ArrayBuffer) => ArrayBufferView): ArrayBufferView => {
    const buffer = new ResizableBuffer(16, { maxByteLength: 32 });
    const data = view(buffer);
    buffer.resize(2);
    return data;
  };
  return new Map<string, ArrayBuffer | ArrayBufferView>([
    ['a detached ArrayBuffer', detached(4)],
    ['a detached ArrayBuffer that was empty', detached(0)],
    ['a Uint8Array of a detached one', viewOfDetached((buffer) => new Uint8Array(buffer))],
    ['a Buffer of a detached one', viewOfDetached((buffer) => Buffer.from(buffer))],
    ['a DataView of a detached one', viewOfDetached((buffer) => new DataView(buffer))],
    ['a Float64Array of a detached one', viewOfDetached((buffer) => new Float64Array(buffer))],
    ['a view that its memory has shrunk below', outOfBounds((buffer) => new Uint8Array(buffer, 8, 4))],
    ['a view to the end that its memory has shrunk below', outOfBounds((buffer) => new Uint8Array(buffer, 8))],
    ['a DataView that its memory has shrunk below', outOfBounds((buffer) => new DataView(buffer, 8))],
  ]);
}
