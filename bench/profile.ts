// Where the time goes: runs chosen rows once with V8's CPU profiler on in our child, and keeps what it writes. Speedscope and
// Chrome's DevTools draw a `.cpuprofile` as a flame graph, better than a picture made here could.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headOf } from './harness/machine.ts';
import { defaultMajor } from './harness/nodes.ts';
import { measureRow, type RunSettings } from './run.ts';
import type { Workload } from './workload.ts';

/** Of the round that is looked at. The profile has the start of the process and the warm-up before it. */
const MILLISECONDS = 8_000;

/**
 * Profiles each of `chosen`.
 *
 * @param directory  gets a `<id>.cpuprofile` for each row, e.g. `p1.cpuprofile`; git ignores these
 */
export async function profileRows(
  chosen: readonly Workload[],
  settings: RunSettings,
  directory: string,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const workload of chosen) {
    const profiles = mkdtempSync(join(tmpdir(), 'harmony-websocket-profile-'));
    try {
      const servers = settings.servers ?? [workload.servers.includes('kit') ? 'kit' : 'harmony'];
      const milliseconds = Math.max(settings.milliseconds, MILLISECONDS);
      const once = { ...settings, servers, rounds: 1, milliseconds, profiles };
      await measureRow(workload, once, headOf(once), new Map());
      for (const file of readdirSync(profiles)) {
        const others = settings.servers === undefined ? '' : `-${file.replace(/\.cpuprofile$/, '')}`;
        const node = settings.node.major === defaultMajor ? '' : `-node-${settings.node.major}`;
        const kept = join(directory, `${workload.id.toLowerCase().replace(/\W+/g, '-')}${others}${node}.cpuprofile`);
        copyFileSync(join(profiles, file), kept);
        console.log(
          `${kept}: its last ${milliseconds / 1000} s are the round; to see it: npx speedscope ${kept}, or the Performance ` +
            'tab of Chrome’s DevTools',
        );
      }
    } finally {
      rmSync(profiles, { recursive: true, force: true });
    }
  }
}
