// What is read of a child: CPU of its messages, and its memory at rest.

import type { Round } from '../load/echo-load.ts';
import type { Child } from './child.ts';
import type { Sample } from './contender.ts';

export const MIB = 1024 * 1024;

/** CPU per message, throughput and latency of a child while a load runs. */
export async function measure(
  child: Child,
  size: number,
  run: () => Promise<Pick<Round, 'count' | 'seconds' | 'latency' | 'late'>>,
): Promise<Sample> {
  const before = child.usage();
  const { count, seconds, latency, late } = await run();
  const after = child.usage();
  if (count === 0) throw new Error('nothing came back');
  const spent = after.cpu - before.cpu;
  return {
    rate: count / seconds,
    mbps: (count * size) / seconds / 1e6,
    cpu: spent / count,
    busy: spent / (seconds * 1e6),
    ...latency,
    ...(late === undefined ? {} : { late }),
    peak: after.peak / MIB,
  };
}

/** Milliseconds for a server to come to rest. */
const REST = 300;
/** Bytes resident, after a garbage collection, in all servers alike. */
export async function memoryOf(child: Child): Promise<number> {
  for (let time = 0; time < 2; time++) {
    await new Promise((resolve) => setTimeout(resolve, REST));
    await child.ask('collect');
  }
  return child.usage().rss;
}
