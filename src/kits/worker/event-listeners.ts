// The listeners of a worker, by the types of events.

import { workerError } from './errors.ts';
import type { Event, WorkerEventListener } from './types.ts';

interface Entry {
  readonly listener: WorkerEventListener;
  readonly isOnce: boolean;
}

/** Listeners. */
export class EventListeners {
  readonly #entries = new Map<string, Entry[]>();

  /** `on(type, listener)` and `once(type, listener)`. Throws 401 for other arguments. */
  add(args: readonly unknown[], isOnce: boolean): void {
    if (args.length < 2) throw workerError('parameter', 'the number of listener parameters is not less than 2.');
    const [type, listener] = args;
    if (typeof type !== 'string') {
      throw workerError('parameter', 'the type of listener first param must be string.');
    }
    if (typeof listener !== 'function') {
      throw workerError('parameter', 'the type of listener the second param must be callable.');
    }
    const entry: Entry = { listener: listener as WorkerEventListener, isOnce };
    this.#entries.set(type, [...(this.#entries.get(type) ?? []), entry]);
  }

  /** `off(type)` and `off(type, listener)`. Throws 401 for other arguments. */
  remove(args: readonly unknown[]): void {
    if (args.length < 1) throw workerError('parameter', 'the number of parameters is not less than 1.');
    const [type, listener] = args;
    if (typeof type !== 'string') {
      throw workerError('parameter', 'the type of removelistener the first param must be string.');
    }
    if (listener !== undefined && typeof listener !== 'function') {
      throw workerError('parameter', 'the type of removelistener the second param must be callable.');
    }
    const rest = (this.#entries.get(type) ?? []).filter(
      (entry) => listener !== undefined && entry.listener !== listener,
    );
    this.#entries.set(type, rest);
  }

  /** Removes all listeners. */
  clear(): void {
    this.#entries.clear();
  }

  /** Calls the listeners of the event's type. `false` if there are none. */
  call(event: Event): boolean {
    const entries = this.#entries.get(event.type) ?? [];
    this.#entries.set(
      event.type,
      entries.filter(({ isOnce }) => !isOnce),
    );
    for (const { listener } of entries) void listener(event);
    return entries.length > 0;
  }
}

/** The event of a `dispatchEvent`. Throws 401 for another type. */
export function checkedEvent(event: unknown): Event {
  const type = typeof event === 'object' && event !== null ? (event as { type?: unknown }).type : undefined;
  if (typeof type !== 'string') throw workerError('parameter', 'the type of the event must be string.');
  return event as Event;
}
