// How late the event loop runs its timers, for the whole process. Measuring begins when somebody first asks: a timer of
// 10 ms wakes an idle process up. It does not keep the process alive.

import type { IntervalHistogram } from 'node:perf_hooks';
import process from 'node:process';
import type { HistogramMetrics } from '../core/histogram.ts';

/** Milliseconds between two looks. */
const RESOLUTION = 10;
const NANOSECONDS = 1e6;
const QUANTILES: readonly number[] = [0.5, 0.9, 0.99];

let measured: IntervalHistogram | undefined;
let isUnknown = false;

/** What has been measured since the first call. `undefined`: nothing yet, or the runtime cannot measure it. */
export function eventLoopDelay(): HistogramMetrics | undefined {
  if (isUnknown) return undefined;
  try {
    measured ??= start();
    return read(measured);
  } catch {
    isUnknown = true; // a runtime that has the function, but not what it does
    return undefined;
  }
}

function start(): IntervalHistogram {
  // Not at the top: the module costs 5 ms of CPU to load.
  const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
  histogram.enable();
  return histogram;
}

/** It records the time from one look to the next. */
function read(histogram: IntervalHistogram): HistogramMetrics | undefined {
  const { count } = histogram;
  if (count === 0) return undefined;
  const late = (nanoseconds: number): number => Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION);
  const mean = late(histogram.mean);
  return {
    count,
    sum: mean * count,
    min: late(histogram.min),
    max: late(histogram.max),
    mean,
    quantiles: QUANTILES.map((part) => [part, late(histogram.percentile(part * 100))]),
  };
}
