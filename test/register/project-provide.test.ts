// Modules that a project provides: DevEco's mock-config.json5 and harmony.config, under Node's hooks. Real files in a real node
// process.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type Outcome, project } from './project.ts';

/** A module of DevEco with one local test file, which imports what the app imports. */
const app = {
  'entry/oh-package.json5': `{ name: 'entry', version: '1.0.0' }`,
  'entry/src/main/ets/common/calc.ets': `export function sum(): string { return 'calc'; }\nexport const kept: number = 7;`,
  'entry/src/main/ets/net/Api.ets': `
    import { http } from '@kit.NetworkKit';
    import { sum } from '../common/calc';
    export function call(): string { return http.createHttp() + ' ' + sum(); }`,
  'entry/src/test/main.ets': `
    import { call } from '../main/ets/net/Api';
    console.log(call());`,
};

const httpMock = `
  const http: Record<string, Object> = { 'createHttp': (): string => 'mocked http' };
  export default http;`;

function succeeded(outcome: Outcome, stdout: string): void {
  assert.equal(outcome.stderr, '');
  assert.equal(outcome.stdout, stdout);
  assert.equal(outcome.code, 0);
}

/** Runs the program of a project that must fail with one sentence. */
async function refusal(context: TestContext, files: Record<string, string>, entry = 'entry/src/test/main.ets') {
  const { run, folder } = project(context, { ...app, ...files });
  const { code, stdout, stderr } = await run(entry);
  assert.equal(code, 1);
  assert.equal(stdout, '');
  const [, sentence] = /^Error: (.*)$/m.exec(stderr) ?? assert.fail(stderr);
  return sentence!.replaceAll(folder, '').replaceAll('\\', '/');
}

