// The priority and the time of an execution, as numbers or as an object.

import { poolError } from './errors.ts';
import type { PriorityNumber } from './job.ts';

/** Numbers of priorities. */
export const Priority = {
  /** Before the others. */
  HIGH: 0,
  /** The default. */
  MEDIUM: 1,
  /** After those of medium priority. */
  LOW: 2,
  /** After all others. */
  IDLE: 3,
} as const;

/** The number of a priority. */
export type Priority = PriorityNumber;

/** Options of an execution. */
export interface Configs {
  /** Default `Priority.MEDIUM`. */
  priority?: Priority;
  /** Milliseconds until the execution fails with 10200058, or that of a group with 10200070. Default 0: no bound. */
  timeout?: number;
}

/** {@link Configs} after the checks. */
export interface ExecutionOptions {
  readonly priority: PriorityNumber;
  readonly timeout: number;
}

/** The longest time of a timer. */
const LONGEST = 2 ** 31 - 1;

/**
 * Reads the last parameter of an execution.
 *
 * @param given  a priority, an object, or `undefined`
 * @throws BusinessError 401 for another type or a number that is not a priority
 */
export function executionOptions(given: unknown): ExecutionOptions {
  const isObject = typeof given === 'object' && given !== null;
  const { priority, timeout = 0 } = (isObject ? given : { priority: given }) as {
    priority?: unknown;
    timeout?: unknown;
  };
  if (typeof timeout !== 'number') throw poolError('parameter', 'the type of timeout must be number.');
  const whole = Math.floor(timeout);
  return { priority: priorityOf(priority), timeout: whole >= 1 && whole <= LONGEST ? whole : 0 };
}

/** The number of a priority; the default for `undefined`. Throws 401. */
export function priorityOf(priority: unknown): PriorityNumber {
  if (priority === undefined) return Priority.MEDIUM;
  if (typeof priority !== 'number') throw poolError('parameter', 'the type of priority must be number.');
  if (priority !== 0 && priority !== 1 && priority !== 2 && priority !== 3) {
    throw poolError('parameter', 'the value of priority is invalid.');
  }
  return priority;
}
