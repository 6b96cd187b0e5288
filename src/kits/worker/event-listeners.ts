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

  /** Adds a listener. Throws 401 for another type. */
  add(type: unknown, listener: unknown, isOnce: boolean): void {
    checkType(type);
    if (typeof listener !== 'function') {
      throw workerError('parameter', 'the type of the second param must be function.');
    }
    const entry: Entry = { listener: listener as WorkerEventListener, isOnce };
    this.#entries.set(type, [...(this.#entries.get(type) ?? []), entry]);
  }

  /** Removes a listener, or all of a type. Throws 401 for another type. */
  remove(type: unknown, listener: unknown): void {
    checkType(type);
    if (listener !== undefined && typeof listener !== 'function') {
      throw workerError('parameter', 'the type of the second param must be function.');
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

function checkType(type: unknown): asserts type is string {
  if (typeof type !== 'string') throw workerError('parameter', 'the type of the first param must be string.');
}
