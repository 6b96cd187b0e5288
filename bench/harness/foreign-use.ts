// What processes that are not ours use of the machine, from Linux's /proc. The load average of a minute tells too little: it
// counts ourselves, and nothing of the moment.
//
// Two sums are made, and the greater counts. The processes that can be seen (/proc/<pid>/stat) less ours; and what all cores
// did (/proc/stat) less ours, which has those that cannot be seen, such as other containers. The second is too small by the
// interrupts of our own traffic, which Linux counts for the running process or for none, as it was built.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { runningChildren } from './child.ts';

/** The part of the machine's time that others may use without spoiling a row. */
export const BOUND = 0.05;

/** Without it nobody knows who else uses the machine. */
export const canSeeOthers = existsSync('/proc/stat') && existsSync('/proc/self/stat');

/** Hundredths of a second since the machine started. */
export interface Ticks {
  /** All cores: time for all processes. */
  readonly busy: number;
  /** All cores: time that the host of this virtual machine gave to others. */
  readonly stolen: number;
  /** All cores: time that has passed. */
  readonly total: number;
  /** Time of our processes and of their children that have ended. */
  readonly own: number;
  /** Time of all other processes and of their children that have ended. */
  readonly others: number;
}

/** PF_KTHREAD of the kernel: its own threads do what processes cause. */
const KERNEL_THREAD = 0x00200000;

/**
 * Reads the texts of `/proc`.
 *
 * @param machine    of `/proc/stat`
 * @param processes  of `/proc/<pid>/stat`, of every process
 * @param own        ids of ours
 */
export function ticksOf(machine: string, processes: readonly string[], own: ReadonlySet<number>): Ticks {
  const line = /^cpu +(.*)$/m.exec(machine)?.[1] ?? '';
  const columns = line.split(' ').map(Number);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupts = 0, soft = 0, stolen = 0] = columns;
  const times = { own: 0, others: 0 };
  for (const text of processes) {
    // proc_pid_stat(5), from field 3 on: the name before it, in parentheses, may have spaces and parentheses in it.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    if (((fields[6] as number) & KERNEL_THREAD) !== 0) continue;
    const whose = own.has(Number.parseInt(text, 10)) ? 'own' : 'others';
    // Fields 14 to 17: its own time, and its children's. What a child has used moves to its parent when it ends.
    for (const field of fields.slice(11, 15)) times[whose] += field;
  }
  const busy = user + nice + system;
  return { busy, stolen, total: busy + stolen + idle + wait + interrupts + soft, ...times };
}

/** @returns the part of the machine's time that others used, 0 to 1 */
export function shareOfOthers(before: Ticks, after: Ticks): number {
  const total = after.total - before.total;
  if (total <= 0) return 0;
  const seen = after.others - before.others;
  const unseen = after.busy - before.busy - (after.own - before.own);
  return Math.min(1, Math.max(seen, unseen, 0) / total + (after.stolen - before.stolen) / total);
}

/** Watches from its making on. */
export class ForeignUse {
  readonly #before = read();

  /** @returns the part of the machine's time that others have used since then; undefined where nobody knows */
  share(): number | undefined {
    const after = read();
    return this.#before === undefined || after === undefined ? undefined : shareOfOthers(this.#before, after);
  }
}

/** What others use now, over some milliseconds in which this process does nothing. */
export async function foreignUseNow(milliseconds: number): Promise<number | undefined> {
  const use = new ForeignUse();
  await pause(milliseconds);
  return use.share();
}

function read(): Ticks | undefined {
  if (!canSeeOthers) return undefined;
  const texts: string[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      texts.push(readFileSync(`/proc/${name}/stat`, 'latin1'));
    } catch {
      // It has just ended: its time is now its parent's.
    }
  }
  return ticksOf(readFileSync('/proc/stat', 'latin1'), texts, new Set([process.pid, ...runningChildren]));
}
