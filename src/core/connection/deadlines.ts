// The deadlines of one connection, on one timer, which is set for the earliest. While the connection is open they are
// keep-alive, idle time and life time; later, the steps of the closing handshake.

import { type WebSocketError, webSocketError } from '../errors.ts';
import type { Host, Timer, TimerOwner } from '../ports.ts';
import { ActivityLimits, type SignsOfLife } from './activity-limits.ts';
import { AnswerDeadline } from './answer-deadline.ts';
import type { Heartbeat } from './heartbeat.ts';
import { answersPing, PongWait, pingPayload } from './keepalive.ts';
import type { ConnectionOptions } from './options.ts';
import { COUNT_FROM, isWaiting, Pace, SLOWEST } from './pace.ts';

/**
 * Bytes that the peer may send before its Close frame, as many as our own defaults let a sender queue. A peer that sends
 * on and never closes is not waited for any longer.
 */
const BEFORE_CLOSE = 64 * 1024 * 1024;

/** What to do when time is up. */
export type Due =
  | { readonly kind: 'ping'; readonly payload: Uint8Array }
  /** Drop TCP: the peer is gone. */
  | { readonly kind: 'lost'; readonly error: WebSocketError }
  /** Close with a closing handshake, for `reason`. */
  | { readonly kind: 'close'; readonly reason: string }
  /** Drop TCP: the closing handshake, or the end of TCP after it, took longer than `closeTimeout`. */
  | { readonly kind: 'cut' };

/** The connection that has the deadlines. It shows signs of life, and does what is due. */
export interface DeadlinesOwner extends SignsOfLife {
  readonly options: ConnectionOptions;
  readonly host: Host;
  timeIsUp(due: Due): void;
  /** A ping was answered. @param time  milliseconds */
  ponged(time: number): void;
  /** Something was thrown. */
  broken(exception: unknown): void;
}

export class Deadlines implements TimerOwner {
  readonly #owner: DeadlinesOwner;
  /** Made for the first deadline. */
  #timer: Timer | undefined;
  /** Present while pings are sent. */
  #heartbeat: Heartbeat | undefined;
  #pings = 0;
  /** Present from a ping to its pong, if the heartbeat has a timeout; in the closing handshake, until its next step. */
  #answer: PongWait | AnswerDeadline | undefined;
  #pace: Pace | undefined;
  /** Bytes that the system had taken before: the HTTP of the handshake. */
  readonly #takenBefore: number;
  /** Bytes in all from which counting is due. */
  #countFrom = COUNT_FROM;
  #activity: ActivityLimits | undefined;
  /** When keep-alive is due. Kept only if there are activity limits. */
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

  /** Bytes have arrived. */
  heard(size: number): void {
    if (this.#answer !== undefined) this.#answer.heard(size, this.#now);
  }

  /**
   * The transport has finished with writes.
   *
   * @param size  bytes that it has finished with in all
   */
  sent(size: number): void {
    if (size < this.#countFrom && this.#answer === undefined) return;
    this.#countFrom = size + COUNT_FROM;
    const now = this.#now;
    const patience = this.#patience(now);
    if (this.#answer instanceof PongWait) this.#answer.taken(now, this.#owner, patience);
    else this.#answer?.taken(now, this.#owner.outgoing, patience);
  }

  /** A pong arrived. */
  pong(payload: Uint8Array): void {
    const { interval } = this.#heartbeat ?? {};
    if (interval === undefined) return;
    const wait = this.#answer;
    this.#answer = undefined;
    if (wait instanceof PongWait && answersPing(payload, this.#pings)) {
      const now = this.#now;
      this.#owner.ponged(now - wait.askedAt);
      if (this.#pace !== undefined) {
        this.#patience(now);
        this.#pace.answered(wait.proves, wait.askedAt, now);
      }
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
   * The connection closes, or takes a further step of closing. The peer's Close frame, or the end of TCP, has a bound.
   *
   * @param isPatient  whether the peer has extra time to read what was sent before. It does not if we failed the connection
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

  /** Ends all deadlines. */
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

  /** Makes keep-alive due in `delay` milliseconds. */
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

  /** Called by the timer, which must not be disturbed: it serves all connections. */
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

  /** Sends a ping, and makes keep-alive due again when the time for its pong is up. */
  #ask(wait: PongWait): void {
    this.#answer = wait;
    // Taken before the ping is written: if the process stands still right after it, the peer must not pay for that.
    const now = this.#now;
    this.#ping();
    // The connection has ended if it could not be written to.
    if (this.#answer !== wait) return;
    wait.asked(now, this.#owner, this.#patience(now));
    this.#keepAliveIn(wait.until - now);
  }

  #ping(): void {
    this.#owner.timeIsUp({ kind: 'ping', payload: pingPayload(++this.#pings) });
  }
}
