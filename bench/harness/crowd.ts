// A server with very many connections, of which few are busy: its memory, what heartbeats cost it, and how long its event
// loop is away.

import { setTimeout as pause } from 'node:timers/promises';
import { CrowdLoad } from '../load/crowd-load.ts';
import type { CrowdKind } from '../workload.ts';
import type { Child } from './child.ts';
import type { Contender, Sample } from './contender.ts';
import { MIB, measure, memoryOf } from './measure.ts';

/** Milliseconds beyond an interval, so that each connection has had its ping. */
const MARGIN = 1_000;

/** One round, in a separate process. */
export class CrowdServer implements Contender {
  readonly #child: () => Child;
  readonly #kind: CrowdKind;

  constructor(child: () => Child, kind: CrowdKind) {
    this.#child = child;
    this.#kind = kind;
  }

  async round(): Promise<Sample> {
    const { idle, busy, heartbeat, milliseconds, message } = this.#kind;
    const connections = idle + busy;
    const child = this.#child();
    const load = new CrowdLoad(message);
    try {
      const port = await child.ready();
      const before = await memoryOf(child);
      await load.open(port, connections);
      const kib = ((await memoryOf(child)) - before) / connections / 1024;

      await child.ask('watch');
      const quiet = { cpu: child.usage().cpu, pings: load.pings };
      await pause(heartbeat + MARGIN);
      load.check();
      const pings = load.pings - quiet.pings;
      const spent = child.usage().cpu - quiet.cpu;
      const idleDelay = await delayOf(child);

      await child.ask('watch');
      const sample = await measure(child, message.size, () => load.run(milliseconds, busy));
      const delay = await delayOf(child);
      const heartbeats = pings === 0 ? {} : { ping: spent / pings, pings: pings / connections };
      return {
        ...sample,
        kib,
        ...heartbeats,
        ...idleDelay,
        ...(delay.idleDelay === undefined ? {} : { delay: delay.idleDelay }),
        peak: child.usage().peak / MIB,
      };
    } finally {
      load.close();
      await child.stop();
    }
  }
}

/** Where the runtime can tell. */
async function delayOf(child: Child): Promise<{ idleDelay?: number }> {
  const delay = (await child.ask('delay')) as number | false;
  return delay === false ? {} : { idleDelay: delay };
}
