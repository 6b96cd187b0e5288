// A socket as a transport, through its stream: TLS, Unix sockets, and streams that are not Node's own. It reports
// chunks as they come and never queues by itself: the connection above counts what the stream does not pass on at once.

import { Buffer } from 'node:buffer';
import { Socket } from 'node:net';
import type { Transport, TransportEvents } from '../../core/ports.ts';
import { outsideOfContexts } from '../contexts.ts';
import {
  bytesTaken,
  type HandleReader,
  handleOf,
  isReferenced,
  type ReadHandle,
  readHandleOf,
  readInto,
  systemHandleOf,
} from '../internals/socket-handle.ts';
import { carrierOf } from '../internals/tls-accept.ts';
import { isTlsSocket } from '../late-modules.ts';
import { inOneSentence } from '../tls.ts';
import { Vigil } from '../vigil.ts';
import { readBuffer } from './read-buffer.ts';
import { TlsWriter } from './tls-writer.ts';

const NOTHING = Buffer.alloc(0);
/**
 * Bytes of a piece. Where a stream does not tell how much of a write was taken, it is given pieces and their rest is
 * counted.
 */
const PIECE = 16 * 1024;

/**
 * Where a socket keeps its transport. The listeners can then be the same functions for all sockets, without memory for
 * each.
 */
const OWNER = Symbol('transport');

interface OwnedSocket extends Socket {
  [OWNER]: StreamTransport;
}

export class StreamTransport implements Transport, HandleReader {
  /**
   * The stream of a TLS socket refers to what is written until a later phase of the event loop, and a foreign stream may
   * pass bytes on after it has reported them as written. With TCP the kernel mostly has everything when `write` returns.
   */
  readonly #streamKeepsBytes: boolean;
  readonly #socket: Socket;
  /** Where what is written goes past the stream. */
  readonly #writer: TlsWriter | undefined;
  /** It is not the runtime's: other code may refer to the chunks that it gives. */
  readonly #isOfOthers: boolean;
  #events: TransportEvents | undefined;
  #error: Error | undefined;
  /** While it is not to be read from. */
  #pause: Vigil | undefined;
  /** Where what the socket reads goes past its stream. */
  #handle: ReadHandle | undefined;
  /** The stream's own `onread`, which is called at the end of reading. */
  #passOn: (() => void) | undefined;
  /** What tells how much the system has taken; absent: the stream does, piece by piece. */
  readonly #below: object | undefined;
  /** Bytes written, where it does. */
  #given = 0;

  /** @param socket  connected, without listeners of its own; it belongs to the transport from here on */
  constructor(socket: Socket) {
    this.#isOfOthers = !isOfSystem(socket);
    this.#socket = socket;
    this.#below = whoTells(socket);
    (socket as OwnedSocket)[OWNER] = this;
    const isEncrypted = isTlsSocket(socket);
    this.#writer = isEncrypted ? TlsWriter.of(socket, writtenTo(this)) : undefined;
    this.#streamKeepsBytes = this.#isOfOthers || isEncrypted;
  }

  get keepsBytes(): boolean {
    return this.#writer === undefined ? this.#streamKeepsBytes : this.#writer.isBusy;
  }

  get copiesBytes(): boolean {
    return this.#writer !== undefined;
  }

  writeHead(head: string): void {
    this.#socket.write(head, 'latin1');
  }

  start(events: TransportEvents, head: Uint8Array): void {
    const socket = this.#socket;
    this.#events = events;
    quicken(socket);
    socket.on('error', failed);
    socket.on('close', closed);
    socket.on('end', ended);
    // The peer's FIN may have been reported before these listeners were added.
    if (socket.readableEnded) process.nextTick(() => events.ended());
    if (head.length > 0) events.received(Buffer.from(head), head.length); // a copy: the owner of `head` may read it again
    this.#readDirectly();
    // A handler may have paused while the head was delivered; `on('data')` does not start the flow then.
    socket.on('data', arrived);
  }

  /** Reads past the stream as soon as nothing waits in it. */
  #readDirectly(): void {
    const socket = this.#socket;
    if (this.#handle !== undefined || socket.readableLength > 0 || socket.destroyed) return;
    const handle = readHandleOf(socket);
    if (handle === undefined) return;
    this.#handle = handle;
    this.#passOn = handle.onread;
    readInto(handle, readBuffer, this);
    // It may have been reading ahead, into a queue that nothing goes through any more: now a pause stops the reading.
    if (socket.isPaused()) handle.readStop();
  }

