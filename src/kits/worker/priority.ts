// Numbers of priorities of workers.

/**
 * Priorities of workers.
 *
 * Off the device: threads have none, and the value is only checked.
 */
export const ThreadWorkerPriority = {
  /** For what a user waits for. */
  HIGH: 0,
  /** The default. */
  MEDIUM: 1,
  /** For what need not be done at once. */
  LOW: 2,
  /** For what no user sees. */
  IDLE: 3,
  /** For what must be done soon. */
  DEADLINE: 4,
  /** For what a user is doing. */
  VIP: 5,
} as const;

/** The number of a priority. */
export type WorkerPriorityNumber = (typeof ThreadWorkerPriority)[keyof typeof ThreadWorkerPriority];
