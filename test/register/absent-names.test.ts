// Names of a kit that are on a device only: what an application may ask of them, and what their use says.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isAbsent } from '../../src/register/absent-names.ts';
import * as hypium from '../../src/register/hypium/names.ts';
import * as ability from '../../src/register/kits/ability-kit.ts';
import * as data from '../../src/register/kits/arkdata-kit.ts';
import * as arkts from '../../src/register/kits/arkts-kit.ts';
import * as basic from '../../src/register/kits/basic-services-kit.ts';
import * as network from '../../src/register/kits/network-kit.ts';
import * as ofWorker from '../../src/register/kits/ohos-worker.ts';
import * as performance from '../../src/register/kits/performance-analysis-kit.ts';
import { project } from './project.ts';

test('the existing names are those that the kits export with a value, and types', () => {
  const ofAbilities = [
    'ApplicationStateChangeCallback',
    'Configuration',
    'Context',
    'EnvironmentCallback',
    'Permissions',
    'Want',
  ];
  for (const [kit, exported] of Object.entries({
    '@kit.ArkTS': arkts,
    '@kit.NetworkKit': network,
    '@kit.BasicServicesKit': basic,
    '@kit.AbilityKit': ability,
    '@kit.ArkData': data,
    '@kit.PerformanceAnalysisKit': performance,
    '@ohos/hypium': hypium,
  })) {
    const types = ['AsyncCallback', 'Callback', 'ErrorCallback', 'ValueType', ...ofAbilities, ...Object.keys(ofWorker)];
    for (const [name, value] of Object.entries(exported)) {
      assert.equal(isAbsent(kit, name), value === undefined && !types.includes(name), `${name} of ${kit}`);
    }
  }
});

describe('feature tests', () => {
  const feature = `
    import { webSocket, socket } from '@kit.NetworkKit';
    import { usbManager } from '@kit.BasicServicesKit';
    console.log(typeof usbManager, usbManager === undefined, usbManager?.on, !socket, typeof socket, typeof webSocket.createWebSocket);
    if (typeof usbManager !== 'undefined') usbManager.on({ eventId: 1 }, () => {});
    try { usbManager.off(1); } catch (error) { console.log(error.code ?? error.name); }`;

  for (const [file, code] of [
    ['main.ets', 'ERR_KIT_NAME'],
    ['main.ts', 'ERR_KIT_NAME'],
    ['main.mjs', 'TypeError'],
  ] as const) {
    test(`are told the truth in ${file}; a use that forgets to ask throws`, async (context) => {
      const { code: exit, stdout, stderr } = await project(context, { [file]: feature }).run(file);
      assert.equal(exit, 0, stderr);
      assert.equal(stdout, `undefined true undefined true undefined function\n${code}\n`);
    });
  }

  test('a class that extends an absent one loads, and throws when an object is made', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': `import { NodeController } from '@kit.ArkUI';
import * as forms from '@kit.FormKit';
export class Controller extends NodeController { static readonly kept: number = 1; }
export class Form extends forms.FormExtensionAbility { name = 'a'; }
class Inner extends Controller { constructor() { super(); } }
console.log(Controller.kept);
for (const make of [() => new Inner(), () => new Form()]) {
  try { make(); } catch (error) { console.log(error.code, error.message.slice(0, 24), error.stack.split('\\n')[1].trim()); }
}`,
    });
    const { stdout, stderr } = await run('main.ets');
    assert.equal(stderr, '');
    assert.deepEqual(stdout.replaceAll(folder, '').trim().split('\n'), [
      '1',
      'ERR_KIT_NAME "NodeController" of @kit at new Inner (/main.ets:5:50)',
      'ERR_KIT_NAME "FormExtensionAbility" o at new Form (/main.ets:4:8)',
    ]);
  });

  test('the line of a use is that of the source', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': `import { socket } from '@kit.NetworkKit';\n\nfunction use(): void {\n  socket.constructTCPSocketInstance();\n}\nuse();`,
    });
    const { code, stderr } = await run('main.ets');
    assert.equal(code, 1);
    assert.match(stderr, /Error: "socket" of @kit\.NetworkKit is not part of harmony-websocket/);
    assert.ok(stderr.includes(`at use (${folder}/main.ets:4:3)`), stderr);
  });
});
