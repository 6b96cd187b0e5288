// One end of the pipe between the primary process of a cluster and a worker: frames both ways, all writes of a turn together.
//
// ```
//  ┌─────────┬──────┬──────────────────────────┐
//  │ u32 le  │ u8   │ body                     │   the size counts the type and the body
//  │ size    │ type │                          │
//  └─────────┴──────┴──────────────────────────┘
//   message        u8 size of the channel, channel (Latin-1), payload
//   subscribe      u32 le number of the request, channels, one a line
//   subscribed     u32 le number of the request
//   unsubscribe    channels, one a line
//   dropped        u32 le how many messages this worker was too slow for
//   state, control a value, serialized by node:v8
// ```
//
// Both processes run the same version of this package: the primary has started the worker. So nothing here is negotiated.

import { Buffer } from 'node:buffer';
import process from 'node:process';
import type { Duplex } from 'node:stream';

/** What a frame is. */
export const FrameType = {
  message: 1,
  subscribe: 2,
  subscribed: 3,
  unsubscribe: 4,
  dropped: 5,
  state: 6,
  control: 7,
} as const;

/** Bytes before the body. */
const HEADER = 5;
/** Frames up to this size are copied together; larger ones are written from where they are. */
const COPIED = 8 * 1024;
const BLOCK = 64 * 1024;

/** What comes out of a pipe. */
export interface PipeReader {
  /** @param body  memory of its own, or a part of a chunk that nobody changes any more */
  frame(type: number, body: Buffer): void;
  /** The other process is gone. */
  ended(): void;
}

export class FramedPipe {
  readonly #stream: Duplex;
  readonly #reader: PipeReader;
  /** The bytes received of an incomplete frame. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  /** Bytes from the start of `rest` to the end of its frame. */
  #needed = HEADER;
  #parts: Buffer[] = [];
  #partBytes = 0;
  #block = Buffer.alloc(0);
  #used = 0;
  #isScheduled = false;
  #isEnded = false;

  constructor(stream: Duplex, reader: PipeReader) {
    this.#stream = stream;
    this.#reader = reader;
    stream.on('data', (chunk: Buffer) => this.#read(chunk));
    // The end follows an error.
    stream.on('error', () => {});
    stream.on('close', () => this.#end());
    stream.on('end', () => this.#end());
  }

  /** Bytes that the other process has not read yet, as far as this one knows. */
  get waiting(): number {
    return this.#partBytes + this.#stream.writableLength;
  }

  /** Sends a frame whose body is in one or two pieces. Nobody changes `second` afterwards. */
  send(type: number, first: Uint8Array, second?: Uint8Array): void {
    if (this.#isEnded) return;
    const size = first.length + (second?.length ?? 0);
    const isCopied = HEADER + size <= COPIED;
    const copied = isCopied ? HEADER + size : HEADER + first.length;
    const start = this.#room(copied);
    const block = this.#block;
    block.writeUInt32LE(size + 1, start);
    block[start + 4] = type;
    block.set(first, start + HEADER);
    if (isCopied && second !== undefined) block.set(second, start + HEADER + first.length);
    this.#add(block.subarray(start, start + copied));
    if (!isCopied && second !== undefined) this.#add(Buffer.from(second.buffer, second.byteOffset, second.byteLength));
    this.#schedule();
  }

  /** Settles when the system has everything that was sent, or the pipe has ended. */
  flush(): Promise<void> {
    this.#flush();
    if (this.#isEnded || this.#stream.writableLength === 0) return Promise.resolve();
    return new Promise((resolve) => this.#stream.write(Buffer.alloc(0), () => resolve()));
  }

  /** Stops reading: for tests, and for a process that is to stand still. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Ends it at once. Its reader hears no more. */
  destroy(): void {
    this.#isEnded = true;
    this.#parts = [];
    this.#partBytes = 0;
    this.#stream.destroy();
  }

  #room(size: number): number {
    if (this.#used + size > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(Math.max(BLOCK, size));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += size;
    return start;
  }

  /** Parts that lie one after the other become one. */
  #add(part: Buffer): void {
    this.#partBytes += part.length;
    const last = this.#parts.at(-1);
    if (last !== undefined && last.buffer === part.buffer && last.byteOffset + last.length === part.byteOffset) {
      this.#parts[this.#parts.length - 1] = Buffer.from(last.buffer, last.byteOffset, last.length + part.length);
    } else {
      this.#parts.push(part);
    }
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(() => {
      this.#isScheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    const parts = this.#parts;
    if (parts.length === 0) return;
    this.#parts = [];
    this.#partBytes = 0;
    const stream = this.#stream;
    if (stream.destroyed || !stream.writable) return;
    if (parts.length === 1) {
      stream.write(parts[0]);
      return;
    }
    stream.cork();
    for (const part of parts) stream.write(part);
    stream.uncork();
  }

  #read(chunk: Buffer): void {
    if (this.#isEnded) return;
    let bytes = chunk;
    if (this.#restBytes > 0) {
      this.#rest.push(chunk);
      this.#restBytes += chunk.length;
      if (this.#restBytes < this.#needed) return;
      bytes = Buffer.concat(this.#rest, this.#restBytes);
      this.#rest = [];
      this.#restBytes = 0;
    }
    let at = 0;
    while (bytes.length - at >= HEADER) {
      const end = at + 4 + bytes.readUInt32LE(at);
      if (end > bytes.length) break;
      this.#reader.frame(bytes[at + 4] as number, bytes.subarray(at + HEADER, end));
      if (this.#isEnded) return;
      at = end;
    }
    if (at < bytes.length) {
      const rest = bytes.subarray(at);
      this.#rest.push(rest);
      this.#restBytes = rest.length;
      this.#needed = rest.length < HEADER ? HEADER : 4 + rest.readUInt32LE(0);
    }
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#reader.ended();
  }
}

/** The body of a frame of channels, behind a number where there is one. */
export function channelsBody(channels: Iterable<string>, request?: number): Buffer {
  const names = Buffer.from([...channels].join('\n'), 'latin1');
  return request === undefined ? names : Buffer.concat([numberBody(request), names]);
}

export function numberBody(number: number): Buffer {
  const body = Buffer.alloc(4);
  body.writeUInt32LE(number >>> 0);
  return body;
}

export function channelsOf(body: Buffer, start = 0): string[] {
  return body.length === start ? [] : body.toString('latin1', start).split('\n');
}

/** What precedes the payload in the body of a message. */
export function messageHead(channel: string): Buffer {
  const head = Buffer.allocUnsafe(1 + channel.length);
  head[0] = channel.length;
  head.write(channel, 1, 'latin1');
  return head;
}

export function channelOf(body: Buffer): string {
  return body.toString('latin1', 1, 1 + (body[0] as number));
}

export function payloadOf(body: Buffer): Buffer {
  return body.subarray(1 + (body[0] as number));
}
