// Numbers as a device reads them (kit specification §3.2): 32-bit unsigned, without fractions; negative numbers wrap to
// huge ones.

/** A number converted to 32-bit unsigned. NaN becomes 0. */
export function uint32(value: number): number {
  return value >>> 0;
}

/** The number of an option; `otherwise` if its value is not a number. */
export function uint32Option(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? uint32(value) : otherwise;
}

/** Whether a number, without its fraction, is a port. */
export function isPort(value: number): boolean {
  const port = Math.trunc(value);
  return port >= 0 && port <= 65_535;
}
