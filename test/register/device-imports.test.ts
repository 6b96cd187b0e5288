// What a source imports from modules of the device.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isDeviceModule, mayImportDevice, moduleImports, moduleUses } from '../../src/register/device-imports.ts';
import { tokenize } from '../../src/register/tokens.ts';

/** The bindings of each import of the device: `name=local`, or `name>exported`; `import()` and `require()` in brackets. */
function read(source: string): string[] {
  const ofDevice = moduleImports(tokenize(source)).filter(({ module }) => isDeviceModule(module));
  return ofDevice.map(({ module, isDynamic, bindings }) => {
    const names = bindings
      .map(({ name, local, exported }) => `${name}${exported ? `>${exported}` : `=${local}`}`)
      .join(' ');
    return isDynamic ? `(${module}) ${names}`.trimEnd() : `${module} ${names}`.trimEnd();
  });
}

describe('modules of the device', () => {
  for (const name of [
    '@kit.MapKit',
    '@ohos.net.http',
    '@hms.core.push',
    '@system.fetch',
    '@arkts.lang',
    'libentry.so',
    '@ohos/hypium',
  ]) {
    test(`${name} is one`, () => {
      assert.equal(isDeviceModule(name), true);
      assert.equal(mayImportDevice(`import '${name}';`), true);
    });
  }
  for (const name of [
    'ws',
    '@ohos/axios',
    '@kit/x',
    '@scope/kit.NetworkKit',
    './libentry.so',
    'lib.so',
    'constructor',
    '@kit.',
  ]) {
    test(`${name} is none`, () => assert.equal(isDeviceModule(name), false));
  }
});

describe('imports', () => {
  const rows: [source: string, ...expected: string[]][] = [
    [`import { a } from '@kit.X';`, '@kit.X a=a'],
    [`import { a, b as c, type D, type E as F, } from "@kit.X"`, '@kit.X a=a b=c'],
    [`import {\n  a, // one\n  b,\n} from '@kit.X'`, '@kit.X a=a b=b'],
    [`import a from '@ohos.x';`, '@ohos.x default=a'],
    [`import a, { b } from '@ohos.x';`, '@ohos.x default=a b=b'],
    [`import a, * as b from '@ohos.x';`, '@ohos.x default=a *=b'],
    [`import * as a from '@kit.X';`, '@kit.X *=a'],
    [`import lazy { a } from '@kit.X';`, '@kit.X a=a'],
    [`import lazy a from '@ohos.x';`, '@ohos.x default=a'],
    [`import lazy from '@ohos.x';`, '@ohos.x default=lazy'],
    [`import type from '@ohos.x';`, '@ohos.x default=type'],
    [`import type { A } from '@kit.X'; import type B from '@ohos.x';`, '@kit.X', '@ohos.x'],
    [`import { default as a } from '@ohos.x';`, '@ohos.x default=a'],
    [`import '@ohos.x';`, '@ohos.x'],
    [`export { a, b as c, default as d } from '@kit.X';`, '@kit.X a>a b>c default>d'],
    [`export * from '@kit.X';`, '@kit.X *>*'],
    [`export * as x from '@kit.X';`, '@kit.X *>x'],
    [`import { a } from './a'; import { b } from '@kit.X';`, '@kit.X b=b'],
    [`import('@kit.X');`, '(@kit.X)'],
    [`const { a, b: c, d = 1, ...e } = await import('@kit.X');`, '(@kit.X) a=a b=c'],
    [`const x = await import('@kit.X');`, '(@kit.X) *=x'],
    [`const x = require('@kit.X'), y = require('libz.so');`, '(@kit.X) *=x', '(libz.so) *=y'],
    [`var import_x = __toESM(require("@ohos.x"));`, '(@ohos.x) *=import_x'],
    [`x = await import('@kit.X'); a.import('@kit.Y');`, '(@kit.X)'],
    [`const text = "import { a } from '@kit.X'"; // import '@kit.Y'`],
    [`export const a = 1;\nexport { a as b };\nimport.meta.url;\nconst s = '@kit.X';`],
  ];
  for (const [source, ...expected] of rows) {
    test(JSON.stringify(source), () => assert.deepEqual(read(source), expected));
  }
});

test('the uses of a module: the names that must link, and the first line', () => {
  const uses = moduleUses(
    `// first\nimport { a } from '@kit.X';\nimport * as all from '@kit.X';\nexport { b } from '@kit.X';\n` +
      `import('@kit.Y');\nexport * from '@kit.Z';\nconst { c } = await import('@kit.X');`,
  );
  const shown = [...uses].map(([module, { names, line }]) => [module, line, [...names].join()]);
  assert.deepEqual(shown, [
    ['@kit.X', 2, 'a,b'],
    ['@kit.Y', 5, ''],
    ['@kit.Z', 6, '*'],
  ]);
});
