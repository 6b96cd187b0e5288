// A TCP socket below Node's stream, as a transport. A stream takes about two microseconds for a write that the kernel
// takes at once, and reports it in the next tick; it allocates memory for each read; and it takes a kibibyte of every
// idle connection. The handle below it does the system's work and no more.

import { Buffer } from 'node:buffer';
import type { Socket } from 'node:net';
import { getSystemErrorName } from 'node:util';
import type { Transport, TransportEvents } from '../../core/ports.ts';
import { writeDirectly } from '../internals/direct-write.ts';
import {
  bytesTaken,
  closeHandle,
  DONE,
  type HandleReader,
  type HandleWriter,
  isReferenced,
  readInto,
  shutDown,
  type TcpHandle,
  takeHandle,
  tcpHandleOf,
  writeBytes,
  writeLatin1,
  writePieces,
} from '../internals/socket-handle.ts';
import { Vigil } from '../vigil.ts';
import { readBuffer } from './read-buffer.ts';

/** UV_EOF, on every platform: the peer has ended its direction. */
const END_OF_FILE = -4095;

/**
 * Which directions are open. A direction ends by a FIN: the peer's when it has been read, ours when it has been written.
 *
 * ```
 *             end()              our FIN is out
 *   open ───────────▶ ending ──────────────────▶ ended
 *    │                  │                           │
 *    │ peer's FIN       │ peer's FIN                │ peer's FIN
 *    ▼      end()       ▼        our FIN is out     ▼
 *   peerEnded ─────▶ bothEnding ────────────────▶ gone
 * ```
 *
 * From each of them `destroy` and a failure lead to `gone`.
 */
type State = 'open' | 'peerEnded' | 'ending' | 'bothEnding' | 'ended' | 'gone';

export class HandleTransport implements Transport, HandleReader, HandleWriter {
  readonly keepsBytes = false;
  readonly #handle: TcpHandle;
  /** Absent: the stream has been let go. Present: others may know it, and destroy it. */
  readonly #socket: Socket | undefined;
  #events: TransportEvents | undefined;
  #error: Error | undefined;
  /** Bytes that the system has taken past the handle, which does not count them. */
  #takenDirectly = 0;
  /** While it is not to be read from. */
  #pause: Vigil | undefined;
  #state: State = 'open';

  private constructor(handle: TcpHandle, socket: Socket | undefined) {
    this.#handle = handle;
    this.#socket = socket;
  }

