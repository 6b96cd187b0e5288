// Messages on their way to Redis. Those of a turn leave together, several in one call of a script: a command for each would cost
// this process twice as much. They are bounded until they are answered.
//
// In a cluster a message goes to the node of its channel. Redis may tell the client to ask another node, and then a later
// message could overtake: so a channel has one command on its way, and what is published meanwhile waits and leaves together.

import { Buffer } from 'node:buffer';
import type { Job, Scheduler } from '../../core/ports.ts';
import { MAX_WAITING } from '../bus-driver.ts';
import type { RedisArgument, RedisCommand } from './redis-link.ts';
import { isLoading } from './redis-problem.ts';

/** Bytes that a message counts beside its payload: its channel, and what the library keeps of it. */
const OVERHEAD = 256;
/** Payloads above this leave one by one: the script would copy them. */
const LARGE = 16 * 1024;
/** Bytes and messages of one call of the script; Redis serves nobody else meanwhile. */
const BATCH_BYTES = 64 * 1024;
const BATCH_COUNT = 256;

/** Publishes all pairs of channel and payload, even after one has failed; the answer is then an error. */
function scriptFor(publish: string): string {
  return `local e for i=1,#ARGV,2 do local r=redis.pcall('${publish}',ARGV[i],ARGV[i+1]) if type(r)=='table' and r.err then e=r end end return e or 1`;
}

/** The same for one channel, which is the key. */
const CLUSTER_SCRIPT =
  "local e for i=1,#ARGV do local r=redis.pcall('SPUBLISH',KEYS[1],ARGV[i]) if type(r)=='table' and r.err then e=r end end return e or 1";

export interface PublishPorts {
  readonly isCluster: boolean;
  readonly isSharded: boolean;
  readonly scheduler: Scheduler;
  send(key: string, command: RedisCommand): Promise<unknown>;
  /** A command was answered. */
  answered(): void;
  /** Messages were not published. */
  failed(error: unknown, count: number): void;
}

/** Messages of one channel, in a cluster. */
interface Lane {
  waiting: Buffer[];
  isBusy: boolean;
  /** Heartbeats that its command has waited for an answer. */
  age: number;
}

/** Somebody who waits until so many messages are settled. */
interface Flush {
  readonly until: number;
  readonly resolve: () => void;
}

export class PublishQueue implements Job {
  readonly #ports: PublishPorts;
  readonly #command: 'PUBLISH' | 'SPUBLISH';
  readonly #script: string;
  /** Whether the account may call scripts. */
  #hasScripts = false;
  /** Channels and payloads in turn. */
  #waiting: RedisArgument[] = [];
  readonly #lanes = new Map<string, Lane>();
  #isScheduled = false;
  #bytes = 0;
  /** Messages taken, and messages that were answered or have failed. */
  #taken = 0;
  #settled = 0;
  #flushes: Flush[] = [];
  #isClosed = false;

  constructor(ports: PublishPorts) {
    this.#ports = ports;
    this.#command = ports.isSharded ? 'SPUBLISH' : 'PUBLISH';
    this.#script = ports.isCluster ? CLUSTER_SCRIPT : scriptFor(this.#command);
  }

  /** Finds out whether scripts may be called. Rejects where Redis has just started. @param key  a channel of the driver's own */
  async prepare(key: string): Promise<void> {
    try {
      await this.#ports.send(key, ['EVAL', this.#script, ...this.#keysOf(key)]);
      this.#hasScripts = true;
    } catch (error) {
      if (isLoading(error)) throw error;
      // Without the permission each message is a command. If the connection was lost, its owner hears of it.
    }
  }

