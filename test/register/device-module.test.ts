// What stands behind a module of the device, for a file that imports it.

import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { deviceModule, kitFile, moduleText } from '../../src/register/device-module.ts';
import { kitModules } from '../../src/register/kit-modules.ts';
import { kitNames, nearestKit } from '../../src/register/kit-names.ts';
import { project } from './project.ts';

/** URL of a file with this text. */
function importerOf(context: TestContext, text: string): string {
  return pathToFileURL(join(project(context, { 'a.ts': text }).folder, 'a.ts')).href;
}

describe('modules that this package has', () => {
  for (const [specifier, file] of Object.entries(kitModules)) {
    test(`${specifier} is a file`, () => {
      const path = fileURLToPath(kitFile(specifier)!);
      assert.ok(path.endsWith(`${join('register', file)}.js`), path);
      assert.ok(existsSync(path.replace(/js$/, 'ts')), path);
      assert.deepEqual(deviceModule(specifier), { file: kitFile(specifier), missing: [] });
    });
  }
});

for (const specifier of ['ws', 'node:fs', './a', '@ohos/axios', '@kit/x', '@scope/kit.NetworkKit', 'constructor']) {
  test(`${specifier} is not a module of the device`, () => assert.equal(deviceModule(specifier), undefined));
}

describe('modules that it does not have', () => {
  const rows: [specifier: string, text: string, missing: string[]][] = [
    ['@kit.MapKit', `import { map, mapCommon as b } from '@kit.MapKit';`, ['map', 'mapCommon', 'default']],
    ['@kit.MapKit', `export { map as a } from '@kit.MapKit'; import { b } from '@kit.PushKit';`, ['map', 'default']],
    ['@ohos.file.fs', `import fs, { Options } from '@ohos.file.fs';`, ['default', 'Options']],
    ['@hms.core.push', `import * as push from '@hms.core.push';`, ['default']],
    ['@system.fetch', `await import('@system.fetch');`, ['default']],
    ['libentry.so', `import entry from 'libentry.so';`, ['default']],
    ['@kit.DrmKit', `export * from '@kit.DrmKit';`, ['drm', 'default']],
    ['@kit.DrmKit', `import './b';`, ['drm', 'default']],
  ];
  for (const [specifier, text, missing] of rows) {
    test(`${specifier}, imported by ${text}`, (context) => {
      assert.deepEqual(deviceModule(specifier, importerOf(context, text)), { file: undefined, missing });
    });
  }

  test('for an importer that cannot be read they have the names that are known', () => {
    for (const importer of [undefined, 'file:///nowhere/[eval1]', 'data:text/javascript,1']) {
      assert.deepEqual(deviceModule('@kit.DrmKit', importer)?.missing, ['drm', 'default']);
      assert.deepEqual(deviceModule('@kit.MapKit', importer)?.missing, ['default']);
    }
  });
});

describe('misspelled names', () => {
  const rows: [specifier: string, nearest: string][] = [
    ['@kit.NetWorkKit', '@kit.NetworkKit'],
    ['@kit.NetworKit', '@kit.NetworkKit'],
    ['@kit.Network', '@kit.NetworkKit'],
    ['@kit.BasicServiceKit', '@kit.BasicServicesKit'],
    ['@kit.PerformanceAnalisysKit', '@kit.PerformanceAnalysisKit'],
    ['@kit.ArkTs', '@kit.ArkTS'],
    ['@kit.mapKit', '@kit.MapKit'],
    ['@ohos.net.websocket', '@ohos.net.webSocket'],
    ['@ohos.hiLog', '@ohos.hilog'],
  ];
  for (const [specifier, nearest] of rows) {
    test(`${specifier} is refused: the error names the file, the line and ${nearest}`, (context) => {
      const importer = importerOf(context, `// A file.\nimport { a } from '${specifier}';`);
      assert.throws(() => deviceModule(specifier, importer), {
        code: 'ERR_KIT_UNKNOWN',
        message:
          `"${specifier}" (imported by ${fileURLToPath(importer)}:2) is not a module of the device; did you mean ` +
          `"${nearest}"? — correct the name, or, if it is right, provide the module: provide: { '${specifier}': ` +
          "'./stubs/file.ts' } in harmony.config.ts, or src/mock/mock-config.json5 (docs/arkts.md)",
      });
    });
  }

  test('without an importer the error has no line', () => {
    assert.throws(() => deviceModule('@kit.NetWorkKit'), { message: /\(imported by the command line\)/ });
  });

  for (const specifier of [
    '@kit.FooBarKit',
    '@kit.NetworkShieldKit',
    '@kit.constructor',
    '@kit.AIKit',
    '@ohos.net.sockets',
  ]) {
    test(`${specifier} is none`, () => assert.equal(deviceModule(specifier)?.file, undefined));
  }

  test('no kit of the table is taken for a misspelling of another', () => {
    for (const kit of kitNames().keys()) assert.equal(nearestKit(kit), kit);
  });
});

test('the table names each kit once, and each name of a kit once', () => {
  const kits = kitNames();
  assert.ok(kits.size > 100);
  assert.ok(kits.get('@kit.AbilityKit')?.includes('UIAbility'));
  assert.ok(kits.get('@kit.ArkUI')!.length > 500);
  for (const [kit, names] of kits) {
    assert.match(kit, /^@kit\.[A-Z]\w+$/);
    assert.deepEqual(names, [...new Set(names)], kit);
    for (const name of names) assert.match(name, /^[A-Za-z]\w+$/);
  }
});

describe('the text of a module', () => {
  /** What a module of this text exports. */
  async function exportsOf(text: string): Promise<Record<string, unknown>> {
    const module = (await import(`data:text/javascript,${encodeURIComponent(text)}`)) as Record<string, unknown>;
    return { ...module };
  }

  test('has the missing names, with undefined', async () => {
    assert.deepEqual(await exportsOf(moduleText(['a', 'delete', 'default'])), {
      a: undefined,
      delete: undefined,
      default: undefined,
    });
  });

  test('has what the file exports, too, and never hides it', async () => {
    const file = `data:text/javascript,${encodeURIComponent('export const a = 1, b = 2; export default 3;')}`;
    assert.deepEqual(await exportsOf(moduleText(['b', 'c', 'default'], file)), {
      a: 1,
      b: 2,
      c: undefined,
      default: 3,
    });
  });
});
