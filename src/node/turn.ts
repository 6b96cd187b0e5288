// The end of a turn, in Node's terms: `process.nextTick`, once for everything that was asked for in the turn. What
// async functions do after an `await` that needed no I/O still belongs to it, since ticks and microtasks alternate
// until both queues are empty. One tick is for all connections, so it is asked for outside of any context: each task
// finds that of its own connection.

import type { Scheduler, TurnTask } from '../core/ports.ts';
import { outsideOfContexts } from './contexts.ts';

let tasks: TurnTask[] = [];
let isScheduled = false;

function runTasks(): void {
  isScheduled = false;
  const running = tasks;
  tasks = [];
  for (const task of running) {
    try {
      task.endOfTurn();
    } catch (exception) {
      // One failing task must not keep the others from running.
      nodeScheduler.reportUncaught(exception);
    }
  }
}

function nextTick(): void {
  process.nextTick(runTasks);
}

export const nodeScheduler: Scheduler = {
  afterTurn(task) {
    tasks.push(task);
    if (isScheduled) return;
    isScheduled = true;
    outsideOfContexts(nextTick);
  },
  reportUncaught(error) {
    process.nextTick(() => {
      throw error;
    });
  },
};
