// The stream under a scripted peer: TCP, or TLS over it. It says what becomes of a FIN and an RST, and drops what can no
// longer be written.

import type { Buffer } from 'node:buffer';
import type { Duplex } from 'node:stream';
import type { PeerSocket } from './peer-socket.ts';

/** What a peer is told of its stream. */
export interface PeerStreamHandlers {
  received(chunk: Buffer): void;
  /** The other end has sent a FIN. @returns whether to answer it with one */
  ended(): boolean;
  /** The other end has sent an RST. */
  reset(): void;
}

export class PeerStream {
  readonly #tcp: PeerSocket;
  readonly #stream: Duplex;

  /** @param stream  `tcp`, or TLS over it */
  constructor(tcp: PeerSocket, stream: Duplex, handlers: PeerStreamHandlers) {
    this.#tcp = tcp;
    this.#stream = stream;
    let isReset = false;
    const failed = (): void => {
      isReset = true;
    };
    tcp.on('error', failed);
    stream.on('error', failed);
    // After a FIN, a stream does not report a reset before it writes.
    tcp.on('reset', () => {
      if (stream.readableEnded) tcp.destroy();
      isReset = true;
    });
    stream.on('data', (chunk: Buffer) => handlers.received(chunk));
    stream.on('end', () => {
      if (handlers.ended() && stream.writable) stream.end();
    });
    stream.on('close', () => {
      if (isReset) handlers.reset();
    });
  }

  /** Address of the other end. */
  get remoteAddress(): string {
    return this.#tcp.remoteAddress ?? '';
  }

  /** Port of the other end. */
  get remotePort(): number {
    return this.#tcp.remotePort ?? 0;
  }

  /** Whether TCP is open in at least one direction. */
  get isOpen(): boolean {
    return !this.#tcp.destroyed;
  }

  /** Writes bytes, unless this direction has ended. */
  write(bytes: Uint8Array): void {
    if (this.#stream.writable) this.#stream.write(bytes);
  }

  /** Writes characters, one byte each, unless this direction has ended. */
  writeAscii(text: string): void {
    if (this.#stream.writable) this.#stream.write(text, 'latin1');
  }

  /** Reads no more, until {@link resume}. */
  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  /** Sends a FIN after everything written. */
  end(): void {
    this.#stream.end();
  }

  /** Sends an RST after everything written. */
  reset(): void {
    this.#tcp.resetAndDestroy();
  }
}
