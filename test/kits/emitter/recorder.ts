// What callbacks of an emitter get, and when.

import { setImmediate as turn } from 'node:timers/promises';
import { emitter } from '../../../src/kits/emitter/index.ts';

/** A list of what was delivered, and a callback that adds a name and the event's data to it. */
export class Recorder {
  readonly events: unknown[] = [];

  /** A separate callback for each call. */
  as(name: string): (event: emitter.EventData) => void {
    return (event) => {
      this.events.push(event.data === undefined ? name : [name, event.data]);
    };
  }

  /** Waits until everything emitted so far is delivered, and takes it. */
  async delivered(): Promise<unknown[]> {
    await turn();
    return this.events.splice(0);
  }
}

/** Removes the subscriptions of events that tests of one file use. */
export function unsubscribeAll(...ids: Array<number | string>): void {
  for (const id of ids) {
    if (typeof id === 'number') emitter.off(id);
    else emitter.off(id);
  }
}
