// Errors word for word: the platform's own tests compare `toString()` of them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import taskpool from '../../../src/kits/taskpool/index.ts';

function echo(value: unknown): unknown {
  'use concurrent';
  return value;
}

function make(): unknown {
  'use concurrent';
  return { f() {} };
}

function plain(): void {}

const wrong = (value: unknown) => value as never;
const task = (): taskpool.Task => new taskpool.Task(echo, 1);

/** A task after something was done with it. */
function after(act: (one: taskpool.Task) => unknown): taskpool.Task {
  const one = task();
  void Promise.resolve(act(one)).catch(() => undefined);
  return one;
}

const grouped = (one: taskpool.Task): void => new taskpool.TaskGroup().addTask(one);
const executed = (one: taskpool.Task): unknown => taskpool.execute(one);
const sequential = (one: taskpool.Task): unknown => new taskpool.SequenceRunner().execute(one);
const dependent = (one: taskpool.Task): void => one.addDependency(task());
const periodic = (one: taskpool.Task): void => {
  taskpool.executePeriodically(1000, one);
  taskpool.cancel(one);
};

const parameter = 'BusinessError: Parameter error. The input parameters are invalid, ';
const again = 'BusinessError: The periodic task cannot be executed again, ';

const rows: [what: string, call: () => unknown, text: string][] = [
  [
    'addDependency of a member of a group',
    () => after(grouped).addDependency(task()),
    `${parameter}taskpool:: groupTask cannot addDependency`,
  ],
  [
    'addDependency on a member of a group',
    () => task().addDependency(after(grouped)),
    `${parameter}taskpool:: groupTask cannot be relied on`,
  ],
  [
    'addDependency of an executed task',
    () => after(executed).addDependency(task()),
    `${parameter}taskpool:: seqRunnerTask or executedTask cannot addDependency`,
  ],
  [
    'addDependency on a task of a runner',
    () => task().addDependency(after(sequential)),
    `${parameter}taskpool:: seqRunnerTask or executedTask cannot be relied on`,
  ],
  [
    'addDependency of a periodic task',
    () => after(periodic).addDependency(task()),
    'BusinessError: The periodic task cannot have a dependency.',
  ],
  [
    'removeDependency of an executed task',
    () => {
      const first = task();
      const second = task();
      second.addDependency(first);
      void taskpool.execute(second);
      void taskpool.execute(first);
      second.removeDependency(first);
    },
    'BusinessError: The dependency does not exist, taskpool:: executedTask cannot removeDependency',
  ],
  [
    'removeDependency on an executed task',
    () => {
      const first = task();
      const second = task();
      second.addDependency(first);
      void taskpool.execute(first);
      second.removeDependency(first);
    },
    `${parameter}taskpool:: cannot removeDependency on a dependent and executed task`,
  ],
  [
    'removeDependency on a task without any',
    () => after(dependent).removeDependency(task()),
    'BusinessError: The dependency does not exist, taskpool:: task has no dependency',
  ],
  [
    'execute of a periodic task',
    () => taskpool.execute(after(periodic)),
    `${again}taskpool:: the periodicTask cannot execute again`,
  ],
  [
    'executeDelayed of a periodic task',
    () => taskpool.executeDelayed(1, after(periodic)),
    `${again}taskpool:: the periodicTask cannot executeDelayed`,
  ],
  [
    'executeDelayed of a long task, again',
    () => {
      const long = new taskpool.LongTask(echo, 1);
      void taskpool.execute(long);
      void taskpool.executeDelayed(1, long);
    },
    `${parameter}taskpool:: Multiple executions of longTask are not supported in the executeDelayed`,
  ],
  [
    'executeDelayed of null',
    () => taskpool.executeDelayed(1, wrong(null)),
    `${parameter}the type of the second param must be object.`,
  ],
  [
    'executeDelayed of a function that is not concurrent',
    () => taskpool.executeDelayed(1, new taskpool.Task(plain)),
    'BusinessError: The function is not marked as concurrent, taskpool: failed to serialize function.',
  ],
  [
    'executePeriodically of a function that is not concurrent',
    () => taskpool.executePeriodically(1, new taskpool.Task(plain)),
    'BusinessError: The function is not marked as concurrent, taskpool: failed to serialize function.',
  ],
  [
    'executeDelayed with a function as an argument',
    () => taskpool.executeDelayed(1, new taskpool.Task(echo, plain)),
    'BusinessError: An exception occurred during serialization, taskpool: failed to serialize arguments.',
  ],
  [
    'executePeriodically with a function as an argument',
    () => taskpool.executePeriodically(1, new taskpool.Task(echo, plain)),
    'BusinessError: An exception occurred during serialization, taskpool: failed to serialize arguments.',
  ],
];

describe('refused at once', () => {
  for (const [what, call, text] of rows) {
    test(what, () => {
      assert.throws(call, (error) => {
        assert.equal(String(error), text);
        return true;
      });
    });
  }
});

describe('refused later', () => {
  test('a result that cannot pass, for the listener too', async () => {
    const one = new taskpool.Task(make);
    const heard: string[] = [];
    one.onExecutionFailed((error) => heard.push(String(error)));
    const text = 'Error: An exception occurred during serialization, taskpool: failed to serialize result.';
    await assert.rejects(taskpool.execute(one), (error: Error & { code: number }) => {
      assert.deepEqual([String(error), error.code], [text, 10200006]);
      return true;
    });
    assert.deepEqual(heard, [text]);
  });

  test('the cause of an error names what is wrong', async () => {
    const causedBy = (text: string) => (error: Error) => {
      assert.equal((error.cause as Error).message, text);
      return true;
    };
    assert.throws(() => taskpool.execute(plain), causedBy('"plain" is not decorated with @Concurrent'));
    await assert.rejects(taskpool.execute(make), causedBy('a function cannot pass to another thread'));
  });
});

test('the sum of cpuDuration and ioDuration is totalDuration', async () => {
  async function rest(milliseconds: number): Promise<void> {
    'use concurrent';
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }
  const one = new taskpool.Task(rest, 10);
  await taskpool.execute(one);
  assert.ok(one.cpuDuration > 0 && one.ioDuration > 0, `${one.cpuDuration} ${one.ioDuration}`);
  assert.equal(one.totalDuration, one.cpuDuration + one.ioDuration);
  const two = new taskpool.Task(echo, 1);
  await taskpool.execute(two);
  assert.deepEqual([two.totalDuration, two.ioDuration], [two.cpuDuration, 0]);
});
