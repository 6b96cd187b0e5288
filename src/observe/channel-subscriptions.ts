// When a channel of node:diagnostics_channel gets its first subscriber, or loses its last one. Node has `hasSubscribers`, which one
// has to ask, but no event; asked for each frame of each connection, it would cost something while nobody listens. The methods
// `subscribe` and `unsubscribe` of a channel are documented, and every way to subscribe leads through them: they are replaced on
// this package's own channels by ones that tell.

import type { Channel } from 'node:diagnostics_channel';

const METHODS = ['subscribe', 'unsubscribe', 'bindStore', 'unbindStore'] as const;

/**
 * Has a channel tell when its subscribers change.
 *
 * @param changed  called after each subscription and its end
 * @returns whether it can. If not, ask `hasSubscribers`
 */
export function followSubscriptions(channel: Channel, changed: () => void): boolean {
  try {
    for (const name of METHODS) {
      if (typeof Reflect.get(channel, name) !== 'function') continue;
      Object.defineProperty(channel, name, {
        configurable: true,
        writable: true,
        value: function told(this: Channel, ...parameters: unknown[]): unknown {
          // That of the class which the channel has now: it changes with the first subscriber.
          const method = Reflect.get(Object.getPrototypeOf(channel) as object, name) as (...all: unknown[]) => unknown;
          const result = method.apply(channel, parameters);
          changed();
          return result;
        },
      });
    }
    return true;
  } catch {
    return false;
  }
}
