// Workers in projects of their own, with this package installed: files of a device's form, messages, errors, ends, and calls
// of the host's objects. The host is an `.ets` file, and so is the worker.

import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { project } from '../../register/project.ts';

const echo = `
  import worker, { type MessageEvents } from '@ohos.worker';
  import { shout } from './shout';
  const port = worker.workerPort;
  port.onmessage = (event: MessageEvents): void => {
    port.postMessage({ name: port.name, type: event.type, data: shout(event.data as string) });
  };`;
const shout = 'export function shout(text: string): string { return text.toUpperCase(); }';

/** Runs a host, with these files, and returns its lines. */
async function lines(
  context: TestContext,
  host: string,
  files: Record<string, string>,
  entry = 'entry/src/main/ets/main.ets',
) {
  const { run } = project(context, {
    [entry]: `import worker, { ErrorEvent, MessageEvents } from '@ohos.worker';\n${host}`,
    ...files,
  });
  const { stdout, stderr, code } = await run(entry);
  assert.deepEqual([stderr, code], ['', 0]);
  return stdout.split('\n').filter((line) => line !== '');
}

describe('the file of a worker', () => {
  const files = {
    'entry/src/main/ets/workers/echo.ets': echo,
    'entry/src/main/ets/workers/shout.ets': shout,
    'har/src/main/ets/workers/echo.ets': echo.replace('shout(event', "'har ' + shout(event"),
    'har/src/main/ets/workers/shout.ets': shout,
  };
  const host = (script: string) => `
    const w = new worker.ThreadWorker(${JSON.stringify(script)}, { name: 'first', type: 'classic' });
    w.onmessage = (event: MessageEvents): void => { console.log(JSON.stringify(event.data)); w.terminate(); };
    w.onexit = (code: number): void => console.log('exit', code);
    w.postMessage('hello');`;
  const forms: [script: string, data: string][] = [
    ['entry/ets/workers/echo.ets', 'HELLO'],
    ['entry/ets/workers/echo', 'HELLO'],
    ['/entry/ets/workers/echo.ets', 'HELLO'],
    ['@bundle:com.example.app/entry/ets/workers/echo.ets', 'HELLO'],
    ['./workers/echo.ets', 'HELLO'],
    ['../ets/workers/echo.ts', 'HELLO'],
    ['workers/echo.ets', 'HELLO'],
    ['@har/ets/workers/echo.ets', 'har HELLO'],
  ];
  for (const [script, data] of forms) {
    test(script, async (context) => {
      const message = JSON.stringify({ name: 'first', type: 'message', data });
      assert.deepEqual(await lines(context, host(script), files), [message, 'exit 0']);
    });
  }

  test('that does not exist', async (context) => {
    const output = await lines(
      context,
      `try { new worker.ThreadWorker('entry/ets/workers/none.ets'); } catch (e) { console.log(e.code, e.message); }`,
      {},
    );
    assert.match(
      output[0] ?? '',
      /^10200007 The worker file path is invalid, "entry\/ets\/workers\/none\.ets" was not found/,
    );
  });
});

describe('messages', () => {
  test('memory moves, other values are copied, and what cannot be copied is refused', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      const memory = new ArrayBuffer(3);
      const moved = new ArrayBuffer(4);
      w.onmessage = (event: MessageEvents): void => {
        console.log(event.data.join(' '), memory.byteLength, moved.byteLength);
        w.terminate();
      };
      w.postMessage({ memory, moved }, [moved]);
      for (const call of [() => w.postMessage({ f() {} }), () => w.postMessage(1, 5 as never), () => (w.postMessage as () => void)()]) {
        try { call(); } catch (e) { console.log(e.code); }
      }`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        worker.workerPort.onmessage = ({ data }) => worker.workerPort.postMessage([data.memory.byteLength, data.moved.byteLength]);`,
      },
    );
    assert.deepEqual(output, ['10200006', '401', '401', '3 4 3 0']);
  });

  test('wait until the file has run; listeners of the web', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.postMessage('early');
      w.once('message', (event) => console.log('once', (event as MessageEvents).data));
      const listener = (event): void => console.log('on', (event as MessageEvents).data);
      w.on('message', listener);
      w.addEventListener('custom', (event) => console.log('custom', event.timeStamp));
      console.log(w.dispatchEvent({ type: 'custom', timeStamp: 5 }), w.dispatchEvent({ type: 'other', timeStamp: 5 }));
      w.onmessage = (event): void => {
        if (event.data === 'second') w.off('message', listener);
        if (event.data === 'third') w.terminate();
      };`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        await new Promise((resolve) => setTimeout(resolve, 5));
        worker.workerPort.addEventListener('message', (event) => {
          for (const text of [event.data, 'second', 'third']) worker.workerPort.postMessage(text);
        });`,
      },
    );
    assert.deepEqual(output, ['custom 5', 'true false', 'once early', 'on early']);
  });

  test('webSocket and other kits work in a worker', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.onmessage = ({ data }): void => { console.log(data); w.terminate(); };`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        import { webSocket } from '@kit.NetworkKit';
        const server = webSocket.createWebSocketServer();
        await server.start({ serverPort: 0, serverIP: '127.0.0.1', maxConcurrentClientsNumber: 1, maxConnectionsForOneClient: 1 });
        server.on('messageReceive', ({ data }) => worker.workerPort.postMessage(data));
        const client = webSocket.createWebSocket();
        client.on('open', () => client.send('through'));
        await client.connect('ws://127.0.0.1:' + server.serverPort);`,
      },
    );
    assert.deepEqual(output, ['through']);
  });
});

