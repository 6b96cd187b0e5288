// Single routines: nanoseconds per call, beside the slow twin that each must agree with. They help you when you change
// one; only the rows P1 to P16 show what a change is worth in a server.

import { UsageError } from '../options.ts';
import { number } from '../report/numbers.ts';
import { median } from '../statistics.ts';
import { type Case, groups } from './cases.ts';
import { deflateCases } from './deflate.ts';
import { frameCases } from './frames.ts';
import { maskCases } from './mask.ts';
import { textCases } from './text.ts';

const SAMPLES = 7;
/** Milliseconds of one sample, on a core. */
const SAMPLE_TIME = 20;

/** Prints a table. @param words  groups, or parts of names; all cases without any @throws UsageError: there are none such */
export function runMicro(words: readonly string[]): void {
  const all = [...maskCases, ...frameCases, ...textCases, ...deflateCases];
  const chosen = all.filter((item) => words.every((word) => item.group === word || item.name.includes(word)));
  if (chosen.length === 0) {
    const wanted = words.map((word) => JSON.stringify(word)).join(' and ');
    throw new UsageError(
      `no micro-benchmark has ${wanted} in its name: give a group (${groups.join(', ')}), or words of a name`,
    );
  }
  console.log('| | ns per call | MB/s | slow twin | ns per call | × |\n|---|---:|---:|---|---:|---:|');
  for (const item of chosen) {
    item.check();
    const { fast, slow } = measure(item);
    const throughput = item.size === 0 ? '' : number((item.size / fast) * 1000);
    console.log(
      `| ${item.group}: ${item.name} | ${number(fast)} | ${throughput} | ${item.twin.name} | ${number(slow)} | ${number(slow / fast)} |`,
    );
  }
}

/** Medians, in nanoseconds, of samples taken in turn. */
function measure(item: Case): { fast: number; slow: number } {
  const fastLoop = loopOf(item);
  const slowLoop = loopOf(item.twin);
  const fastCalls = callsFor(fastLoop);
  const slowCalls = callsFor(slowLoop);
  const fast: number[] = [];
  const slow: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    fast.push(timeOf(fastLoop, fastCalls));
    slow.push(timeOf(slowLoop, slowCalls));
  }
  return { fast: median(fast), slow: median(slow) };
}

type Loop = (calls: number) => void;

/** A loop that no other case shares, so that what one case teaches the compiler does not slow the next. */
function loopOf(subject: { run(): void }): Loop {
  const make = new Function('subject', 'return (calls) => { for (let call = 0; call < calls; call++) subject.run(); }');
  return make(subject) as Loop;
}

/** How many calls fill a sample; warms up on the way. */
function callsFor(loop: Loop): number {
  for (let calls = 1; ; calls *= 2) {
    const milliseconds = (timeOf(loop, calls) * calls) / 1e6;
    if (milliseconds >= SAMPLE_TIME) return Math.max(1, Math.round((calls * SAMPLE_TIME) / milliseconds));
  }
}

/** Nanoseconds of one call: of time on a core, which others on the machine do not lengthen as they do the clock's. */
function timeOf(loop: Loop, calls: number): number {
  const before = process.cpuUsage();
  loop(calls);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / calls;
}
