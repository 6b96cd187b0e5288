// The package for devices: made from src/reconnect, and ArkTS by the check of the SDK.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checkArkts } from '../../scripts/arkts-check/check.ts';
import { arktsFiles, arktsIndex, arktsIndexPath, arktsPath, arktsText } from '../../scripts/arkts-package.ts';

describe('packages/reconnect', { timeout: 60_000 }, () => {
  for (const file of arktsFiles) {
    test(`${file.target} is made from ${file.source}`, () => {
      assert.equal(readFileSync(arktsPath(file.target), 'utf8'), arktsText(file), 'run: npm run arkts');
    });
  }

  test('Index.ets exports all of it', () => {
    assert.equal(readFileSync(arktsIndexPath, 'utf8'), arktsIndex(), 'run: npm run arkts');
  });

  test('each file is ArkTS', () => {
    assert.deepEqual(checkArkts([arktsIndexPath, ...arktsFiles.map(({ target }) => arktsPath(target))]), []);
  });

  test('the check finds what ArkTS leaves out, and errors of types', (context) => {
    const folder = mkdtempSync(join(tmpdir(), 'arkts-'));
    context.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = join(folder, 'Wrong.ets');
    writeFileSync(file, 'export class A {\n  #a: number = 1;\n  b: any = 1;\n  c: number = "x";\n}\n');
    assert.deepEqual(
      checkArkts([file]).map((line) => line.slice(line.indexOf('Wrong.ets'))),
      [
        "Wrong.ets:4 Type 'string' is not assignable to type 'number'.",
        'Wrong.ets:2 Private "#" identifiers are not supported (arkts-no-private-identifiers)',
        'Wrong.ets:3 Use explicit types instead of "any", "unknown" (arkts-no-any-unknown)',
      ],
    );
  });
});
