// The class `emitter.Emitter`: events of one instance.

import type { Callback } from '../host.ts';
import { count, emit, subscribe, unsubscribe } from './arguments.ts';
import { Channel } from './channel.ts';
import type { EventData, GenericEventData, Options } from './types.ts';

/** A separate emitter. IDs of its events are texts; its calls do what those of the namespace do. */
export class Emitter {
  readonly #channel = new Channel();

  /** Subscribes to an event until `off` is called. */
  on(eventId: string, callback: Callback<EventData>): void;
  /** Subscribes to an event whose data has the type `T`, until `off` is called. */
  on<T>(eventId: string, callback: Callback<GenericEventData<T>>): void;
  on(...args: unknown[]): void {
    subscribe(this.#channel, 'texts', false, args);
  }

  /** Subscribes to an event until it has been delivered once. */
  once(eventId: string, callback: Callback<EventData>): void;
  /** Subscribes to an event whose data has the type `T`, until it has been delivered once. */
  once<T>(eventId: string, callback: Callback<GenericEventData<T>>): void;
  once(...args: unknown[]): void {
    subscribe(this.#channel, 'texts', true, args);
  }

  /** Removes all subscriptions to an event. */
  off(eventId: string): void;
  /** Removes the subscription of one callback. Does nothing if there is none. */
  off(eventId: string, callback: Callback<EventData>): void;
  /** Removes the subscription of one callback. Does nothing if there is none. */
  off<T>(eventId: string, callback: Callback<GenericEventData<T>>): void;
  off(...args: unknown[]): void {
    unsubscribe(this.#channel, 'texts', args);
  }

  /** Emits an event to the callbacks of this instance. */
  emit(eventId: string, data?: EventData): void;
  /** Emits an event with data of the type `T`. */
  emit<T>(eventId: string, data?: GenericEventData<T>): void;
  /** Emits an event with a priority. */
  emit(eventId: string, options: Options, data?: EventData): void;
  /** Emits an event with a priority and data of the type `T`. */
  emit<T>(eventId: string, options: Options, data?: GenericEventData<T>): void;
  emit(...args: unknown[]): void {
    emit(this.#channel, 'texts', args);
  }

  /** Number of subscriptions to an event of this instance. */
  getListenerCount(eventId: string): number;
  getListenerCount(...args: unknown[]): number | undefined {
    return count(this.#channel, 'texts', args);
  }
}