describe('listeners', () => {
  test('of the host: removed one by one, and all', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.RestrictedWorker('./work.ets');
      const old = new worker.Worker('./work.ets');
      w.onmessageerror = (): void => {};
      const heard = (name: string) => () => console.log(name);
      const first = heard('first');
      w.addEventListener('mine', first);
      w.addEventListener('mine', heard('second'));
      w.removeEventListener('mine', first);
      w.dispatchEvent({ type: 'mine', timeStamp: 0 });
      w.removeAllListener();
      w.dispatchEvent({ type: 'mine', timeStamp: 0 });
      old.onmessage = (event: MessageEvents): void => { console.log(event.data); w.terminate(); old.terminate(); };
      old.postMessage('');`,
      {
        'entry/src/main/ets/work.ets': `
          import worker from '@ohos.worker';
          const port = worker.workerPort;
          const heard: string[] = [];
          const first = () => { heard.push('first'); };
          port.addEventListener('mine', first);
          port.addEventListener('mine', () => { heard.push('second'); });
          port.removeEventListener('mine', first);
          port.dispatchEvent({ type: 'mine', timeStamp: 0 });
          port.removeAllListener();
          port.dispatchEvent({ type: 'mine', timeStamp: 0 });
          worker.parentPort.onmessage = (): void => { worker.parentPort.postMessage('in the worker: ' + heard.join()); };`,
      },
    );
    assert.deepEqual(output, ['second', 'in the worker: second']);
  });
});

describe('errors', () => {
  const work = `
    import worker, { ErrorEvent } from '@ohos.worker';
    const port = worker.workerPort;
    port.onerror = (event: ErrorEvent): void => console.log('inside', event.message);
    port.onmessage = ({ data }): void => {
      if (data === 'timer') setTimeout(() => { throw new Error('in a timer'); });
      else if (data === 'throw') throw Object.assign(new TypeError('thrown'), { code: 7 });
      else port.postMessage('alive');
    };`;
  const files = { 'entry/src/main/ets/work.ets': work };

  test('onerror gets the error, and the worker ends with 1', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.onerror = (event: ErrorEvent): void => {
        const { message, lineno, error } = event;
        console.log(message, event.filename.endsWith('work.ets'), lineno, error instanceof TypeError, error.code);
        try { w.postMessage('more'); } catch (e) { console.log(e.code, e.message); }
      };
      w.onexit = (code: number): void => console.log('exit', code);
      w.postMessage('throw');`,
      files,
    );
    assert.deepEqual(output.sort(), [
      '10200004 The Worker instance is not running, maybe worker is terminated when PostMessage',
      'TypeError: thrown true 7 true 7',
      'exit 1',
      'inside TypeError: thrown',
    ]);
  });

  test('onAllErrors gets all, and the worker goes on', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      const seen: string[] = [];
      w.onerror = (): void => console.log('not called');
      w.onAllErrors = (event: ErrorEvent): void => {
        seen.push(event.message);
        w.postMessage(seen.length === 1 ? 'timer' : 'are you there?');
      };
      w.onmessage = ({ data }): void => { console.log(data, seen.join(', ')); w.terminate(); };
      w.postMessage('throw');`,
      files,
    );
    assert.equal(output.at(-1), 'alive TypeError: thrown, Error: in a timer');
  });

  test('a file that throws', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.onerror = (event: ErrorEvent): void => console.log(event.message);
      w.onexit = (code: number): void => console.log('exit', code);`,
      { 'entry/src/main/ets/work.ets': "throw new Error('at once');" },
    );
    assert.deepEqual(output, ['Error: at once', 'exit 1']);
  });

  test('without a handler the error ends the program', async (context) => {
    const entry = 'entry/src/main/ets/main.ets';
    const { run } = project(context, {
      [entry]: `import worker from '@ohos.worker'; new worker.ThreadWorker('./work.ets').postMessage('throw');`,
      ...files,
    });
    const { code, stderr } = await run(entry);
    assert.equal(code, 1);
    assert.match(stderr, /TypeError: thrown/);
  });

  test('parameters', async (context) => {
    const output = await lines(
      context,
      `
      const attempts: (() => unknown)[] = [
        () => new worker.ThreadWorker(5 as never),
        () => new worker.ThreadWorker('./work.ets', 5 as never),
        () => new worker.ThreadWorker('./work.ets', { name: 5 as never }),
        () => new worker.ThreadWorker('./work.ets', { type: 'module' }),
        () => new worker.ThreadWorker('./work.ets', { priority: 9 as never }),
      ];
      for (const attempt of attempts) {
        try { attempt(); console.log('made'); } catch (e) { console.log(e.code, e.message); }
      }`,
      files,
    );
    const text = '401 Parameter error. The input parameters are invalid, ';
    assert.deepEqual(output, [
      `${text}the type of scriptURL must be string.`,
      `${text}the type of the second param must be object.`,
      `${text}the type of name must be string.`,
      `${text}the type must be classic, unsupport others now.`,
      `${text}the value of priority is invalid.`,
    ]);
  });
});

