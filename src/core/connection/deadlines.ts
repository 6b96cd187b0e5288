// The deadlines of one connection, on one timer: keep-alive, idle time and life time while it is open, the bounds of the
// closing handshake after. The timer is set for the earliest.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Host, Timer, TimerOwner } from '../ports.ts';
import { ActivityLimits, type SignsOfLife } from './activity-limits.ts';
import { AnswerDeadline } from './answer-deadline.ts';
import type { Heartbeat } from './heartbeat.ts';
import { answersPing, PongWait, pingPayload } from './keepalive.ts';
import type { ConnectionOptions } from './options.ts';
import { COUNT_FROM, isWaiting, Pace, SLOWEST } from './pace.ts';

/**
 * Bytes of the peer that may come before its Close and are waited for: what our own defaults let it queue. From a peer
 * that sends on and never closes, no more is taken.
 */
const BEFORE_CLOSE = 64 * 1024 * 1024;

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
  /** Something has been thrown. */
  broken(exception: unknown): void;
}

export class Deadlines implements TimerOwner {
  readonly #owner: DeadlinesOwner;
  /** Made when something has to be waited for. */
  #timer: Timer | undefined;
  /** As long as pings are sent. */
  #heartbeat: Heartbeat | undefined;
  #pings = 0;
  /** From a ping to its pong, where the heartbeat has a timeout; in the closing handshake, to its next step. */
  #answer: PongWait | AnswerDeadline | undefined;
  #pace: Pace | undefined;
  /** Bytes that the system had taken before: of HTTP on the same socket. */
  readonly #takenBefore: number;
  /** When so many bytes have been sent, they are worth counting. */
  #countFrom = COUNT_FROM;
  #activity: ActivityLimits | undefined;
  /** When keep-alive has to be looked at; only kept beside activity limits. */
  #keepAliveAt: number | undefined;

