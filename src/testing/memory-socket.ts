// One end of an in-memory connection. It is a stream that `node:http`, `node:tls` and the engine can use as a
// `net.Socket`. It has the names of Node's sockets, and opens and ends connections as they do.

import { AsyncResource } from 'node:async_hooks';
import type { Buffer } from 'node:buffer';
import { isIPv6 } from 'node:net';
import { Duplex } from 'node:stream';
import type { Timer } from '../core/ports.ts';
import { isUnixAddress, type SocketAddress } from '../node/address.ts';
import { type Line, Pipe, type Reader } from './pipe.ts';
import { streamError } from './system-error.ts';
import type { Traffic } from './traffic.ts';

type Callback = (error?: Error | null) => void;

/** What joins two ends. */
export interface Junction {
  readonly from: SocketAddress;
  readonly to: SocketAddress;
  /** From the client to the server. */
  readonly up: Omit<Line, 'lost'>;
  /** From the server to the client. */
  readonly down: Omit<Line, 'lost'>;
}

export class MemorySocket extends Duplex implements Reader {
  /** Whether the socket is waiting for `connect`. */
  connecting = true;
  bytesRead = 0;
  bytesWritten = 0;
  timeout = 0;
  localAddress: string | undefined;
  localPort: number | undefined;
  localFamily: string | undefined;
  remoteAddress: string | undefined;
  remotePort: number | undefined;
  remoteFamily: string | undefined;
  /** Gets each chunk before the stream does. */
  inspect: ((chunk: Buffer) => void) | undefined;
  readonly #traffic: Traffic;
  /** As with sockets of the system, listeners run in the asynchronous context in which the socket was made. */
  readonly #context = new AsyncResource('MEMORYSOCKET');
  readonly #idle: Timer;
  readonly #incoming: Pipe;
  #outgoing: Pipe | undefined;
  /** Whether the stream wants bytes. */
  #isReading = false;
  #isPumping = false;
  #hasReadEnd = false;
  #isReset = false;
  /** Whether `destroy` sends a reset. */
  #resets = false;
  /** A write made before the connection existed. */
  #early: (() => void) | undefined;

  constructor(traffic: Traffic, allowHalfOpen = true) {
    super({ allowHalfOpen });
    this.#traffic = traffic;
    this.#incoming = new Pipe(traffic, this);
    this.#idle = traffic.clock.timer({ expired: () => void this.emit('timeout') });
  }

  /** Joins two ends. The connection then exists for both; `established` reports it to the client. */
  static join(client: MemorySocket, server: MemorySocket, { from, to, up, down }: Junction): void {
    const lost = (): void => {
      client.#incoming.breakOff();
      server.#incoming.breakOff();
    };
    server.#incoming.line = { ...up, lost };
    client.#incoming.line = { ...down, lost };
    client.#outgoing = server.#incoming;
    client.#outgoing.writer = client.#context;
    server.#outgoing = client.#incoming;
    server.#outgoing.writer = server.#context;
    client.#setAddresses(from, to);
    server.#setAddresses(to, from);
    server.established();
  }

  /** Reports to the connecting end that the connection exists. */
  established(): void {
    if (this.destroyed) return;
    this.#context.runInAsyncScope(() => this.#establish());
  }

