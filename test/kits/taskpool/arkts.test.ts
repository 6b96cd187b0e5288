// Tasks in ArkTS files: the decorators `@Concurrent` and `@Sendable`, through the translation.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { project } from '../../register/project.ts';

test('decorated functions and classes', async (context) => {
  const outcome = await project(context, {
    'Checksum.ets': `
      import taskpool from '@ohos.taskpool';
      import buffer from '@ohos.buffer';

      @Sendable
      export class Total {
        sum: number = 0;
        add(by: number): void { this.sum += by; }
      }

      class Plain {
        text: string = 'plain';
        shout(): string { return this.text.toUpperCase(); }
      }

      @Concurrent
      export async function checksum(data: ArrayBuffer, total: Total, plain: Plain): Promise<string> {
        const bytes: buffer.Buffer = buffer.from(data);
        for (const value of bytes.values()) total.add(value);
        plain.text = 'changed';
        taskpool.Task.sendData(bytes.length);
        return typeof plain.shout + ' ' + bytes.toString('hex');
      }

      function undecorated(): void {}

      export async function run(): Promise<void> {
        const data: ArrayBuffer = buffer.from('abc').buffer;
        const total: Total = new Total();
        const plain: Plain = new Plain();
        const task: taskpool.Task = new taskpool.Task('sum', checksum, data, total, plain);
        task.onReceiveData((length: number) => console.log('received', length));
        console.log(await taskpool.execute(task, taskpool.Priority.HIGH));
        console.log(total.sum, plain.shout(), data.byteLength);
        console.log(taskpool.isConcurrent(checksum), taskpool.isConcurrent(undecorated));
        try {
          await taskpool.execute(undecorated);
        } catch (error) {
          console.log(error.code, error.message, error.cause.message);
        }
      }`,
    'main.ets': `
      import { run } from './Checksum';
      run();`,
  }).run('main.ets');
  assert.equal(outcome.stderr, '');
  assert.deepEqual(outcome.stdout.trimEnd().split('\n'), [
    'received 3',
    'undefined 616263',
    '294 PLAIN 0',
    'true false',
    '10200014 The function is not marked as concurrent, ' +
      'taskpool: failed to serialize function. "undecorated" is not decorated with @Concurrent',
  ]);
});

test('an error in a task has the line of the ArkTS file', async (context) => {
  const outcome = await project(context, {
    'main.ets': `
      import taskpool from '@ohos.taskpool';
      @Concurrent function fail(text: string): void {
        const reason: string = 'because ' + text;
        throw new RangeError(reason);
      }
      taskpool.execute(fail, 'so').catch((error: Error) => {
        console.log(error instanceof RangeError, error.message, /main\\.ets:5:/.test(error.stack ?? ''));
      });`,
  }).run('main.ets');
  assert.deepEqual([outcome.stderr, outcome.stdout], ['', 'true because so true\n']);
});