// Word for word: the platform's own tests compare these texts.
describe('errors of calls', () => {
  const attempt = `
    const attempt = (call: () => unknown): void => {
      try { call(); log('no error'); } catch (e) { log([e.code, e.message].join(' ')); }
    };`;

  test('in the host', async (context) => {
    const output = await lines(
      context,
      `
      const log = (line: string): void => console.log(line);
      ${attempt}
      const w = new worker.ThreadWorker('./work.ets');
      w.onmessageerror = (event): void => log('messageerror ' + event.type);
      attempt(() => new worker.ThreadWorker());
      attempt(() => w.postMessage());
      attempt(() => w.postMessage('1', '2'));
      attempt(() => w.postMessage(Symbol('a')));
      for (const call of [w.on, w.once, w.addEventListener]) {
        attempt(() => call.call(w));
        attempt(() => call.call(w, 1, () => {}));
        attempt(() => call.call(w, 'a', 1));
      }
      for (const call of [w.off, w.removeEventListener]) {
        attempt(() => call.call(w));
        attempt(() => call.call(w, 1));
      }
      w.terminate();
      w.terminate();
      w.onexit = (): void => {
        attempt(() => w.dispatchEvent({ type: 'a', timeStamp: 0 }));
        attempt(() => w.removeAllListener());
        attempt(() => w.terminate());
      };`,
      { 'entry/src/main/ets/work.ets': '' },
    );
    const parameter = '401 Parameter error. The input parameters are invalid, ';
    const listener = [
      `${parameter}the number of listener parameters is not less than 2.`,
      `${parameter}the type of listener first param must be string.`,
      `${parameter}the type of listener the second param must be callable.`,
    ];
    const removed = [
      `${parameter}the number of parameters is not less than 1.`,
      `${parameter}the type of removelistener the first param must be string.`,
    ];
    assert.deepEqual(output, [
      `${parameter}the number of parameters must be more than 1.`,
      `${parameter}Worker messageObject must be not null with postMessage`,
      `${parameter}the type of the transfer list must be an array.`,
      'messageerror messageerror',
      '10200006 An exception occurred during serialization, failed to serialize message.',
      ...listener,
      ...listener,
      ...listener,
      ...removed,
      ...removed,
      '10200004 The Worker instance is not running, maybe worker has been terminated',
      '10200004 The Worker instance is not running, maybe worker is terminated',
      'no error',
    ]);
  });

  test('in the worker', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.onAllErrors = (event: ErrorEvent): void => console.log('error', event.message);
      w.onmessage = ({ data }): void => { console.log(data.join('\\n')); w.terminate(); };`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        const port = worker.workerPort;
        const lines: string[] = [];
        const log = (line: string): void => { lines.push(line); };
        ${attempt}
        port.onmessageerror = (): void => { log('messageerror'); throw new Error('of the handler'); };
        attempt(() => port.postMessage());
        attempt(() => port.postMessage('1', '2'));
        attempt(() => port.postMessage(() => {}));
        port.postMessage(lines);`,
      },
    );
    const parameter = '401 Parameter error. The input parameters are invalid, ';
    assert.deepEqual(output, [
      'error Error: of the handler',
      `${parameter}the number of parameters must be more than 1.`,
      `${parameter}Transfer list must be an Array`,
      'messageerror',
      '10200006 An exception occurred during serialization, failed to serialize message.',
    ]);
  });

  test('containers do not pass, in whatever they are', async (context) => {
    const output = await lines(
      context,
      `
      import { HashMap, PlainArray } from '@kit.ArkTS';
      const log = (line: string): void => console.log(line);
      ${attempt}
      const w = new worker.ThreadWorker('./work.ets');
      w.onmessageerror = (): void => log('messageerror');
      w.onmessage = ({ data }): void => { log('arrived ' + data.length); w.terminate(); };
      attempt(() => w.postMessage(new HashMap()));
      attempt(() => w.postMessage([new Map([['a', { b: new PlainArray() }]])]));
      const ring: object[] = [new Set([1]), new Date(0), new Uint8Array(2), null];
      ring.push(ring);
      attempt(() => w.postMessage(ring));`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        worker.workerPort.onmessage = ({ data }): void => worker.workerPort.postMessage(data);`,
      },
    );
    const refused = '10200006 An exception occurred during serialization, failed to serialize message.';
    assert.deepEqual(output, ['messageerror', refused, 'messageerror', refused, 'no error', 'arrived 5']);
  });

  test('a listener of errors ends the worker', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.addEventListener('error', (event) => { console.log(JSON.parse(JSON.stringify(event)).message); w.terminate(); });
      w.addEventListener('exit', () => console.log('exit'));`,
      { 'entry/src/main/ets/work.ets': "throw new Error('123');" },
    );
    assert.deepEqual(output, ['Error: 123', 'exit']);
  });
});

