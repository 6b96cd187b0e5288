// Time that all processes of a run share: milliseconds since 1970, with fractions.

/** The present moment. It never goes back, and does not stop while a process is frozen. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
