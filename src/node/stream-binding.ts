// What Node's own sockets are made of, below their streams. Nothing public reaches it, so everything is looked up once,
// and where something is missing (another runtime, a permission model) sockets are used through their streams.

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
  /** What the last call said, by the two places below. */
  readonly streamBaseState: ArrayLike<number>;
  /** Whether the last write goes on after its call. */
  readonly kLastWriteWasAsync: number;
  /** In a read callback: how many bytes have come, or a negative error number. */
  readonly kReadBytesOrError: number;
}

export const streamBinding: StreamBinding | undefined = findBinding();

function findBinding(): StreamBinding | undefined {
  const { noDeprecation } = process;
  try {
    // Node would like programs not to do this (DEP0111), and says so where it was asked to. It is none of the program.
    process.noDeprecation = true;
    const lookup = Reflect.get(process, 'binding') as (name: string) => Partial<StreamBinding>;
    const found = lookup.call(process, 'stream_wrap');
    const { WriteWrap, ShutdownWrap, streamBaseState, kLastWriteWasAsync, kReadBytesOrError } = found;
    if (typeof WriteWrap !== 'function' || typeof ShutdownWrap !== 'function') return undefined;
    if (typeof kLastWriteWasAsync !== 'number' || typeof kReadBytesOrError !== 'number') return undefined;
    if (typeof streamBaseState?.[kLastWriteWasAsync] !== 'number') return undefined;
    if (typeof streamBaseState[kReadBytesOrError] !== 'number') return undefined;
    return { WriteWrap, ShutdownWrap, streamBaseState, kLastWriteWasAsync, kReadBytesOrError };
  } catch {
    return undefined;
  } finally {
    if (noDeprecation === undefined) Reflect.deleteProperty(process, 'noDeprecation');
    else process.noDeprecation = noDeprecation;
  }
}
