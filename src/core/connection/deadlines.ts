// The deadlines of one connection, on one timer: keep-alive, idle time and life time while it is open, the bounds of the
// closing handshake after. The timer is set for the earliest.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Clock, Timer, TimerOwner } from '../ports.ts';
import { KeepAlive } from './keepalive.ts';
import { LifeBudget, type SignsOfLife } from './life-budget.ts';
import type { ConnectionOptions } from './options.ts';

/** What has to be done when time is up. */
export type Due =
  | { readonly kind: 'ping'; readonly payload: Uint8Array }
  /** The peer is gone. */
  | { readonly kind: 'lost'; readonly error: WebSocketError }
  /** An orderly close, for `reason`. */
  | { readonly kind: 'close'; readonly reason: string }
  /** The closing handshake, or the end of TCP after it, took longer than `closeTimeout`. */
  | { readonly kind: 'cut' };

/** Who deadlines report to, and ask for signs of life. */
export interface DeadlineEvents extends SignsOfLife {
  timeIsUp(due: Due): void;
}

export class Deadlines implements Timer, TimerOwner {
  readonly #events: DeadlineEvents;
  readonly #options: ConnectionOptions;
  readonly #clock: Clock;
  /** Made when something has to be waited for. */
  #timer: Timer | undefined;
  #keepAlive: KeepAlive | undefined;
  #life: LifeBudget | undefined;
  /** When keep-alive wants to be asked; only kept beside a life budget. */
  #keepAliveAt: number | undefined;
  /** `taken` when keep-alive last looked at it. */
  #taken = 0;

  constructor(events: DeadlineEvents, options: ConnectionOptions, clock: Clock) {
    this.#events = events;
    this.#options = options;
    this.#clock = clock;
    this.#life = LifeBudget.of(options, clock);
    if (options.heartbeat !== undefined) this.#keepAlive = new KeepAlive(options.heartbeat, this, clock);
    else if (this.#life !== undefined) this.#arm(this.#life, clock.now());
  }

  /** For keep-alive: `delay` milliseconds from now it wants to be asked. */
  set(delay: number): void {
    if (this.#life === undefined) {
      this.#ownTimer().set(delay);
      return;
    }
    const now = this.#clock.now();
    this.#keepAliveAt = now + delay;
    this.#arm(this.#life, now);
  }

  /** A message was sent or received. */
  active(): void {
    if (this.#life !== undefined) this.#life.isActive = true;
  }

  /** A pong came. */
  pong(): void {
    this.#keepAlive?.pong();
  }

  /** Reading goes on after a pause. */
  resumed(): void {
    this.active();
    this.#keepAlive?.resumed();
  }

  /** From here on the end of TCP is waited for, but not for ever. Again after progress of a peer that reads slowly. */
  closing(): void {
    this.#keepAlive = undefined;
    this.#life = undefined;
    this.#ownTimer().set(this.#options.closeTimeout);
  }

  /** Nothing is waited for any more. */
  clear(): void {
    this.#keepAlive = undefined;
    this.#life = undefined;
    this.#timer?.clear();
  }

  #ownTimer(): Timer {
    this.#timer ??= this.#clock.timer(this);
    return this.#timer;
  }

  #arm(life: LifeBudget, now: number): void {
    this.#ownTimer().set(Math.max(0, Math.min(this.#keepAliveAt ?? Infinity, life.deadline) - now));
  }

  /** For the timer. */
  expired(): void {
    const life = this.#life;
    if (life !== undefined) {
      const now = this.#clock.now();
      if (now >= life.deadline) {
        const reason = life.expired(now, this.#events);
        if (reason !== undefined) {
          this.#events.timeIsUp({ kind: 'close', reason });
          return;
        }
      }
      const isKeepAliveDue = this.#keepAliveAt !== undefined && now >= this.#keepAliveAt;
      if (isKeepAliveDue) this.#keepAliveAt = undefined;
      this.#arm(life, now);
      if (!isKeepAliveDue) return;
    }
    if (this.#keepAlive === undefined) this.#events.timeIsUp({ kind: 'cut' });
    else this.#askKeepAlive(this.#keepAlive);
  }

  #askKeepAlive(keepAlive: KeepAlive): void {
    const ping = keepAlive.expired(this.#couldSeePongs(), this.#events.incoming.frameProgress);
    if (ping === 'lost')
      this.#events.timeIsUp({ kind: 'lost', error: webSocketError('ERR_WS_HEARTBEAT', keepAlive.timeout) });
    else if (ping !== undefined) this.#events.timeIsUp({ kind: 'ping', payload: ping });
  }

  /**
   * Whether silence of the peer says anything. While the application does not read it does not; while slowConsumer
   * 'pause' does not, it is the peer who has to move, by taking what waits for it.
   */
  #couldSeePongs(): boolean {
    const { outgoing, reading } = this.#events;
    const { taken } = outgoing;
    const hasTaken = taken !== this.#taken;
    this.#taken = taken;
    return !reading.isPaused && !(reading.isHeld && hasTaken);
  }
}
