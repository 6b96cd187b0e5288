// Where the parts of a message come from that is sent while they come: a web stream, a stream of Node, an iterable, or a
// message that is read in parts. All of them are pulled, part by part.

import { webSocketError, webSocketErrorFrom } from '../errors.ts';
import type { MessageData } from './message-data.ts';
import { MessageStream, takeParts } from './message-stream.ts';

/** What a web ReadableStream has, as far as it is needed. */
export interface WebStream {
  /** Locks the stream to one reader. */
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: MessageData | undefined }>;
    cancel(reason?: unknown): Promise<void>;
  };
}

/**
 * What `sendStream` takes: a `ReadableStream`, a `Readable` of Node, any other iterable, async or not, of strings or bytes; or
 * a message of another connection that is read in parts.
 */
export type StreamSource = MessageStream | AsyncIterable<MessageData> | Iterable<MessageData> | WebStream;

/** A source that is being read. */
export interface OpenSource {
  /** @returns the next part, or a promise of it; `undefined` at the end. What the source throws is thrown, or rejected with */
  next(): unknown;
  /** Nothing more is wanted. It does not throw, and what it waits for is nobody's concern. */
  cancel(reason: unknown): void;
  /** A message of a peer: its text has been checked. Absent: anything. */
  readonly isBinary?: boolean;
}

/**
 * @throws WebSocketError ERR_WS_STREAM_SOURCE, ERR_WS_STREAM_USED; ERR_WS_SEND_STREAM whose `cause` is what the source threw when
 *         it was to begin, as a web stream does that has a reader
 */
export function openSource(source: unknown): OpenSource {
  if (source instanceof MessageStream) {
    const parts = takeParts(source);
    return { next: () => parts.next(), cancel: () => parts.drop(), isBinary: source.isBinary };
  }
  if (typeof source !== 'object' || source === null || ArrayBuffer.isView(source)) {
    throw webSocketError('ERR_WS_STREAM_SOURCE', source);
  }
  const opened = begun(source);
  if (opened === undefined) throw webSocketError('ERR_WS_STREAM_SOURCE', source);
  return opened;
}

function begun(source: object): OpenSource | undefined {
  try {
    if ('getReader' in source && typeof source.getReader === 'function') return ofWebStream(source as WebStream);
    const { [Symbol.asyncIterator]: asyncIterator, [Symbol.iterator]: iterator } = source as Partial<
      AsyncIterable<unknown> & Iterable<unknown>
    >;
    if (typeof asyncIterator === 'function') return ofIterator(asyncIterator.call(source), source);
    return typeof iterator === 'function' ? ofIterator(iterator.call(source), source) : undefined;
  } catch (error) {
    throw webSocketErrorFrom(error, 'ERR_WS_SEND_STREAM');
  }
}

function ofWebStream(stream: WebStream): OpenSource {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? undefined : present(value);
    },
    cancel: (reason) => ignoring(() => reader.cancel(reason)),
  };
}

function ofIterator(iterator: AsyncIterator<unknown> | Iterator<unknown>, source: object): OpenSource {
  const take = ({ done, value }: IteratorResult<unknown>): unknown => (done === true ? undefined : present(value));
  return {
    next() {
      const result = iterator.next();
      return 'then' in result ? result.then(take) : take(result);
    },
    cancel() {
      // A stream of Node destroys itself when its iterator ends, but not while that waits for it, or before it has begun.
      if ('pipe' in source && 'destroy' in source) ignoring(() => (source as { destroy(): unknown }).destroy());
      ignoring(() => iterator.return?.());
    },
  };
}

/** `undefined` means the end, so a part must be something. */
function present(part: unknown): unknown {
  if (part === undefined) throw webSocketError('ERR_WS_DATA_TYPE', 'undefined');
  return part;
}

function ignoring(call: () => unknown): void {
  try {
    Promise.resolve(call()).then(undefined, () => {});
  } catch {
    // it was asked to end, and does
  }
}
