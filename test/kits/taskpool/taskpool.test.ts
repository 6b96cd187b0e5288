// Tasks: executing them, their order, canceling, dependencies, listeners and messages. Functions have the directive that the
// translation of `.ets` files writes for `@Concurrent`.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, mock, test } from 'node:test';
import taskpool from '../../../src/kits/taskpool/index.ts';

/** An argument of another type than is declared. */
const wrong = (value: unknown) => value as never;

function add(a: number, b: number): number {
  'use concurrent';
  return a + b;
}

function fail(text: string): never {
  'use concurrent';
  throw Object.assign(new RangeError(text), { code: 7 });
}

/** Functions that wait until the test lets them go. */
const gates = new Map<string, () => void>();
async function wait(name: string): Promise<string> {
  'use concurrent';
  await new Promise<void>((resolve) => gates.set(name, resolve));
  return taskpool.Task.isCanceled() ? `${name} canceled` : name;
}

const log: string[] = [];
function note(text: string): void {
  'use concurrent';
  log.push(text);
}

function plain(): void {}

/** Turns of the event loop in which the pool works. */
async function turns(count = 5): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

const canceled = { name: 'BusinessError', code: 0, message: 'taskpool:: task has been canceled' };

beforeEach(() => {
  log.length = 0;
});

describe('execute', () => {
  test('a function', async () => {
    const promise = taskpool.execute(add, 1, 2);
    assert.ok(promise instanceof Promise);
    assert.equal(await promise, 3);
    assert.equal(await taskpool.execute<[number, number], number>(add, 3, 4), 7);
  });

  test('nothing runs during the call', async () => {
    const promise = taskpool.execute(note, 'later');
    assert.deepEqual(log, []);
    await promise;
  });

  test('a task, again and again, each run after the one before', async () => {
    const task = new taskpool.Task('sum', add, 1, 2);
    assert.deepEqual([task.name, task.function, task.arguments], ['sum', add, [1, 2]]);
    assert.deepEqual(await Promise.all([taskpool.execute(task), taskpool.execute(task)]), [3, 3]);
    assert.equal(task.isDone(), true);
    assert.equal(new taskpool.Task(add, 1, 2).name, 'add');
    const generic = new taskpool.GenericsTask<[number, number], number>(add, 5, 6);
    assert.equal(await taskpool.execute<[number, number], number>(generic), 11);
    assert.equal(new taskpool.GenericsTask<[number, number], number>('named', add, 5, 6).name, 'named');
  });

  test('higher priorities first, equal ones in order', async () => {
    const { HIGH, MEDIUM, LOW, IDLE } = taskpool.Priority;
    assert.deepEqual([HIGH, MEDIUM, LOW, IDLE], [0, 1, 2, 3]);
    const all = [IDLE, LOW, MEDIUM, HIGH, HIGH].map((priority, index) =>
      taskpool.execute(new taskpool.Task(note, `${priority} ${index}`), priority),
    );
    await Promise.all(all);
    assert.deepEqual(log, ['0 3', '0 4', '1 2', '2 1', '3 0']);
  });

  test('one that waits does not hold up others', async () => {
    const slow = taskpool.execute(wait, 'slow');
    assert.equal(await taskpool.execute(add, 1, 1), 2);
    gates.get('slow')?.();
    assert.equal(await slow, 'slow');
  });

  test('an error keeps its kind, its properties and its stack', async () => {
    await assert.rejects(taskpool.execute(fail, 'too far'), (error: RangeError & { code: number }) => {
      assert.ok(error instanceof RangeError);
      assert.deepEqual([error.message, error.code], ['too far', 7]);
      assert.match(error.stack ?? '', /taskpool\.test/);
      return true;
    });
  });

  test('functions that are not concurrent', () => {
    const error = {
      name: 'BusinessError',
      code: 10200014,
      message: 'The function is not marked as concurrent, taskpool: failed to serialize function.',
    };
    assert.throws(() => taskpool.execute(plain), error);
    // As on a device, the constructor takes it.
    assert.throws(() => taskpool.execute(new taskpool.Task(plain)), error);
    assert.throws(() => new taskpool.TaskGroup().addTask(plain), error);
    assert.equal(taskpool.isConcurrent(add), true);
    assert.equal(taskpool.isConcurrent(plain), false);
    assert.equal(taskpool.isConcurrent(add.bind(null)), false);
    assert.throws(() => taskpool.isConcurrent(wrong(1)), { code: 401 });
  });

  test('parameters', () => {
    const error = {
      name: 'BusinessError',
      code: 401,
      message: /^Parameter error\. The input parameters are invalid, /,
    };
    const task = new taskpool.Task(add, 1, 2);
    const calls: (() => unknown)[] = [
      () => taskpool.execute(wrong(1)),
      () => (taskpool.execute as () => unknown)(),
      () => taskpool.execute(wrong({})),
      () => taskpool.execute(task, wrong(4)),
      () => taskpool.execute(task, wrong('1')),
      () => taskpool.execute(task, wrong({ timeout: '1' })),
      () => new taskpool.Task(wrong(1)),
      () => new taskpool.Task('name', wrong(1)),
      () => new (taskpool.Task as unknown as new () => unknown)(),
      () => taskpool.cancel(wrong('1')),
      () => taskpool.getTask(wrong('1')),
      () => taskpool.getTask(1, wrong(1)),
      () => taskpool.terminateTask(wrong(task)),
    ];
    for (const call of calls) assert.throws(call, error, String(call));
  });
});

