// Rows that need more open files than a process may have.

import { crowdTitle, type Workload } from './workload.ts';

/** A row with very many connections, made smaller until it fits, which its title then says. Others stay as they are. */
export function scaledTo(workload: Workload, connections: number): Workload {
  if (workload.kind !== 'crowd') return workload;
  const { idle, busy } = workload.crowd;
  const wanted = idle + busy;
  if (wanted <= connections) return workload;
  const part = connections / wanted;
  const crowd = { ...workload.crowd, idle: Math.floor(idle * part), busy: Math.floor(busy * part) };
  return {
    ...workload,
    crowd,
    title: `${crowdTitle(crowd)} (not ${crowdTitle(workload.crowd)}: open files are limited, ulimit -n)`,
  };
}
