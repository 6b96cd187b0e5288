// Groups, and the queues `SequenceRunner` and `AsyncRunner`.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import taskpool from '../../../src/kits/taskpool/index.ts';

const wrong = (value: unknown) => value as never;
const log: string[] = [];
const gates = new Map<string, () => void>();

async function wait(name: string): Promise<string> {
  'use concurrent';
  log.push(name);
  await new Promise<void>((resolve) => gates.set(name, resolve));
  return name;
}

function fail(text: string): never {
  'use concurrent';
  throw new Error(text);
}

async function turns(count = 6): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function open(name: string): Promise<void> {
  gates.get(name)?.();
  await turns();
}

beforeEach(() => {
  log.length = 0;
});

describe('TaskGroup', () => {
  test('results in the order of the tasks', async () => {
    const group = new taskpool.TaskGroup('letters');
    assert.deepEqual([group.name, new taskpool.TaskGroup().name], ['letters', '']);
    group.addTask(wait, 'a');
    group.addTask(new taskpool.Task(wait, 'b'));
    const promise = taskpool.execute(group, taskpool.Priority.HIGH);
    await turns();
    await open('b');
    await open('a');
    assert.deepEqual(await promise, ['a', 'b']);
    const again = taskpool.execute(group);
    const third = taskpool.execute(group);
    await turns();
    assert.deepEqual(log, ['a', 'b', 'a', 'b']);
    await open('a');
    await open('b');
    assert.deepEqual(await again, ['a', 'b']);
    await open('a');
    await open('b');
    assert.deepEqual(await third, ['a', 'b']);
    assert.deepEqual(await taskpool.execute(new taskpool.TaskGroup()), []);
  });

  test('the first error, once all have ended', async () => {
    const group = new taskpool.TaskGroup();
    group.addTask(wait, 'slow');
    group.addTask(fail, 'first');
    group.addTask(fail, 'second');
    let isOver = false;
    const promise = taskpool.execute(group).finally(() => {
      isOver = true;
    });
    const failed = assert.rejects(promise, { message: 'first' });
    await turns();
    assert.equal(isOver, false);
    await open('slow');
    await failed;
  });

  test('cancel', async () => {
    const group = new taskpool.TaskGroup();
    const error = {
      code: 10200018,
      message: 'The task group to cancel does not exist, taskpool:: taskGroup is not executed or has been executed',
    };
    assert.throws(() => taskpool.cancel(group), error);
    group.addTask(wait, 'x');
    const promise = taskpool.execute(group);
    taskpool.cancel(group);
    taskpool.cancel(group);
    await assert.rejects(promise, { code: 0, message: 'taskpool:: taskGroup has been canceled' });
    await turns();
    assert.deepEqual(log, []);
    const running = taskpool.execute(group);
    await turns();
    taskpool.cancel(group);
    await assert.rejects(running, { code: 0 });
    await open('x');
    assert.throws(() => taskpool.cancel(group), error);
  });

  test('what cannot be added', async () => {
    const group = new taskpool.TaskGroup();
    const error = (text: RegExp) => ({ code: 401, message: text });
    const task = new taskpool.Task(wait, 'one');
    group.addTask(task);
    assert.throws(() => group.addTask(task), error(/taskGroup cannot add groupTask$/));
    assert.throws(() => taskpool.execute(task), error(/groupTask cannot execute outside$/));
    assert.throws(() => taskpool.executeDelayed(1, task), error(/groupTask cannot executeDelayed outside$/));
    assert.throws(() => new taskpool.SequenceRunner().execute(task), error(/cannot execute groupTask$/));
    assert.throws(() => task.addDependency(new taskpool.Task(wait, 'z')), error(/groupTask cannot addDependency$/));
    assert.throws(() => group.addTask(wrong(1)), error(/must be task\.$/));
    assert.throws(() => new taskpool.TaskGroup(wrong(1)), { code: 401 });
    const executed = new taskpool.Task(wait, 'executed');
    const promises = [taskpool.execute(executed), taskpool.execute(group)];
    assert.throws(() => group.addTask(executed), error(/executed taskGroup cannot addTask$/));
    assert.throws(() => new taskpool.TaskGroup().addTask(executed), error(/cannot add seqRunnerTask or executedTask$/));
    await turns();
    await open('one');
    await open('executed');
    await Promise.all(promises);
  });
});

