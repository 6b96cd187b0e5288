// Every module of the device loads, however it is imported, and is absent when it is used.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Outcome, project } from './project.ts';

function printed({ code, stdout, stderr }: Outcome): string {
  assert.equal(stderr, '');
  assert.equal(code, 0);
  return stdout;
}

/** Imports of each form. */
const imports = `
  import { map, mapCommon as common } from '@kit.MapKit';
  import * as scan from '@kit.ScanKit';
  import request from '@ohos.request';
  import fs, { Filter } from '@ohos.file.fs';
  import push from '@hms.core.push';
  import fetch from '@system.fetch';
  import Decimal from '@arkts.math.Decimal';
  import entry from 'libentry.so';
  import { socket, notOfThisKit, webSocket } from '@kit.NetworkKit';
  import wholeKit from '@kit.BasicServicesKit';
  import hilog, { LogLevel } from '@ohos.hilog';
  import '@kit.ArkUI';
  export { ServiceExtensionAbility, missionManager as passedOn } from '@kit.AbilityKit';
  export { default as passedDefault } from '@ohos.file.fs';
  export * from '@kit.LocationKit';
  export * as media from '@kit.MediaKit';`;

const absent = 'map common request fs Filter push fetch Decimal entry socket notOfThisKit wholeKit LogLevel'.split(' ');

const program = `${imports}
  const absent = [${absent.join(', ')}];
  console.log(${absent.map((name) => `typeof ${name}`).join(', ')});
  console.log(absent.every((value) => value === undefined), scan.scanBarcode === undefined, typeof scan.scanBarcode);
  console.log(typeof webSocket.createWebSocket, typeof hilog.info);
  const dynamic = await import('@kit.PushKit');
  const { pushService } = await import('@kit.PushKit');
  console.log(typeof dynamic.pushService, pushService === undefined, (await import('libother.so')).default);
  console.log(map?.a, entry ? 'there' : 'absent');`;

const expected = `${absent.map(() => 'undefined').join(' ')}
true true undefined
function function
undefined true undefined
undefined absent
`;

for (const file of ['main.ets', 'main.ts', 'main.mts', 'main.mjs']) {
  test(`every form of import links in ${file}, and absent names are undefined`, async (context) => {
    assert.equal(printed(await project(context, { [file]: program }).run(file)), expected);
  });
}

test('names pass through files that pass them on', async (context) => {
  const outcome = await project(context, {
    'main.ets': `
      import { ServiceExtensionAbility, passedOn, passedDefault, geoLocationManager, media, map, kit } from './kits';
      console.log(ServiceExtensionAbility, passedOn, passedDefault, geoLocationManager, media.media, map, kit.map);`,
    'kits.ets': `${imports}\nexport { map };\nexport * as kit from './more.mjs';`,
    'more.mjs': `export { map } from '@kit.MapKit';`,
  }).run('main.ets');
  assert.equal(printed(outcome), `${Array(7).fill('undefined').join(' ')}\n`);
});

test('types of absent modules are free', async (context) => {
  const outcome = await project(context, {
    'main.ets': `
      import { mapCommon } from '@kit.MapKit';
      import type { Wanted } from '@kit.NoSuchThingKit';
      import { common, Want } from '@kit.AbilityKit';
      import rpc from '@ohos.rpc';
      export function use(options: mapCommon.MapOptions, want: Want, remote: rpc.RemoteObject): common.Context | Wanted { return undefined!; }
      console.log('ran');`,
  }).run('main.ets');
  assert.equal(printed(outcome), 'ran\n');
});

describe('the use of an absent name', () => {
  const uses: [imports: string, use: string, what: string, line: number][] = [
    [`import { map } from '@kit.MapKit';`, 'map.a()', '"map" of @kit.MapKit', 3],
    [`import * as scan from '@kit.ScanKit';`, 'scan.scanBarcode.startScan()', '"scanBarcode" of @kit.ScanKit', 3],
    [`import fs from '@ohos.file.fs';`, 'fs.openSync()', 'the default export of @ohos.file.fs', 3],
    [`import entry from 'libentry.so';`, 'entry.add(1, 2)', 'the default export of libentry.so', 3],
    [
      `\nimport { ServiceExtensionAbility } from '@kit.AbilityKit';`,
      'new ServiceExtensionAbility()',
      '"ServiceExtensionAbility" of @kit.AbilityKit',
      4,
    ],
    [`const { map } = await import('@kit.MapKit');`, 'map.a()', '"map" of @kit.MapKit', 3],
  ];
  for (const file of ['main.ets', 'main.ts']) {
    for (const [imported, use, what, line] of uses) {
      test(`${what} in ${file}, ${imported.trim()}`, async (context) => {
        const { run, folder } = project(context, {
          [file]: `// A file.\ninterface Unused { a: string }\n${imported}\nfunction use(): void {\n  ${use};\n}\nuse();\n`,
        });
        const path = join(folder, file);
        const { code, stderr } = await run(file);
        assert.equal(code, 1);
        assert.ok(
          stderr.includes(
            `Error: ${what} is not part of harmony-websocket; it can be imported, but not used (imported by ${path}:${line}) — `,
          ),
          stderr,
        );
        assert.ok(stderr.includes(`at use (${path}:${line + 2}:`), stderr);
        assert.match(stderr, /provide the module: .*docs\/arkts\.md/);
        assert.match(stderr, /code: 'ERR_KIT_NAME'/);
      });
    }
  }
});