describe('ends', () => {
  test('close in the worker: what was sent arrives, and onexit gets 0', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.onmessage = ({ data }): void => console.log(data);
      w.onexit = (code: number): void => {
        console.log('exit', code);
        w.terminate();
        for (const call of [() => w.on('message', () => {}), () => w.postMessage(1)]) {
          try { call(); } catch (e) { console.log(e.code); }
        }
      };
      w.postMessage('close');`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        const port = worker.workerPort;
        port.onmessage = (): void => {
          port.postMessage('last words');
          port.close();
          try { port.postMessage('too late'); } catch (e) { console.log(e.code); }
        };`,
      },
    );
    assert.deepEqual(
      output.filter((line) => line !== '10200004'),
      ['last words', 'exit 0'],
    );
    assert.equal(output.filter((line) => line === '10200004').length, 3);
  });

  test('terminate in the middle of a function', async (context) => {
    const output = await lines(
      context,
      `
      const w = new worker.ThreadWorker('./work.ets');
      w.onmessage = (): void => w.terminate();
      w.onexit = (code: number): void => console.log('exit', code);`,
      {
        'entry/src/main/ets/work.ets': `
        import worker from '@ohos.worker';
        worker.workerPort.postMessage('now');
        for (;;) {}`,
      },
    );
    assert.deepEqual(output, ['exit 0']);
  });
});

test('calls of objects of the host', async (context) => {
  const output = await lines(
    context,
    `
    const w = new worker.ThreadWorker('./work.ets');
    class Counter {
      private count: number = 0;
      add(by: number): number { this.count += by; return this.count; }
      async later(): Promise<void> {}
      fails(): never { throw new RangeError('from the host'); }
      odd(): () => void { return () => {}; }
      slow(): void { const start = Date.now(); while (Date.now() - start < 100) {} }
    }
    w.registerGlobalCallObject('counter', new Counter());
    w.registerGlobalCallObject('gone', new Counter());
    w.unregisterGlobalCallObject('gone');
    w.onmessage = ({ data }): void => { console.log(data.join('\\n')); w.terminate(); };`,
    {
      'entry/src/main/ets/work.ets': `
      import worker from '@ohos.worker';
      const port = worker.workerPort;
      const attempt = (...args): string => {
        try { return 'value ' + port.callGlobalCallObjectMethod(...args); } catch (e) { return [e.code, e.name, e.message].join(' '); }
      };
      port.postMessage([
        attempt('counter', 'add', 0, 2), attempt('counter', 'add', 5000, 3), attempt('gone', 'add', 0, 1),
        attempt('counter', 'none', 0), attempt('counter', 'later', 0), attempt('counter', 'fails', 0),
        attempt('counter', 'odd', 0), attempt('counter', 'slow', 1), attempt('counter', 5, 0), attempt('counter', 'add', 0, () => {}),
      ]);`,
    },
  );
  const unregistered = '10200019 BusinessError The globalCallObject is not registered';
  const uncallable =
    '10200020 BusinessError The method to be called is not callable or is an async method or a generator.';
  assert.deepEqual(output.slice(0, 5), ['value 2', 'value 5', unregistered, uncallable, uncallable]);
  assert.equal(output[5]?.trim(), 'RangeError from the host');
  assert.match(output[6] ?? '', /^10200006 BusinessError An exception occurred during serialization/);
  assert.equal(output[7], '10200021 BusinessError Waiting for a global call timed out');
  assert.match(output[8] ?? '', /^401 /);
  assert.match(output[9] ?? '', /^10200006 /);
});

test('workerPort is undefined outside a worker', async (context) => {
  assert.deepEqual(await lines(context, 'console.log(worker.workerPort, worker.parentPort);', {}), [
    'undefined undefined',
  ]);
});
