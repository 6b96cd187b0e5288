// The types of the `emitter` namespace, as the SDK declares them. Nothing here exists at run time.

import type { EventPriority } from './priority.ts';

/** The value that a callback gets, and that `emit` takes: an object with the data of the event. */
export interface EventData {
  /** Data of the event, by name. A callback gets a copy; see `emit`. */
  // biome-ignore lint/suspicious/noExplicitAny: declared like this by the SDK
  data?: { [key: string]: any };
}

/** Like {@link EventData}, for data of a type that the application chooses. */
export interface GenericEventData<T> {
  /** Data of the event. A callback gets a copy, or the object itself if it is an instance of a class; see `emit`. */
  data?: T;
}

/** An event with a numeric ID. */
export interface InnerEvent {
  /** ID of the event, an unsigned integer of 32 bits. Other numbers are converted to one. */
  eventId: number;
  /** Priority with which the event is delivered. `on` and `once` ignore it. Default `EventPriority.LOW`. */
  priority?: EventPriority;
}

/** How an event with a text as its ID is emitted. */
export interface Options {
  /** Priority with which the event is delivered. Default `EventPriority.LOW`. */
  priority?: EventPriority;
}