  /** For the handle, as `unreadable`. */
  read(size: number): void {
    this.#events?.received(readBuffer, size);
  }

  unreadable(): void {
    this.#passOn?.call(this.#handle);
  }

  /** For the socket, like the following methods: some bytes have come. */
  arrived(chunk: Uint8Array): void {
    this.#events?.received(this.#isOfOthers ? Buffer.from(chunk) : chunk, chunk.length);
    this.#readDirectly();
  }

  ended(): void {
    this.#events?.ended();
  }

  /** Node does not destroy a TLS socket that fails to decrypt: it would stay open and never be read. */
  failed(error: Error): void {
    this.#error ??= inOneSentence(error);
    this.#socket.destroy();
  }

  closed(): void {
    const events = this.#events;
    this.#events = undefined;
    this.#pause?.end();
    // `error` comes before `close`; without one, nothing is known beyond the end of TCP.
    events?.disconnected(this.#error);
  }

  written(): void {
    this.#events?.written();
  }

  get taken(): number | undefined {
    return this.#below === undefined ? this.#given - this.#socket.writableLength : bytesTaken(this.#below);
  }

  write(bytes: Uint8Array): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return false; // `disconnected` follows, and with it the end of what was sent
    if (this.#writer !== undefined) return this.#writer.write(bytes);
    if (this.#below === undefined && bytes.length > PIECE) return this.writeMany([bytes]);
    this.#given += bytes.length;
    if (this.#streamKeepsBytes) {
      socket.write(bytes, writtenTo(this));
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
    for (const piece of pieces) this.#writePiece(piece);
    if (this.#streamKeepsBytes) socket.write(NOTHING, writtenTo(this));
    socket.uncork();
    return this.#streamKeepsBytes ? false : this.#isTaken();
  }

  end(): void {
    this.#socket.end();
  }

  destroy(): void {
    this.#pause?.end();
    this.#socket.destroy();
  }

  pause(): void {
    const socket = this.#socket;
    socket.pause();
    if (socket.destroyed) return;
    this.#pause ??= new Vigil(isReferenced(systemHandleOf(socket)));
    this.#handle?.readStop();
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = undefined;
    // What waits in the stream comes later, in a tick that is asked for here.
    outsideOfContexts(() => this.#socket.resume());
    if (!this.#socket.destroyed) this.#handle?.readStart();
  }

  #writePiece(piece: Uint8Array): void {
    this.#given += piece.length;
    if (this.#below !== undefined || piece.length <= PIECE) {
      this.#socket.write(piece);
      return;
    }
    for (let at = 0; at < piece.length; at += PIECE) this.#socket.write(piece.subarray(at, at + PIECE));
  }

  /** Whether all writes so far are in the kernel; otherwise `written` follows when they are. */
  #isTaken(): boolean {
    const socket = this.#socket;
    if (socket.destroyed) return false;
    if (socket.writableLength === 0) return true;
    // An empty write comes after the others and tells when they are done, at a price only congested sockets pay.
    socket.write(NOTHING, writtenTo(this));
    return false;
  }
}

/**
 * Whether it is a socket of the runtime's: its chunks are new memory, and it keeps or has passed on what was written.
 */
function isOfSystem(socket: Socket): boolean {
  return socket instanceof Socket && handleOf(socket) !== undefined;
}

/** Streams that are not sockets may lack these methods. */
function quicken(socket: Partial<Pick<Socket, 'setTimeout' | 'setNoDelay'>>): void {
  socket.setTimeout?.(0);
  socket.setNoDelay?.(true);
}

function arrived(this: Socket, chunk: Uint8Array): void {
  (this as OwnedSocket)[OWNER].arrived(chunk);
}

function ended(this: Socket): void {
  (this as OwnedSocket)[OWNER].ended();
}

function failed(this: Socket, error: Error): void {
  (this as OwnedSocket)[OWNER].failed(error);
}

function closed(this: Socket): void {
  (this as OwnedSocket)[OWNER].closed();
}

/** With an error the socket is being destroyed; `disconnected` reports that. */
function writtenTo(transport: StreamTransport): (error?: Error | null) => void {
  return (error) => {
    if (!error) transport.written();
  };
}

/** Returns what can be asked by `bytesTaken` how much of what a socket wrote the system has taken. */
function whoTells(socket: Socket): object | undefined {
  const all = [systemHandleOf(socket), carrierOf(socket), socket];
  return all.find((each) => each !== undefined && bytesTaken(each) !== undefined);
}
