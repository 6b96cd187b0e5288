// Names of a kit that are on a device only: what an application may ask of them, and what their use says.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { guardAbsentNames } from '../../src/register/absent-names.ts';
import * as hypium from '../../src/register/hypium/names.ts';
import * as basic from '../../src/register/kits/basic-services-kit.ts';
import * as network from '../../src/register/kits/network-kit.ts';
import * as performance from '../../src/register/kits/performance-analysis-kit.ts';
import { tokenize } from '../../src/register/tokens.ts';
import { project } from './project.ts';

const importHttp = `import { http } from '@kit.NetworkKit';`;

/** The code with its guards, without the import and the function at the end. */
function guarded(code: string): string {
  const [, ...lines] = guardOf(`${importHttp}\n${code}`).split('\n');
  return lines
    .filter((line) => !line.startsWith('function $kit('))
    .join('\n')
    .trimEnd();
}

function guardOf(code: string): string {
  return guardAbsentNames(code, tokenize(code));
}

describe('uses of absent names', () => {
  const rows: [code: string, expected: string][] = [
    ['http.createHttp();', '$kit(http, 0).createHttp();'],
    ['a = 1\nhttp.createHttp()', 'a = 1\n$kit(http, 0).createHttp()'],
    [`f(...http.all, \`\${http.a}\`);`, `f(...$kit(http, 0).all, \`\${$kit(http, 0).a}\`);`],
    ['new http();', 'new ($kit(http, 0))();'],
    ['new http.Client();', 'new ($kit(http, 0)).Client();'],
    ['class A extends http {}', 'class A extends ($kit(http, 0)) {}'],
    ['http(1, (2));', '$kit(http, 0)(1, (2));'],
    // What only asks, or is another name.
    ["if (typeof http !== 'undefined') f();", "if (typeof http !== 'undefined') f();"],
    ['if (http) f(http);', 'if (http) f(http);'],
    ['http?.createHttp();', 'http?.createHttp();'],
    ['a.http.b(); a?.http.b(); this.#http.c();', 'a.http.b(); a?.http.b(); this.#http.c();'],
    ['const a = { http: 1, b: 2 }; const { http: c } = a;', 'const a = { http: 1, b: 2 }; const { http: c } = a;'],
    ['class B { http(a) { return a; } }', 'class B { http(a) { return a; } }'],
    ["const t = 'http.x'; // http.y", "const t = 'http.x'; // http.y"],
  ];
  for (const [code, expected] of rows) {
    test(JSON.stringify(code), () => assert.equal(guarded(code), expected));
  }

  test('nothing changes where nothing absent is imported or used', () => {
    for (const code of [
      `import { webSocket } from '@kit.NetworkKit'; webSocket.createWebSocket();`,
      `import { http } from './http'; http.x();`,
      `import { http } from '@kit.NetworkKit'; console.log(http);`,
      `const http = await import('x'); http.x();`,
    ]) {
      assert.equal(guardOf(code), code);
    }
  });

  test('renamed ones, of several kits', () => {
    const text = guardOf(
      `import { webSocket, http as h } from '@kit.NetworkKit'; import { emitter } from "@kit.BasicServicesKit";\nh.a(); emitter.b(); webSocket.c();`,
    );
    assert.match(text, /\n\$kit\(h, 0\)\.a\(\); \$kit\(emitter, 1\)\.b\(\); webSocket\.c\(\);\n/);
    assert.match(
      text,
      /\\"http\\" of @kit\.NetworkKit is not part of[^[]+\\"emitter\\" of @kit\.BasicServicesKit is not part of/,
    );
  });

  test('the existing names are those that the kits export with a value, and the types of callbacks', () => {
    for (const [kit, exported] of Object.entries({
      '@kit.NetworkKit': network,
      '@kit.BasicServicesKit': basic,
      '@kit.PerformanceAnalysisKit': performance,
      '@ohos/hypium': hypium,
    })) {
      const types = ['AsyncCallback', 'Callback', 'ErrorCallback'];
      for (const [name, value] of Object.entries(exported)) {
        const code = `import { ${name} } from '${kit}';\n${name}.x;`;
        const isGuarded = guardOf(code) !== code;
        assert.equal(isGuarded, value === undefined && !types.includes(name), `${name} of ${kit}`);
      }
    }
  });
});

describe('feature tests', () => {
  const feature = `
    import { webSocket, http } from '@kit.NetworkKit';
    import { emitter } from '@kit.BasicServicesKit';
    console.log(typeof emitter, emitter === undefined, emitter?.on, !http, typeof http, typeof webSocket.createWebSocket);
    if (typeof emitter !== 'undefined') emitter.on({ eventId: 1 }, () => {});
    try { emitter.off(1); } catch (error) { console.log(error.code ?? error.name); }`;

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

  test('the line of a use is that of the source', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': `import { http } from '@kit.NetworkKit';\n\nfunction use(): void {\n  http.createHttp();\n}\nuse();`,
    });
    const { code, stderr } = await run('main.ets');
    assert.equal(code, 1);
    assert.match(stderr, /Error: "http" of @kit\.NetworkKit is not part of harmony-websocket/);
    assert.ok(stderr.includes(`at use (${folder}/main.ets:4:`), stderr);
  });
});
