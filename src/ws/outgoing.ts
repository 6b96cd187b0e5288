// What a WebSocket sends, in the order of its calls: messages and their fragments, Blobs, pings, and the closing handshake.

import { Buffer } from 'node:buffer';
import process from 'node:process';
import { isError } from '../core/brands.ts';
import { type Connection, machineOf } from '../core/connection/connection.ts';
import { closeArguments } from './close-arguments.ts';
import { isBlob, sendable, sizeOf } from './data.ts';
import { PendingSends } from './pending-sends.ts';
import { isBinaryBy, isUnfinished, type SendOptions, type Sent, transmit, transmitFragment } from './transmit.ts';

const CLOSED_MEANWHILE = 'The socket was closed while the blob was being read';

export class Outgoing {
  readonly #connection: Connection;
  /** Told of a Blob that cannot be read. */
  readonly #broken: (error: Error) => void;
  /** While a fragmented message is being sent: whether it is binary. */
  #fragments: boolean | undefined;
  /** Present while a Blob is read. */
  #pending: PendingSends | undefined;

  constructor(connection: Connection, broken: (error: Error) => void) {
    this.#connection = connection;
    this.#broken = broken;
  }

  /** Bytes that wait for a Blob, its own included. */
  get pendingSize(): number {
    return this.#pending?.size ?? 0;
  }

  /** @throws TypeError for data without bytes */
  send(data: unknown, options: SendOptions | undefined, sent: Sent | undefined): void {
    if (typeof data === 'object' && isBlob(data)) {
      this.#pend(() => this.#sendBlob(data, options, sent), data.size);
      return;
    }
    const what = sendable(data);
    if (this.#pending === undefined) this.#transmit(what, options, sent);
    else this.#pend(() => this.#sendIfOpen(what, options, sent), sizeOf(what));
  }

  /** @throws RangeError for more than 125 bytes */
  control(kind: 'ping' | 'pong', data: unknown, sent: Sent | undefined): void {
    const payload = sendable(data);
    const size = typeof payload === 'string' ? Buffer.byteLength(payload) : payload.length;
    if (size > 125) throw new RangeError('The data size must not be greater than 125 bytes');
    const connection = this.#connection;
    if (this.#pending === undefined) connection[kind](payload, sent);
    else this.#pend(() => void connection[kind](payload, sent), size);
  }

  /**
   * Starts the closing handshake. Until the peer's Close frame its messages are still delivered, as in `ws`.
   *
   * @throws TypeError, RangeError
   */
  close(code: unknown, reason: unknown): void {
    const close = closeArguments(code, reason);
    const start = (): void => void machineOf(this.#connection).goAway(close.code as number, close.reason);
    if (this.#pending === undefined) start();
    else this.#pend(start, close.code === undefined ? 0 : 2 + Buffer.byteLength(close.reason));
  }

  /** Drops the connection. What was sent before leaves first, in the same turn too: `ws` has written it by now. */
  terminate(): void {
    machineOf(this.#connection).flush();
    this.#connection.terminate();
  }

  #transmit(data: string | Uint8Array, options: SendOptions | undefined, sent: Sent | undefined): void {
    const isBegun = this.#fragments !== undefined;
    const hasMore = isUnfinished(options);
    if (!isBegun && !hasMore) {
      transmit(this.#connection, data, options, sent);
      return;
    }
    const isBinary = this.#fragments ?? isBinaryBy(options, typeof data !== 'string');
    this.#fragments = hasMore ? isBinary : undefined;
    transmitFragment(this.#connection, data, isBinary, !isBegun, options, sent);
  }

  #sendIfOpen(data: string | Uint8Array, options: SendOptions | undefined, sent: Sent | undefined): void {
    if (this.#connection.isOpen) this.#transmit(data, options, sent);
    else if (sent !== undefined) process.nextTick(sent, new Error(CLOSED_MEANWHILE));
  }

  async #sendBlob(blob: Blob, options: SendOptions | undefined, sent: Sent | undefined): Promise<void> {
    try {
      this.#sendIfOpen(new Uint8Array(await blob.arrayBuffer()), options, sent);
    } catch (error) {
      const known = isError(error) ? error : new Error(String(error));
      if (sent !== undefined) process.nextTick(sent, known);
      const isLost = !this.#connection.isOpen;
      this.#connection.terminate(); // what follows would take the place of the Blob
      if (!isLost) this.#broken(known);
    }
  }

  #pend(task: () => void | Promise<void>, size?: number): void {
    this.#pending ??= new PendingSends(() => {
      this.#pending = undefined;
    });
    this.#pending.add(task, size);
  }
}
