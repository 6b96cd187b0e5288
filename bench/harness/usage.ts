// What a process has used, as the system counts it: the same for every runtime, and without asking the process.

import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

export interface Usage {
  /** Microseconds on a core, user and system time of all threads. */
  readonly cpu: number;
  /** Bytes resident. */
  readonly rss: number;
  /** The most bytes that were resident at any time; 0 where the system does not say. */
  readonly peak: number;
}

/** Linux counts nanoseconds here, where `stat` has hundredths of a second of the same sum. */
const hasProc = existsSync('/proc/self/schedstat');

export function usageOf(pid: number): Usage {
  return hasProc ? fromProc(pid) : fromPs(pid);
}

function fromProc(pid: number): Usage {
  let cpu = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    try {
      cpu += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1000;
    } catch {
      // It has just ended.
    }
  }
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { cpu, rss: kilobytes('VmRSS') * 1024, peak: kilobytes('VmHWM') * 1024 };
}

/** Other systems: `[[dd-]hh:]mm:ss.cc` and kilobytes. */
function fromPs(pid: number): Usage {
  const text = execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'latin1' }).trim();
  const [time = '0', rss = '0'] = text.split(/\s+/);
  const seconds = time.split(/[-:]/).reduce((sum, part, index, parts) => {
    return sum * (parts.length - index === 3 && parts.length === 4 ? 24 : 60) + Number(part);
  }, 0);
  return { cpu: seconds * 1e6, rss: Number(rss) * 1024, peak: 0 };
}
