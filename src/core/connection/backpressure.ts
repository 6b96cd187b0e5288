// How full a connection's outbox may be: the mark from which senders are asked to wait, the bound from which the peer
// is given up, and the number of pongs that may wait for a peer that pings without reading.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Outbox } from '../message/outbox.ts';
import type { Scheduler, TurnTask } from '../ports.ts';
import { Deferred } from './deferred.ts';
import type { ConnectionOptions } from './options.ts';

/** Watches one outbox. */
export class Backpressure implements TurnTask {
  readonly #outbox: Outbox;
  readonly #options: ConnectionOptions;
  readonly #scheduler: Scheduler;
  /** Tells the application that it may go on. */
  readonly #drained: () => void;
  /** A sender was asked to wait. */
  #isAwaited = false;
  #promise: Deferred<void> | undefined;
  /** For each pong that may still wait, in order, the bytes added to the outbox before it. */
  readonly #pongs: number[] = [];

  constructor(outbox: Outbox, options: ConnectionOptions, scheduler: Scheduler, drained: () => void) {
    this.#outbox = outbox;
    this.#options = options;
    this.#scheduler = scheduler;
    this.#drained = drained;
  }

  /** @returns the error to fail the connection with when already too much waits for another message */
  refusal(): WebSocketError | undefined {
    const { maxQueuedBytes } = this.#options.limits;
    const queued = this.#outbox.size;
    return queued <= maxQueuedBytes ? undefined : webSocketError('ERR_WS_SLOW_CONSUMER', queued, maxQueuedBytes);
  }

  /** After a message was queued. @returns whether more may follow at once */
  mayGoOn(): boolean {
    const { size } = this.#outbox;
    if (size < this.#options.highWaterMark) return true;
    this.#isAwaited = true;
    // A mark of 0: it has left already, and nobody else will tell.
    if (size === 0) this.#scheduler.afterTurn(this);
    return false;
  }

  /**
   * Counts a pong that is about to be queued.
   *
   * @throws WebSocketError ERR_WS_TOO_MANY_PONGS
   */
  countPong(): void {
    const { maxQueuedPongs } = this.#options.limits;
    // Those that only wait for the end of the chunk leave now.
    if (this.#waitingPongs() >= maxQueuedPongs) this.#outbox.flush();
    if (this.#waitingPongs() >= maxQueuedPongs) throw webSocketError('ERR_WS_TOO_MANY_PONGS', maxQueuedPongs);
    this.#pongs.push(this.#outbox.total);
  }

  #waitingPongs(): number {
    const taken = this.#outbox.total - this.#outbox.size;
    const left = this.#pongs.findIndex((before) => before >= taken);
    this.#pongs.splice(0, left < 0 ? this.#pongs.length : left);
    return this.#pongs.length;
  }

  /** The transport has taken everything. */
  emptied(): void {
    // Not from inside of send(): the application is told when its own call is over.
    if (this.#isAwaited) this.#scheduler.afterTurn(this);
  }

  endOfTurn(): void {
    if (!this.#isAwaited || this.#outbox.size > 0) return;
    this.#isAwaited = false;
    this.#promise?.resolve();
    this.#promise = undefined;
    this.#drained();
  }

  /** Resolves when nobody is asked to wait any more. */
  wait(): Promise<void> {
    if (!this.#isAwaited) return Promise.resolve();
    this.#promise ??= new Deferred();
    return this.#promise.promise;
  }

  /** Nothing will be taken any more. */
  end(error: WebSocketError): void {
    this.#isAwaited = false;
    this.#promise?.reject(error);
    this.#promise = undefined;
  }
}
