// The end of a turn in Node: one `process.nextTick` for all tasks of the turn. What async functions do after an `await`
// without I/O still belongs to the turn, since ticks and microtasks alternate until both queues are empty. The tick is
// shared by all connections, so it is requested outside any context; each task enters the context of its connection.

import type { Job, Scheduler, TurnTask } from '../core/ports.ts';
import { outsideOfContexts } from './contexts.ts';

let tasks: TurnTask[] = [];
let isScheduled = false;
let isExitWatched = false;
let jobs: Job[] = [];

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
  if (isExitWatched) return;
  isExitWatched = true;
  // After `process.exit()` no tick comes; writes of this turn still reach the system.
  process.on('exit', runTasks);
}

function runJobs(): void {
  const running = jobs;
  jobs = [];
  for (const job of running) {
    try {
      job.nextPiece();
    } catch (exception) {
      nodeScheduler.reportUncaught(exception);
    }
  }
}

function nextTurn(): void {
  setImmediate(runJobs);
}

export const nodeScheduler: Scheduler = {
  afterTurn(task) {
    tasks.push(task);
    if (isScheduled) return;
    isScheduled = true;
    outsideOfContexts(nextTick);
  },
  inLaterTurn(job) {
    jobs.push(job);
    if (jobs.length === 1) outsideOfContexts(nextTurn);
  },
  reportUncaught(error) {
    process.nextTick(() => {
      throw error;
    });
  },
};
