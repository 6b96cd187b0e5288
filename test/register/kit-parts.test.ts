// A kit module with only those parts of the kit that a file names.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { kitModules } from '../../src/register/kit-modules.ts';
import { partsText } from '../../src/register/kit-parts.ts';
import { project } from './project.ts';

/** URL of the file `kit.mjs` among these. */
function kitIn(context: TestContext, files: Record<string, string>): string {
  return pathToFileURL(join(project(context, files).folder, 'kit.mjs')).href;
}

const files = {
  'kit.mjs': `import { webSocket } from './web-socket.mjs';
import { http as client } from './http.mjs';
export { default as connection } from './connection.mjs';
var vpn = undefined;
export { webSocket, client as http, vpn };`,
  'web-socket.mjs': `console.log('webSocket');\nexport const webSocket = 1;`,
  'http.mjs': `console.log('http');\nexport const http = 2;`,
  'connection.mjs': `console.log('connection');\nexport default 3;`,
};

describe('a kit of several parts', () => {
  test('the text has a statement for each name, in one order', (context) => {
    const kit = kitIn(context, files);
    const from = (name: string) => JSON.stringify(new URL(`./${name}.mjs`, kit).href);
    const text = partsText('@kit.NetworkKit', kit, ['webSocket', 'vpn', 'nothing', 'http']);
    assert.equal(
      text,
      `const $absent = undefined;\nexport { http as http } from ${from('http')};\nexport { $absent as nothing };\n` +
        `export { $absent as vpn };\nexport { webSocket as webSocket } from ${from('web-socket')};\n`,
    );
    assert.equal(partsText('@kit.NetworkKit', kit, ['http', 'webSocket', 'nothing', 'vpn']), text);
    const other = partsText('@kit.NetworkKit', kit, ['connection']);
    assert.equal(other, `const $absent = undefined;\nexport { default as connection } from ${from('connection')};\n`);
  });

  test('a name of the kit that its file has itself needs the file', (context) => {
    const own = { ...files, 'kit.mjs': `${files['kit.mjs']}\nexport const webSocket2 = 4;` };
    const text = own['kit.mjs'].replaceAll('webSocket2', 'connection').replace(/^export \{ default as .*$/m, '');
    assert.equal(partsText('@kit.NetworkKit', kitIn(context, { ...own, 'kit.mjs': text }), ['connection']), undefined);
  });
});

test('a kit that passes on one module only is its file, and so is one that cannot be read', (context) => {
  const kit = kitIn(context, { ...files, 'kit.mjs': `export { webSocket } from './web-socket.mjs';` });
  assert.equal(partsText('@kit.NetworkKit', kit, ['webSocket']), undefined);
  assert.equal(partsText('@kit.NetworkKit', new URL('./missing.mjs', kit).href, ['webSocket']), undefined);
});

test('each name of each kit is the same by itself as of the whole kit', async (context) => {
  const { run } = project(context, {
    'main.mjs': `
      const values = [];
      import { writeFileSync } from 'node:fs';
      for (const kit of ${JSON.stringify(Object.keys(kitModules).filter((name) => name.startsWith('@kit.')))}) {
        const whole = await import(kit);
        const names = Object.keys(whole);
        const file = new URL(\`./\${kit}.mjs\`, import.meta.url);
        writeFileSync(file, names.map((name) => \`export { \${name} } from '\${kit}';\\n\`).join(''));
        const parts = await import(file.href);
        values.push(names.length, names.filter((name) => parts[name] !== whole[name]));
      }
      console.log(values.flat().filter((value) => typeof value === 'string').join(), values.length > 10);`,
  });
  const { stdout, stderr } = await run('main.mjs');
  assert.equal(stderr, '');
  assert.equal(stdout, ' true\n');
});
