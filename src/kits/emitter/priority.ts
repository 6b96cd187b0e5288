// The priorities of events, from the highest to the lowest.

/** Priorities of events by name: those with a lower number are delivered first. */
export const EventPriority = { IMMEDIATE: 0, HIGH: 1, LOW: 2, IDLE: 3 } as const;
/** The number of a priority. */
export type EventPriority = (typeof EventPriority)[keyof typeof EventPriority];

/** The priority of an event: that of an object with options, or LOW if it has none or an unknown one. */
export function priorityOf(options: unknown): EventPriority {
  const { priority } = (options ?? {}) as { priority?: unknown };
  const isKnown = (Object.values(EventPriority) as unknown[]).includes(priority);
  return isKnown ? (priority as EventPriority) : EventPriority.LOW;
}
