// Layers as applications have them, and the example of a DevEco project, pass the type checker unchanged, with what
// `harmony-websocket types` writes. `tsc` does not read ArkTS, so the files get the ending `.ts`.

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Project, project } from './project.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { resolve } = createRequire(import.meta.url);
const tsc = join(dirname(resolve('typescript/package.json')), 'bin', 'tsc');
const command = 'node_modules/harmony-websocket/dist/cli/main.js';
const withNode = JSON.stringify({ type: 'module', devDependencies: { '@types/node': '*' } });

/** A project with a copy of a folder of this repository, if one is given, at `as`. `@types/node` is installed. */
function copied(context: TestContext, from: string | undefined, as: string, manifest = withNode): Project {
  const made = project(context, { 'package.json': manifest });
  const modules = join(made.folder, 'node_modules');
  mkdirSync(join(modules, '@types'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(modules, '@types/node'), 'junction');
  symlinkSync(join(root, 'node_modules/undici-types'), join(modules, 'undici-types'), 'junction');
  if (from === undefined) mkdirSync(join(made.folder, as));
  else cpSync(join(root, from), join(made.folder, as), { recursive: true });
  return made;
}

/** Copies ArkTS files with the ending `.ts`. Decorators of functions are ArkTS only. Links, as in node_modules, are left alone. */
function asTypeScript(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) asTypeScript(path);
    if (!entry.isFile() || !entry.name.endsWith('.ets')) continue;
    writeFileSync(path.replace(/\.ets$/u, '.ts'), readFileSync(path, 'utf8').replace(/^@Concurrent$/gmu, ''));
  }
}

/** What `tsc` says of a folder, after `harmony-websocket types`. */
async function errors({ folder, node }: Project, where: string, compilerOptions: object): Promise<string[]> {
  const written = await node(command, 'types', where);
  assert.equal(written.code, 0, written.stderr);
  asTypeScript(join(folder, where));
  const config = { extends: './.harmony/tsconfig.json', compilerOptions, include: ['src'] };
  writeFileSync(join(folder, where, 'tsconfig.json'), JSON.stringify(config));
  const { stdout } = await node(tsc, '-p', where, '--pretty', 'false');
  return stdout.split('\n').filter((line) => line !== '');
}

describe('unchanged code and tsc', { timeout: 120_000 }, () => {
  test('the layers of test/fixtures, strictly', async (context) => {
    const found = await errors(copied(context, 'test/fixtures/layers', 'src'), '.', { types: ['node'] });
    assert.deepEqual(
      found.map((line) => line.replace(/: error (TS\d+): .*/u, ' $1')),
      // DevEco Studio does not check `.ts` files strictly, and this layer counts on that.
      [
        'src/inspector/PackagerConnection.ts(21,11) TS2564',
        'src/inspector/PackagerConnection.ts(91,5) TS2322',
        'src/inspector/PackagerConnection.ts(109,5) TS2322',
      ],
      found.join('\n'),
    );
  });

  for (const module of ['net', 'entry']) {
    test(`examples/deveco/${module}, but for its page`, async (context) => {
      const example = copied(context, 'examples/deveco', '.');
      rmSync(join(example.folder, 'entry/src/main/ets/pages'), { recursive: true });
      rmSync(join(example.folder, 'entry/src/main/ets/entryability'), { recursive: true });
      asTypeScript(join(example.folder, 'net'));
      const paths = { '@company/net': ['../net/Index.ts'] };
      assert.deepEqual(await errors(example, module, { types: ['node'], paths }), []);
    });
  }

  const own = `
    import { map } from '@kit.MapKit';
    import geo from '@ohos.geoLocationManager';
    import router from '@system.router';
    import account, { helper } from '@hms.core.account';
    import native from 'libentry.so';
    import { common } from '@kit.AbilityKit';
    const context = getContext() as common.UIAbilityContext;
    const marker: string = map.create(context.filesDir).title;
    const timer: number = setTimeout((text: string) => console.log(text), 5, 'text');
    const again: number = setInterval(() => {}, 1000);
    clearTimeout(timer);
    clearInterval(again);
    AppStorage.setOrCreate<boolean>('online', canIUse('SystemCapability.Communication.NetStack'));
    const online: boolean | undefined = AppStorage.get<boolean>('online');
    const store: LocalStorage = new LocalStorage({ a: 1 });
    PersistentStorage.persistProp('token', '');
    const title: string = context.resourceManager.getStringSync($r('app.string.title'));
    try { router.back(); } catch (error) { console.log(error.code, error.message); }
    void [geo, account, helper, native, marker, online, store.get<number>('a'), title, $rawfile('a.pem')];
    export {};`;
  const typo = `\n    import { webSocket } from '@kit.NetWorkKit';\n    void webSocket;`;

  test('globals, absent modules and timers without the types of Node; a misspelt kit is an error', async (context) => {
    const made = copied(context, undefined, 'src', '{}');
    writeFileSync(join(made.folder, 'src/own.ts'), own);
    writeFileSync(join(made.folder, 'src/typo.ts'), typo);
    assert.deepEqual(
      (await errors(made, '.', { types: [] })).map((line) => line.replace(/: error (TS\d+): .*/u, ' $1')),
      ['src/typo.ts(2,31) TS2307'],
    );
  });

  test('timers with the types of Node are numbers and objects', async (context) => {
    const made = copied(context, undefined, 'src');
    const node = `
    const object: NodeJS.Timeout = setTimeout(() => {}, 5);
    setInterval(() => {}, 5).unref();
    void new Promise<void>((resolve) => setTimeout(resolve, 5));
    clearTimeout(object);`;
    writeFileSync(join(made.folder, 'src/own.ts'), own + node);
    assert.deepEqual(await errors(made, '.', { types: ['node'] }), []);
  });
});