describe('durations and information', () => {
  test('getTaskPoolInfo tells waiting and running tasks', async () => {
    const running = new taskpool.Task('running', wait, 'info');
    const promise = taskpool.execute(running);
    const waiting = new taskpool.Task('waiting', add, 1, 2);
    await turns();
    const other = taskpool.execute(waiting);
    const { taskInfos, threadInfos } = taskpool.getTaskPoolInfo();
    const states = taskInfos.map(({ name, state }) => [name, state]);
    assert.deepEqual(states, [
      ['running', taskpool.State.RUNNING],
      ['waiting', taskpool.State.WAITING],
    ]);
    assert.deepEqual(taskpool.State, { WAITING: 1, RUNNING: 2, CANCELED: 3 });
    assert.deepEqual(threadInfos.length, 1);
    assert.deepEqual(threadInfos[0]?.taskIds, [running.taskId]);
    assert.notEqual(threadInfos[0]?.tid, 0);
    taskpool.cancel(running);
    assert.equal(taskpool.getTaskPoolInfo().taskInfos[0]?.state, taskpool.State.CANCELED);
    gates.get('info')?.();
    await Promise.allSettled([promise, other]);
    assert.deepEqual(taskpool.getTaskPoolInfo().taskInfos, []);
    assert.ok(running.totalDuration === running.cpuDuration + running.ioDuration);
    assert.equal(waiting.ioDuration, 0);
  });

  test('getTask', () => {
    const task = new taskpool.Task('known', add, 1, 2);
    assert.equal(taskpool.getTask(task.taskId), task);
    assert.equal(taskpool.getTask(task.taskId, 'known'), task);
    assert.equal(taskpool.getTask(task.taskId, 'other'), undefined);
    assert.equal(taskpool.getTask(0), undefined);
  });

  test('a long task is executed once', async () => {
    const task = new taskpool.LongTask(add, 1, 2);
    assert.equal(await taskpool.execute(task), 3);
    taskpool.terminateTask(task);
    assert.throws(() => taskpool.execute(task), { code: 401, message: /The long task can only be executed once$/ });
    assert.throws(() => new taskpool.TaskGroup().addTask(new taskpool.LongTask(add, 1, 2)), { code: 401 });
  });
});

describe('cancel', () => {
  test('a task that waits does not run', async () => {
    const task = new taskpool.Task(note, 'never');
    const promises = [taskpool.execute(task), taskpool.execute(task)];
    taskpool.cancel(task);
    taskpool.cancel(task.taskId);
    for (const promise of promises) {
      await assert.rejects(promise, { ...canceled, data: { error: canceled.message } });
    }
    assert.deepEqual(log, []);
    assert.equal(task.isDone(), false);
    await taskpool.execute(task);
    assert.deepEqual(log, ['never']);
  });

  test('a task that runs is told, and its result is in the error', async () => {
    const task = new taskpool.Task(wait, 'told');
    const promise = taskpool.execute(task);
    await turns();
    taskpool.cancel(task);
    gates.get('told')?.();
    const data = { result: 'told canceled', error: canceled.message };
    await assert.rejects(promise, { ...canceled, data });
    assert.equal(taskpool.Task.isCanceled(), false);
  });

  test('a task that neither waits nor runs', async () => {
    const message = 'The task to cancel does not exist, taskpool:: task is not executed or has been executed';
    const task = new taskpool.Task(add, 1, 2);
    assert.throws(() => taskpool.cancel(task), { code: 10200015, message });
    await taskpool.execute(task);
    assert.throws(() => taskpool.cancel(task), { code: 10200015, message });
    assert.throws(() => taskpool.cancel(0), { code: 10200015 });
  });
});

