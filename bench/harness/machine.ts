// Where and with what a run was made: what one has to know to compare it, and nothing that names the machine.

import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import type { NodeProgram } from './nodes.ts';
import { versions } from './peers.ts';
import { canPin } from './processor.ts';

export interface Head {
  /** Day, ISO 8601. */
  readonly date: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGib: number;
  readonly system: string;
  /** Of the Node of children, its V8, and the peers. */
  readonly versions: Readonly<Record<string, string>>;
  /** Version of the Node that made the load. */
  readonly loadNode: string;
  /** Whether child and load had a core each. */
  readonly isPinned: boolean;
  /** Processes that wanted to run in the minute before. */
  readonly loadBefore: number;
  readonly rounds: number;
  readonly milliseconds: number;
}

/** How rows are measured. */
export interface Measure {
  readonly node: NodeProgram;
  readonly rounds: number;
  /** Of a round. */
  readonly milliseconds: number;
}

/** Others on the machine make figures worthless from this part of its cores on. */
const BUSY = 0.5;

export function headOf({ node, rounds, milliseconds }: Measure): Head {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release().split('-')[0]} ${arch()}`,
    versions: versions(node),
    loadNode: process.versions.node,
    isPinned: canPin,
    loadBefore: Math.round((loadavg()[0] as number) * 100) / 100,
    rounds,
    milliseconds,
  };
}

/** A sentence when the machine had other things to do. */
export function warningOf({ loadBefore, cores }: Head): string | undefined {
  if (loadBefore <= BUSY * cores) return undefined;
  return `the machine was busy before the run (load ${loadBefore} on ${cores} cores): the figures are noise, at best the CPU ratios mean something`;
}

/** How many files a process may have open; Infinity where the system does not say. */
export function openFilesLimit(): number {
  try {
    const line = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return line === undefined || line === 'unlimited' ? Infinity : Number(line);
  } catch {
    return Infinity;
  }
}
