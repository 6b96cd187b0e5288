// The requests and the state with which Node's sockets read and write, below their streams:
// `process.binding('stream_wrap')`. Node has no public API for this.
//
// Detection: a stream in memory is read and written with them when this module is loaded. Names prove nothing: on Deno
// everything is there by name, and the first read throws. Fallback: sockets are used through their streams.

import { Buffer } from 'node:buffer';

/** A write request: kept by the handle while it is pending, and not touched when the write was done at once. */
export interface WriteRequest {
  handle?: unknown;
  oncomplete?: (status: number) => void;
  /** Keeps the memory while the kernel has not taken it. */
  buffer?: unknown;
}

export interface ShutdownRequest {
  handle?: unknown;
  oncomplete?: (status: number) => void;
}

export interface StreamBinding {
  readonly WriteWrap: new () => WriteRequest;
  readonly ShutdownWrap: new () => ShutdownRequest;
  /** The outcome of the last call, at the two indexes below. */
  readonly streamBaseState: ArrayLike<number>;
  /** Whether the last write goes on after its call. */
  readonly kLastWriteWasAsync: number;
  /** In a read callback: how many bytes have come, or a negative error number. */
  readonly kReadBytesOrError: number;
}

/** A stream of Node's whose other end is JavaScript. It shares the implementation of reads and writes with sockets. */
interface MemoryStream {
  onread: (this: MemoryStream) => void;
  onreadstart: () => number;
  onwrite: (request: WriteRequest, pieces: readonly Uint8Array[]) => number;
  useUserBuffer(buffer: Uint8Array): void;
  readStart(): number;
  readBuffer(bytes: Uint8Array): void;
  emitEOF(): void;
  writeBuffer(request: WriteRequest, bytes: Uint8Array): number;
  writev(request: WriteRequest, pieces: readonly Uint8Array[], areBuffers: true): number;
  finishWrite(request: WriteRequest, status: number): void;
}

type Lookup = (name: string) => unknown;

export const streamBinding: StreamBinding | undefined = findStreamBinding((name) => {
  const lookup = Reflect.get(process, 'binding') as Lookup;
  return lookup.call(process, name);
});

/**
 * Finds the parts of Node's streams and tries them out.
 *
 * @param lookup  gives an internal module of the runtime by its name, or throws
 * @returns `undefined` where one is missing or does not do what is relied on
 */
export function findStreamBinding(lookup: Lookup): StreamBinding | undefined {
  const { noDeprecation } = process;
  // With --no-deprecation, Node 26 throws for a program that sets it.
  const isSilent = noDeprecation === true;
  try {
    // Node may warn of this call (DEP0111). The warning would blame the program, which did not make the call.
    if (!isSilent) process.noDeprecation = true;
    const found = lookup('stream_wrap') as Partial<StreamBinding>;
    const { WriteWrap, ShutdownWrap, streamBaseState, kLastWriteWasAsync, kReadBytesOrError } = found;
    if (typeof WriteWrap !== 'function' || typeof ShutdownWrap !== 'function') return undefined;
    if (typeof kLastWriteWasAsync !== 'number' || typeof kReadBytesOrError !== 'number') return undefined;
    if (typeof streamBaseState?.[kLastWriteWasAsync] !== 'number') return undefined;
    if (typeof streamBaseState[kReadBytesOrError] !== 'number') return undefined;
    const binding = { WriteWrap, ShutdownWrap, streamBaseState, kLastWriteWasAsync, kReadBytesOrError };
    const { JSStream } = lookup('js_stream') as { JSStream: new () => MemoryStream };
    return readsAsExpected(binding, new JSStream()) && writesAsExpected(binding, new JSStream()) ? binding : undefined;
  } catch {
    return undefined;
  } finally {
    if (noDeprecation === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else if (!isSilent) process.noDeprecation = noDeprecation;
  }
}

/** Whether a stream reads into the buffer that it was given, and `onread` finds the size of each read, and the end. */
function readsAsExpected({ streamBaseState, kReadBytesOrError }: StreamBinding, stream: MemoryStream): boolean {
  const buffer = Buffer.alloc(8);
  const reads: string[] = [];
  stream.onreadstart = () => 0;
  stream.onread = function () {
    const size = streamBaseState[kReadBytesOrError] as number;
    reads.push(this === stream && size > 0 ? buffer.toString('latin1', 0, size) : String(size < 0));
  };
  stream.useUserBuffer(buffer);
  if (stream.readStart() !== 0) return false;
  for (const bytes of ['abc', 'de']) stream.readBuffer(Buffer.from(bytes));
  stream.emitEOF();
  return reads.join() === 'abc,de,true';
}

/**
 * Whether writes take bytes and pieces, answer that they are pending, and complete the request that they were given.
 */
function writesAsExpected(binding: StreamBinding, stream: MemoryStream): boolean {
  const { WriteWrap, streamBaseState, kLastWriteWasAsync } = binding;
  const written: string[] = [];
  const requests: WriteRequest[] = [];
  stream.onwrite = (request, pieces) => {
    written.push(Buffer.concat(pieces).toString('latin1'));
    requests.push(request);
    return 0;
  };
  for (const write of [
    (request: WriteRequest) => stream.writeBuffer(request, Buffer.from('abc')),
    (request: WriteRequest) => stream.writev(request, [Buffer.from('d'), Buffer.from('e')], true),
  ]) {
    const request = new WriteWrap();
    request.oncomplete = (status) => written.push(String(status));
    if (write(request) !== 0 || streamBaseState[kLastWriteWasAsync] === 0 || requests.pop() !== request) return false;
    stream.finishWrite(request, 0);
  }
  return written.join() === 'abc,0,de,0';
}
