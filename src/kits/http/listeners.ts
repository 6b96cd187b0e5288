// The listeners of a task: one for each event, as on a device. An exception of a listener becomes an uncaught exception, and
// disturbs nothing else.

import { httpError } from './errors.ts';

const names = [
  'headerReceive',
  'headersReceive',
  'dataReceive',
  'dataEnd',
  'dataReceiveProgress',
  'dataSendProgress',
] as const;
/** An event of a task. */
export type EventName = (typeof names)[number];

interface Listener {
  readonly callback: (...values: unknown[]) => void;
  readonly isOnce: boolean;
}

/** The listeners of one task. */
export class Listeners {
  readonly #table = new Map<EventName, Listener>();

  /**
   * Sets the listener of an event, instead of the one before. An unknown event is ignored.
   *
   * @throws BusinessError 401 for other arguments
   */
  set(type: unknown, callback: unknown, isOnce: boolean): void {
    if (typeof type !== 'string' || typeof callback !== 'function') {
      throw httpError('parameter', `${isOnce ? 'once' : 'on'} takes the name of an event and a function`);
    }
    if (isEvent(type)) this.#table.set(type, { callback: callback as Listener['callback'], isOnce });
  }

  /**
   * Removes the listener of an event; with a callback, only that one.
   *
   * @throws BusinessError 401 for other arguments
   */
  remove(type: unknown, callback: unknown): void {
    if (typeof type !== 'string' || (callback !== undefined && typeof callback !== 'function')) {
      throw httpError('parameter', 'off takes the name of an event and, if need be, a function');
    }
    if (!isEvent(type)) return;
    if (callback === undefined || this.#table.get(type)?.callback === callback) this.#table.delete(type);
  }

  /** Removes all. */
  clear(): void {
    this.#table.clear();
  }

  /** Whether anybody listens. */
  has(type: EventName): boolean {
    return this.#table.has(type);
  }

  /** Calls the listener of an event. */
  emit(type: EventName, ...values: unknown[]): void {
    const listener = this.#table.get(type);
    if (listener === undefined) return;
    if (listener.isOnce) this.#table.delete(type);
    const { callback } = listener;
    try {
      callback(...values);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

function isEvent(type: string): type is EventName {
  return (names as readonly string[]).includes(type);
}
