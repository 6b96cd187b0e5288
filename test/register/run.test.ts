import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { project } from './project.ts';

function succeeded(outcome: { code: number | null; stderr: string }): void {
  assert.equal(outcome.stderr, '');
  assert.equal(outcome.code, 0);
}

describe('kit imports', () => {
  // kit specification §1.1.
  const imports = `
    import { webSocket } from '@kit.NetworkKit';
    import defaultWebSocket from '@ohos.net.webSocket';
    import { BusinessError, AsyncCallback } from '@kit.BasicServicesKit';
    import { BusinessError as BaseError } from '@ohos.base';
    import { hilog } from '@kit.PerformanceAnalysisKit';
    import defaultHilog, { hilog as namedHilog } from '@ohos.hilog';
    import packageDefault, * as harmony from 'harmony-websocket';
  `;
  const checks = `
    const socket: webSocket.WebSocket = webSocket.createWebSocket();
    const done: AsyncCallback<boolean> = (err: BusinessError, value: boolean) => {};
    console.log(typeof socket.connect, typeof done);
    console.log([defaultWebSocket, packageDefault, harmony.webSocket].map((other) => other === webSocket).join());
    console.log([defaultHilog, namedHilog, harmony.hilog].map((other) => other === hilog).join());
    console.log(BaseError === BusinessError, harmony.BusinessError === BusinessError, typeof BusinessError);
  `;
  const printed = 'function function\ntrue,true,true\ntrue,true,true\ntrue true function\n';

  for (const entry of ['main.ets', 'main.ts']) {
    test(`every form works from ${entry}, and gives the objects of harmony-websocket itself`, async (context) => {
      const outcome = await project(context, { [entry]: imports + checks }).run(entry);
      succeeded(outcome);
      assert.equal(outcome.stdout, printed);
    });
  }

  test('plain JavaScript may import the types: they are there and undefined', async (context) => {
    const outcome = await project(context, {
      'main.mjs': `
        import { AsyncCallback, Callback, ErrorCallback } from '@kit.BasicServicesKit';
        import * as base from '@ohos.base';
        console.log(AsyncCallback, Callback, ErrorCallback, Object.keys(base).sort().join());`,
    }).run('main.mjs');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'undefined undefined undefined AsyncCallback,BusinessError,Callback,ErrorCallback\n');
  });

  test('a name that a kit has on the device only: linking works, use throws, types are free', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': `
        import { webSocket, vpn, socket } from '@kit.NetworkKit';
        import { UIAbility } from '@kit.AbilityKit';
        let ability: UIAbility | undefined;
        let options: socket.TCPConnectOptions | undefined;
        for (const use of [() => vpn.createVpn(), () => new vpn(), () => vpn(), () => { class A extends vpn {} new A(); }]) {
          try {
            use();
          } catch (error) {
            console.log(error.code, error.message);
          }
        }`,
    });
    const outcome = await run('main.ets');
    succeeded(outcome);
    const line =
      'ERR_KIT_NAME "vpn" of @kit.NetworkKit is not part of harmony-websocket; it can be imported, but not used ' +
      `(imported by ${join(folder, 'main.ets')}:2) — provide the module: provide: { '@kit.NetworkKit': './stubs/file.ts' } ` +
      'in harmony.config.ts, or src/mock/mock-config.json5 (docs/arkts.md), or move the code that needs it into its own file\n';
    assert.equal(outcome.stdout, line.repeat(4));
  });
});

describe('the language', () => {
  test('types go; enums, namespaces, parameter properties and decorators of the device do not disturb', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        import { Message, Kind } from './message';
        enum Color { Red, Green = 'green' }
        const enum Level { Low = 3 }
        namespace Geometry { export const side = 4; export interface Square { side: number } }
        @Sendable
        class Point {
          @Trace z: number = 3;
          constructor(public readonly x: number, private y: number = 2) {}
          @Concurrent sum(): number { return this.x + this.y! + this.z; }
        }
        abstract class Base<T> { abstract run(): T; declare hidden: string }
        class Child extends Base<number> { override run(): number { return 5 as number; } }
        const message: Message = { kind: Kind.Text } satisfies Message;
        console.log(Color.Red, Color[0], Color.Green, Level.Low, Geometry.side, new Point(1).sum(), new Child().run());
        console.log(message.kind, Object.keys(new Child()).length, (<T,>(value: T): T => value)(6));`,
      'message.ets': `
        export interface Message { kind: Kind }
        export enum Kind { Text = 'text' }`,
    }).run('main.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, '0 Red green 3 4 6 5\ntext 0 6\n');
  });

  test('class fields are defined, not assigned, and exist without an initializer', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        class Base {
          set watched(value: number) { console.log('setter', value); }
          bare?: string;
        }
        class Child extends Base { watched: number = 1; }
        console.log(Object.keys(new Child()).join());`,
    }).run('main.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'bare,watched\n');
  });

  test('an interface may be passed on by files that do not know it is one', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        import { Message, Identifier, make, Service } from './model';
        const message: Message = make();
        const identifier: Identifier = 1;
        console.log(message.text, identifier, new Service() instanceof Service);`,
      'model/Index.ets': `
        import { Message } from './message';
        export { Message };
        export { Identifier, make } from './message';
        export { default as Service } from './service';
        export { AsyncCallback, BusinessError } from '@kit.BasicServicesKit';`,
      'model/message.ets': `
        export interface Message { text: string }
        export type Identifier = number;
        export function make(): Message { return { text: 'made' }; }`,
      'model/service.ts': `
        export default class Service {}`,
    }).run('main.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'made 1 true\n');
  });

  test('imports without extension, lazy ones, of folders, and by import()', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        import { a } from './a';
        import lazy { b } from './lib/b';
        import { c } from './folder';
        const { d } = await import('./lib/d');
        console.log(a, b, c, d);`,
      'a.ets': `export const a: number = 1;`,
      'lib/b.ts': `import { a } from '../a'; export const b: number = a + 1;`,
      'folder/Index.ets': `export const c: number = 3;`,
      'lib/d.ets': `export const d: number = 4;`,
    }).run('main.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, '1 2 3 4\n');
  });
});

describe('which module format a file has', () => {
  const files = {
    'main.ets': `console.log('ets', typeof module);`,
    'bare.ts': `const value: string = typeof module; console.log('bare', value);`,
    'module.ts': `import './main.ets'; export const value: string = typeof module; console.log('module', value);`,
  };
  const manifests: Array<[manifest: string | undefined, bare: string]> = [
    [undefined, 'undefined'],
    ['{}', 'undefined'],
    ['{ "type": "module" }', 'undefined'],
    ['{ "type": "commonjs" }', 'object'],
  ];
  for (const [manifest, bare] of manifests) {
    const name = manifest === undefined ? 'no package.json' : `package.json ${manifest}`;
    test(`${name}: import and export make a module, a file without them is ${bare === 'object' ? 'CommonJS' : 'one too'}`, async (context) => {
      const { run } = project(context, manifest === undefined ? files : { ...files, 'package.json': manifest });
      const [whole, alone] = await Promise.all([run('module.ts'), run('bare.ts')]);
      succeeded(whole);
      succeeded(alone);
      assert.equal(whole.stdout, 'ets undefined\nmodule undefined\n');
      assert.equal(alone.stdout, `bare ${bare}\n`);
    });
  }
});

describe('stack traces', () => {
  const source = `interface Foo {
  a: number;
}

enum E { A, B }

@Sendable class Thrower {
  run(foo: Foo): never { throw new Error('thrown ' + foo.a + E.B); }
}

new Thrower().run({ a: 1 } as Foo);
`;
  for (const entry of ['main.ets', 'main.ts']) {
    test(`name line and column of ${entry} without any flag`, async (context) => {
      const { run, folder } = project(context, { [entry]: source });
      const { code, stderr } = await run(entry);
      assert.equal(code, 1);
      const path = join(folder, entry);
      assert.ok(stderr.includes(`${path}:8`), stderr);
      assert.match(stderr, /Error: thrown 11\n/);
      assert.ok(stderr.includes(`(${path}:8:32)`), stderr);
      assert.ok(stderr.includes(`(${path}:11:15)`), stderr);
    });
  }
});

describe('ways to start', () => {
  const greeting = `import { webSocket } from '@kit.NetworkKit'; const text: string = typeof webSocket; console.log(text);`;

  test('--input-type=module --eval', async (context) => {
    const { node } = project(context, { 'a.ets': greeting });
    const outcome = await node('--import', 'harmony-websocket/register', '--input-type=module', '-e', 'import "./a"');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'object\n');
  });

  test('loaded twice, under two URLs', async (context) => {
    const { node } = project(context, { 'a.ets': greeting });
    const second = `${pathToFileURL(join(import.meta.dirname, '../../dist/register/index.js')).href}?second`;
    const outcome = await node('--import', 'harmony-websocket/register', '--import', second, 'a.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'object\n');
  });

  test('in a worker', async (context) => {
    const outcome = await project(context, {
      'main.ets': `
        import { Worker } from 'node:worker_threads';
        new Worker(new URL('./worker.ets', import.meta.url));`,
      'worker.ets': greeting,
    }).run('main.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'object\n');
  });

  test('node --test', async (context) => {
    const { node } = project(context, {
      'a.test.ets': `
        import assert from 'node:assert/strict';
        import test from 'node:test';
        import { webSocket } from '@kit.NetworkKit';
        test('kit', (): void => assert.equal(typeof webSocket.createWebSocket, 'function'));
        test('wrong', (): void => assert.equal(1 as number, 2));`,
    });
    const reporter = ['--test-reporter', 'tap'];
    const { code, stdout } = await node('--test', ...reporter, '--import', 'harmony-websocket/register', 'a.test.ets');
    assert.equal(code, 1);
    assert.match(stdout, /^ *ok 1 - kit$/m);
    assert.match(stdout, /^ *not ok 2 - wrong$/m);
    assert.match(stdout, /a\.test\.ets:6:/);
  });

  test('packages in node_modules are left to Node', async (context) => {
    const outcome = await project(context, {
      'main.ets': `import { value } from 'library'; console.log(value);`,
      'node_modules/library/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/library/index.js': `import { webSocket } from '@kit.NetworkKit'; export const value = typeof webSocket;`,
      'node_modules/library/index.ts': `throw new Error('not this one');`,
    }).run('main.ets');
    succeeded(outcome);
    assert.equal(outcome.stdout, 'object\n');
  });
});

describe('JSON files', () => {
  const main = `import data from './data.json'; console.log(JSON.stringify(data));`;

  test('are imported as ArkTS writes it, and as Node does', async (context) => {
    const { run } = project(context, {
      'main.ets': main,
      'main.mjs': `import './main.ets'; import data from './data.json' with { type: 'json' }; console.log(data.__proto__);`,
      'data.json': '\ufeff{ "a": [1], "__proto__": 5 }',
    });
    const outcome = await run('main.mjs');
    succeeded(outcome);
    assert.equal(outcome.stdout, '{"a":[1],"__proto__":5}\n5\n');
  });

  test('one that is not JSON is named', async (context) => {
    const { run, folder } = project(context, { 'main.ets': main, 'data.json': '{ "a": }' });
    const { code, stderr } = await run('main.ets');
    assert.equal(code, 1);
    assert.ok(stderr.includes(`Error: ${join(folder, 'data.json')}: the file is not JSON (`), stderr);
    assert.match(stderr, /\); mend it, or import another one$/mu);
  });
});
