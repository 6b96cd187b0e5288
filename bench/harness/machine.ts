// Where and with what a run was made: what one has to know to compare it, and nothing that names the machine.

import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
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
  readonly rounds: number;
  readonly milliseconds: number;
  /** Of Node and V8, with which ours ran, separated by spaces. Absent: none. */
  readonly nodeFlags?: string;
}

/** How rows are measured. */
export interface Measure {
  readonly node: NodeProgram;
  readonly rounds: number;
  /** Of a round. */
  readonly milliseconds: number;
  /** Of Node and V8, for our own processes. Absent: none. */
  readonly nodeFlags?: readonly string[] | undefined;
}

export function headOf({ node, rounds, milliseconds, nodeFlags }: Measure): Head {
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${release().split('-')[0]} ${arch()}`,
    versions: versions(node),
    loadNode: process.versions.node,
    isPinned: canPin,
    rounds,
    milliseconds,
    ...(nodeFlags === undefined ? {} : { nodeFlags: nodeFlags.join(' ') }),
  };
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