describe('a time for an execution', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval'] }));
  afterEach(() => mock.timers.reset());

  test('timeout of a task', async () => {
    const promise = taskpool.execute(new taskpool.Task(wait, 'late'), { timeout: 100.9, priority: 0 });
    await turns();
    mock.timers.tick(99);
    mock.timers.tick(1);
    await assert.rejects(promise, { code: 10200058, message: 'Task timed out.' });
    gates.get('late')?.();
    await turns();
    assert.equal(await taskpool.execute(new taskpool.Task(add, 1, 2), { timeout: 5 }), 3);
  });

  test('timeout of a group', async () => {
    const group = new taskpool.TaskGroup();
    group.addTask(wait, 'group');
    const promise = taskpool.execute(group, { timeout: 10 });
    await turns();
    mock.timers.tick(10);
    await assert.rejects(promise, { code: 10200070, message: 'TaskGroup timed out.' });
    assert.throws(() => taskpool.execute(group), { code: 10200059, message: 'TaskGroup cannot be re-executed.' });
    gates.get('group')?.();
    await turns();
  });

  test('executeDelayed', async () => {
    const task = new taskpool.Task(note, 'delayed');
    const promise = taskpool.executeDelayed(50, task, taskpool.Priority.HIGH);
    mock.timers.tick(49);
    await turns();
    assert.deepEqual(log, []);
    mock.timers.tick(1);
    await promise;
    assert.deepEqual(log, ['delayed']);
    const error = { code: 10200028, message: 'The delayTime is less than zero' };
    assert.throws(() => taskpool.executeDelayed(-1, task), error);
    assert.throws(() => taskpool.executeDelayed(wrong('1'), task), { code: 401 });
    assert.throws(() => taskpool.executeDelayed(1, wrong({})), { code: 401 });
    assert.throws(() => (taskpool.executeDelayed as (time: number) => unknown)(1), { code: 401 });
  });

  test('a delayed task is canceled', async () => {
    const task = new taskpool.Task(note, 'delayed');
    const promise = taskpool.executeDelayed(50, task);
    taskpool.cancel(task);
    await assert.rejects(promise, canceled);
    mock.timers.tick(50);
    await turns();
    assert.deepEqual(log, []);
  });

  test('executePeriodically, until it is canceled', async () => {
    const task = new taskpool.Task(note, 'again');
    taskpool.executePeriodically(10, task);
    for (let count = 1; count <= 3; count++) {
      mock.timers.tick(10);
      await turns();
      assert.equal(log.length, count);
    }
    const again = { code: 10200051, message: /^The periodic task cannot be executed again, / };
    assert.throws(() => taskpool.execute(task), again);
    assert.throws(() => taskpool.executeDelayed(1, task), again);
    assert.throws(() => new taskpool.TaskGroup().addTask(task), again);
    assert.throws(() => new taskpool.SequenceRunner().execute(task), again);
    assert.throws(() => new taskpool.AsyncRunner(1).execute(task), again);
    assert.throws(() => task.addDependency(new taskpool.Task(add, 1, 2)), { code: 10200052 });
    assert.throws(() => task.removeDependency(new taskpool.Task(add, 1, 2)), { code: 10200052 });
    taskpool.cancel(task);
    mock.timers.tick(100);
    await turns();
    assert.equal(log.length, 3);
    const period = { code: 10200028, message: 'The period value is less than zero.' };
    assert.throws(() => taskpool.executePeriodically(-1, new taskpool.Task(add, 1, 2)), period);
    const executed = {
      code: 10200050,
      message: 'The concurrent task has been executed and cannot be executed periodically.',
    };
    assert.throws(() => taskpool.executePeriodically(1, task), executed);
  });
});

