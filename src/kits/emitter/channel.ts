// The subscriptions of one emitter, and the delivery of its events to them.

import { reportUncaught, warn } from '../host.ts';
import { copyOf } from './data-copy.ts';
import { enqueue } from './event-queue.ts';
import type { EventPriority } from './priority.ts';

/** A number and a text with the same digits are two IDs. */
export type EventId = number | string;

type EventCallback = (event: { data: unknown }) => void;

interface Subscription {
  readonly callback: EventCallback;
  isOnce: boolean;
  /** `false` after `off`. Events that are on their way must not reach it. */
  isActive: boolean;
}

/** Subscriptions by event. */
export class Channel {
  readonly #subscriptions = new Map<EventId, Subscription[]>();

  /** Adds a callback, or changes whether a known one is called once. */
  subscribe(id: EventId, callback: EventCallback, isOnce: boolean): void {
    const list = this.#subscriptions.get(id) ?? [];
    this.#subscriptions.set(id, list);
    const known = list.find((subscription) => subscription.callback === callback);
    if (known === undefined) list.push({ callback, isOnce, isActive: true });
    else known.isOnce = isOnce;
  }

  /** Removes one callback, or all of an event. */
  unsubscribe(id: EventId, callback?: unknown): void {
    for (const subscription of [...(this.#subscriptions.get(id) ?? [])]) {
      if (callback === undefined || subscription.callback === callback) this.#remove(id, subscription);
    }
  }

  /** Number of callbacks of an event. */
  count(id: EventId): number {
    return this.#subscriptions.get(id)?.length ?? 0;
  }

  /** Emits an event, if it has a callback now. @param data  the application's value; it is copied */
  emit(id: EventId, priority: EventPriority, data: unknown): void {
    if (this.count(id) === 0) return;
    let sent: unknown;
    try {
      sent = copyOf(data);
    } catch (error) {
      // On a device the event is delivered, too.
      warn('emitter data', `an event of emitter is delivered without its data: ${(error as Error).message}`);
    }
    enqueue(priority, () => this.#deliver(id, sent));
  }

  #deliver(id: EventId, data: unknown): void {
    for (const subscription of [...(this.#subscriptions.get(id) ?? [])]) {
      if (!subscription.isActive) continue;
      try {
        const { callback } = subscription;
        callback({ data: copyOf(data) });
      } catch (error) {
        reportUncaught(error);
      }
      // After the call: `on` within it keeps the subscription.
      if (subscription.isOnce) this.#remove(id, subscription);
    }
  }

  #remove(id: EventId, subscription: Subscription): void {
    subscription.isActive = false;
    const left = (this.#subscriptions.get(id) ?? []).filter((other) => other !== subscription);
    if (left.length > 0) this.#subscriptions.set(id, left);
    else this.#subscriptions.delete(id);
  }
}
