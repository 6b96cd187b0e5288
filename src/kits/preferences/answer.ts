// The two forms of a call: with a callback, or with a Promise. The work is done during the call; its result arrives later.

import { type AsyncCallback, later } from '../host.ts';
import { countError } from './errors.ts';

type AnyCallback = AsyncCallback<unknown>;

/**
 * Divides the arguments of a call into its values and its callback.
 *
 * @throws BusinessError 401 unless there are `count` values, and a function or nothing after them
 */
export function argumentsOf(
  args: readonly unknown[],
  count: number,
): { values: readonly unknown[]; callback: AnyCallback | undefined } {
  const callback = args[count];
  const isRight = args.length === count || (args.length === count + 1 && isCallback(callback));
  if (!isRight) throw countError(`${count} or ${count + 1}`);
  return { values: args.slice(0, count), callback: callback as AnyCallback | undefined };
}

/** The arguments of a synchronous call. @throws BusinessError 401 unless there are `count` */
export function valuesOf(args: readonly unknown[], count: number): readonly unknown[] {
  if (args.length !== count) throw countError(String(count));
  return args;
}

/** Does the work, and gives its result or error to the callback; without one, to a Promise. */
export function answer<T>(callback: AnyCallback | undefined, work: () => T): Promise<T> | undefined {
  if (callback === undefined) return new Promise((resolve) => resolve(work()));
  try {
    const result = work();
    later(() => callback(undefined as never, result));
  } catch (error) {
    later(() => callback(error as never, undefined));
  }
  return undefined;
}

function isCallback(value: unknown): boolean {
  return value === undefined || typeof value === 'function';
}
