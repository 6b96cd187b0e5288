// An ability in a project that runs by `harmony-websocket/register`: the resources of its module, and the global functions.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { project } from '../../register/project.ts';

test('an ability reads the texts and files of its module', async (context) => {
  const { run } = project(context, {
    'oh-package.json5': "{ name: 'entry', version: '1.0.0' }",
    'src/main/resources/base/element/string.json': '{ "string": [{ "name": "url", "value": "ws://chat.example/%s" }] }',
    'src/main/resources/base/element/integer.json': '{ "integer": [{ "name": "retries", "value": 5 }] }',
    'src/main/resources/rawfile/ca.pem': 'PEM',
    'src/main/ets/main.ets': `
      import { UIAbility } from '@kit.AbilityKit';
      import common from '@ohos.app.ability.common';

      class EntryAbility extends UIAbility {
        url(): string {
          return this.context.resourceManager.getStringSync($r('app.string.url', 'room'));
        }
      }

      const ability = new EntryAbility();
      const own = getContext(ability) as common.UIAbilityContext;
      console.log(ability.url(), own === ability.context);
      console.log(own.resourceManager.getNumber($r('app.integer.retries')));
      own.resourceManager.getRawFileContent('ca.pem').then((content) => console.log(String.fromCharCode(...content)));
    `,
  });
  const { code, stdout, stderr } = await run('src/main/ets/main.ets');
  assert.equal(code, 0, stderr);
  assert.equal(stdout, 'ws://chat.example/room true\n5\nPEM\n');
});