  /**
   * @param socket  connected; see `transportOf`
   * @returns `undefined` where the socket must be used as a stream: it is not a TCP socket of Node's, or something waits in
   *          it to be read or written, which nothing may overtake
   */
  static of(socket: Socket, isOurs: boolean): HandleTransport | undefined {
    const handle = tcpHandleOf(socket);
    if (handle === undefined) return undefined;
    if (socket.destroyed || socket.readableEnded || socket.readableLength > 0 || socket.writableLength > 0)
      return undefined;
    const transport = new HandleTransport(handle, isOurs ? undefined : socket);
    readInto(handle, readBuffer, transport);
    if (isOurs) {
      takeHandle(handle, socket, transport);
    } else {
      socket.setTimeout(0);
      socket.setNoDelay(true);
      socket.on('error', (error) => {
        transport.#error ??= error;
      });
      socket.on('close', () => transport.#closed());
    }
    return transport;
  }

  /** @param handle  accepted, and known to nobody else */
  static ofAccepted(handle: TcpHandle): HandleTransport {
    const transport = new HandleTransport(handle, undefined);
    readInto(handle, readBuffer, transport);
    return transport;
  }

  writeHead(head: string): void {
    // Only its failure is of interest.
    const wrote = (status: number): void => this.#headWritten(status);
    wrote(writeLatin1(this.#handle, head, { wrote }));
  }

  start(events: TransportEvents, head: Uint8Array): void {
    this.#events = events;
    if (head.length > 0) events.received(Buffer.from(head), head.length); // a copy: the owner of `head` may read it again
    if (this.#state === 'gone') return;
    // Node was reading, or was not; and a handler may have paused while the head was delivered.
    if (this.#pause !== undefined) this.#handle.readStop();
    else this.#handle.readStart();
  }

  /** For the handle: some bytes have come. */
  read(size: number): void {
    this.#events?.received(readBuffer, size);
  }

  /** For the handle: nothing more comes. */
  unreadable(status: number): void {
    if (status !== END_OF_FILE) {
      this.#fail(status, 'read');
      return;
    }
    const before = this.#state;
    if (before === 'open') this.#state = 'peerEnded';
    else if (before === 'ending' || before === 'ended') this.#state = 'bothEnding';
    else return;
    this.#events?.ended();
    if (before === 'ended') this.destroy();
  }

  /** For the handle: a write that took longer than its call is over. */
  wrote(status: number): void {
    if (this.#isGone()) return; // cancelled; `disconnected` reports it
    if (status < 0) this.#fail(status, 'write');
    else this.#events?.written();
  }

  get taken(): number | undefined {
    const taken = this.#isGone() ? undefined : bytesTaken(this.#handle);
    return taken === undefined ? undefined : taken + this.#takenDirectly;
  }

  write(bytes: Uint8Array): boolean {
    if (this.#isGone()) return false; // `disconnected` follows, and with it the end of what was sent
    return this.#isDone(writeBytes(this.#handle, bytes, this));
  }

  /** Not past a socket that others know: they may have written to it, and see what it has written. */
  writeSome(header: Uint8Array, payload: Uint8Array): number {
    if (this.#isGone() || this.#socket !== undefined) return 0;
    const taken = writeDirectly(this.#handle, header, payload);
    if (taken < 0) {
      this.#fail(taken, 'write');
      return 0;
    }
    this.#takenDirectly += taken;
    return taken;
  }

  writeMany(pieces: readonly Uint8Array[]): boolean {
    if (this.#isGone()) return false;
    return this.#isDone(writePieces(this.#handle, pieces, this));
  }

  end(): void {
    if (this.#isGone()) return;
    if (this.#state === 'open') this.#state = 'ending';
    else if (this.#state === 'peerEnded') this.#state = 'bothEnding';
    else return;
    const status = shutDown(this.#handle, () => this.#ended());
    if (status !== 0) this.#fail(status, 'shutdown');
  }

  destroy(): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#pause?.end();
    if (this.#socket !== undefined) {
      this.#socket.destroy(this.#error); // the stream reports it to other listeners
      return;
    }
    closeHandle(this.#handle, () => this.#closed());
  }

  pause(): void {
    if (this.#isGone()) return;
    this.#pause ??= new Vigil(isReferenced(this.#handle));
    if (this.#events !== undefined && !this.#isGone()) this.#handle.readStop();
  }

  resume(): void {
    this.#pause?.end();
    this.#pause = undefined;
    if (this.#events !== undefined && !this.#isGone()) this.#handle.readStart();
  }

  #isGone(): boolean {
    return this.#state === 'gone' || this.#socket?.destroyed === true;
  }

  /** @returns whether a write is in the kernel */
  #isDone(status: number): boolean {
    if (status < 0) this.#fail(status, 'write');
    return status === DONE;
  }

  #headWritten(status: number): void {
    if (status < 0 && !this.#isGone()) this.#fail(status, 'write');
  }

  /** Our FIN is out. */
  #ended(): void {
    if (this.#state === 'ending') this.#state = 'ended';
    else if (this.#state === 'bothEnding') this.destroy();
  }

  /** Destroys it with the system's error, as Node does with a stream. */
  #fail(status: number, syscall: string): void {
    const code = getSystemErrorName(status);
    this.#error ??= Object.assign(new Error(`${syscall} ${code}`), { code, errno: status, syscall });
    this.destroy();
  }

  #closed(): void {
    this.#state = 'gone';
    this.#pause?.end();
    const events = this.#events;
    this.#events = undefined;
    events?.disconnected(this.#error);
  }
}
