// How the calls of `connection` answer: by the callback that is their last argument, or by a Promise. As on a device, wrong
// arguments are answered too, and only the calls whose names end in `Sync` throw.

import { setImmediate } from 'node:timers';
import { answerPromise } from '../host.ts';
import { connectionError, shown } from './errors.ts';

type AnyCallback = (error: unknown, value: unknown) => void;

/**
 * Does the work of a call, and answers it later.
 *
 * @param call   its name, for the warning about a rejection that nothing handles
 * @param args   as called
 * @param count  of the parameters before the callback
 * @param work   gets these parameters, checks them and returns the result, or throws a BusinessError
 * @returns `undefined` where there is a callback
 */
export function respond<Result>(
  call: string,
  args: readonly unknown[],
  count: number,
  work: (...values: unknown[]) => Result | Promise<Result>,
): Promise<Result> | undefined {
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as AnyCallback) : undefined;
  const answer = (async () => {
    const extra = args.length > count ? args[count] : undefined;
    // Without parameters, a device ignores what is not a function.
    if (args.length > count + 1 || (count > 0 && extra !== undefined && typeof extra !== 'function')) {
      throw connectionError('parameter', `${call} got ${args.map(shown).join(', ')} as its arguments`);
    }
    return work(...args.slice(0, count));
  })();
  if (callback === undefined) return answerPromise(answer, `connection.${call}`);
  answer.then(
    (value) => setImmediate(() => callback(undefined, value)),
    (error: unknown) => setImmediate(() => callback(error, undefined)),
  );
  return undefined;
}
