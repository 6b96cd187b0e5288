// Whether the bus can be used, since when, and how long it could not.

import { type WebSocketError, webSocketError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { LastSign } from './last-sign.ts';
import type { BusState } from './seam.ts';

export class Condition {
  readonly #clock: Clock;
  readonly lastSign: LastSign;
  #state: BusState = 'idle';
  #reason: WebSocketError | undefined;
  #readyAt = 0;
  /** Absent: it is not lost, or was never there. */
  #lostAt: number | undefined;
  /** Since when messages may be missing: before `#lostAt`. */
  #gapFrom = 0;
  #losses = 0;
  #lostTime = 0;

  /** @param liveness  milliseconds between two signs of life of a node */
  constructor(clock: Clock, liveness: number) {
    this.#clock = clock;
    this.lastSign = new LastSign(clock, liveness);
  }

  get state(): BusState {
    return this.#state;
  }

  /** Why it cannot be used, as far as the driver has told. */
  get reason(): WebSocketError | undefined {
    return this.#reason;
  }

  /** Why it cannot be used now; `undefined`: it can. @param address  of the bus */
  problem(address: string): WebSocketError | undefined {
    if (this.#state === 'ready') return undefined;
    if (this.#state === 'closed') return webSocketError('ERR_WS_BUS_CLOSED');
    return this.#reason ?? webSocketError('ERR_WS_BUS_LOST', address, 'it is not connected yet');
  }

  /** Whether anything may still happen. */
  get isOpen(): boolean {
    return this.#state !== 'idle' && this.#state !== 'closed';
  }

  /** Milliseconds since it became ready, the last time; many where it never was. */
  get age(): number {
    return this.#clock.now() - this.#readyAt;
  }

  /** Times that it was lost, and milliseconds in all, until now. */
  get lost(): { readonly times: number; readonly duration: number } {
    const since = this.#lostAt === undefined ? 0 : this.#clock.now() - this.#lostAt;
    return { times: this.#losses, duration: this.#lostTime + since };
  }

  connecting(): void {
    this.#state = 'connecting';
  }

  /** @returns milliseconds in which messages may be missing; 0 the first time */
  becomeReady(): number {
    const now = this.#clock.now();
    const gap = this.#lostAt === undefined ? 0 : now - this.#gapFrom;
    if (this.#lostAt !== undefined) this.#lostTime += now - this.#lostAt;
    this.lastSign.restart();
    this.#lostAt = undefined;
    this.#readyAt = now;
    this.#reason = undefined;
    this.#state = 'ready';
    return gap;
  }

  /** @param silence  as the driver tells it. @returns its state before */
  becomeLost(reason: WebSocketError, silence: number): BusState {
    const before = this.#state;
    this.#reason = reason;
    this.#state = 'lost';
    if (before === 'ready') {
      this.#losses++;
      this.#lostAt = this.#clock.now();
      this.#gapFrom = Math.max(this.#readyAt, this.#lostAt - Math.max(silence, this.lastSign.age));
    }
    return before;
  }

  refuse(reason: WebSocketError): void {
    this.#reason = reason;
    this.#state = 'refused';
  }

  close(): void {
    this.#state = 'closed';
  }
}
