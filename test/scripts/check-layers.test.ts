// The layer checker on small trees written for each test, and on the real one.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { importsOf } from '../../scripts/imports.ts';
import { checkLayers } from '../../scripts/layers.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

/** A tree on disk for the time of one test: file names to contents. */
function tree(context: TestContext, files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'layers-'));
  context.after(() => rmSync(folder, { recursive: true }));
  const manifest = { name: 'harmony-websocket', exports: { '.': '', './engine': '' }, peerDependencies: { nats: '*' } };
  for (const [name, text] of Object.entries({ 'package.json': JSON.stringify(manifest), ...files })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

function findings(context: TestContext, files: Record<string, string>): string[] {
  return checkLayers(tree(context, files)).map(({ file, line, text }) => `${file}:${line} ${text}`);
}

describe('the layer checker', () => {
  test('a tree whose arrows point down passes', (t) => {
    const found = findings(t, {
      'src/core/bytes.ts': 'export const zero = 0;\n',
      'src/core/frame/decoder.ts': "import { zero } from '../bytes.ts';\nexport { zero };\n",
      'src/node/socket.ts': "import net from 'node:net';\nimport { zero } from '../core/frame/decoder.ts';\n",
      'src/bus/nats.ts': "import type { A } from 'nats';\n",
      'cli/main.ts': "import { connect } from 'harmony-websocket/engine';\nimport './output.ts';\n",
      'cli/output.ts': "import process from 'node:process';\nimport { webSocket } from 'harmony-websocket';\n",
    });
    assert.deepEqual(found, []);
  });

  test('an arrow up is found in every form of import, with its line', (t) => {
    const found = findings(t, {
      'src/core/frame/decoder.ts': 'export type Decoder = 1;\nexport const value = 1;\n',
      'src/core/bytes.ts': [
        "import { value } from './frame/decoder.ts';",
        "import type { Decoder } from './frame/decoder.ts';",
        "export { value } from './frame/decoder.ts';",
        "export * from './frame/decoder.ts';",
        "import './frame/decoder.ts';",
        "const later = import('./frame/decoder.ts');",
        "import {\n  value as other,\n} from './frame/decoder.ts';",
      ].join('\n'),
    });
    const text = "imports './frame/decoder.ts': arrow up from base (src/core/bytes.ts) to frame (src/core/frame/)";
    assert.deepEqual(
      found,
      [1, 2, 3, 4, 5, 6, 9].map((line) => `src/core/bytes.ts:${line} ${text}`),
    );
  });

  test('rooms of one layer may use each other', (t) => {
    const found = findings(t, {
      'src/core/handshake/client.ts': "import { offer } from '../extension/negotiation.ts';\nexport { offer };\n",
      'src/core/handshake/fields.ts': 'export const list = 1;\n',
      'src/core/extension/negotiation.ts':
        "import { list } from '../handshake/fields.ts';\nexport const offer = list;\n",
    });
    assert.deepEqual(found, []);
  });

  test('a room that the table does not know is refused', (t) => {
    const found = findings(t, {
      'src/helpers/text.ts': 'export {};\n',
      'src/core/utils.ts': 'export {};\n',
      'src/index.ts': 'export {};\n',
    });
    assert.deepEqual(
      found,
      ['src/core/utils.ts', 'src/helpers/text.ts', 'src/index.ts'].map(
        (file) => `${file}:1 no layer is declared for this place; add it to scripts/layers.ts`,
      ),
    );
  });

  test('the core imports nothing from its host, src no package, an app no source', (t) => {
    const found = findings(t, {
      'src/core/bytes.ts': "import type { Buffer } from 'node:buffer';\n",
      'src/client/connect.ts': "import ws from 'ws';\nimport parts from '@scope/name/part';\n",
      'src/engine/index.ts': "import gone from './gone.ts';\nexport {};\n",
      'cli/main.ts': "import '../src/engine/index.ts';\nimport 'harmony-websocket/private';\nimport 'ws';\n",
    });
    assert.deepEqual(
      found.map((line) => line.split(' ')[0]),
      [
        'cli/main.ts:1',
        'cli/main.ts:2',
        'cli/main.ts:3',
        'src/client/connect.ts:1',
        'src/client/connect.ts:2',
        'src/core/bytes.ts:1',
        'src/engine/index.ts:1',
      ],
    );
  });

  test('the real tree passes, and the command exits 1 on a broken one', (t) => {
    assert.deepEqual(checkLayers(top), []);
    const broken = tree(t, { 'src/odd/a.ts': 'export {};\n' });
    const run = (folder: string) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'scripts/check-layers.ts', folder], {
        cwd: top,
        encoding: 'utf8',
      });
    assert.deepEqual([run(top).status, run(broken).status], [0, 1]);
    assert.match(run(broken).stdout, /^src\/odd\/a\.ts:1 /u);
  });
});

describe('the reader of imports', () => {
  test('comments, strings, templates and regular expressions are not imports', () => {
    const source = [
      "// import a from './comment.ts';",
      "/* import './block.ts'; */",
      'const text = "import \'./string.ts\'";',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
      "const template = `import './template.ts' ${`${'}'}`} import './again.ts'`;",
      "const pattern = /import '[/]'/u;",
      "const ratio = 4 / 2; const x = 1 / (import.meta.url.length); const y = object.import('./method.ts');",
      "export const from = './constant.ts';",
      "export default './default.ts';",
      "import real from './real.ts';",
    ].join('\n');
    assert.deepEqual(importsOf(source), [{ specifier: './real.ts', line: 9 }]);
  });

  test('a dynamic import inside a template is seen', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: source text
    assert.deepEqual(importsOf("const x = `a${await import('./b.ts')}c`;"), [{ specifier: './b.ts', line: 1 }]);
  });

  test('imports and exports of types are imports', () => {
    const source = [
      "import type { A } from './a.ts';",
      "export type { B } from './b.ts';",
      "export type * from './c.ts';",
      "import { type D } from './d.ts';",
      "import type from './e.ts';",
      "import type, { F } from './f.ts';",
      'export type G = { from: 1 };',
    ].join('\n');
    assert.deepEqual(
      importsOf(source).map(({ specifier }) => specifier),
      ['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts'],
    );
  });
});
