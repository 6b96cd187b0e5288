// A server with connections that do nothing.

import { IdleLoad } from '../load/idle-load.ts';
import type { Child } from './child.ts';
import type { Contender, Sample } from './contender.ts';
import { MIB, memoryOf } from './measure.ts';

/** Connections that are opened and closed before memory is looked at, so that code and pools are there. */
const PRACTICE = 200;

/**
 * Memory of connections that do nothing, twice: cold is what the first ones take, with all that the runtime makes only once;
 * warm is what one more takes. Each of the two has a process for each round. V8 doubles its young generation when much of it
 * has survived, at some number of connections that depends on what the process did before; that share is told apart.
 */
export class IdleServer implements Contender {
  readonly #child: () => Child;
  readonly #connections: number;

  constructor(child: () => Child, connections: number) {
    this.#child = child;
    this.#connections = connections;
  }

  async round(): Promise<Sample> {
    const cold = await this.#cold();
    const warm = await this.#warm();
    return { ...cold, ...warm };
  }

  #cold(): Promise<Sample> {
    return this.#with(async (child, port, load) => {
      await openAndClose(port, PRACTICE);
      const before = await memoryOf(child);
      const timersBefore = (await child.ask('timers')) as number;
      await load.open(port, this.#connections);
      const after = await memoryOf(child);
      const timers = ((await child.ask('timers')) as number) - timersBefore;
      return { kib: (after - before) / this.#connections / 1024, timers, peak: child.usage().peak / MIB };
    });
  }

  /** The slope from a fifth of the connections to all of them, after as many as that fifth were opened and closed. */
  #warm(): Promise<Sample> {
    return this.#with(async (child, port, load) => {
      const few = this.#connections / 5;
      await openAndClose(port, few);
      await memoryOf(child);
      await load.open(port, few);
      const more = this.#connections - few;
      const [before, youngBefore] = [await memoryOf(child), await child.ask('young')];
      await load.open(port, more);
      const warm = slope(before, await memoryOf(child), more);
      const youngAfter = await child.ask('young');
      if (typeof youngBefore !== 'number' || typeof youngAfter !== 'number') return { warm };
      const young = slope(youngBefore, youngAfter, more);
      return { warm, young, lasting: warm - young };
    });
  }

  async #with<Result>(measure: (child: Child, port: number, load: IdleLoad) => Promise<Result>): Promise<Result> {
    const child = this.#child();
    const load = new IdleLoad();
    try {
      const result = await measure(child, await child.ready(), load);
      load.check();
      return result;
    } finally {
      load.close();
      await child.stop();
    }
  }
}

/** KiB for each connection. @param before  bytes @param after  with so many connections more */
export function slope(before: number, after: number, connections: number): number {
  return (after - before) / connections / 1024;
}

async function openAndClose(port: number, connections: number): Promise<void> {
  const load = new IdleLoad();
  await load.open(port, connections);
  load.close();
}
