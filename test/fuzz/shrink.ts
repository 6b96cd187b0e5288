// The smallest input that still fails: first without pieces of it, large ones before small ones, then with bytes made 0.

import { replaced } from './mutate.ts';

/**
 * @param fails   runs an input and tells whether it still fails
 * @param budget  milliseconds
 */
export async function shrink(
  input: Uint8Array,
  fails: (input: Uint8Array) => Promise<boolean>,
  budget = 5_000,
): Promise<Uint8Array> {
  const deadline = performance.now() + budget;
  const isTime = () => performance.now() < deadline;
  let best = input;
  for (let isSmaller = true; isSmaller && isTime(); ) {
    isSmaller = false;
    for (let size = best.length; size >= 1 && isTime(); size = size > 16 ? size >> 1 : size - 1) {
      for (let at = best.length - size; at >= 0 && isTime(); at--) {
        const candidate = replaced(best, at, size, []);
        if (!(await fails(candidate))) continue;
        best = candidate;
        isSmaller = true;
        at = Math.min(at, best.length - size + 1);
      }
    }
  }
  for (let at = 0; at < best.length && isTime(); at++) {
    if (best[at] === 0) continue;
    const candidate = replaced(best, at, 1, [0]);
    if (await fails(candidate)) best = candidate;
  }
  return best;
}