describe('SequenceRunner', () => {
  test('one after the other; a failure or a cancel does not stop the next', async () => {
    const runner = new taskpool.SequenceRunner(taskpool.Priority.LOW);
    const canceled = new taskpool.Task(wait, 'canceled');
    const promises = [
      runner.execute(new taskpool.Task(wait, 'first')),
      runner.execute(new taskpool.Task(fail, 'failure')),
      runner.execute(canceled),
      runner.execute(new taskpool.Task(wait, 'last')),
    ];
    const results = Promise.allSettled(promises);
    await turns();
    assert.deepEqual(log, ['first']);
    taskpool.cancel(canceled);
    await open('first');
    assert.deepEqual(log, ['first', 'last']);
    await open('last');
    const outcomes = (await results).map((result) =>
      result.status === 'fulfilled' ? result.value : (result.reason as Error).message,
    );
    assert.deepEqual(outcomes, ['first', 'failure', 'taskpool:: task has been canceled', 'last']);
  });

  test('one for each name', () => {
    const runner = new taskpool.SequenceRunner('name');
    assert.equal(new taskpool.SequenceRunner('name', taskpool.Priority.HIGH), runner);
    assert.notEqual(new taskpool.SequenceRunner('other'), runner);
    assert.notEqual(new taskpool.SequenceRunner(), new taskpool.SequenceRunner());
    assert.throws(() => new taskpool.SequenceRunner(wrong(4)), { code: 401 });
    assert.throws(() => runner.execute(wrong({})), { code: 401 });
  });

  test('a task belongs to one queue', async () => {
    const runner = new taskpool.SequenceRunner();
    const task = new taskpool.Task(wait, 'mine');
    const promise = runner.execute(task);
    assert.throws(() => runner.execute(task), { code: 401 });
    assert.throws(() => taskpool.execute(task), { code: 401, message: /seqRunnerTask cannot execute outside$/ });
    assert.throws(() => new taskpool.AsyncRunner(1).execute(task), { code: 10200057 });
    await turns();
    await open('mine');
    assert.equal(await promise, 'mine');
  });
});

describe('AsyncRunner', () => {
  test('several at a time', async () => {
    const runner = new taskpool.AsyncRunner(2.9);
    const promises = ['a', 'b', 'c'].map((name) => runner.execute(new taskpool.Task(wait, name)));
    await turns();
    assert.deepEqual(log, ['a', 'b']);
    await open('a');
    assert.deepEqual(log, ['a', 'b', 'c']);
    await open('b');
    await open('c');
    assert.deepEqual(await Promise.all(promises), ['a', 'b', 'c']);
  });

  test('the oldest that waits is dropped', async () => {
    const runner = new taskpool.AsyncRunner('small', 1, 1);
    assert.equal(new taskpool.AsyncRunner('small', 5), runner);
    const promises = ['a', 'b', 'c'].map((name) => runner.execute(new taskpool.Task(wait, name)));
    const results = Promise.allSettled(promises);
    await turns();
    await open('a');
    await open('c');
    const [a, b, c] = await results;
    assert.deepEqual([a?.status, c?.status], ['fulfilled', 'fulfilled']);
    assert.equal(b?.status === 'rejected' && (b.reason as { code: number }).code, 10200054);
    assert.equal(b?.status === 'rejected' && (b.reason as Error).message, 'The asyncRunner task is discarded.');
  });

  test('cancel', async () => {
    const runner = new taskpool.AsyncRunner(1);
    const [running, waiting] = [new taskpool.Task(wait, 'running'), new taskpool.Task(wait, 'waiting')];
    const promises = [runner.execute(running), runner.execute(waiting)];
    const results = Promise.allSettled(promises);
    await turns();
    taskpool.cancel(running);
    taskpool.cancel(waiting);
    await open('running');
    for (const result of await results) {
      assert.equal(result.status === 'rejected' && (result.reason as { code: number }).code, 10200055);
    }
    assert.deepEqual(log, ['running']);
  });

  test('a task belongs to one queue', async () => {
    const runner = new taskpool.AsyncRunner(1);
    const task = new taskpool.Task(wait, 'async');
    const promise = runner.execute(task, taskpool.Priority.HIGH);
    const error = { code: 10200057, message: /^The task cannot be executed by two APIs, / };
    assert.throws(() => runner.execute(task), error);
    assert.throws(() => taskpool.execute(task), error);
    assert.throws(() => taskpool.executeDelayed(1, task), error);
    assert.throws(() => taskpool.executePeriodically(1, task), error);
    assert.throws(() => new taskpool.SequenceRunner().execute(task), error);
    assert.throws(() => new taskpool.TaskGroup().addTask(task), error);
    const dependency = { code: 10200056, message: 'The task has been executed by AsyncRunner.' };
    assert.throws(() => task.addDependency(new taskpool.Task(wait, 'z')), dependency);
    assert.throws(() => task.removeDependency(new taskpool.Task(wait, 'z')), dependency);
    await turns();
    await open('async');
    assert.equal(await promise, 'async');
  });

  test('parameters', () => {
    const Runner = taskpool.AsyncRunner as new (...values: unknown[]) => taskpool.AsyncRunner;
    for (const values of [[], [0], [-1], ['name'], ['name', '1'], [1, -1], [1, '1'], [1, 1, 1]]) {
      assert.throws(() => new Runner(...values), { code: 401 }, JSON.stringify(values));
    }
    assert.throws(() => new Runner(1).execute(wrong(1)), { code: 401 });
    assert.throws(() => new Runner(1).execute(new taskpool.Task(wait, 'a'), wrong(9)), { code: 401 });
  });
});
