// A transport in memory: it records what it is given, takes it or keeps it as the test says, and checks that bytes it
// still refers to are left alone.

import assert from 'node:assert/strict';
import type { Role } from '../../src/core/constants.ts';
import type { Scheduler, Transport, TransportEvents } from '../../src/core/ports.ts';
import { assertBytes, concat, hex, toHex } from './hex.ts';
import { describeFrame, KEY, other, readFrames, wire } from './wire.ts';

interface Held {
  readonly pieces: readonly Uint8Array[];
  /** What was in them when they were written. */
  readonly copy: Uint8Array;
}

type Incoming = Uint8Array | 'end';

export class MemoryTransport implements Transport {
  keepsBytes: boolean;
  readonly copiesBytes: boolean;
  /** Each write as it was at that moment, since the last `written.clear()`. */
  writes: Uint8Array[] = [];
  /** Whether writes are answered `false` from now on, until `release`. */
  isCongested = false;
  /** Bytes that each `writeSome` takes. */
  takenDirectly = 0;
  isEnded = false;
  isDestroyed = false;
  isPaused = false;
  /** pause, resume, end, destroy, in order. */
  readonly calls: string[] = [];
  readonly #scheduler: Scheduler;
  readonly #held: Held[] = [];
  readonly #incoming: Incoming[] = [];
  #events: TransportEvents | undefined;

  /** @param copiesBytes  whether it refers only to what is written while it holds something else */
  constructor(scheduler: Scheduler, keepsBytes: boolean, copiesBytes = false) {
    this.#scheduler = scheduler;
    this.keepsBytes = keepsBytes;
    this.copiesBytes = copiesBytes;
  }

  start(events: TransportEvents): void {
    this.#events = events;
  }

  // ── The port ───────────────────────────────────────────────────────────────────────────────────────────────────

  write(bytes: Uint8Array): boolean {
    return this.writeMany([bytes]);
  }

  writeMany(pieces: readonly Uint8Array[]): boolean {
    assert.ok(!this.isEnded, 'nothing is written after end()');
    if (this.isDestroyed) return false;
    const copy = concat(pieces);
    assert.ok(copy.length > 0, 'no empty write');
    this.writes.push(copy);
    if (!this.isCongested && !this.keepsBytes) return true;
    this.#held.push({ pieces: this.copiesBytes && !this.keepsBytes ? [copy] : [...pieces], copy });
    this.keepsBytes ||= this.copiesBytes;
    return false;
  }

  writeSome(header: Uint8Array, payload: Uint8Array): number {
    assert.ok(!this.isEnded && !this.keepsBytes && this.held === 0, 'nothing is before it');
    const copy = concat([header, payload]).subarray(0, this.isDestroyed ? 0 : this.takenDirectly);
    if (copy.length > 0) this.writes.push(copy);
    return copy.length;
  }

  end(): void {
    this.calls.push('end');
    this.isEnded = true;
  }

  destroy(): void {
    this.calls.push('destroy');
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.#scheduler.afterTurn({ endOfTurn: () => this.gone() });
  }

  pause(): void {
    this.calls.push('pause');
    this.isPaused = true;
  }

  resume(): void {
    this.calls.push('resume');
    this.isPaused = false;
    this.#scheduler.afterTurn({ endOfTurn: () => this.#pump() });
  }

  // ── For the test ───────────────────────────────────────────────────────────────────────────────────────────────

  /** Writes that the connection has not been told to be taken. */
  get held(): number {
    return this.#held.length;
  }

  /** Takes the oldest `count` held writes, whose bytes must still be what they were. */
  release(count = this.#held.length): void {
    const released = this.#held.splice(0, count);
    if (this.copiesBytes) this.keepsBytes = this.held > 0;
    for (const { pieces, copy } of released) {
      assertBytes(concat(pieces), copy, 'memory that the transport refers to');
      this.#events?.written();
    }
  }

  /** A chunk from the peer, which waits while the transport is paused. */
  deliver(chunk: Incoming): void {
    this.#incoming.push(chunk);
    this.#pump();
  }

  /** TCP is gone. */
  gone(error?: Error): void {
    const events = this.#events;
    this.#events = undefined;
    this.isDestroyed = true;
    events?.disconnected(error);
  }

  /** In larger memory that is overwritten after the call: reading it later gives wrong bytes. */
  #receive(chunk: Uint8Array): void {
    const size = chunk.length;
    const memory = new Uint8Array(size + 5).fill(0xdd);
    memory.set(chunk);
    this.#events?.received(memory, size);
    memory.fill(0xdd);
  }

  #pump(): void {
    while (!this.isPaused && !this.isDestroyed) {
      const chunk = this.#incoming.shift();
      if (chunk === undefined) return;
      if (chunk === 'end') this.#events?.ended();
      else this.#receive(chunk);
    }
  }
}

/** What a connection has written, to look at. */
export class Written {
  readonly #transport: MemoryTransport;
  readonly #role: Role;

  constructor(transport: MemoryTransport, role: Role) {
    this.#transport = transport;
    this.#role = role;
  }

  /** Number of writes. */
  get count(): number {
    return this.#transport.writes.length;
  }

  get bytes(): Uint8Array {
    return concat(this.#transport.writes);
  }

  hex(): string {
    return toHex(this.bytes);
  }

  /** Fails unless exactly these bytes were written. */
  equals(...parts: readonly (string | Uint8Array)[]): void {
    assertBytes(this.bytes, hex(...parts));
  }

  /** As {@link equals}, with frames in their unmasked form; a client's must have been masked, by the fixed key. */
  equalsFrames(...frames: readonly (string | Uint8Array)[]): void {
    this.equals(wire(other(this.#role), ...frames));
  }

  /**
   * The frames in words; see `describeFrame`. Masked by a client, by the fixed key, and not by a server (RFC 6455
   * §5.1).
   */
  frames(): string[] {
    return readFrames(this.bytes).map((frame) => {
      assert.equal(frame.key && toHex(frame.key), this.#role === 'client' ? toHex(KEY) : undefined);
      return describeFrame(frame);
    });
  }

  clear(): void {
    this.#transport.writes = [];
  }
}
