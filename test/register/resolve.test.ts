import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { completeSpecifier, kitFolder, publicName } from '../../src/register/resolve.ts';
import { project } from './project.ts';

describe('what the files behind the kit modules import has a public name', () => {
  const kit = new URL('network-kit.js', kitFolder).href;
  const cases: Array<[specifier: string, name: string | undefined, importer: string]> = [
    ['../../kit/index.js', 'harmony-websocket', kit],
    ['../../kits/http/index.js', 'harmony-websocket/kits/http', kit],
    ['../../kits/hi-trace-meter/index.js', 'harmony-websocket/kits/hi-trace-meter', kit],
    ['../../kits/host.js', undefined, kit],
    ['../../kits/index.js', undefined, kit],
    ['./absent.js', undefined, kit],
    ['../errors.js', undefined, kit],
    ['../../kit/index.js', undefined, pathToFileURL(join('/', 'app', 'a', 'b', 'c.ets')).href],
    ['../../kit/index.js', undefined, new URL('../hypium/index.js', kitFolder).href],
  ];
  for (const [specifier, name, importer] of cases) {
    test(`${specifier} from ${importer.replace(kitFolder, '')}: ${name}`, () => {
      assert.equal(publicName(specifier, importer), name);
    });
  }
});

describe('relative imports', () => {
  const layout = {
    'main.ets': '',
    'plain.mjs': '',
    'both.ets': '',
    'both.ts': '',
    'only.ts': '',
    'dotted.name.ets': '',
    'has.js': '',
    'has.ts': '',
    'built.ts': '',
    'lower/index.ets': '',
    'upper/Index.ets': '',
    'typed/index.ts': '',
    'named.ets/index.ets': '',
  };
  const cases: Array<[specifier: string, file: string | undefined]> = [
    ['./both', 'both.ets'],
    ['./only', 'only.ts'],
    ['./dotted.name', 'dotted.name.ets'],
    ['./lower', 'lower/index.ets'],
    ['./lower/', 'lower/index.ets'],
    ['./upper', 'upper/Index.ets'],
    ['./typed', 'typed/index.ts'],
    ['./named.ets', 'named.ets/index.ets'],
    ['./built.js', 'built.ts'],
    ['./only?x=1', 'only.ts?x=1'],
    ['./has.js', undefined],
    ['./only.ts', undefined],
    ['./missing', undefined],
    ['only', undefined],
    ['node:fs', undefined],
    ['https://example.org/only', undefined],
  ];
  test('an extension or an index file is added when that names a file; complete and unknown specifiers stay', (context) => {
    const { folder } = project(context, layout);
    const importer = pathToFileURL(join(folder, 'main.ets')).href;
    for (const [specifier, file] of cases) {
      const expected = file === undefined ? specifier : new URL(file, importer).href;
      // Where file names know no case, index.ets finds Index.ets as well.
      const actual = completeSpecifier(specifier, importer, false).replace('upper/index.ets', 'upper/Index.ets');
      assert.equal(actual, expected, specifier);
    }
    const parent = pathToFileURL(join(folder, 'lower', 'index.ets')).href;
    assert.equal(completeSpecifier('../only', parent, false), new URL('only.ts', importer).href);
    assert.equal(completeSpecifier('.', parent, false), parent);
  });

  test('plain JavaScript may leave the extension out too, but keeps .js for itself', (context) => {
    const { folder } = project(context, layout);
    const importer = pathToFileURL(join(folder, 'plain.mjs')).href;
    assert.equal(completeSpecifier('./only', importer, false), new URL('only.ts', importer).href);
    assert.equal(completeSpecifier('./built.js', importer, false), './built.js');
  });

  test('require() keeps its own rules in JavaScript, and gets a path in TypeScript', (context) => {
    const { folder } = project(context, layout);
    assert.equal(completeSpecifier('./only', pathToFileURL(join(folder, 'has.js')).href, true), './only');
    assert.equal(
      completeSpecifier('./only', pathToFileURL(join(folder, 'has.ts')).href, true),
      join(folder, 'only.ts'),
    );
  });

  test('the entry file has no importer and stays', () => {
    assert.equal(completeSpecifier('file:///app/main', undefined, false), 'file:///app/main');
  });
});
