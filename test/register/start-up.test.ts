// What `node --import harmony-websocket/register` costs before the program begins: the files that Node loads for it. Each takes
// about 0.4 ms of CPU, in each of the two threads where the hooks have their own. Needs dist/.

import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

const dist = new URL('../../dist/', import.meta.url);

/** The files of this package that a file of dist/ imports before it runs, itself included, relative to dist/. */
function loadedWith(file: string): string[] {
  const found = new Set<string>();
  function load(url: URL): void {
    if (found.has(url.href)) return;
    found.add(url.href);
    assert.ok(existsSync(url), `${url.href} is not there; run npm run build first`);
    for (const [, path] of readFileSync(url, 'utf8').matchAll(
      /^(?:import|export)\b[^'"]*?['"](\.{1,2}\/[^'"]+)['"];$/gm,
    )) {
      load(new URL(path!, url));
    }
  }
  load(new URL(file, dist));
  return [...found].map((href) => href.slice(dist.href.length)).sort();
}

for (const file of ['register/index.js', 'register/hooks.js']) {
  test(`${file} loads three files at most, and no kit, no plugin and no table`, () => {
    const loaded = loadedWith(file);
    assert.ok(loaded.length <= 3, loaded.join());
    assert.ok(
      !loaded.some((path) => /register\/(?:kits|hypium|vite|esbuild|kit-table)|^kits?\//.test(path)),
      loaded.join(),
    );
  });
}

test('no part of src/register is twice in dist/, but for the globals, of which each process of Vitest has its own copy', () => {
  const files = new Map<string, string[]>();
  for (const name of readdirSync(new URL('register/', dist), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.js')) continue;
    const text = readFileSync(new URL(`register/${name.replaceAll('\\', '/')}`, dist), 'utf8');
    for (const [, source] of text.matchAll(/^\/\/ (src\/register\/\S+)$/gm)) {
      files.set(source!, [...(files.get(source!) ?? []).filter((other) => other !== name), name]);
    }
  }
  assert.ok(files.size > 60, `${files.size}`);
  const ofVitest: string[] = readFileSync(new URL('register/vitest-setup.js', dist), 'utf8').match(/\w+\.js/g) ?? [];
  const twice = [...files].filter(([, names]) => names.filter((name) => !ofVitest.includes(name)).length > 1);
  assert.deepEqual(twice, []);
});