describe('src/mock/mock-config.json5', () => {
  test('a system module is replaced for its own name and for the kit that re-exports it', async (context) => {
    const { run } = project(context, {
      ...app,
      'entry/src/mock/mock-config.json5': `{
        // The path counts from the folder of the module.
        '@ohos.net.http': { source: 'src/mock/Http.mock.ets' },
        '@ohos.bluetooth.connection': { source: 'src/mock/Http.mock.ets' },
      }`,
      'entry/src/mock/Http.mock.ets': httpMock,
      'entry/src/test/main.ets': `
        import { call } from '../main/ets/net/Api';
        import http from '@ohos.net.http';
        import { webSocket, connection } from '@kit.NetworkKit';
        import original from '@ohos.net.webSocket';
        console.log(call(), http.createHttp(), webSocket === original, connection?.['createHttp']);`,
    });
    succeeded(await run('entry/src/test/main.ets'), 'mocked http calc mocked http true undefined\n');
  });

  test('a local file is replaced, and its mock can use the original', async (context) => {
    const { run } = project(context, {
      ...app,
      'entry/src/mock/mock-config.json5': `{
        "@ohos.net.http": { "source": "src/mock/Http.mock.ets" },
        "common/calc.ets": { "source": "src/mock/common/calc.mock.ets" },
      }`,
      'entry/src/mock/Http.mock.ets': httpMock,
      'entry/src/mock/common/calc.mock.ets': `
        import { sum as original, kept } from '../../main/ets/common/calc';
        export function sum(): string { return 'mocked ' + original() + kept; }
        export { kept };`,
    });
    succeeded(await run('entry/src/test/main.ets'), 'mocked http mocked calc7\n');
  });

  test('a local file is replaced where it is imported by the name of its package as well', async (context) => {
    const { run } = project(context, {
      'build-profile.json5': `{ modules: [{ name: 'entry', srcPath: './entry' }] }`,
      'entry/oh-package.json5': `{ name: 'entry' }`,
      'entry/src/mock/mock-config.json5': `{ "common/calc.ets": { "source": "src/mock/calc.mock.ets" } }`,
      'entry/src/mock/calc.mock.ets': `
        import { sum as original } from 'entry/src/main/ets/common/calc';
        export const sum = (): string => 'mocked ' + original();`,
      'entry/src/main/ets/common/calc.ets': app['entry/src/main/ets/common/calc.ets'],
      'entry/src/test/main.ets': `import { sum } from 'entry/src/main/ets/common/calc';\nconsole.log(sum());`,
    });
    succeeded(await run('entry/src/test/main.ets'), 'mocked calc\n');
  });

  test('a package and a native library are replaced', async (context) => {
    const { run } = project(context, {
      'entry/oh-package.json5': `{ name: 'entry', dependencies: { '@company/net': 'file:../net', 'libentry.so': 'file:./cpp' } }`,
      'net/oh-package.json5': `{ name: '@company/net', main: 'Index.ets' }`,
      'net/Index.ets': `export const name: string = 'net';`,
      'entry/src/mock/mock-config.json5': `{
        "@company/net": { "source": "src/mock/net.mock.ets" },
        "libentry.so": { "source": "src/mock/Libentry.mock.ets" }
      }`,
      'entry/src/mock/net.mock.ets': `import { name as original } from '@company/net';\nexport const name: string = 'mocked ' + original;`,
      'entry/src/mock/Libentry.mock.ets': `export default { add: (a: number, b: number): number => a + b };`,
      'entry/src/main/ets/main.ets': `
        import native from 'libentry.so';
        import { name } from '@company/net';
        console.log(name, native.add(1, 2));`,
    });
    succeeded(await run('entry/src/main/ets/main.ets'), 'mocked net 3\n');
  });

  test('it is that of the module that the run is in, for the HARs it uses as well', async (context) => {
    const { run } = project(context, {
      'build-profile.json5': `{ modules: [{ name: 'entry', srcPath: './entry' }, { name: 'net', srcPath: './net' }] }`,
      'oh-package.json5': '{}',
      'entry/oh-package.json5': `{ name: 'entry', dependencies: { 'net': 'file:../net' } }`,
      'net/oh-package.json5': `{ name: 'net', main: 'Index.ets' }`,
      'net/Index.ets': `import http from '@ohos.net.http';\nexport const answer: string = http.createHttp();`,
      'entry/src/mock/mock-config.json5': `{ "@ohos.net.http": { "source": "src/mock/Http.mock.ets" } }`,
      'entry/src/mock/Http.mock.ets': httpMock,
      'net/src/mock/mock-config.json5': `{ "@ohos.net.http": { "source": "src/mock/Http.mock.ets" } }`,
      'net/src/mock/Http.mock.ets': `export default { createHttp: (): string => 'mocked in net' };`,
      'entry/src/test/main.ets': `import { answer } from 'net';\nconsole.log(answer);`,
      'net/src/test/main.ets': `import { answer } from '../../Index';\nconsole.log(answer);`,
      'main.ets': `import { answer } from './net/Index';\nconsole.log(answer);`,
    });
    succeeded(await run('entry/src/test/main.ets'), 'mocked http\n');
    succeeded(await run('net/src/test/main.ets'), 'mocked in net\n');
    // The project's own folder is in no module: mocks are those of the importing file.
    succeeded(await run('main.ets'), 'mocked in net\n');
  });

  test('an entry without a source says nothing, as in DevEco', async (context) => {
    const { run } = project(context, {
      'entry/oh-package.json5': '{}',
      'entry/src/mock/mock-config.json5': `{ "preferences": { "get": { "returnValue": 1 } } }`,
      'entry/main.ets': `console.log('ran');`,
    });
    succeeded(await run('entry/main.ets'), 'ran\n');
  });

  test('a file that is not JSON5: file, line, reason', async (context) => {
    const sentence = await refusal(context, { 'entry/src/mock/mock-config.json5': '{\n  "@ohos.net.http": {,}\n}' });
    assert.match(
      sentence,
      /^\/entry\/src\/mock\/mock-config\.json5:2:\d+: the file is not JSON5 \(.+\); correct it there$/,
    );
  });

  test('a source that does not exist: file, line, where it is looked for', async (context) => {
    const sentence = await refusal(context, {
      'entry/src/mock/mock-config.json5': '{\n  "@ohos.net.http": {\n    "source": "src/mock/Htp.mock.ets"\n  }\n}',
    });
    assert.equal(
      sentence,
      '/entry/src/mock/mock-config.json5:2: the source "src/mock/Htp.mock.ets" of "@ohos.net.http" does not exist; ' +
        'create /entry/src/mock/Htp.mock.ets, or correct the source',
    );
  });

  const mistaken: Array<[title: string, mocks: string, sentence: RegExp]> = [
    [
      'a path instead of a source',
      `{\n  "@ohos.net.http": "src/mock/Http.mock.ets" }`,
      /mock-config\.json5:2: the mock of "@ohos\.net\.http" has no path as its source; write \{ source: '/,
    ],
    [
      'a source that is not a path',
      `{ "@ohos.net.http": { source: 5 } }`,
      /:1: the mock of .* has no path as its source/,
    ],
    [
      'a source that is a folder',
      `{ "@ohos.net.http": { source: 'src/mock' } }`,
      /:1: the source "src\/mock" of "@ohos\.net\.http" is a folder; name a file in it/,
    ],
  ];
  for (const [title, mocks, sentence] of mistaken) {
    test(title, async (context) => {
      assert.match(await refusal(context, { 'entry/src/mock/mock-config.json5': mocks }), sentence);
    });
  }

  test('two sources for one module: both lines', async (context) => {
    const source = '{ "source": "src/mock/Http.mock.ets" }';
    const sentence = await refusal(context, {
      'entry/src/mock/Http.mock.ets': httpMock,
      'entry/src/mock/mock-config.json5': `{\n  "common/calc.ets": ${source},\n  "common/../common/calc.ets": ${source}\n}`,
    });
    assert.equal(
      sentence,
      '/entry/src/mock/mock-config.json5:3: "common/../common/calc.ets" has a source at ' +
        '/entry/src/mock/mock-config.json5:2 already; remove one of the two',
    );
  });
});

test('a module without a default is replaced in its kit by the name; other names of a module are known', async (context) => {
  const { run } = project(context, {
    'entry/oh-package.json5': '{}',
    'entry/src/mock/mock-config.json5': `{
      "@ohos.arkui.UIContext": { "source": "src/mock/UIContext.mock.ets" },
      "@ohos.file.fs": { "source": "src/mock/fs.mock.ets" },
      "@system.fetch": { "source": "src/mock/fs.mock.ets" },
    }`,
    'entry/src/mock/UIContext.mock.ets': `export class UIContext { static named: boolean = true; }`,
    'entry/src/mock/fs.mock.ets': `export default { mocked: true };`,
    'entry/main.ets': `
      import { UIContext, window } from '@kit.ArkUI';
      import { fileIo } from '@kit.CoreFileKit';
      import { Fetch } from '@kit.NetworkKit';
      console.log(UIContext.named, typeof window, fileIo.mocked, Fetch.mocked);`,
  });
  succeeded(await run('entry/main.ets'), 'true undefined true true\n');
});

describe('harmony.config', () => {
  const stub = `export class map { static zoom: number = 3; }\nexport default map;`;
  const main = `import { map } from '@kit.MapKit';\nimport { sum } from './calc';\nconsole.log(map.zoom, sum());`;
  const files = {
    'src/main.ets': main,
    'src/calc.ets': `export function sum(): number { return 1; }`,
    'stubs/calc.ts': `export function sum(): number { return 2; }`,
    'stubs/map.ts': stub,
  };
  const provide = `provide: { '@kit.MapKit': './stubs/map.ts', './src/calc': './stubs/calc' }`;

  const forms: [file: string, text: string][] = [
    [
      'harmony.config.ts',
      `import type { HarmonyConfig } from 'harmony-websocket/register';\nconst config: HarmonyConfig = { ${provide} };\nexport default config;`,
    ],
    ['harmony.config.mjs', `export default { ${provide} };`],
    ['harmony.config.json5', `{ ${provide} }`],
  ];
  for (const [file, text] of forms) {
    test(`${file} provides modules and replaces files`, async (context) => {
      const { run } = project(context, { ...files, [file]: text });
      succeeded(await run('src/main.ets'), '3 2\n');
    });
  }

  test('it counts before the mocks', async (context) => {
    const { run } = project(context, {
      ...app,
      'harmony.config.json5': `{ provide: { '@ohos.net.http': './http.ts' } }`,
      'http.ts': `export default { createHttp: (): string => 'provided http' };`,
      'entry/src/mock/mock-config.json5': `{ "@ohos.net.http": { "source": "src/mock/Http.mock.ets" } }`,
      'entry/src/mock/Http.mock.ets': httpMock,
    });
    succeeded(await run('entry/src/test/main.ets'), 'provided http calc\n');
  });

  test('in a worker the same modules are provided', async (context) => {
    const { run } = project(context, {
      ...files,
      'harmony.config.json5': `{ ${provide} }`,
      'src/start.ets': `
        import { Worker } from 'node:worker_threads';
        new Worker(new URL('./main.ets', import.meta.url));`,
    });
    succeeded(await run('src/start.ets'), '3 2\n');
  });

  const wrong: [name: string, file: string, text: string, sentence: string][] = [
    [
      'an unknown option',
      'harmony.config.mjs',
      'export default {\n  provid: {},\n};',
      '/harmony.config.mjs:2: there is no option "provid"; did you mean "provide"?',
    ],
    [
      'a wrong value',
      'harmony.config.json5',
      '{\n  provide: ["./a.ts"]\n}',
      '/harmony.config.json5:2: "provide" has a wrong value; give it an object of paths: ' +
        "{ '@kit.MapKit': './stubs/map.ts' }",
    ],
    [
      'a source that does not exist',
      'harmony.config.ts',
      "export default {\n  provide: {\n    '@kit.MapKit': './map.ts',\n  },\n};",
      '/harmony.config.ts:3: the source "./map.ts" of "@kit.MapKit" does not exist; create /map.ts, or correct the source',
    ],
    [
      'a file to replace that does not exist',
      'harmony.config.ts',
      "export default {\n  provide: { './src/nope.ets': './harmony.config.ts' },\n};",
      '/harmony.config.ts:2: the file "./src/nope.ets" does not exist; correct its path',
    ],
    [
      'two sources for one module',
      'harmony.config.json5',
      "{\n  provide: {\n    '@kit.MapKit': './map.ts',\n    '@kit.MapKit': './other.ts',\n  },\n}",
      '/harmony.config.json5:4: "@kit.MapKit" has a source at /harmony.config.json5:3 already; remove one of the two',
    ],
    [
      'no export',
      'harmony.config.mjs',
      'export const provide = {};',
      '/harmony.config.mjs: the configuration is not an object; export one: export default { … }',
    ],
  ];
  for (const [name, file, text, sentence] of wrong) {
    test(`${name}: one sentence`, async (context) => {
      const { run, folder } = project(context, { 'main.ets': `console.log('ran');`, [file]: text });
      const { code, stdout, stderr } = await run('main.ets');
      assert.equal(code, 1);
      assert.equal(stdout, '');
      assert.ok(stderr.replaceAll(folder, '').replaceAll('\\', '/').includes(`Error: ${sentence}\n`), stderr);
    });
  }

  test('TypeScript may import types and modules of Node only', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': '',
      'harmony.config.ts': `import { provide } from './other.ts';\nexport default { provide };`,
    });
    const { stderr } = await run('main.ets');
    const begin = `Error: ${join(folder, 'harmony.config.ts')}: the configuration cannot be loaded (`;
    assert.ok(stderr.includes(begin), stderr);
    assert.match(stderr, /; it may import types and modules of Node\.js only\n/);
  });
});

test('a project without any of this loads nothing of it', async (context) => {
  const { node } = project(context, {
    'main.ets': `console.log('ran');`,
    'look.mjs': `
      import module from 'node:module';
      module.registerHooks?.({ load(url, context, next) {
        if (/register\\/project(?:-open|\\/)/.test(url)) console.log(url);
        return next(url, context);
      } });`,
  });
  succeeded(await node('--import', './look.mjs', '--import', 'harmony-websocket/register', 'main.ets'), 'ran\n');
});
