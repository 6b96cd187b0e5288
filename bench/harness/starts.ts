// Programs that do nothing but start, with an import or without: what that costs a fresh process.

import { setTimeout as pause } from 'node:timers/promises';
import { Child, type Command } from './child.ts';
import type { Contender, Sample } from './contender.ts';
import { MIB } from './measure.ts';

/** Milliseconds for threads that still compile or collect. */
const REST = 60;

export class StartedProgram implements Contender {
  readonly #command: () => Command;

  constructor(command: () => Command) {
    this.#command = command;
  }

  /** A process each. */
  async round(): Promise<Sample> {
    const child = new Child(this.#command(), {});
    try {
      await child.ready();
      await pause(REST);
      const { cpu, rss } = child.usage();
      return { start: cpu / 1000, rss: rss / MIB };
    } finally {
      await child.stop();
    }
  }
}
