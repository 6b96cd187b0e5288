// How full a connection's outbox may be: the mark from which senders should wait, the bound from which messages are
// dropped or the connection fails, and the number of pongs that may wait for a peer that pings without reading.
//
//   send ──▶ more than maxQueuedBytes here, or than maxTotalQueuedBytes in all queues?
//     │ no      └─ yes ─▶ close, pause   the queue is dropped, 1013
//     │                   drop-newest    this message is not sent
//     │                   drop-oldest    the queue is dropped, message by message, until it fits ──┐
//     ▼                                                                                            │
//   outbox ◀───────────────────────────────────────────────────────────────────────────────────────┘
//     ├─ highWaterMark or more ─▶ send answers false; pause: reading stops
//     └─ all taken ─────────────▶ drain, drained(); pause: reading goes on

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Outbox } from '../message/outbox.ts';
import { NOBODY } from '../pool.ts';
import type { Scheduler, TurnTask } from '../ports.ts';
import { Deferred } from './deferred.ts';
import { type Noted, noteSlow } from './noting.ts';
import type { ConnectionOptions } from './options.ts';
import type { QueueBudget } from './queue-budget.ts';

export interface BackpressureOwner extends Noted {
  readonly options: ConnectionOptions;
  /** Stop reading until the peer has taken its queued messages. */
  hold(): void;
  /** Everything has been taken: the application may go on sending. */
  drained(): void;
  /** The work at the end of a turn is done. Called last. */
  turnEnded(): void;
}

/** Watches one outbox. */
export class Backpressure implements TurnTask {
  readonly #outbox: Outbox;
  readonly #scheduler: Scheduler;
  #owner: BackpressureOwner = NOBODY;
  /** The owner's, kept here since each message needs them. */
  #options: ConnectionOptions = NOBODY;
  #isScheduled = false;
  /** A `send` has returned `false`, and not everything has been taken since. */
  #isAwaited = false;
  #promise: Deferred<void> | undefined;
  /** Bytes of messages that wait before the outbox. */
  held = 0;
  /** For each pong that may still wait, in order: the bytes that were added to the outbox before it. */
  #pongs: number[] | undefined;

  constructor(outbox: Outbox, scheduler: Scheduler) {
    this.#outbox = outbox;
    this.#scheduler = scheduler;
  }

  /** From here on the outbox belongs to `owner`. Call it only while the outbox is idle, or before the first owner. */
  serve(owner: BackpressureOwner): void {
    this.#owner = owner;
    this.#options = owner.options;
  }

  /** Whether no sender waits for the outbox to empty. */
  get isIdle(): boolean {
    return !this.#isAwaited && !this.#isScheduled;
  }

  /** Lets go of its owner. Call it only while it `isIdle` and the outbox is: no pong waits. */
  release(): void {
    this.#owner = NOBODY;
    this.#options = NOBODY;
    this.#pongs = undefined;
  }

