// Each module of the device that this package has, bundled for a page: nothing of Node is in it. What needs Node is absent there.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build } from 'esbuild';
import { harmonyWebSocket } from 'harmony-websocket/esbuild';
import { kitModules } from '../../src/register/kit-modules.ts';

async function forPage(program: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: program, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    write: false,
    logLevel: 'silent',
    plugins: [harmonyWebSocket()],
  });
  return outputFiles[0]!.text;
}

describe('in a page', () => {
  for (const name of Object.keys(kitModules).filter((specifier) => !specifier.startsWith('@ohos/'))) {
    test(`${name} has nothing of Node`, async () => {
      const text = await forPage(`import * as all from '${name}'; console.log(all);`);
      assert.doesNotMatch(text, /getBuiltinModule|from ?"node:/u);
    });
  }

  test('http is absent, containers are there, and their errors are of the class that the kit has', async () => {
    const text = await forPage(`
      import { http } from '@kit.NetworkKit';
      import { ArrayList } from '@kit.ArkTS';
      import { BusinessError } from '@kit.BasicServicesKit';
      let error;
      try { new ArrayList().removeByIndex(5); } catch (thrown) { error = thrown; }
      globalThis.seen = [typeof http, error instanceof BusinessError, error.code];`);
    const seen: unknown = await import(`data:text/javascript,${encodeURIComponent(text)}`).then(
      () => (globalThis as { seen?: unknown }).seen,
    );
    assert.deepEqual(seen, ['undefined', true, 10200001]);
  });
});