  constructor(owner: DeadlinesOwner) {
    const { options, host } = owner;
    this.#owner = owner;
    this.#takenBefore = owner.outgoing.taken;
    this.#heartbeat = options.heartbeat;
    this.#activity = ActivityLimits.of(options, host.clock);
    if (options.heartbeat !== undefined) this.#keepAliveIn(options.heartbeat.interval);
    else if (this.#activity !== undefined) this.#arm(this.#activity, host.clock.now());
  }

  /** A message was sent or received. */
  active(): void {
    if (this.#activity !== undefined) this.#activity.isActive = true;
  }

  /** Bytes have come. */
  heard(size: number): void {
    if (this.#answer !== undefined) this.#answer.heard(size, this.#now);
  }

  /**
   * Writes have been done, or are done later.
   *
   * @param size  bytes of the connection that are done
   */
  sent(size: number): void {
    if (size < this.#countFrom && this.#answer === undefined) return;
    this.#countFrom = size + COUNT_FROM;
    const now = this.#now;
    const patience = this.#patience(now);
    if (this.#answer instanceof PongWait) this.#answer.taken(now, this.#owner, patience);
    else this.#answer?.taken(now, this.#owner.outgoing, patience);
  }

  /** A pong came. */
  pong(payload: Uint8Array): void {
    const { interval } = this.#heartbeat ?? {};
    if (interval === undefined) return;
    const wait = this.#answer;
    this.#answer = undefined;
    if (this.#pace !== undefined && wait instanceof PongWait && answersPing(payload, this.#pings)) {
      this.#patience(this.#now);
      this.#pace.answered(wait.proves, wait.askedAt, this.#now);
    }
    this.#keepAliveIn(interval);
  }

  /** Reading goes on after a pause. */
  resumed(): void {
    this.active();
    if (!(this.#answer instanceof PongWait)) return;
    const now = this.#now;
    this.#answer.resumed(now, this.#owner, this.#patience(now));
    this.#keepAliveIn(this.#answer.until - now);
  }

  /**
   * The connection closes, from here on or in a further step: the Close of the peer is waited for, or the end of TCP, but
   * not for ever.
   *
   * @param isPatient  the peer may take its time with what was sent before; not so where we failed the connection
   */
  closing(isPatient: boolean): void {
    const { closeTimeout } = this.#owner.options;
    this.#stop();
    if (!isPatient) {
      this.#setTimer(closeTimeout);
      return;
    }
    const now = this.#now;
    const deadline = new AnswerDeadline(closeTimeout, SLOWEST, BEFORE_CLOSE);
    this.#answer = deadline;
    deadline.asked(now, this.#owner.outgoing, this.#patience(now));
    this.#setTimer(deadline.until - now);
  }

  /** Nothing is waited for any more. */
  clear(): void {
    this.#stop();
    this.#timer?.clear();
  }

  #stop(): void {
    this.#heartbeat = undefined;
    this.#answer = undefined;
    this.#activity = undefined;
  }

  get #now(): number {
    return this.#owner.host.clock.now();
  }

  /** See {@link Pace.patience}. */
  #patience(now: number): number {
    const { outgoing } = this.#owner;
    if (this.#pace === undefined) {
      if (outgoing.taken - this.#takenBefore < COUNT_FROM) return 0;
      this.#pace = new Pace(now, this.#takenBefore);
    }
    this.#pace.count(outgoing, now);
    return this.#pace.patience(isWaiting(outgoing));
  }

  #setTimer(delay: number): void {
    this.#timer ??= this.#owner.host.clock.timer(this);
    this.#timer.set(delay);
  }

  /** Keep-alive is to be looked at in `delay` milliseconds. */
  #keepAliveIn(delay: number): void {
    if (this.#activity === undefined) {
      this.#setTimer(delay);
      return;
    }
    const now = this.#now;
    this.#keepAliveAt = now + delay;
    this.#arm(this.#activity, now);
  }

  #arm(activity: ActivityLimits, now: number): void {
    this.#setTimer(Math.max(0, Math.min(this.#keepAliveAt ?? Infinity, activity.deadline) - now));
  }

  /** For the timer, which is one for all connections. */
  expired(): void {
    try {
      this.#expired();
    } catch (exception) {
      this.#owner.broken(exception);
    }
  }

  #expired(): void {
    const activity = this.#activity;
    if (activity !== undefined) {
      const now = this.#now;
      if (now >= activity.deadline) {
        const reason = activity.expired(now, this.#owner);
        if (reason !== undefined) {
          this.#owner.timeIsUp({ kind: 'close', reason });
          return;
        }
      }
      const isKeepAliveDue = this.#keepAliveAt !== undefined && now >= this.#keepAliveAt;
      if (isKeepAliveDue) this.#keepAliveAt = undefined;
      this.#arm(activity, now);
      if (!isKeepAliveDue) return;
    }
    if (this.#heartbeat === undefined) this.#closingExpired();
    else this.#keepAlive(this.#heartbeat);
  }

  #closingExpired(): void {
    const deadline = this.#answer;
    const now = this.#now;
    if (deadline instanceof AnswerDeadline) {
      deadline.look(now, this.#owner.outgoing, this.#patience(now));
      if (deadline.until > now) {
        this.#setTimer(deadline.until - now);
        return;
      }
    }
    this.#owner.timeIsUp({ kind: 'cut' });
  }

  #keepAlive({ interval, timeout }: Heartbeat): void {
    if (timeout === 0) {
      this.#keepAliveIn(interval);
      this.#ping();
      return;
    }
    const now = this.#now;
    if (!(this.#answer instanceof PongWait)) this.#ask(new PongWait(timeout, this.#owner));
    else {
      const wait = this.#answer;
      const verdict = wait.expired(now, this.#owner, this.#patience(now));
      if (verdict === 'ping') this.#ask(wait);
      else if (verdict === 'wait') this.#keepAliveIn(wait.until - now);
      else this.#owner.timeIsUp({ kind: 'lost', error: webSocketError('ERR_WS_HEARTBEAT', timeout) });
    }
  }

  /** Sends a ping, and looks again when a pong should have come. */
  #ask(wait: PongWait): void {
    this.#answer = wait;
    // Before it is written: the process may stand still as soon as it is, and that time is not the peer's.
    const now = this.#now;
    this.#ping();
    // It may be the end of a connection that cannot be written to.
    if (this.#answer !== wait) return;
    wait.asked(now, this.#owner, this.#patience(now));
    this.#keepAliveIn(wait.until - now);
  }

  #ping(): void {
    this.#owner.timeIsUp({ kind: 'ping', payload: pingPayload(++this.#pings) });
  }
}