  #establish(): void {
    this.connecting = false;
    this.emit('connect');
    this.emit('ready');
    const early = this.#early;
    this.#early = undefined;
    early?.();
    // As in Node, received bytes are read into the stream's own buffer before there is a listener.
    if (!this.isPaused()) this.read(0);
  }

  /** The net of this end is gone: this end fails at once, and the other one hears nothing, not even that. */
  cutOff(): void {
    this.#incoming.sever();
    this.#outgoing?.sever();
    this.destroy(streamError('read', 'ECONNABORTED'));
  }

  // ── net.Socket ─────────────────────────────────────────────────────────────────────────────────────────────────

  get pending(): boolean {
    return this.connecting;
  }

  get readyState(): string {
    if (this.connecting) return 'opening';
    if (this.readable && this.writable) return 'open';
    if (this.readable) return 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }

  /** Bytes that wait for room on the network. `bytesWritten` counts them, as for the handles of Node's sockets. */
  get writeQueueSize(): number {
    return this.#outgoing?.waiting ?? 0;
  }

  address(): object {
    return { address: this.localAddress, family: this.localFamily, port: this.localPort };
  }

  setTimeout(milliseconds: number, callback?: () => void): this {
    this.timeout = milliseconds;
    if (callback !== undefined) {
      if (milliseconds === 0) this.off('timeout', callback);
      else this.once('timeout', callback);
    }
    this.#active();
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setKeepAlive(): this {
    return this;
  }

  /** Does nothing: an in-memory socket never keeps the process alive. */
  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  resetAndDestroy(): this {
    this.#resets = true;
    return this.destroy();
  }

  // ── Duplex ─────────────────────────────────────────────────────────────────────────────────────────────────────

  override _read(): void {
    this.#isReading = true;
    this.#pump();
  }

  override _write(chunk: Uint8Array, _encoding: string, callback: Callback): void {
    if (this.connecting) {
      this.#early = () => this._write(chunk, _encoding, callback);
      return;
    }
    if (this.#isReset || this.#outgoing === undefined) {
      callback(streamError('write', 'EPIPE'));
      return;
    }
    this.#active();
    this.bytesWritten += chunk.length;
    this.#outgoing.write(chunk, callback);
  }

  override _final(callback: Callback): void {
    if (this.connecting) {
      this.#early = () => this._final(callback);
      return;
    }
    this.#outgoing?.end();
    callback();
  }

  override _destroy(error: Error | null, callback: Callback): void {
    this.connecting = false;
    this.#idle.clear();
    const early = this.#early;
    this.#early = undefined;
    early?.();
    // RFC 1122 §4.2.2.13: closing with unread bytes is a reset, so that the peer learns that they were lost.
    if (this.#resets || this.#incoming.hasUnread) this.#outgoing?.reset();
    else if (!this.#isReset) {
      this.#outgoing?.fail('ECANCELED');
      this.#outgoing?.end();
    }
    this.#incoming.close();
    callback(error);
  }

  // ── Reader ─────────────────────────────────────────────────────────────────────────────────────────────────────

  arrived(): void {
    this.#pump();
  }

  wasReset(): void {
    this.#isReset = true;
    this.#outgoing?.fail('ECONNRESET');
    // For scripted peers; Node's sockets have no such event.
    this.emit('reset');
  }

  unwanted(): void {
    if (!this.#isReset) this.#outgoing?.reset();
  }

  /** Sets the addresses. The ends of a Unix socket have neither addresses nor ports. */
  #setAddresses(local: SocketAddress, remote: SocketAddress): void {
    if (isUnixAddress(local) || isUnixAddress(remote)) return;
    this.localAddress = local.host;
    this.localPort = local.port;
    this.localFamily = isIPv6(local.host) ? 'IPv6' : 'IPv4';
    this.remoteAddress = remote.host;
    this.remotePort = remote.port;
    this.remoteFamily = isIPv6(remote.host) ? 'IPv6' : 'IPv4';
  }

  /** Pushes bytes to the stream while it wants them, one chunk per turn of the event loop. */
  #pump(): void {
    if (this.#isPumping || !this.#isReading || this.connecting || !this.#incoming.hasNext) return;
    this.#isPumping = true;
    this.#traffic.later(() => {
      this.#isPumping = false;
      if (!this.destroyed && this.#isReading) this.#deliver();
    }, this.#context);
  }

  #deliver(): void {
    const next = this.#incoming.take(this.#traffic.chunkSize);
    if (next === undefined) return;
    if (next === 'reset') {
      // After the FIN of the other end nothing is read any more. Node notices the reset at the next write.
      if (!this.#hasReadEnd) this.destroy(streamError('read', 'ECONNRESET'));
      return;
    }
    this.#active();
    this.#isReading = false;
    if (next === 'end') {
      this.#hasReadEnd = true;
      this.push(null);
      return;
    }
    this.bytesRead += next.length;
    this.inspect?.(next);
    this.push(next);
  }

  /** Restarts the idle time, because bytes have moved. */
  #active(): void {
    if (this.timeout > 0 && !this.destroyed) this.#idle.set(this.timeout);
    else this.#idle.clear();
  }
}
