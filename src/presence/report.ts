// What has changed, as the application is told.

import type { Scheduler } from '../core/ports.ts';
import type { PresenceHandlers, PresenceMember } from './options.ts';
import type { Difference } from './roster.ts';
import type { Entry } from './wire.ts';

/** Calls the handlers. What they throw is an uncaught exception, and disturbs nothing here. */
export function report<Data>(
  handlers: PresenceHandlers<Data>,
  scheduler: Scheduler,
  topic: string,
  difference: Difference,
): void {
  for (const name of ['joined', 'changed', 'left'] as const) {
    const entries = difference[name];
    if (entries.length === 0) continue;
    try {
      handlers[name]?.(topic, entries.map(asMember<Data>));
    } catch (error) {
      scheduler.reportUncaught(error);
    }
  }
}

export function asMember<Data>([key, data]: Entry): PresenceMember<Data> {
  return { key, data: data as Data };
}
