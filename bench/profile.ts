// Where the time goes: runs chosen rows once with V8's CPU profiler on in our child, and keeps what it writes: for Speedscope
// and Chrome's DevTools, and as a picture of the round.

import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headOf } from './harness/machine.ts';
import { defaultMajor } from './harness/nodes.ts';
import { labelOf, profileOf } from './harness/peers.ts';
import { boxesOf, type CpuProfile, flameGraph } from './report/flame-graph.ts';
import { measureRow, type RunSettings } from './run.ts';
import type { Workload } from './workload.ts';

/** Of the round that is looked at. The profile has the start of the process and the warm-up before it. */
const MILLISECONDS = 8_000;

/** Without its end. */
export function fileNameOf({ id }: Pick<Workload, 'id'>): string {
  return id.toLowerCase().replace(/\W+/g, '-');
}

/**
 * Profiles each of `chosen`.
 *
 * @param directory  gets for each row e.g. `p1.cpuprofile`, which git ignores, and `p1.flame.svg`
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
      const { outcomes } = await measureRow(workload, once, headOf(once), new Map());
      const files = readdirSync(profiles);
      for (const [name, outcome] of Object.entries(outcomes)) {
        if (files.includes(profileOf(name.split(',')[0] as string))) continue;
        const reason = 'failure' in outcome ? outcome.failure : 'only servers and clients on Node write one';
        console.error(`${workload.id}: no profile of ${labelOf(name)}: ${reason}`);
        process.exitCode = 1;
      }
      for (const file of files) {
        const others = settings.servers === undefined ? '' : `-${file.replace(/\.cpuprofile$/, '')}`;
        const node = settings.node.major === defaultMajor ? '' : `-node-${settings.node.major}`;
        const kept = join(directory, `${fileNameOf(workload)}${others}${node}.cpuprofile`);
        copyFileSync(join(profiles, file), kept);
        const profile = JSON.parse(readFileSync(kept, 'utf8')) as CpuProfile;
        const picture = kept.replace(/\.cpuprofile$/, '.flame.svg');
        const title = `${workload.id}: ${workload.title} (CPU time of the server, Node ${settings.node.version})`;
        writeFileSync(picture, flameGraph(title, boxesOf(profile, milliseconds)));
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
