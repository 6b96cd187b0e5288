// Where the time goes: runs chosen rows once with the profiler on in our child, and draws a flame graph of each.

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headOf } from './harness/machine.ts';
import { type CpuProfile, flameGraph } from './report/flame-graph.ts';
import { measureRow, type RunSettings } from './run.ts';
import type { Workload } from './workloads.ts';

/** Of the round that is drawn; the profile has start and warm-up before it. */
const MILLISECONDS = 8_000;

/** @param directory  gets `flame-<id>.svg`, one for each row */
export async function drawFlames(chosen: readonly Workload[], settings: RunSettings, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const workload of chosen) {
    const profiles = mkdtempSync(join(tmpdir(), 'harmony-websocket-profile-'));
    try {
      const servers = settings.servers ?? [workload.servers.includes('kit') ? 'kit' : 'harmony'];
      const milliseconds = Math.max(settings.milliseconds, MILLISECONDS);
      const once = { ...settings, servers, rounds: 1, milliseconds, profiles };
      await measureRow(workload, once, headOf(1, milliseconds), new Map());
      for (const file of readdirSync(profiles)) {
        const profile = JSON.parse(readFileSync(join(profiles, file), 'utf8')) as CpuProfile;
        const others = settings.servers === undefined ? '' : `-${file.replace(/\.cpuprofile$/, '')}`;
        const name = `flame-${workload.id.toLowerCase().replace(/\W+/g, '-')}${others}.svg`;
        writeFileSync(join(directory, name), flameGraph(`${workload.row}: ${workload.title}`, profile, milliseconds));
        console.log(join(directory, name));
      }
    } finally {
      rmSync(profiles, { recursive: true, force: true });
    }
  }
}