  /** Messages leave at the end of the turn. @returns whether there was room */
  push(channel: string, payload: Uint8Array): boolean {
    const size = payload.length + OVERHEAD;
    if (this.#isClosed || this.#bytes + size > MAX_WAITING) return false;
    this.#bytes += size;
    this.#taken++;
    const bytes = asBuffer(payload);
    if (this.#ports.isCluster) this.#laneOf(channel).waiting.push(bytes);
    else this.#waiting.push(channel, bytes);
    if (!this.#isScheduled) {
      this.#isScheduled = true;
      this.#ports.scheduler.inLaterTurn(this);
    }
    return true;
  }

  /** Settles when everything that was taken so far is answered, or nothing will be. */
  flush(): Promise<void> {
    if (this.#isClosed || this.#settled === this.#taken) return Promise.resolve();
    // In a cluster answers come out of order: then all must be there.
    const until = this.#ports.isCluster ? Number.POSITIVE_INFINITY : this.#taken;
    return new Promise((resolve) => this.#flushes.push({ until, resolve }));
  }

  /** To be asked at each heartbeat: whether a command has had no answer since the one before the last, though others had. */
  isStuck(): boolean {
    let isAny = false;
    for (const lane of this.#lanes.values()) isAny ||= lane.isBusy && ++lane.age > 1;
    return isAny;
  }

  close(): void {
    this.#isClosed = true;
    this.#waiting = [];
    this.#lanes.clear();
    for (const { resolve } of this.#flushes) resolve();
    this.#flushes = [];
  }

  nextPiece(): void {
    this.#isScheduled = false;
    if (this.#isClosed) return;
    if (this.#ports.isCluster) for (const [channel, lane] of this.#lanes) this.#sendLane(channel, lane);
    else this.#sendWaiting();
  }

  #sendWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    let from = 0;
    let bytes = 0;
    for (let at = 0; at < waiting.length; at += 2) {
      const { length } = waiting[at + 1] as Buffer;
      const isFull = bytes + length > BATCH_BYTES || at - from >= 2 * BATCH_COUNT;
      const isLarge = length > LARGE || (at === from + 2 && bytes > LARGE);
      if (at > from && (isFull || isLarge || !this.#hasScripts)) {
        this.#sendPairs(waiting.slice(from, at), bytes);
        from = at;
        bytes = 0;
      }
      bytes += length;
    }
    if (from < waiting.length) this.#sendPairs(from === 0 ? waiting : waiting.slice(from), bytes);
  }

  #sendPairs(pairs: RedisArgument[], bytes: number): void {
    const command: RedisCommand =
      pairs.length === 2
        ? [this.#command, pairs[0] as string, pairs[1] as Buffer]
        : ['EVAL', this.#script, '0', ...pairs];
    this.#send(pairs[0] as string, command, pairs.length / 2, bytes);
  }

  #laneOf(channel: string): Lane {
    const found = this.#lanes.get(channel);
    if (found !== undefined) return found;
    const lane = { waiting: [], isBusy: false, age: 0 };
    this.#lanes.set(channel, lane);
    return lane;
  }

  #sendLane(channel: string, lane: Lane): void {
    if (lane.isBusy) return;
    const { waiting } = lane;
    let count = 0;
    let bytes = 0;
    const most = this.#hasScripts ? BATCH_COUNT : 1;
    while (count < waiting.length && count < most) {
      const { length } = waiting[count] as Buffer;
      if (count > 0 && bytes + length > BATCH_BYTES) break;
      bytes += length;
      count++;
    }
    const payloads = waiting.splice(0, count);
    const command: RedisCommand =
      count === 1
        ? ['SPUBLISH', channel, payloads[0] as Buffer]
        : ['EVAL', this.#script, ...this.#keysOf(channel), ...payloads];
    lane.isBusy = true;
    lane.age = 0;
    this.#send(channel, command, count, bytes, lane);
  }

  #keysOf(channel: string): [count: string, ...keys: string[]] {
    return this.#ports.isCluster ? ['1', channel] : ['0'];
  }

  #send(key: string, command: RedisCommand, count: number, bytes: number, lane?: Lane): void {
    this.#ports.send(key, command).then(
      () => {
        this.#ports.answered();
        this.#finish(key, count, bytes, lane);
      },
      (error) => {
        if (this.#isClosed) return;
        this.#ports.failed(error, count);
        this.#finish(key, count, bytes, lane);
      },
    );
  }

  #finish(channel: string, count: number, bytes: number, lane: Lane | undefined): void {
    if (this.#isClosed) return;
    this.#bytes -= bytes + count * OVERHEAD;
    this.#settled += count;
    if (lane !== undefined) {
      lane.isBusy = false;
      if (lane.waiting.length > 0) this.#sendLane(channel, lane);
      else this.#lanes.delete(channel);
    }
    const isIdle = this.#settled === this.#taken;
    while (this.#flushes.length > 0) {
      const [first] = this.#flushes as [Flush];
      if (!isIdle && this.#settled < first.until) break;
      this.#flushes.shift();
      first.resolve();
    }
  }
}

/** The libraries know binary data by Node's own class. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
