// `harmony-websocket types`: what it writes type-checks, in projects with `paths` of their own.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { project } from './project.ts';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
const command = 'node_modules/harmony-websocket/dist/cli/main.js';

const files = {
  'package.json': '{ "type": "module" }',
  'oh-package.json5': `{ name: 'entry' }`,
  'src/main/module.json5': `{ module: { type: 'entry' } }`,
  'harmony.config.ts': `export default { provide: { '@kit.MapKit': './stubs/map.ts', '@ohos.sensor': './stubs/sensor.ets' } };`,
  'stubs/map.ts': `
    export interface Options { zoom: number }
    export namespace map { export interface Marker { title: string } export const zoom: number = 3; }
    export class Controller { constructor(readonly options: Options) {} }
    export default function create(options: Options): Controller { return new Controller(options); }`,
  'stubs/sensor.ets': `export default { on: (): void => {} };`,
  'shared/own.ts': `export const own: number = 1;`,
  'src/right.ts': `
    import { webSocket } from '@kit.NetworkKit';
    import defaultWebSocket from '@ohos.net.webSocket';
    import { BusinessError, type AsyncCallback } from '@kit.BasicServicesKit';
    import { describe, expect, it } from '@ohos/hypium';
    import create, { Controller, map, type Options } from '@kit.MapKit';
    import sensor from '@ohos.sensor';
    import BuildProfile, { DEBUG } from 'BuildProfile';
    import { own } from '@shared/own';
    const socket: webSocket.WebSocket = defaultWebSocket.createWebSocket();
    const done: AsyncCallback<boolean> = (err: BusinessError, value: boolean) => void [err, value];
    const options: Options = { zoom: map.zoom };
    const marker: map.Marker = { title: 'a' };
    const controller: Controller = create(options);
    const name: string = BuildProfile.BUNDLE_NAME;
    sensor.on();
    describe('a', () => it('b', 0, () => expect(own).assertEqual(1)));
    export { controller, DEBUG, done, marker, name, socket };`,
  'src/wrong.ts': `
    import { map } from '@kit.MapKit';
    import { webSocket } from '@kit.NetworkKit';
    import { VERSION_CODE } from 'BuildProfile';
    const title: string = map.zoom;
    webSocket.createNothing();
    const code: string = VERSION_CODE;
    export { code, title };`,
};

const options: [name: string, compilerOptions: object][] = [
  ['as it is', {}],
  ['module NodeNext', { module: 'NodeNext' }],
  ['module ESNext, moduleResolution bundler', { module: 'ESNext', moduleResolution: 'bundler' }],
];

describe('harmony-websocket types', () => {
  for (const [name, compilerOptions] of options) {
    test(`${name}: kits, provided modules and BuildProfile have their types`, async (context) => {
      const { node } = project(context, {
        ...files,
        'tsconfig.json': JSON.stringify({
          extends: './.harmony/tsconfig.json',
          compilerOptions: { ...compilerOptions, paths: { '@shared/*': ['./shared/*'] } },
          include: ['src'],
        }),
        ...(name === 'module NodeNext'
          ? { 'src/right.ts': files['src/right.ts'].replace('@shared/own', '@shared/own.js') }
          : {}),
      });
      const written = await node(command, 'types');
      assert.equal(written.stderr, '');
      assert.equal(written.code, 0);
      assert.match(written.stdout, /^wrote \.harmony[\\/]provided\.d\.ts$/m);
      assert.match(written.stdout, /^extend it in tsconfig\.json: \{ "extends": "\.\/\.harmony\/tsconfig\.json" \}$/m);
      const { stdout } = await node(tsc, '-p', '.', '--pretty', 'false');
      const errors = stdout.split('\n').filter((line) => line !== '');
      assert.deepEqual(
        errors.map((line) => line.replace(/: error (TS\d+): .*/, ' $1')),
        ['src/wrong.ts(5,11) TS2322', 'src/wrong.ts(6,15) TS2339', 'src/wrong.ts(7,11) TS2322'],
        stdout,
      );
    });
  }

  test('the declarations have no errors themselves', async (context) => {
    const { node } = project(context, {
      ...files,
      'src/wrong.ts': '',
      'tsconfig.json': JSON.stringify({
        extends: './types/tsconfig.json',
        compilerOptions: { skipLibCheck: false, types: [], lib: ['es2022'], paths: { '@shared/*': ['./shared/*'] } },
        include: ['src'],
      }),
    });
    assert.equal((await node(command, 'types', '--out', 'types')).code, 0);
    const { stdout } = await node(tsc, '-p', '.', '--pretty', 'false');
    assert.deepEqual(
      stdout.split('\n').filter((line) => line.startsWith('types/')),
      [],
    );
  });

  test('a mistake in the configuration is one line', async (context) => {
    const { node } = project(context, { ...files, 'harmony.config.ts': 'export default { provide: 1 };' });
    const { code, stderr } = await node(command, 'types');
    assert.equal(code, 1);
    assert.match(stderr, /harmony\.config\.ts:1: "provide" has a wrong value; give it an object of paths/);
  });
});
