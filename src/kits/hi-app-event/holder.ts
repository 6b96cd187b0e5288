// The events that wait for a watcher, and the class by which a program takes them.

import { utf8Size } from '../host.ts';
import { eventError } from './errors.ts';
import type { AppEventInfo, AppEventPackage } from './types.ts';

/** Most bytes of the events that wait for one watcher: beyond it the oldest are dropped, so that none grows without end. */
let mostBytes = 10 * 1024 * 1024;

/** Sets how many bytes may wait for one watcher. */
export function limitWaiting(bytes: number): void {
  mostBytes = bytes;
}

/** An event that waits: as an object, and as a text. */
interface Waiting {
  readonly event: AppEventInfo;
  readonly text: string;
  readonly size: number;
}

/** The events that wait for one watcher, the oldest first. */
export class WaitingEvents {
  #events: Waiting[] = [];
  #size = 0;

  /** Number of events. */
  get row(): number {
    return this.#events.length;
  }

  /** Bytes of the events, as texts. */
  get size(): number {
    return this.#size;
  }

  add(event: AppEventInfo, time: number): void {
    const { domain, name, eventType, params } = event;
    const text = JSON.stringify({ domain_: domain, name_: name, type_: eventType, time_: time, ...params });
    const size = utf8Size(text);
    this.#events.push({ event, text, size });
    this.#size += size;
    while (this.#size > mostBytes && this.#events.length > 1) this.#size -= this.#events.shift()!.size;
  }

  /** Removes the oldest events: as many as are wanted, or at least one. */
  take(isWanted: (row: number, size: number) => boolean): Waiting[] {
    const taken: Waiting[] = [];
    let size = 0;
    for (const next of this.#events) {
      if (taken.length > 0 && !isWanted(taken.length + 1, size + next.size)) break;
      taken.push(next);
      size += next.size;
    }
    this.#events = this.#events.slice(taken.length);
    this.#size -= size;
    return taken;
  }

  clear(): void {
    this.#events = [];
    this.#size = 0;
  }
}

/** By the name of the watcher. */
const waitingByName = new Map<string, WaitingEvents>();

/** The events that wait for the watcher of a name. */
export function waitingFor(name: string): WaitingEvents {
  const waiting = waitingByName.get(name) ?? new WaitingEvents();
  waitingByName.set(name, waiting);
  return waiting;
}

/** Forgets the events that wait for one watcher, or for all. */
export function forgetWaiting(name?: string): void {
  for (const [known, waiting] of waitingByName) if (name === undefined || known === name) waiting.clear();
}

const MAX_SIZE = 2 ** 31 - 1;

/** Takes the events that wait for a watcher, package by package. */
export class EventHolder {
  readonly #name: string;
  #row: number | undefined;
  #size: number | undefined;
  #packages = 0;

  /** @param watcherName  name of a watcher that `addWatcher` has added */
  constructor(watcherName: string) {
    this.#name = watcherName;
  }

  /**
   * Sets how many bytes a package has at most; `setRow` comes before it.
   *
   * @throws BusinessError 401 for what is not a number; 11104001 unless it is 0 to 2147483647
   */
  setSize(size: number): void {
    if (typeof size !== 'number') throw eventError('parameter');
    if (!(size >= 0 && size <= MAX_SIZE)) throw eventError('packageSize');
    this.#size = size;
  }

  /**
   * Sets how many events a package has at most. Default 1.
   *
   * @throws BusinessError 401 for what is not a number; 11104001 unless it is 1 to 2147483647
   */
  setRow(size: number): void {
    if (typeof size !== 'number') throw eventError('parameter');
    if (!(size > 0 && size <= MAX_SIZE)) throw eventError('packageSize');
    this.#row = size;
  }

  /** Takes the next package. `null`: no event waits. */
  takeNext(): AppEventPackage {
    const [mostRows, mostSize] = [this.#row ?? (this.#size === undefined ? 1 : undefined), this.#size];
    const taken = waitingFor(this.#name).take((row, size) =>
      mostRows === undefined ? size <= (mostSize as number) : row <= mostRows,
    );
    // Declared without null by the SDK.
    if (taken.length === 0) return null as never;
    return {
      packageId: this.#packages++,
      row: taken.length,
      size: taken.reduce((sum, { size }) => sum + size, 0),
      data: taken.map(({ text }) => text),
      appEventInfos: taken.map(({ event }) => event),
    };
  }
}
