// What all clients of this process have done.

import { QueueBudget } from '../core/connection/queue-budget.ts';
import { type ClientMetrics, Meter } from '../core/meter.ts';
import { refuseArguments } from '../core/option-check.ts';

/** Counts every client. */
export const clientMeter = new Meter();

/** The bytes that wait in all clients together: they are counted, without a bound. */
export const clientQueue = new QueueBudget(Infinity, () => []);

/**
 * What all clients of this process have done since it began, as numbers. They are always counted: of `connect`, of the kit,
 * and of the class WebSocket.
 *
 * @returns a copy, which does not change any more
 */
export function clientMetrics(): ClientMetrics;
export function clientMetrics(...rest: unknown[]): ClientMetrics {
  refuseArguments('clientMetrics', rest, 'it returns an object');
  return clientMeter.snapshot(clientQueue);
}
