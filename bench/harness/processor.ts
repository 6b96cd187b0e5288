// Which core runs what: the child under test has the first, the load the second, where there are two and `taskset`.

import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';

export const CHILD_CORE = 0;
const LOAD_CORE = 1;

export const canPin = cpus().length > 1 && spawnSync('taskset', ['-V']).status === 0;

/** Puts this process, which makes the load, on its core. */
export function pinLoad(): void {
  if (canPin) spawnSync('taskset', ['-apc', String(LOAD_CORE), String(process.pid)]);
}

/** A command line that runs `command` on the core of children. */
export function pinned(command: string, parameters: readonly string[]): [string, string[]] {
  if (!canPin) return [command, [...parameters]];
  return ['taskset', ['-c', String(CHILD_CORE), command, ...parameters]];
}
