// The calls of the `emitter` namespace, as the SDK declares them.

import type { Callback } from '../host.ts';
import type { Emitter } from './emitter-class.ts';
import type { EventPriority } from './priority.ts';
import type { EventData, GenericEventData, InnerEvent, Options } from './types.ts';

/** The module `@ohos.events.emitter`: events between parts of an application. */
export interface EmitterModule {
  /**
   * Subscribes to an event until `off` is called. The same callback is subscribed once: a second call with it only turns
   * a subscription by `once` into one by `on`.
   *
   * @param event     the event; its priority is ignored
   * @param callback  called after the code that emits the event, never within it
   */
  on(event: InnerEvent, callback: Callback<EventData>): void;
  /**
   * Subscribes to an event until `off` is called.
   *
   * @param eventId  not empty; only its first 10,240 bytes count
   */
  on(eventId: string, callback: Callback<EventData>): void;
  /** Subscribes to an event whose data has the type `T`, until `off` is called. */
  on<T>(eventId: string, callback: Callback<GenericEventData<T>>): void;
  /** Subscribes to an event until it has been delivered once. */
  once(event: InnerEvent, callback: Callback<EventData>): void;
  /** Subscribes to an event until it has been delivered once. */
  once(eventId: string, callback: Callback<EventData>): void;
  /** Subscribes to an event whose data has the type `T`, until it has been delivered once. */
  once<T>(eventId: string, callback: Callback<GenericEventData<T>>): void;
  /** Removes all subscriptions to an event. Its callbacks are not called again, not even for what was emitted before. */
  off(eventId: number): void;
  /** Removes all subscriptions to an event. */
  off(eventId: string): void;
  /** Removes the subscription of one callback. Does nothing if there is none. */
  off(eventId: number, callback: Callback<EventData>): void;
  /** Removes the subscription of one callback. Does nothing if there is none. */
  off(eventId: string, callback: Callback<EventData>): void;
  /** Removes the subscription of one callback. Does nothing if there is none. */
  off<T>(eventId: string, callback: Callback<GenericEventData<T>>): void;
  /**
   * Emits an event: its callbacks are called in a later turn of the event loop, events with a higher priority first,
   * events with the same priority in the order of the calls. Without a subscription at the time of the call, nothing
   * happens.
   *
   * Each callback gets a copy of the data. Instances of classes are passed on themselves, as those of `@Sendable` classes
   * are on a device. Data with functions or symbols in it cannot be sent: the event is delivered without data.
   *
   * Off the device: events stay in their thread; they do not reach workers.
   */
  emit(event: InnerEvent, data?: EventData): void;
  /** Emits an event with priority LOW. */
  emit(eventId: string, data?: EventData): void;
  /** Emits an event with data of the type `T` and priority LOW. */
  emit<T>(eventId: string, data?: GenericEventData<T>): void;
  /** Emits an event with a priority. */
  emit(eventId: string, options: Options, data?: EventData): void;
  /** Emits an event with a priority and data of the type `T`. */
  emit<T>(eventId: string, options: Options, data?: GenericEventData<T>): void;
  /**
   * Number of subscriptions to an event.
   *
   * @param eventId  the number 1 and the text '1' are two events
   */
  getListenerCount(eventId: number | string): number;
  /** Priorities by name. */
  readonly EventPriority: typeof EventPriority;
  /** A separate emitter: its events are not those of the namespace, nor those of other instances. */
  readonly Emitter: typeof Emitter;
}
