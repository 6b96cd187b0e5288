// Event handlers (HTML standard, "event handler IDL attributes"): `onmessage` and the like. A handler has the place in the
// order of the listeners that it had when it was set first; it loses it when it is set to null.

import { isObject } from './conversions.ts';

/** A value of an event handler: a function, or an object that is never called. */
export type Handler = object;

/** The event handlers of one target, by type of event. */
export class EventHandlers {
  readonly #target: EventTarget;
  readonly #handlers = new Map<string, { value: Handler; readonly listener: (event: Event) => unknown }>();

  constructor(target: EventTarget) {
    this.#target = target;
  }

  get(type: string): Handler | null {
    return this.#handlers.get(type)?.value ?? null;
  }

  /** @param value  what is not an object counts as null */
  set(type: string, value: unknown): void {
    const present = this.#handlers.get(type);
    if (!isObject(value)) {
      if (present === undefined) return;
      this.#handlers.delete(type);
      this.#target.removeEventListener(type, present.listener);
    } else if (present !== undefined) {
      present.value = value;
    } else {
      const handler = {
        value,
        listener: (event: Event): unknown =>
          typeof handler.value === 'function' ? handler.value.call(this.#target, event) : undefined,
      };
      this.#handlers.set(type, handler);
      this.#target.addEventListener(type, handler.listener);
    }
  }
}
