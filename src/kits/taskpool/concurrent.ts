// Which functions are concurrent. The compiler of a device writes the directive "use concurrent" into a function that is
// decorated with `@Concurrent`; so does the translation of `.ets` files here, and other files may contain it.

import { poolError } from './errors.ts';

/** A concurrent function. */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export type ConcurrentFunction = Function;

const directive = /(?:^|[{;}\s/])(['"])use concurrent\1\s*(?:[;\n\r}]|$)/;
// biome-ignore lint/complexity/noBannedTypes: any function
const known = new WeakMap<Function, boolean>();

/** Whether the function has the directive. */
export function isMarked(func: ConcurrentFunction): boolean {
  let isFound = known.get(func);
  if (isFound === undefined) {
    isFound = directive.test(Function.prototype.toString.call(func));
    known.set(func, isFound);
  }
  return isFound;
}

/** Throws 10200014 for a function that is not concurrent. */
export function checkMarked(func: ConcurrentFunction): void {
  if (isMarked(func)) return;
  const name = func.name === '' ? 'a function without a name' : `"${func.name}"`;
  const cause = `${name} is not decorated with @Concurrent`;
  throw poolError('notConcurrent', 'taskpool: failed to serialize function.', cause);
}
