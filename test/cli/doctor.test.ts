// `harmony-websocket doctor`: what a project imports of the device, what is missing, and where.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { project } from '../register/project.ts';

const command = 'node_modules/harmony-websocket/dist/cli/main.js';

/** A module with tests that reach its layer, and a page that they do not reach. */
const files = {
  'oh-package.json5': `{ name: 'entry' }`,
  'src/main/module.json5': `{ module: { type: 'entry' } }`,
  'src/main/ets/layer.ets': `import { webSocket, socket } from '@kit.NetworkKit';
import { map } from '@kit.MapKit';
import { scan } from '@kit.ScanKit';
export const layer = [webSocket, socket, map, scan];`,
  'src/main/ets/page.ets': `import { window } from '@kit.ArkUI';
@Component
struct Page { build() {} }
export const name = window.name;`,
  'src/mock/mock-config.json5': `{ '@kit.MapKit': { source: 'src/mock/map.ets' } }`,
  'src/mock/map.ets': 'export const map = 1;',
  'src/test/List.test.ets': `import { describe } from '@ohos/hypium';
import { layer } from '../main/ets/layer';
export default function testsuite() { describe('a', () => { void layer; }); }`,
};

describe('doctor', () => {
  test('lists what works, what is provided and what is missing, with file and line', async (context) => {
    const { code, stdout, stderr } = await project(context, files).node(command, 'doctor');
    assert.equal(stderr, '');
    assert.equal(code, 1);
    const [works, provided, missing, unreached] = stdout.split('\n\n').slice(1);
    assert.equal(works, 'Works\n  @kit.NetworkKit: webSocket\n  @ohos/hypium: describe');
    assert.equal(provided, 'Provided by the project\n  @kit.MapKit: map, by src/mock/map.ets');
    assert.match(missing!, /^Missing: .+\n {2}src\/main\/ets\/layer\.ets:1: socket of @kit\.NetworkKit\n/);
    assert.match(
      missing!,
      /\n {2}src\/main\/ets\/layer\.ets:3: scan of @kit\.ScanKit\n {2}to provide a module, name a file in /,
    );
    assert.equal(unreached!.trim().split('\n')[1], '  src/main/ets/page.ets:1: window of @kit.ArkUI');
  });

  test('tells by which imports a test reaches a component, whose file loads', async (context) => {
    const list = `import '../main/ets/between';\nexport default function testsuite() {}`;
    const { code, stdout } = await project(context, {
      ...files,
      'src/main/ets/layer.ets': 'export const layer = 1;',
      'src/main/ets/between.ets': `import './page';`,
      'src/main/ets/page.ets': `import { window } from '@kit.ArkUI';
@Component export struct Page { build() { Text(window.name) } }`,
      'src/test/List.test.ets': list,
    }).node(command, 'doctor', '.');
    assert.match(
      stdout,
      /\n\nComponents that tests reach: .*\n {2}src\/test\/List\.test\.ets → src\/main\/ets\/between\.ets → src\/main\/ets\/page\.ets\n/,
    );
    assert.match(stdout, /\nEverything that is needed is there\.\n$/);
    assert.equal(code, 0);
  });

  test('leaves out what only types use', async (context) => {
    const layer = `import type { map } from '@kit.MapKit';
import { scan } from '@kit.ScanKit';
import window from '@ohos.window';
export class Layer { stage?: window.WindowStage; options?: scan.Options; where?: map.Place; }`;
    const list = `import { Layer } from '../src/main/ets/layer';\nexport default function testsuite() { new Layer(); }`;
    const { code, stdout } = await project(context, {
      'src/main/ets/layer.ets': layer,
      'test/List.test.ets': list,
    }).node(command, 'doctor');
    assert.equal(stdout, '2 files, 0 modules of the device\n\nEverything that is needed is there.\n');
    assert.equal(code, 0);
  });

  test('names a file that tests reach and that cannot be translated', async (context) => {
    const { code, stdout } = await project(context, {
      ...files,
      'src/main/ets/layer.ets': '@log class A {}\nexport const layer = 1;',
    }).node(command, 'doctor');
    assert.match(stdout, /\n\nMistakes\n {2}.*layer\.ets:1: decorator "@log" has no meaning here/);
    assert.equal(code, 1);
  });

  test('is content with a project that needs nothing', async (context) => {
    const layer = `import { webSocket } from '@kit.NetworkKit';\nexport const layer = webSocket;`;
    const { code, stdout } = await project(context, { ...files, 'src/main/ets/layer.ets': layer }).node(
      command,
      'doctor',
    );
    assert.match(stdout, /\n\nEverything that is needed is there\.\n$/);
    assert.equal(code, 0);
  });

  test('passes on a misspelt kit, and a configuration that is not JSON5, in one sentence', async (context) => {
    const misspelt = await project(context, {
      ...files,
      'src/main/ets/layer.ets': `import { webSocket } from '@kit.NetWorkKit';\nexport const layer = webSocket;`,
    }).node(command, 'doctor');
    assert.equal(misspelt.code, 1);
    assert.match(misspelt.stdout, /\n\nMistakes\n {2}.*@kit\.NetWorkKit.*@kit\.NetworkKit/);
    const broken = await project(context, { ...files, 'src/mock/mock-config.json5': '{ a: ' }).node(command, 'doctor');
    assert.equal(broken.code, 1);
    assert.match(broken.stderr, /^harmony-websocket: .*mock-config\.json5.+\n$/);
  });

  test('names imports that lead nowhere, and configurations that are not JSON5', async (context) => {
    const { code, stdout } = await project(context, {
      ...files,
      'AppScope/app.json5': '',
      'src/main/ets/layer.ets': `import { a } from './Other';
import { b } from './far/away';
import axios from '@ohos/axios';
import { join } from 'node:path';
import 'harmony-websocket';
export const layer = [a, b, axios, join];`,
      'src/main/ets/other.ets': 'export const a = 1;',
    }).node(command, 'doctor');
    const [, mistakes = ''] = stdout.split('\n\nMistakes\n');
    assert.deepEqual(
      mistakes
        .trim()
        .split('\n')
        .map((line) => line.replace(/\/.*?\/(?=src|AppS)/u, '')),
      [
        'AppScope/app.json5:1:1: the file is not JSON5 (Unexpected end of input found); correct it there',
        '  src/main/ets/layer.ets:1: there is no file "./Other"; did you mean "other.ets"?',
        '  src/main/ets/layer.ets:2: there is no file "./far/away"; create it, or correct the path',
        '  src/main/ets/layer.ets:3: the package "@ohos/axios" is not installed; declare it in oh-package.json5 and run ' +
          '"ohpm install", or provide it (harmony.config.ts)',
      ],
    );
    assert.equal(code, 1);
  });

  test('a folder that does not exist', async (context) => {
    const { code, stderr } = await project(context, files).node(command, 'doctor', 'nowhere');
    assert.equal(code, 1);
    assert.equal(stderr, 'harmony-websocket: no folder nowhere; name the folder of a project\n');
  });
});
