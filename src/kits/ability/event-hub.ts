// `EventHub`: events between the parts of an application that have the same context. Delivery is synchronous.

import { BusinessError } from '../host.ts';

type Listener = (this: EventHub, ...args: unknown[]) => void;

/** The events of one context. */
export class EventHub {
  readonly #listeners = new Map<string, Listener[]>();

  // biome-ignore-start lint/complexity/noBannedTypes: declared like this by the SDK
  /** Calls a function for each event, with the hub as `this`. @throws BusinessError 401 for wrong arguments */
  on(event: string, callback: Function): void {
    requireEvent(event);
    if (typeof callback !== 'function') throw parameterError();
    const listeners = this.#listeners.get(event) ?? [];
    if (!listeners.includes(callback as Listener)) this.#listeners.set(event, [...listeners, callback as Listener]);
  }

  /** Removes a function, or all of an event. @throws BusinessError 401 for wrong arguments */
  off(event: string, callback?: Function): void {
    requireEvent(event);
    if (callback === undefined) {
      this.#listeners.delete(event);
      return;
    }
    if (typeof callback !== 'function') throw parameterError();
    const left = (this.#listeners.get(event) ?? []).filter((listener) => listener !== callback);
    this.#listeners.set(event, left);
  }

  /** Calls the functions of an event, in the order of `on`. @throws BusinessError 401 for wrong arguments, and what they throw */
  emit(event: string, ...args: Object[]): void {
    requireEvent(event);
    for (const listener of this.#listeners.get(event) ?? []) listener.apply(this, args);
  }
  // biome-ignore-end lint/complexity/noBannedTypes: declared like this by the SDK
}

function requireEvent(event: unknown): void {
  if (typeof event !== 'string' || event === '') throw parameterError();
}

function parameterError(): BusinessError {
  return new BusinessError(
    401,
    'Parameter error. Possible causes: 1. Mandatory parameters are left unspecified; 2. Incorrect parameter types; ' +
      '3. Parameter verification failed.',
  );
}
