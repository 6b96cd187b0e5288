// Imports of packages as ohpm and DevEco resolve them: modules of the project, oh_modules, and what is wrong with them.

import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type Outcome, project } from './project.ts';

function succeeded(outcome: Outcome, stdout: string): void {
  assert.equal(outcome.stderr, '');
  assert.equal(outcome.stdout, stdout);
  assert.equal(outcome.code, 0);
}

const root = {
  'build-profile.json5': `{
    app: { products: [{ name: 'default' }] },
    modules: [
      { name: 'entry', srcPath: './entry' },
      { name: 'net', srcPath: './libraries/net' },
      { name: 'store', srcPath: './libraries/store' },
    ],
  }`,
  'oh-package.json5': `{ modelVersion: '5.0.0', devDependencies: { '@ohos/hypium': '1.0.21' } }`,
  'libraries/net/oh-package.json5': `{ name: '@company/net', version: '1.0.0', main: 'Index.ets', dependencies: {} }`,
  'libraries/net/Index.ets': `export { Client } from './src/main/ets/Client';\nexport { Frame } from './src/main/ets/model';`,
  'libraries/net/src/main/ets/Client.ets': `
    import { webSocket } from '@kit.NetworkKit';
    import { Frame } from './model';
    export class Client { open(frame: Frame): string { return typeof webSocket.createWebSocket + frame.size; } }`,
  'libraries/net/src/main/ets/model/index.ets': `export interface Frame { size: number }`,
  'libraries/store/oh-package.json5': `{ name: 'store', version: '1.0.0' }`,
  'libraries/store/index.ts': `export const store: string = 'store';`,
};

const main = 'entry/src/main/ets/main.ets';

function entry(dependencies: string, source: string): Record<string, string> {
  return {
    ...root,
    'entry/oh-package.json5': `{\n  name: 'entry',\n  dependencies: {\n${dependencies}\n  }\n}`,
    [main]: source,
  };
}

describe('modules of the project', () => {
  test('a HAR by its name, its files below, and one that only the project lists', async (context) => {
    const { run } = project(
      context,
      entry(
        `'@company/net': 'file:../libraries/net'`,
        `import { Client, Frame } from '@company/net';
        import { Client as Same } from '@company/net/src/main/ets/Client';
        import { store } from 'store';
        const frame: Frame = { size: 4 };
        console.log(new Client().open(frame), Client === Same, store);
        const { Client: later } = await import('@company/net');
        console.log(later === Client);`,
      ),
    );
    succeeded(await run(main), 'function4 true store\ntrue\n');
  });

  test('an HSP that is loaded on demand, and a dependency that a parameter names', async (context) => {
    const { run } = project(context, {
      ...entry(
        '',
        `const { store } = await import('store');\nconst { Client } = await import('net');\nconsole.log(store, typeof Client);`,
      ),
      'oh-package.json5': `{ parameterFile: './parameters.json5' }`,
      'parameters.json5': `{ dependencies: { net: 'file:../libraries/net' } }`,
      'entry/oh-package.json5': `{
        name: 'entry',
        dependencies: { net: '@param:dependencies.net' },
        dynamicDependencies: { store: 'file:../libraries/store' },
      }`,
    });
    succeeded(await run(main), 'store function\n');
  });

  test('tests written with hypium import it', async (context) => {
    const { node } = project(context, {
      ...entry(`'@company/net': 'file:../libraries/net'`, ''),
      'entry/src/test/List.test.ets': `
        import { describe, expect, it } from '@ohos/hypium';
        import { Client } from '@company/net';
        export default function testsuite() {
          describe('Client', () => {
            it('opens', 0, () => expect(new Client().open({ size: 1 })).assertEqual('function1'));
          });
        }`,
    });
    const { code, stdout } = await node(
      '--test',
      '--import',
      'harmony-websocket/register',
      'entry/src/test/List.test.ets',
    );
    assert.equal(code, 0, stdout);
  });
});

