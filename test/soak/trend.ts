// Whether something grows: a straight line through the samples, by least squares, with how sure its slope is.

export interface Trend {
  /** Of y, for each unit of x. */
  readonly slope: number;
  /** Standard error of the slope. */
  readonly error: number;
  /** The line at x = 0. */
  readonly start: number;
}

/**
 * @param points  `[x, y]`, three or more with different x
 * @throws RangeError when there are fewer
 */
export function trendOf(points: readonly (readonly [number, number])[]): Trend {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  if (count < 3 || spread === 0) throw new RangeError(`${count} samples make no trend; three or more are needed`);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const start = meanY - slope * meanX;
  const residual = points.reduce((sum, [x, y]) => sum + (y - start - slope * x) ** 2, 0);
  return { slope, error: Math.sqrt(residual / (count - 2) / spread), start };
}

/**
 * Whether the slope is above `bound` for certain: by more than two standard errors. Samples that jump about prove no
 * growth; samples that grow steadily prove it with few of them.
 */
export function growsBeyond({ slope, error }: Trend, bound: number): boolean {
  return slope - 2 * error > bound;
}
