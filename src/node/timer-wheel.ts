// Time for connections: one wheel of slots and one Node timer, however many connections wait. Setting and clearing is
// a matter of two pointers, so that a heartbeat restarted by every pong costs next to nothing.

import process from 'node:process';
import timers from 'node:timers';
import type { Clock, CoarseClock, Timer, TimerOwner } from '../core/ports.ts';
import { coarseTime } from './coarse-time.ts';
import { outsideOfContexts } from './contexts.ts';

/** Milliseconds of a slot: how late a deadline may be noticed. */
const RESOLUTION = 16;
/**
 * Delays of this many milliseconds and more end in every eighth slot only, up to 128 ms late. Each time that the process
 * wakes up costs as much as several pings, so that the heartbeats of very many connections are cheaper in small groups.
 */
const LONG = 10_000;
const SLOTS_OF_LONG = 8;
/** Timers that expire in one turn of the event loop, a few milliseconds' work. Sockets are read before the next ones. */
const AT_ONCE = 256;
const SLOTS = 4096;
/**
 * Turns of the event loop between Node's timer and what it expires. Node runs timers before it reads sockets, so that
 * after a standstill (SIGSTOP, a blocked loop) every deadline would be due although the answer lies in the socket.
 * In one turn up to 2 MiB of a socket are read; four reach as far back as a system usually keeps.
 */
const TURNS_OF_INPUT = 4;
/** The module costs 5 ms of CPU to load, which a program that only imports this one does not pay. */
let performance: { now(): number } | undefined;
const NOT_ARMED = Number.POSITIVE_INFINITY;
/** As `tick`: not running. */
const IDLE = 0;
/** As `tick`: taken out of its slot, about to expire. */
const DUE = -1;

class WheelTimer implements Timer {
  readonly #wheel: TimerWheel;
  readonly owner: TimerOwner;
  /** Number of the slot in absolute time, IDLE or DUE. */
  tick: number = IDLE;
  // Neighbours in the slot
  previous: WheelTimer | undefined;
  next: WheelTimer | undefined;

  constructor(wheel: TimerWheel, owner: TimerOwner) {
    this.#wheel = wheel;
    this.owner = owner;
  }

  set(delay: number): void {
    this.#wheel.set(this, delay);
  }

  clear(): void {
    this.#wheel.clear(this);
  }
}

/** A clock whose timers do not keep the process alive. */
export class TimerWheel implements Clock {
  readonly coarse: CoarseClock = coarseTime;
  readonly #slots: (WheelTimer | undefined)[] = new Array(SLOTS).fill(undefined);
  #running = 0;
  /** Last tick whose slot has been emptied. */
  #done = 0;
  /** Out of their slots. Those with an index of `#expired` or more are about to expire. */
  #due: WheelTimer[] = [];
  #expired = 0;
  #armedTick = NOT_ARMED;
  #nodeTimer: NodeJS.Timeout | undefined;

  now(): number {
    performance ??= process.getBuiltinModule('node:perf_hooks').performance;
    return performance.now();
  }

  wall(): number {
    return Date.now();
  }

  timer(owner: TimerOwner): Timer {
    return new WheelTimer(this, owner);
  }

  set(timer: WheelTimer, delay: number): void {
    const now = this.now();
    if (this.#running === 0) this.#done = Math.floor(now / RESOLUTION);
    if (timer.tick > 0) this.#unlink(timer);
    // Rounded up, never early; a delay of 0 comes with the next tick.
    const tick = Math.max(Math.ceil((now + delay) / RESOLUTION), this.#done + 1);
    timer.tick = delay < LONG ? tick : Math.ceil(tick / SLOTS_OF_LONG) * SLOTS_OF_LONG;
    const slot = timer.tick % SLOTS;
    const head = this.#slots[slot];
    timer.next = head;
    if (head !== undefined) head.previous = timer;
    this.#slots[slot] = timer;
    this.#running++;
    if (timer.tick < this.#armedTick) this.#arm(timer.tick, now);
  }

  clear(timer: WheelTimer): void {
    if (timer.tick > 0) this.#unlink(timer);
    timer.tick = IDLE;
    if (this.#running === 0) this.#disarm();
  }

  #unlink(timer: WheelTimer): void {
    const { previous, next } = timer;
    if (previous !== undefined) previous.next = next;
    else this.#slots[timer.tick % SLOTS] = next;
    if (next !== undefined) next.previous = previous;
    timer.previous = timer.next = undefined;
    timer.tick = IDLE;
    this.#running--;
  }

  #arm(tick: number, now: number): void {
    timers.clearTimeout(this.#nodeTimer);
    this.#armedTick = tick;
    const delay = Math.max(1, Math.ceil(tick * RESOLUTION - now));
    // It belongs to all timers, not to the context in which one of them was set.
    outsideOfContexts(() => {
      this.#nodeTimer = timers.setTimeout(() => this.#wake(), delay).unref();
    });
  }

  #wake(): void {
    this.afterInput(TURNS_OF_INPUT, () => this.#turn());
  }

  /** Calls `task` when the pending input has been read. */
  protected afterInput(turns: number, task: () => void): void {
    if (turns === 0) task();
    else timers.setImmediate(() => this.afterInput(turns - 1, task));
  }

  #disarm(): void {
    timers.clearTimeout(this.#nodeTimer);
    this.#nodeTimer = undefined;
    this.#armedTick = NOT_ARMED;
  }

  /** Waits for the next slot that has something in it, and expires what is due. */
  #turn(): void {
    const now = this.now();
    const current = Math.floor(now / RESOLUTION);
    this.#armedTick = NOT_ARMED;
    const isExpiring = this.#due.length > 0;
    const turns = Math.min(current - this.#done, SLOTS);
    for (let tick = current - turns + 1; tick <= current; tick++) {
      let timer = this.#slots[tick % SLOTS];
      while (timer !== undefined) {
        const { next } = timer;
        if (timer.tick <= current) {
          this.#unlink(timer);
          timer.tick = DUE;
          this.#due.push(timer);
        }
        timer = next;
      }
    }
    this.#done = Math.max(this.#done, current);
    this.#armNext(now);
    if (!isExpiring) this.#expireSome();
  }

  #expireSome(): void {
    const due = this.#due;
    const end = Math.min(this.#expired + AT_ONCE, due.length);
    while (this.#expired < end) {
      const timer = due[this.#expired++] as WheelTimer;
      // One that expired before it may have cleared it, or set it again.
      if (timer.tick !== DUE) continue;
      timer.tick = IDLE;
      timer.owner.expired();
    }
    if (end < due.length) {
      this.afterInput(1, () => this.#expireSome());
      return;
    }
    this.#due = [];
    this.#expired = 0;
  }

  #armNext(now: number): void {
    if (this.#running === 0) {
      this.#disarm();
      return;
    }
    for (let tick = this.#done + 1; tick <= this.#done + SLOTS; tick++) {
      if (tick >= this.#armedTick) return;
      if (this.#slots[tick % SLOTS] !== undefined) {
        this.#arm(tick, now);
        return;
      }
    }
  }
}
