// The body of a response: its content encoding undone, its end told from its breaking off.

import { Buffer } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Transform } from 'node:stream';
import { zlib } from './builtins.ts';
import { asHttpError, httpError } from './errors.ts';
import type { Exchange } from './exchange.ts';

/** Where the parts of a body go. */
export interface BodySink {
  /** Takes a part. What it throws ends the reading. */
  data(part: Buffer): void;
  /** Told after each chunk that has arrived, before it is decoded. */
  progress(received: number): void;
}

/**
 * Reads a body to its end.
 *
 * @param signal  ends the reading; the Promise rejects with its `reason`
 * @throws (rejects) BusinessError 2300018, 2300056, 2300061, and what the sink throws
 */
export function readBody({ message, failure }: Exchange, sink: BodySink, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let received = 0;
    let decoder: Transform | undefined;
    let isDone = false;
    const finish = (act: () => void): void => {
      if (isDone) return;
      isDone = true;
      signal.removeEventListener('abort', aborted);
      if (!message.complete) message.destroy();
      decoder?.destroy();
      act();
    };
    const fail = (error: unknown): void => finish(() => reject(asHttpError(error, 'receive')));
    const aborted = (): void => finish(() => reject(signal.reason));
    const take = (part: Buffer): void => {
      if (isDone) return;
      try {
        sink.data(part);
      } catch (error) {
        fail(error);
      }
    };
    signal.addEventListener('abort', aborted);
    if (signal.aborted) {
      aborted();
      return;
    }
    message.on('data', (chunk: Buffer) => {
      if (isDone) return;
      received += chunk.length;
      sink.progress(received);
      if (received === chunk.length) {
        try {
          decoder = decoderOf(message, chunk);
        } catch (error) {
          fail(error);
          return;
        }
        decoder?.on('data', take);
        decoder?.on('end', () => finish(resolve));
        decoder?.on('error', (error) => fail(httpError('encoding', error)));
      }
      if (decoder === undefined) take(chunk);
      else if (!decoder.write(chunk)) {
        message.pause();
        decoder.once('drain', () => message.resume());
      }
    });
    const brokeOff = (error?: Error): void => {
      const cause = failure() ?? error ?? new Error('the connection ended within the body');
      // A reset is an error of the socket; the end of a connection is not.
      const isReset = failure() !== undefined;
      fail(isReset ? httpError('receive', cause) : httpError('partial', cause));
    };
    message.on('end', () => {
      if (!message.complete) brokeOff();
      else if (decoder === undefined) finish(resolve);
      else decoder.end();
    });
    message.on('error', brokeOff);
    message.on('close', () => {
      if (!message.complete) brokeOff();
    });
  });
}

/** @throws BusinessError 2300061 for an encoding that is not known */
function decoderOf(message: IncomingMessage, first: Buffer): Transform | undefined {
  const encoding = message.headers['content-encoding']?.trim().toLowerCase() ?? '';
  switch (encoding) {
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'br':
      return zlib.createBrotliDecompress();
    case 'deflate':
      // RFC 7230 §4.2.2: some servers send DEFLATE without the wrapper of zlib, whose first byte has 8 in its lower half.
      return ((first[0] ?? 0) & 0x0f) === 8 ? zlib.createInflate() : zlib.createInflateRaw();
    default:
      throw httpError('encoding', `the response has the content encoding ${encoding}; expected gzip, deflate or br`);
  }
}

/** Gathers a body, up to a bound. */
export class BodyBuffer implements BodySink {
  readonly #limit: number;
  readonly #parts: Buffer[] = [];
  #size = 0;

  /** @param limit  bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  data(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#limit) {
      throw httpError(
        'write',
        `the body has more bytes than maxLimit (${this.#limit}); raise it, or use requestInStream`,
      );
    }
    this.#parts.push(part);
  }

  progress(): void {}

  /** All of it. */
  bytes(): Buffer {
    return Buffer.concat(this.#parts, this.#size);
  }
}
