// The random order of tests, by a seed.

/** Returns a copy in another order, the same for the same seed. */
export function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const copy = [...items];
  let state = seed;
  for (let last = copy.length - 1; last > 0; last--) {
    // Park and Miller's generator: https://doi.org/10.1145/63039.63042
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (last + 1);
    [copy[last], copy[other]] = [copy[other]!, copy[last]!];
  }
  return copy;
}
