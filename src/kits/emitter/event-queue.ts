// The events that were emitted and not yet delivered, for the whole process: each is delivered in its own task, so that
// promises of one callback settle before the next event, as on a device. The priority is looked at when a task begins.

import { later } from '../host.ts';
import type { EventPriority } from './priority.ts';

/** By priority, the oldest first. */
const queues: Array<Array<() => void>> = [[], [], [], []];

/** Adds an event. @param deliver  calls its callbacks; it does not throw */
export function enqueue(priority: EventPriority, deliver: () => void): void {
  queues[priority]!.push(deliver);
  // One task for each event, all in the same turn of the loop: none waits for more than the events before it.
  later(deliverNext);
}

function deliverNext(): void {
  queues.find((queue) => queue.length > 0)?.shift()?.();
}
