// Numbers as a device reads them: 32-bit unsigned, fractions cut off, negatives wrapped to huge values.

/** A number so read. NaN counts as 0. */
export function uint32(value: number): number {
  return value >>> 0;
}

/** The number of an option, or what it is without one. */
export function uint32Option(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? uint32(value) : otherwise;
}

/** Whether a number, without its fraction, is a port. */
export function isPort(value: number): boolean {
  const port = Math.trunc(value);
  return port >= 0 && port <= 65_535;
}
