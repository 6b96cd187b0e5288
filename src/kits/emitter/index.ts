// `emitter` (`@kit.BasicServicesKit`, `@ohos.events.emitter`): events between parts of an application that do not know each
// other. Delivery is asynchronous and in order: by priority, then by time.

import { count, emit, subscribe, unsubscribe } from './arguments.ts';
import { Channel } from './channel.ts';
import { Emitter as EmitterClass } from './emitter-class.ts';
import type { EmitterModule } from './module.ts';
import { EventPriority as priorities } from './priority.ts';
import type * as types from './types.ts';

const channel = new Channel();

/** The module: calls for the events of the whole application, and a class for events of its own. */
export const emitter: EmitterModule = {
  on: (...args: unknown[]) => subscribe(channel, 'all', false, args),
  once: (...args: unknown[]) => subscribe(channel, 'all', true, args),
  off: (...args: unknown[]) => unsubscribe(channel, 'all', args),
  emit: (...args: unknown[]) => emit(channel, 'all', args),
  getListenerCount: (...args: unknown[]) => count(channel, 'all', args) as number,
  EventPriority: priorities,
  Emitter: EmitterClass,
};

export declare namespace emitter {
  /** Value of a callback, and of `emit`. */
  export type EventData = types.EventData;
  /** Value of a callback whose data has a type. */
  export type GenericEventData<T> = types.GenericEventData<T>;
  /** An event with a numeric ID. */
  export type InnerEvent = types.InnerEvent;
  /** How an event is emitted. */
  export type Options = types.Options;
  /** The number of a priority. */
  export type EventPriority = priorities;
  /** A separate emitter. */
  export type Emitter = EmitterClass;

  /** The members of the enum as types. */
  export namespace EventPriority {
    /** Before all others. */
    export type IMMEDIATE = 0;
    /** Before LOW and IDLE. */
    export type HIGH = 1;
    /** Before IDLE. The default. */
    export type LOW = 2;
    /** After all others. */
    export type IDLE = 3;
  }
}

export default emitter;
