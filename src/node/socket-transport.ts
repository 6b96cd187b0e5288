// A TCP or TLS socket of Node as a transport. It hands chunks up as they come and never queues on its own account:
// what the kernel does not take at once is counted by the connection above.

import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Transport, TransportEvents } from '../core/ports.ts';
import { DirectWriter } from './direct-write.ts';
import { useReadBuffer } from './read-buffer.ts';

const NOTHING = Buffer.alloc(0);

export class SocketTransport implements Transport {
  /** TLS encrypts later than it returns; TCP mostly has everything in the kernel when `write` returns. */
  readonly keepsBytes: boolean;
  readonly #socket: Socket;
  /** Absent: writes go through the stream. */
  readonly #writer: DirectWriter | undefined;
  #events: TransportEvents | undefined;
  #error: Error | undefined;
  readonly #written = (error?: Error | null): void => {
    // With an error the socket is being destroyed: `disconnected` tells it.
    if (!error) this.#events?.written();
  };

  /** @param socket  connected, without listeners of its own; it belongs to the transport from here on */
  constructor(socket: Socket) {
    this.keepsBytes = socket instanceof TLSSocket;
    this.#socket = socket;
    // A response that the kernel has not taken yet waits in the stream, where nothing may overtake it.
    const isFree = !this.keepsBytes && socket.writableLength === 0;
    this.#writer = isFree ? DirectWriter.for(socket, () => this.#written()) : undefined;
  }

  /**
   * Starts reporting to `events`.
   *
   * @param head  bytes that were read behind the handshake; they come first
   */
  start(events: TransportEvents, head: Uint8Array): void {
    const socket = this.#socket;
    this.#events = events;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    socket.on('error', (error) => {
      this.#error = error;
    });
    socket.on('close', () => {
      // `error` comes before `close`; without one, nothing is known beyond the end of TCP.
      this.#events = undefined;
      events.disconnected(this.#error);
    });
    socket.on('end', () => events.ended());
    // The peer's FIN may have come, and been told, while nobody listened.
    if (socket.readableEnded) process.nextTick(() => events.ended());
    if (head.length > 0) events.received(head, head.length);
    let isDirect = socket.readableLength === 0 && this.#readDirectly(events);
    socket.on('data', (chunk) => {
      events.received(chunk, chunk.length);
      // What had waited in the socket has been read.
      if (!isDirect && socket.readableLength === 0) isDirect = this.#readDirectly(events);
    });
    // A handler may have paused while the head was delivered; `on('data')` starts the flow only if nobody did.
  }

  #readDirectly(events: TransportEvents): boolean {
    return useReadBuffer(this.#socket, (buffer, size) => events.received(buffer, size));
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return false; // `disconnected` follows, and with it the end of what was sent
    if (this.#writer !== undefined) return this.#writer.write(bytes);
    if (this.keepsBytes) {
      socket.write(bytes, this.#written);
      return false;
    }
    socket.write(bytes);
    return this.#isTaken();
  }

  writeMany(pieces: readonly Uint8Array[]): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return false;
    if (this.#writer !== undefined) return this.#writer.writeMany(pieces);
    socket.cork();
    for (const piece of pieces) socket.write(piece);
    if (this.keepsBytes) socket.write(NOTHING, this.#written);
    socket.uncork();
    return this.keepsBytes ? false : this.#isTaken();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Whether all writes so far are in the kernel; otherwise `written` follows when they are. */
  #isTaken(): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return false;
    if (socket.writableLength === 0) return true;
    // An empty write comes after the others and tells when they are done, at a price only congested sockets pay.
    socket.write(NOTHING, this.#written);
    return false;
  }
}
