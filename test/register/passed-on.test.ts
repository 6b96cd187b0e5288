// Where the names come from that files of a project pass on.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PassedNames } from '../../src/register/passed-on.ts';
import { project } from './project.ts';

const files = {
  'main.ets': '',
  'kits.ets': `// Kits.
export { map as place, mapCommon } from '@kit.MapKit';
export { webSocket } from '@kit.NetworkKit';
export * from '@kit.DrmKit';
export * as scan from '@kit.ScanKit';
export type { Type } from '@kit.MapKit';`,
  'list.ts': `import { socket, webSocket as open } from '@kit.NetworkKit';
import fs from '@ohos.file.fs';
import * as push from '@kit.PushKit';
export { socket, fs as files, open, push };
export default socket;`,
  'index.ets': `export * from './kits';
export { files } from './list';
export { default as net } from './list';
export class Own {}`,
  'circle.ets': `export * from './circle';
export * from './index';`,
  'own.ets': `import { map } from '@kit.MapKit';
export class Own { use() { map.a(); } }`,
};

describe('the origin of a name', () => {
  const rows: [specifier: string, exported: string, origin: string | undefined][] = [
    ['./kits', 'place', 'map of @kit.MapKit, kits.ets:2'],
    ['./kits', 'mapCommon', 'mapCommon of @kit.MapKit, kits.ets:2'],
    ['./kits.ets', 'drm', 'drm of @kit.DrmKit, kits.ets:4'],
    ['./kits', 'scan', '* of @kit.ScanKit, kits.ets:5'],
    ['./kits', 'webSocket', undefined],
    ['./kits', 'Type', undefined],
    ['./kits', 'other', undefined],
    ['./kits', 'default', undefined],
    ['./list', 'socket', 'socket of @kit.NetworkKit, list.ts:1'],
    ['./list', 'files', 'default of @ohos.file.fs, list.ts:2'],
    ['./list', 'push', '* of @kit.PushKit, list.ts:3'],
    ['./list', 'default', 'socket of @kit.NetworkKit, list.ts:1'],
    ['./list', 'open', undefined],
    ['.', 'place', 'map of @kit.MapKit, kits.ets:2'],
    ['./', 'files', 'default of @ohos.file.fs, list.ts:2'],
    ['./index', 'net', 'socket of @kit.NetworkKit, list.ts:1'],
    ['./index', 'Own', undefined],
    ['./circle', 'place', 'map of @kit.MapKit, kits.ets:2'],
    ['./circle', 'nothing', undefined],
    ['./own', 'Own', undefined],
    ['./missing', 'map', undefined],
    ['kits', 'place', undefined],
  ];
  test('is found through files that pass it on', (context) => {
    const { folder } = project(context, files);
    const passed = new PassedNames(join(folder, 'main.ets'));
    for (const [specifier, exported, expected] of rows) {
      const origin = passed.originOf(specifier, exported);
      const shown =
        origin && `${origin.name} of ${origin.module}, ${origin.path.slice(folder.length + 1)}:${origin.line}`;
      assert.equal(shown, expected, `${exported} of ${specifier}`);
    }
  });
});

test('the use of a name that another file passes on throws, and names that file', async (context) => {
  const { run, folder } = project(context, {
    ...files,
    'main.ets': `
      import { place, scan, Own, net } from './index';
      import * as all from './index';
      const uses: Array<() => void> = [() => place.a(), () => scan.b.c(), () => net.d(), () => all.drm.e(), () => new all.Own()];
      for (const use of uses) {
        try {
          use();
          console.log('used', new Own() instanceof all.Own);
        } catch (error) {
          console.log((error as Error).message.split(' — ')[0]);
        }
      }`,
  });
  const { code, stdout, stderr } = await run('main.ets');
  assert.equal(code, 0, stderr);
  const line = (what: string, place: string) =>
    `${what} is not part of harmony-websocket; it can be imported, but not used (imported by ${join(folder, place)})\n`;
  assert.equal(
    stdout,
    line('"map" of @kit.MapKit', 'kits.ets:2') +
      line('"b" of @kit.ScanKit', 'kits.ets:5') +
      line('"socket" of @kit.NetworkKit', 'list.ts:1') +
      line('"drm" of @kit.DrmKit', 'kits.ets:4') +
      'used true\n',
  );
});
