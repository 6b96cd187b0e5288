// The two transformers give programs that do the same: that of the optional peer, and Node's own.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import module from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { transformSync } from 'esbuild';
import { nodeTransformer } from '../../src/register/node-transformer.ts';
import { peerTransformer, toJavaScriptWith } from '../../src/register/transform.ts';
import type { Transformer } from '../../src/register/transformer.ts';
import { blankUnusedImports } from '../../src/register/unused-imports.ts';

const top = fileURLToPath(new URL('../../', import.meta.url));
const node = nodeTransformer();
const peer = peerTransformer();
const skip = node === undefined && `module.stripTypeScriptTypes is absent from Node ${process.version}`;

/** Whether this Node translates enums and their like. */
const canTransform = (() => {
  try {
    (module as unknown as { stripTypeScriptTypes(source: string, options: object): string }).stripTypeScriptTypes('', {
      mode: 'transform',
    });
    return true;
  } catch {
    return false;
  }
})();

function translated(transformer: Transformer | undefined, source: string): string {
  assert.ok(transformer !== undefined);
  const { code } = toJavaScriptWith(transformer, source, '/a.ts', 'file:///a.ts');
  // Layout does not count, nor do empty braces: `export {}`, `import A, {} from`.
  return transformSync(code, { minifyWhitespace: true })
    .code.replace(/export ?\{\};/g, '')
    .replace(/,\{\}(?=from)/g, ' ')
    .trim();
}

function sameFromBoth(source: string, name: string): void {
  assert.equal(translated(node, source), translated(peer, source), name);
}

describe('types are erased', { skip }, () => {
  test('from every source of this package as by the peer', () => {
    for (const folder of ['src', 'cli']) {
      for (const file of readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })) {
        if (/\.ts$/.test(file)) sameFromBoth(readFileSync(join(top, folder, file), 'utf8'), file);
      }
    }
  });

  const cases: Record<string, string> = {
    fields: 'class A<T> extends B { x: number; static y?: T; declare z: string; #p: T; abstract f(): void }',
    'imports of types': "import { A, B } from './x';\nlet a: A = B as any;",
    'an import of types only': "import { A } from '@kit.ArkUI';\nlet a: A | undefined;",
    'a default import of a type': "import D, { B } from './x';\nconsole.log(B, {} as D);",
    'a default import with a namespace': "import D, * as N from './x';\nD(); let n: N.A;",
    'a namespace without the default': "import D, * as N from './x';\nN.f(); let d: D;",
    'the last of several': "import { A, B as C } from './x'\nA(); let c: C;",
    'all but the default': "import D, { A, B } from './x';\nD();",
    'a name that is only a key': "import { A } from './x';\nconsole.log({ A: 1, b: x.A });",
    'a shorthand property': "import { A } from './x';\nconsole.log({ A });",
    'a spread': "import { A } from './x';\nconsole.log(...A);",
    'a template': ['import { A } from "./x";\nconsole.log(`$', '{A}`);'].join(''),
    'an import for its effect': "import './x';",
    'a name passed on': "import { A } from './x';\nexport { A } from './y';",
    'an export of an import': "import { A } from './x';\nexport { A };",
    attributes: "import a from './a.json' with { type: 'json' };\nconsole.log(a);",
    'attributes of a type': "import a from './a.json' with { type: 'json' };\nlet b: typeof a;",
    'dynamic imports': "import { A } from './x';\nconst b = import('./y'); import.meta.url; let a: A;",
  };
  for (const [name, source] of Object.entries(cases)) {
    test(name, () => sameFromBoth(source.replace(/abstract f\(\): void /, ''), name));
  }

  test('every token keeps its place, and the source map has it', () => {
    const source = "import { A } from './x';\nclass C {\n  /** ä */ x: A = 1 as A;\n}\n";
    const { code, map } = toJavaScriptWith(node!, source, '/a.ts', 'file:///a.ts');
    assert.equal(code.length, source.length);
    assert.equal(code, '                        \nclass C {\n  /** ä */ x    = 1     ;\n}\n');
    const { sources, mappings } = JSON.parse(map);
    assert.deepEqual(sources, ['file:///a.ts']);
    // class, C and the brace; x, =, 1 and the semicolon; the closing brace.
    assert.equal(mappings, ';AACA,MAAM,EAAE;WACG,KAAK,EAAE,MAAM;AACxB;');
  });
});

describe('what is more than types', { skip }, () => {
  const cases: Record<string, string> = {
    enum: 'enum E { a, b = 4 }\nconsole.log(E.a);',
    namespace: 'namespace N { export const a = 1 }\nconsole.log(N.a);',
    'parameter property': 'class A {\n  constructor(private x: number) {}\n}',
  };
  for (const [name, source] of Object.entries(cases)) {
    test(`${name}: done by a Node that can, refused in a sentence by one that cannot`, () => {
      if (canTransform) return sameFromBoth(source, name);
      const line = source.includes('private') ? 2 : 1;
      assert.throws(
        () => toJavaScriptWith(node!, source, '/a.ets', 'file:///a.ets'),
        (error: Error & { code?: string }) => {
          assert.equal(error.code, 'ERR_ARKTS_TRANSFORMER');
          assert.match(
            error.message,
            new RegExp(
              `^/a\\.ets:${line}: Node\\.js v[\\d.]+ cannot translate this file by itself ` +
                `\\(.*${name}.*\\); install @swc/wasm-typescript: npm install --save-dev @swc/wasm-typescript$`,
            ),
          );
          return true;
        },
      );
    });
  }

  test('unused imports go here too', { skip: !canTransform && 'needs the mode "transform"' }, () => {
    sameFromBoth("import { A, B } from './x';\nenum E { a = 1 }\nlet a: A = B(E.a);", 'imports');
  });
});

test('a syntax error has the same place from both', { skip }, () => {
  for (const source of ['let a = 1;\n\tlet b: number = {,};\n', 'const é = "日本😀";\tlet x = ;', 'let = = 1;']) {
    const [ours, theirs] = [node!, peer!].map((transformer) => {
      try {
        toJavaScriptWith(transformer, source, '/a.ets', '');
      } catch (error) {
        return error as Error & { code: string };
      }
      return assert.fail(source);
    });
    assert.equal(ours!.code, 'ERR_ARKTS_SYNTAX');
    assert.ok(ours instanceof SyntaxError);
    assert.equal(ours.message.split(': ')[0], theirs!.message.split(': ')[0]);
    assert.equal(ours.message.split('\n').slice(1).join('\n'), theirs!.message.split('\n').slice(1).join('\n'));
  }
});

test('Node does not warn that it is experimental', { skip }, () => {
  const warned: unknown[] = [];
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error) => void warned.push(warning);
  try {
    toJavaScriptWith(nodeTransformer()!, 'let a: number;', '/a.ts', '');
  } finally {
    process.emitWarning = emitWarning;
  }
  assert.deepEqual(warned, []);
});

test('a name that only an inner variable bears stays imported: words are seen, not scopes', () => {
  const code = "import A from 'a';\nfunction f() { const A = 1; return A; }";
  assert.equal(blankUnusedImports(code), code);
});
