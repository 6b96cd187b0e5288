// What importing the engine loads: a few files of its own, and nothing of Node that only namespaces of its modules want.
// Needs dist/.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));

function loadedBy(statement: string): string[] {
  const script = `${statement}; console.log(process.moduleLoadList.join('\\n'))`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: top, encoding: 'utf8' });
  return text.trim().split('\n');
}

test('importing the engine loads nothing of Node that many programs do without, such as TLS and compression', () => {
  const before = new Set(loadedBy(''));
  const loaded = loadedBy("await import('harmony-websocket/engine')").filter((name) => !before.has(name));
  assert.ok(loaded.includes('NativeModule http'), loaded.join());
  const unused =
    /undici|internal\/repl|perf_hooks|NativeModule (?:tls|crypto|zlib|https|v8|worker_threads|console|dns\/promises)$/u;
  assert.deepEqual(
    loaded.filter((name) => unused.test(name)),
    [],
  );
});

for (const entry of ['engine', 'kit', 'testing']) {
  test(`the ${entry} is at most five files, and takes the modules of Node but one without their namespaces`, () => {
    const ofNode: string[] = [];
    const reached = new Set([new URL(`../../dist/${entry}/index.js`, import.meta.url).href]);
    for (const url of reached) {
      const text = readFileSync(new URL(url), 'utf8');
      const imports = text.matchAll(/^import (?:[^;"]* from )?"([^"]+)";$/gmu);
      for (const [, specifier = ''] of imports) {
        if (specifier.startsWith('.')) reached.add(new URL(specifier, url).href);
        else ofNode.push(specifier);
      }
    }
    // By this one bundlers know that it is not for a page.
    assert.deepEqual(ofNode, ['node:net']);
    assert.ok(reached.size > 1 && reached.size <= 5, [...reached].join());
  });
}
