// The reader of resources, on files as DevEco has them.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { moduleResources } from '../../src/register/project/resources.ts';
import { project } from './project.ts';

const files = {
  'AppScope/resources/base/element/string.json': `{ "string": [{ "name": "app_name", "value": "Chat" }, { "name": "host", "value": "app" }] }`,
  'entry/oh-package.json5': '{}',
  'entry/src/main/resources/base/element/string.json': `{ "string": [
    { "name": "host", "value": "chat.example" }, { "name": "alias", "value": "$string:host" }
  ] }`,
  'entry/src/main/resources/base/element/net.json': `{ "integer": [{ "name": "port", "value": 8443 }],
    "boolean": [{ "name": "secure", "value": true }], "strarray": [{ "name": "hosts", "value": [{ "value": "a" }] }] }`,
  'entry/src/main/resources/en_US/element/string.json': `{ "string": [{ "name": "host", "value": "us.chat.example" }] }`,
  'entry/src/main/resources/rawfile/certs/ca.pem': 'certificate',
  'library/src/main/resources/base/element/string.json': `{ "string": [{ "name": "host", "value": "library.example" }] }`,
};

test('elements of the module, of the app behind it, and of the module beside it', (context) => {
  const { folder } = project(context, files);
  const found = moduleResources(join(folder, 'entry/src/test')) ?? assert.fail('no module');
  const string = (name: string, module = '', locale?: string) => found.element('string', name, module, locale);
  assert.deepEqual(
    [string('host'), string('alias'), string('app_name'), string('other')],
    ['chat.example', '$string:host', 'Chat', undefined],
  );
  assert.equal(found.element('integer', 'port', '', undefined), 8443);
  assert.equal(found.element('boolean', 'secure', 'entry', undefined), true);
  assert.deepEqual(found.element('strarray', 'hosts', '', undefined), [{ value: 'a' }]);
  assert.equal(found.element('strarray', 'host', '', undefined), undefined);
  assert.equal(string('host', 'library'), 'library.example');
});

test('a locale chooses the language, and falls back to the base', (context) => {
  const { folder } = project(context, files);
  const found = moduleResources(join(folder, 'entry')) ?? assert.fail('no module');
  const host = (locale: string) => found.element('string', 'host', '', locale);
  assert.deepEqual(
    [host('en-US'), host('en_US'), host('en-GB'), host('de-DE')],
    ['us.chat.example', 'us.chat.example', 'chat.example', 'chat.example'],
  );
});

test('raw files and their folders, and nothing outside', (context) => {
  const { folder } = project(context, files);
  const found = moduleResources(join(folder, 'entry')) ?? assert.fail('no module');
  assert.equal(Buffer.from(found.rawFile('certs/ca.pem', '') ?? []).toString(), 'certificate');
  for (const path of ['other', 'certs', '../base/element/net.json']) assert.equal(found.rawFile(path, ''), undefined);
  assert.deepEqual(
    [found.rawFiles('', ''), found.rawFiles('certs', 'entry'), found.rawFiles('other', ''), found.rawFiles('..', '')],
    [['certs'], ['ca.pem'], undefined, undefined],
  );
});

test('outside a project there are none', (context) => {
  const { folder } = project(context, {});
  assert.equal(moduleResources(folder), undefined);
});

test('a file that is not JSON is named', (context) => {
  const { folder } = project(context, { ...files, 'entry/src/main/resources/base/element/a.json': '{' });
  assert.throws(() => moduleResources(join(folder, 'entry'))?.element('string', 'host', '', undefined), {
    code: 'ERR_PROJECT_FILE',
    message: /a\.json: the file is not JSON \(.*\); correct it$/,
  });
});
