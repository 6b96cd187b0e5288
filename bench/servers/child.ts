// What every child does for the harness, in whichever runtime: it reads its task from the command line, says on its
// standard output when it is ready, answers what is asked of it on its standard input, and ends with that.

import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import process from 'node:process';
import type { ServerTask } from './task.ts';

/** JSON of the task, the last parameter. */
export function task<Task>(): Task {
  return JSON.parse(process.argv.at(-1) as string) as Task;
}

/** Certificate and key, when the task is to speak TLS. */
export function pemOf({ tls }: ServerTask): { cert: string; key: string } | undefined {
  return tls && { cert: readFileSync(tls.cert, 'utf8'), key: readFileSync(tls.key, 'utf8') };
}

/** Tells the harness, and begins to answer. @param commands  by name, added to those that all children know */
export function ready(port: number, commands: Record<string, (parameter: number) => Promise<unknown>> = {}): void {
  let stopWatching: (() => number) | undefined;
  const known: Record<string, (parameter: number) => Promise<unknown>> = {
    async collect() {
      const { Bun, gc } = globalThis as { Bun?: { gc(isForced: boolean): void }; gc?: () => void };
      if (Bun !== undefined) Bun.gc(true);
      else gc?.();
      return gc !== undefined || Bun !== undefined;
    },
    async timers() {
      const resources = process.getActiveResourcesInfo?.() ?? [];
      return resources.filter((name) => name === 'Timeout').length;
    },
    /** Bytes of V8's young generation that are in memory, filled or not; false where the runtime cannot tell. */
    async young() {
      const spaces = (await import('node:v8')).getHeapSpaceStatistics?.() ?? [];
      return spaces.find(({ space_name }) => space_name === 'new_space')?.physical_space_size ?? false;
    },
    /** A snapshot of V8's heap, as a file that the harness removes. */
    async snapshot() {
      const { writeHeapSnapshot } = await import('node:v8');
      return { file: writeHeapSnapshot(`${tmpdir()}/harmony-websocket-${process.pid}.heapsnapshot`) };
    },
    /** Watches the event loop from now on. */
    async watch() {
      stopWatching?.();
      stopWatching = await watched();
      return stopWatching !== undefined;
    },
    /** The longest delay since then, in milliseconds; false where the runtime cannot tell. */
    async delay() {
      const longest = stopWatching?.() ?? false;
      stopWatching = undefined;
      return longest;
    },
    ...commands,
  };
  let line = '';
  process.stdin.setEncoding('utf8');
  process.stdin.on('data', (text: string) => {
    line += text;
    for (let end = line.indexOf('\n'); end >= 0; end = line.indexOf('\n')) {
      const [name = '', parameter = '0'] = line.slice(0, end).split(' ');
      line = line.slice(end + 1);
      void known[name]?.(Number(parameter)).then(say);
    }
  });
  // An orderly end, which writes a CPU profile where one is asked for.
  process.stdin.on('end', () => process.exit(0));
  say(port);
}

/** Milliseconds between two looks at the event loop; no delay is seen that is much shorter. */
const RESOLUTION = 10;

/** @returns what stops, and tells the longest delay */
async function watched(): Promise<(() => number) | undefined> {
  try {
    const { monitorEventLoopDelay } = await import('node:perf_hooks');
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION });
    histogram.enable();
    return () => {
      histogram.disable();
      // The time from one look to the next, of which the resolution is not delay.
      return Math.max(0, histogram.max / 1e6 - RESOLUTION);
    };
  } catch {
    return undefined;
  }
}

function say(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