describe('oh_modules', () => {
  /** What ohpm installs: a store, and links to it. */
  function install(folder: string, name: string): void {
    const link = join(folder, 'entry/oh_modules', name);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(folder, 'oh_modules/.ohpm', name.replace('/', '+'), 'oh_modules', name), link, 'junction');
  }

  const store = {
    'oh_modules/.ohpm/@ohos+axios/oh_modules/@ohos/axios/oh-package.json5': `{ name: '@ohos/axios', main: './index', dependencies: { inner: '1.0.0' } }`,
    'oh_modules/.ohpm/@ohos+axios/oh_modules/@ohos/axios/index.js': `export { inner } from 'inner';\nexport { axios } from './src/main/ets/axios';`,
    'oh_modules/.ohpm/@ohos+axios/oh_modules/@ohos/axios/src/main/ets/axios.js': `export const axios = 'axios';`,
    'oh_modules/.ohpm/@ohos+axios/oh_modules/inner/oh-package.json5': `{ name: 'inner', main: 'Index.ets' }`,
    'oh_modules/.ohpm/@ohos+axios/oh_modules/inner/Index.ets': `export const inner: string = 'inner';`,
  };

  test('a package that is installed, with its own dependencies', async (context) => {
    const { run, folder } = project(context, {
      ...entry(`'@ohos/axios': '^2.2.0'`, `import { axios, inner } from '@ohos/axios';\nconsole.log(axios, inner);`),
      ...store,
    });
    install(folder, '@ohos/axios');
    succeeded(await run(main), 'axios inner\n');
  });

  test('JavaScript of a package is ES modules, whatever package.json says', async (context) => {
    for (const type of ['{}', '{ "type": "commonjs" }']) {
      const { run, folder } = project(context, {
        ...entry(`'@ohos/axios': '^2.2.0'`, `import { axios } from '@ohos/axios';\nconsole.log(axios);`),
        ...store,
        'package.json': type,
      });
      install(folder, '@ohos/axios');
      succeeded(await run(main), 'axios\n');
    }
  });

  test('the overrides of the project count', async (context) => {
    const { run } = project(context, {
      ...entry(`'@ohos/axios': '^2.2.0'`, `import { axios } from '@ohos/axios';\nconsole.log(axios);`),
      'oh-package.json5': `{ overrides: { '@ohos/axios': 'file:./patched' } }`,
      'patched/oh-package.json5': `{ name: '@ohos/axios' }`,
      'patched/Index.ets': `export const axios: string = 'patched';`,
    });
    succeeded(await run(main), 'patched\n');
  });

  test('a package of npm with this name takes the place of one that is not installed', async (context) => {
    const { run } = project(context, {
      ...entry(`'@ohos/axios': '^2.2.0'`, `import { axios } from '@ohos/axios';\nconsole.log(axios);`),
      'node_modules/@ohos/axios/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/@ohos/axios/index.js': `export const axios = 'npm';`,
    });
    succeeded(await run(main), 'npm\n');
  });

  test('modules of Node.js and packages of npm are left to Node', async (context) => {
    const { run } = project(context, {
      ...entry('', `import { join } from 'path';\nimport { value } from 'library';\nconsole.log(typeof join, value);`),
      'node_modules/library/package.json': '{ "type": "module", "exports": "./index.js" }',
      'node_modules/library/index.js': `export const value = 'npm';`,
    });
    succeeded(await run(main), 'function npm\n');
  });
});

describe('what is wrong', () => {
  async function refusal(context: TestContext, files: Record<string, string>): Promise<string> {
    const { run, folder } = project(context, files);
    const { code, stdout, stderr } = await run(main);
    assert.equal(code, 1);
    assert.equal(stdout, '');
    const [, sentence] = /^Error: (.*)$/m.exec(stderr) ?? assert.fail(stderr);
    return sentence!.replaceAll(folder, '').replaceAll('\\', '/');
  }

  test('a dependency that is not installed: where it is declared and imported, and the command', async (context) => {
    const files = entry(`'@ohos/axios': '^2.2.0'`, `\nimport axios from '@ohos/axios';\nconsole.log(axios);`);
    assert.match(
      await refusal(context, files),
      /^\/entry\/oh-package\.json5:4: the dependency "@ohos\/axios" \("\^2\.2\.0"\) is not installed, and \/entry\/src\/main\/ets\/main\.ets:2 imports it; run "ohpm install" in .*, or provide the module \(harmony\.config\.ts, src\/mock\/mock-config\.json5\)$/,
    );
  });

  test('a folder that does not exist', async (context) => {
    const files = entry(`'net': 'file:../nets'`, `import 'net';`);
    assert.equal(
      await refusal(context, files),
      '/entry/oh-package.json5:4: the dependency "net" leads to /nets, which does not exist; correct the path',
    );
  });

  test('an entry that does not exist', async (context) => {
    const files = entry(`'@company/net': 'file:../libraries/net'`, `import '@company/net';`);
    delete files['libraries/net/Index.ets'];
    assert.match(
      await refusal(context, files),
      /^\/libraries\/net\/oh-package\.json5:1: "@company\/net" cannot be imported, because its entry "Index\.ets" does not exist; set "main" to a file in .*libraries\/net$/,
    );
  });

  test('a HAR that is compiled for devices', async (context) => {
    const files = {
      ...entry(`'sdk': '1.0.0'`, `import 'sdk';`),
      'entry/oh_modules/sdk/oh-package.json5': `{ name: 'sdk', main: 'Index.ets' }`,
      'entry/oh_modules/sdk/ets/modules.abc': '',
    };
    assert.equal(
      await refusal(context, files),
      '/entry/oh_modules/sdk/oh-package.json5:1: "sdk" cannot be imported, because it is compiled for devices ' +
        '(ets/modules.abc); use its sources, or provide the module (harmony.config.ts)',
    );
  });

  test('a circle of HARs: its names, and the line that closes it', async (context) => {
    const files = {
      ...entry(`'@company/net': 'file:../libraries/net'`, `import '@company/net';`),
      'libraries/net/oh-package.json5': `{ name: '@company/net', dependencies: { store: 'file:../store' } }`,
      'libraries/store/oh-package.json5': `{\n  name: 'store',\n  dependencies: {\n    '@company/net': 'file:../net' }\n}`,
    };
    assert.equal(
      await refusal(context, files),
      '/libraries/store/oh-package.json5:4: the modules depend on each other in a circle ' +
        '(@company/net → store → @company/net), which ohpm refuses; move the shared code into a third module',
    );
  });
});

