// The deadlines of one connection, on one timer: keep-alive, idle time and life time while it is open, the bounds of the
// closing handshake after. The timer is set for the earliest.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Host, Timer, TimerOwner } from '../ports.ts';
import { PongWait, pingPayload, type Verdict } from './keepalive.ts';
import { LifeBudget, type SignsOfLife } from './life-budget.ts';
import type { ConnectionOptions, Heartbeat } from './options.ts';

/** What has to be done when time is up. */
export type Due =
  | { readonly kind: 'ping'; readonly payload: Uint8Array }
  /** The peer is gone. */
  | { readonly kind: 'lost'; readonly error: WebSocketError }
  /** An orderly close, for `reason`. */
  | { readonly kind: 'close'; readonly reason: string }
  /** The closing handshake, or the end of TCP after it, took longer than `closeTimeout`. */
  | { readonly kind: 'cut' };

/** Whose deadlines they are: it is told, and asked for signs of life. */
export interface DeadlinesOwner extends SignsOfLife {
  readonly options: ConnectionOptions;
  readonly host: Host;
  timeIsUp(due: Due): void;
}

export class Deadlines implements TimerOwner {
  readonly #owner: DeadlinesOwner;
  /** Made when something has to be waited for. */
  #timer: Timer | undefined;
  /** As long as pings are sent. */
  #heartbeat: Heartbeat | undefined;
  #pings = 0;
  /** From a ping to its pong, where the heartbeat has a timeout. */
  #pongWait: PongWait | undefined;
  #life: LifeBudget | undefined;
  /** When keep-alive has to be looked at; only kept beside a life budget. */
  #keepAliveAt: number | undefined;

  constructor(owner: DeadlinesOwner) {
    const { options, host } = owner;
    this.#owner = owner;
    this.#heartbeat = options.heartbeat;
    this.#life = LifeBudget.of(options, host.clock);
    if (options.heartbeat !== undefined) this.#keepAliveIn(options.heartbeat.interval);
    else if (this.#life !== undefined) this.#arm(this.#life, host.clock.now());
  }

  /** A message was sent or received. */
  active(): void {
    if (this.#life !== undefined) this.#life.isActive = true;
  }

  /** A pong came. */
  pong(): void {
    this.#pongWait = undefined;
    if (this.#heartbeat !== undefined) this.#keepAliveIn(this.#heartbeat.interval);
  }

  /** Reading goes on after a pause. */
  resumed(): void {
    this.active();
    if (this.#pongWait === undefined || this.#heartbeat === undefined) return;
    this.#pongWait.resumed(this.#now);
    this.#keepAliveIn(this.#heartbeat.timeout);
  }

  /** From here on the end of TCP is waited for, but not for ever. Again after progress of a peer that reads slowly. */
  closing(): void {
    this.#stop();
    this.#setTimer(this.#owner.options.closeTimeout);
  }

  /** Nothing is waited for any more. */
  clear(): void {
    this.#stop();
    this.#timer?.clear();
  }

  #stop(): void {
    this.#heartbeat = undefined;
    this.#pongWait = undefined;
    this.#life = undefined;
  }

  get #now(): number {
    return this.#owner.host.clock.now();
  }

  #setTimer(delay: number): void {
    this.#timer ??= this.#owner.host.clock.timer(this);
    this.#timer.set(delay);
  }

  /** Keep-alive is to be looked at in `delay` milliseconds. */
  #keepAliveIn(delay: number): void {
    if (this.#life === undefined) {
      this.#setTimer(delay);
      return;
    }
    const now = this.#now;
    this.#keepAliveAt = now + delay;
    this.#arm(this.#life, now);
  }

  #arm(life: LifeBudget, now: number): void {
    this.#setTimer(Math.max(0, Math.min(this.#keepAliveAt ?? Infinity, life.deadline) - now));
  }

  /** For the timer. */
  expired(): void {
    const life = this.#life;
    if (life !== undefined) {
      const now = this.#now;
      if (now >= life.deadline) {
        const reason = life.expired(now, this.#owner);
        if (reason !== undefined) {
          this.#owner.timeIsUp({ kind: 'close', reason });
          return;
        }
      }
      const isKeepAliveDue = this.#keepAliveAt !== undefined && now >= this.#keepAliveAt;
      if (isKeepAliveDue) this.#keepAliveAt = undefined;
      this.#arm(life, now);
      if (!isKeepAliveDue) return;
    }
    if (this.#heartbeat === undefined) this.#owner.timeIsUp({ kind: 'cut' });
    else this.#keepAlive(this.#heartbeat);
  }

  #keepAlive({ interval, timeout }: Heartbeat): void {
    if (timeout === 0) {
      this.#ping(interval);
      return;
    }
    let verdict: Verdict = 'ping';
    if (this.#pongWait === undefined) this.#pongWait = new PongWait(timeout, this.#now, this.#owner);
    else verdict = this.#pongWait.expired(this.#now, this.#owner);
    if (verdict === 'ping') this.#ping(timeout);
    else if (verdict === 'wait') this.#keepAliveIn(timeout);
    else this.#owner.timeIsUp({ kind: 'lost', error: webSocketError('ERR_WS_HEARTBEAT', timeout) });
  }

  /** Sends one, and looks again in `delay` milliseconds. */
  #ping(delay: number): void {
    this.#keepAliveIn(delay);
    this.#owner.timeIsUp({ kind: 'ping', payload: pingPayload(++this.#pings) });
  }
}