describe('dependencies', () => {
  test('a task waits for those it depends on', async () => {
    const [first, second, third] = ['first', 'second', 'third'].map((text) => new taskpool.Task(note, text)) as [
      taskpool.Task,
      taskpool.Task,
      taskpool.Task,
    ];
    first.addDependency(second, third);
    second.addDependency(third);
    await Promise.all([taskpool.execute(first), taskpool.execute(second), taskpool.execute(third)]);
    assert.deepEqual(log, ['third', 'second', 'first']);
    assert.throws(() => taskpool.execute(first), { code: 401, message: /executedTask with dependency cannot execute/ });
  });

  test('circles', () => {
    const [a, b, c] = [0, 1, 2].map(() => new taskpool.Task(add, 1, 2)) as [
      taskpool.Task,
      taskpool.Task,
      taskpool.Task,
    ];
    const circle = { code: 10200026, message: 'There is a circular dependency' };
    assert.throws(() => a.addDependency(a), circle);
    a.addDependency(b);
    b.addDependency(c);
    assert.throws(() => c.addDependency(a), circle);
    assert.throws(() => b.addDependency(a), circle);
  });

  test('removeDependency', async () => {
    const [a, b] = [new taskpool.Task(note, 'a'), new taskpool.Task(note, 'b')];
    assert.throws(() => a.removeDependency(b), {
      code: 10200027,
      message: 'The dependency does not exist, taskpool:: task has no dependency',
    });
    a.addDependency(b);
    assert.throws(() => a.removeDependency(a), { code: 10200027, message: 'The dependency does not exist' });
    a.removeDependency(b);
    await taskpool.execute(a);
    assert.deepEqual(log, ['a']);
    assert.throws(() => b.addDependency(a), {
      code: 401,
      message: /seqRunnerTask or executedTask cannot be relied on/,
    });
    assert.throws(() => b.addDependency(), { code: 401 });
    assert.throws(() => b.addDependency(wrong({})), { code: 401 });
    assert.throws(() => b.removeDependency(), { code: 401 });
  });

  test('a task of a queue cannot have them', () => {
    const [a, b] = [new taskpool.Task(add, 1, 2), new taskpool.Task(add, 1, 2)];
    a.addDependency(b);
    const error = { code: 10200025, message: 'seqRunner:: dependent task not allowed.' };
    assert.throws(() => new taskpool.SequenceRunner().execute(a), error);
    assert.throws(() => new taskpool.AsyncRunner(1).execute(b), {
      code: 10200025,
      message: 'AsyncRunner:: dependent task not allowed.',
    });
    assert.throws(() => new taskpool.TaskGroup().addTask(a), { code: 401 });
    assert.throws(() => taskpool.executePeriodically(1, a), { code: 401 });
  });
});

describe('listeners', () => {
  test('are called in order, before the Promise', async () => {
    const task = new taskpool.Task(note, 'run');
    task.onEnqueued(() => log.push('enqueued'));
    task.onStartExecution(() => log.push('started'));
    task.onExecutionSucceeded(() => log.push('succeeded'));
    task.onExecutionFailed(() => log.push('failed'));
    await taskpool.execute(task);
    log.push('settled');
    assert.deepEqual(log, ['enqueued', 'started', 'run', 'succeeded', 'settled']);
    const error = {
      code: 10200034,
      message: 'The executed task does not support the registration of listeners.',
    };
    for (const name of ['onEnqueued', 'onStartExecution', 'onExecutionSucceeded', 'onExecutionFailed'] as const) {
      assert.throws(() => task[name](() => undefined), error);
      assert.throws(() => new taskpool.Task(add, 1, 2)[name](wrong(1)), { code: 401 });
    }
  });

  test('onExecutionFailed gets the error', async () => {
    const task = new taskpool.Task(fail, 'no');
    const errors: Error[] = [];
    task.onExecutionFailed((error) => errors.push(error));
    await assert.rejects(taskpool.execute(task));
    assert.deepEqual([errors.length, errors[0]?.message], [1, 'no']);
  });
});

describe('sendData', () => {
  function send(value: object): string {
    'use concurrent';
    taskpool.Task.sendData(value, 'more' as unknown as object);
    return 'sent';
  }

  test('copies for the callback, which comes before the result', async () => {
    const value = { a: 1 };
    const task = new taskpool.Task(send, value);
    const received: unknown[] = [];
    task.onReceiveData((...values: unknown[]) => received.push(values));
    const result = await taskpool.execute(task);
    assert.deepEqual([received, result], [[[{ a: 1 }, 'more']], 'sent']);
    assert.notEqual((received as unknown[][])[0]?.[0], value);
  });

  test('errors', async () => {
    const task = new taskpool.Task(send, {});
    const noCallback = { code: 10200024, message: 'The callback is not registered on the host side' };
    await assert.rejects(taskpool.execute(task), noCallback);
    task.onReceiveData(() => undefined);
    task.onReceiveData();
    await assert.rejects(taskpool.execute(task), noCallback);
    assert.throws(() => task.onReceiveData(wrong(1)), { code: 401 });
    assert.throws(() => taskpool.Task.sendData({}), {
      code: 10200022,
      message: 'The function is not called in the TaskPool thread',
    });
    assert.throws(() => taskpool.execute(send, plain), { code: 10200006 });
  });

  test('after the function has ended', async () => {
    const errors: unknown[] = [];
    const later = new taskpool.Task(function later() {
      'use concurrent';
      setTimeout(() => {
        try {
          taskpool.Task.sendData({});
        } catch (error) {
          errors.push((error as { code: number }).code);
        }
      });
    });
    await taskpool.execute(later);
    await new Promise((resolve) => setTimeout(resolve, 2));
    assert.deepEqual(errors, [10200023]);
  });
});