  /**
   * Makes room for another message, by the policy.
   *
   * @param isBegun  it is a fragment of a message that has begun, which must be sent
   * @returns `undefined` if there is room; otherwise the error for the sender. If it has a close code, fail the connection
   */
  refusal(isBegun: boolean): WebSocketError | undefined {
    const { limits, queueBudget } = this.#options;
    if (this.#outbox.size > limits.maxQueuedBytes) {
      const refusal = this.#overflow(limits.maxQueuedBytes, isBegun);
      if (refusal !== undefined) return refusal;
    }
    if (queueBudget === undefined || queueBudget.used <= queueBudget.limit) return undefined;
    // The connections with the longest queues give up, and this may be one of them: it may not be open any more.
    if (!queueBudget.isExceeded() || this.#options.slowConsumer !== 'drop-newest' || isBegun) return undefined;
    this.#outbox.flush();
    // A peer that reads does no harm to the others.
    return this.#outbox.waiting === 0 ? undefined : this.#droppedNewest('maxTotalQueuedBytes', queueBudget.limit);
  }

  #overflow(limit: number, isBegun: boolean): WebSocketError | undefined {
    const outbox = this.#outbox;
    const { slowConsumer } = this.#options;
    // What waits only for the end of the chunk or turn leaves now.
    outbox.flush();
    if (outbox.size <= limit) return undefined;
    if (slowConsumer === 'drop-newest' && !isBegun) return this.#droppedNewest('maxQueuedBytes', limit);
    if (slowConsumer === 'drop-oldest') {
      this.#dropOldest(limit, 'maxQueuedBytes', limit);
      // What the transport has cannot be dropped. It has its own bound.
      if (outbox.waiting <= limit) return undefined;
    }
    noteSlow(this.#owner, 'close');
    return webSocketError('ERR_WS_SLOW_CONSUMER', outbox.size, limit);
  }

  /** Too much waits in all queues together, and this is one of the longest. @returns the error to fail with, if any */
  shed(excess: number, budget: QueueBudget): WebSocketError | undefined {
    const { size } = this.#outbox;
    if (this.#options.slowConsumer !== 'drop-oldest') {
      noteSlow(this.#owner, 'close');
      return webSocketError('ERR_WS_QUEUES_FULL', size, budget.used, budget.limit);
    }
    this.#dropOldest(Math.max(0, size - excess), 'maxTotalQueuedBytes', budget.limit);
    return undefined;
  }

  #dropOldest(size: number, bound: string, limit: number): void {
    this.#outbox.dropOldest(size, this.#dropped(bound, limit), (dropped, behind) => {
      noteSlow(this.#owner, 'drop-oldest');
      // Pongs after the message have fewer bytes before them now.
      const pongs = this.#pongs ?? [];
      const from = this.#outbox.total - behind;
      for (let at = pongs.length - 1; at >= 0 && pongs[at] >= from; at--) pongs[at] -= dropped;
    });
  }

  #droppedNewest(bound: string, limit: number): WebSocketError {
    noteSlow(this.#owner, 'drop-newest');
    return this.#dropped(bound, limit);
  }

  #dropped(bound: string, limit: number): WebSocketError {
    const { slowConsumer } = this.#options;
    return webSocketError('ERR_WS_SLOW_CONSUMER_DROPPED', slowConsumer, this.#outbox.size, bound, limit);
  }

  /** Call it after a message was queued. @returns whether more may follow at once */
  mayGoOn(): boolean {
    const size = this.#outbox.size + this.held;
    if (size < this.#options.highWaterMark) return true;
    this.#isAwaited = true;
    // Bytes that the transport was not given yet do not show that the peer is slow.
    if (this.#options.slowConsumer === 'pause' && this.#outbox.isInFlight) this.#owner.hold();
    // The mark is 0 and all has left already: nothing else will report it.
    if (size === 0) this.#schedule();
    return false;
  }

  /**
   * Counts a pong that is about to be queued.
   *
   * @throws WebSocketError ERR_WS_TOO_MANY_PONGS
   */
  countPong(): void {
    const { maxQueuedPongs } = this.#options.limits;
    // Pongs that wait only for the end of the chunk leave now.
    if (this.#waitingPongs() >= maxQueuedPongs) this.#outbox.flush();
    if (this.#waitingPongs() >= maxQueuedPongs) throw webSocketError('ERR_WS_TOO_MANY_PONGS', maxQueuedPongs);
    this.#pongs?.push(this.#outbox.total);
  }

  #waitingPongs(): number {
    this.#pongs ??= [];
    const pongs = this.#pongs;
    const { taken } = this.#outbox;
    const left = pongs.findIndex((before) => before >= taken);
    pongs.splice(0, left < 0 ? pongs.length : left);
    return pongs.length;
  }

  /** The transport has taken everything. */
  emptied(): void {
    // Not during send(): the application is told after its own call.
    if (this.#isAwaited) this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#scheduler.afterTurn(this);
  }

  endOfTurn(): void {
    this.#isScheduled = false;
    if (this.#isAwaited && this.#outbox.size + this.held === 0) {
      this.#isAwaited = false;
      this.#promise?.resolve();
      this.#promise = undefined;
      this.#owner.drained();
    }
    this.#owner.turnEnded();
  }

  /** Resolves when everything has been taken after a `send` that returned `false`; at once if there was none. */
  wait(): Promise<void> {
    if (!this.#isAwaited) return Promise.resolve();
    this.#promise ??= new Deferred();
    return this.#promise.promise;
  }

  /** The transport will take nothing more. */
  end(error: WebSocketError): void {
    this.#isAwaited = false;
    this.#promise?.reject(error);
    this.#promise = undefined;
  }
}