describe('BuildProfile', () => {
  const files = {
    'build-profile.json5': `{
      app: {
        products: [
          { name: 'default', buildOption: { arkOptions: { buildProfileFields: { HOST: 'default', RETRIES: 3 } } } },
          { name: 'beta', bundleName: 'com.example.beta', buildOption: { arkOptions: { buildProfileFields: { HOST: 'beta' } } } },
        ],
        buildModeSet: [{ name: 'debug', buildOption: { arkOptions: { buildProfileFields: { HOST: 'mode', TRACE: true } } } }],
      },
      modules: [{ name: 'entry', srcPath: './entry' }, { name: 'net', srcPath: './net' }],
    }`,
    'AppScope/app.json5': `{ app: { bundleName: 'com.example.chat', versionCode: 1000001, versionName: '1.0.1' } }`,
    'entry/oh-package.json5': `{ name: 'entry', dependencies: { net: 'file:../net' } }`,
    'entry/build-profile.json5': `{
      buildOption: { arkOptions: { buildProfileFields: { RETRIES: 5 } } },
      targets: [{ name: 'default', config: { buildOption: { arkOptions: { buildProfileFields: { PATH: '/ws' } } } } }],
    }`,
    'entry/src/main/module.json5': `{ module: { name: 'entry', type: 'entry' } }`,
    'entry/src/main/ets/main.ets': `
      import BuildProfile, { BUNDLE_NAME, DEBUG } from 'BuildProfile';
      import { version } from 'net';
      console.log(BUNDLE_NAME, DEBUG, BuildProfile.BUNDLE_NAME, BuildProfile.VERSION_CODE, BuildProfile.VERSION_NAME);
      console.log(BuildProfile.BUNDLE_TYPE, BuildProfile.PRODUCT_NAME, BuildProfile.TARGET_NAME, BuildProfile.BUILD_MODE_NAME);
      console.log(BuildProfile.HOST, BuildProfile.RETRIES, BuildProfile.TRACE, BuildProfile.PATH, version);`,
    'net/oh-package.json5': `{ name: 'net', version: '2.1.0', main: 'Index.ets' }`,
    'net/src/main/module.json5': `{ module: { name: 'net', type: 'har' } }`,
    'net/Index.ets': `import BuildProfile from './BuildProfile';\nexport const version: string = BuildProfile.HAR_VERSION;`,
  };

  test('has the constants of the build, and the fields by their precedence', async (context) => {
    succeeded(
      await project(context, files).run(main),
      'com.example.chat true com.example.chat 1000001 1.0.1\napp default default debug\ndefault 5 true /ws 2.1.0\n',
    );
  });

  test('harmony.config chooses product and build mode', async (context) => {
    const { run } = project(context, { ...files, 'harmony.config.json5': `{ product: 'beta', buildMode: 'release' }` });
    succeeded(
      await run(main),
      'com.example.beta false com.example.beta 1000001 1.0.1\napp beta default release\nbeta 5 undefined /ws 2.1.0\n',
    );
  });

  test('a product that the project does not have: one sentence', async (context) => {
    const { run, folder } = project(context, { ...files, 'harmony.config.json5': `{ product: 'betta' }` });
    const { code, stderr } = await run(main);
    assert.equal(code, 1);
    const sentence = /^Error: (.*)$/mu.exec(stderr)?.[1]?.replace(folder, '');
    assert.match(
      sentence ?? stderr,
      /^.build-profile\.json5:\d+: there is no product "betta", which harmony\.config names; the products are: .*beta/u,
    );
  });

  test('an existing file counts', async (context) => {
    const { run } = project(context, {
      ...files,
      'net/BuildProfile.ets': `export default class BuildProfile { static readonly HAR_VERSION = 'from the file'; }`,
    });
    const { stdout } = await run(main);
    assert.match(stdout, /from the file\n$/);
  });
});
