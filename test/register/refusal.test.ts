// What a user reads when a file cannot run: the sentence reaches the terminal whole, from the hooks of either kind.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { project } from './project.ts';

const page = `import { webSocket } from '@kit.NetworkKit';

// A page.
@Entry
@Component
struct Index {
  build() {
    Column() { Text('struct') }
  }
}
`;

function advice(path: string): string {
  return (
    `Error: ${path}:6: "struct Index" is ArkUI; harmony-websocket runs ArkTS logic only — ` +
    'move the networking code into a file without components and import that\n'
  );
}

describe('a file of components', () => {
  test('is refused as the entry file', async (context) => {
    const { run, folder } = project(context, { 'pages/Index.ets': page });
    const { code, stdout, stderr } = await run('pages/Index.ets');
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.ok(stderr.includes(advice(join(folder, 'pages', 'Index.ets'))), stderr);
  });

  test('loads when a file imports it, with what stands beside the component', async (context) => {
    const { run } = project(context, {
      'main.ets': `import { Index, pageName } from './Index';\nconsole.log(pageName, typeof Index);`,
      'Index.ets': `export { Index } from './pages/Index';\nexport * from './pages/Index';`,
      'pages/Index.ets': `${page.replace('struct', 'export struct')}export const pageName: string = 'index';\n`,
    });
    const { code, stdout, stderr } = await run('main.ets');
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.equal(stdout, 'index function\n');
  });

  test('throws when its component is used', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': `import { Index } from './pages/Index';\nconsole.log('loaded');\nnew Index();`,
      'pages/Index.ets': page.replace('struct', 'export struct'),
    });
    const { code, stdout, stderr } = await run('main.ets');
    assert.equal(code, 1);
    assert.equal(stdout, 'loaded\n');
    assert.ok(stderr.includes(advice(join(folder, 'pages', 'Index.ets'))), stderr);
    assert.match(stderr, /main\.ets:3:1/);
  });

  test('a class called struct with a method build() runs', async (context) => {
    const { run } = project(context, {
      'main.ets': `class struct { build(): string { return '@Component struct A {'; } }\nconsole.log(new struct().build());`,
    });
    const { code, stdout } = await run('main.ets');
    assert.equal(code, 0);
    assert.equal(stdout, '@Component struct A {\n');
  });
});

describe('a syntax error', () => {
  test('names file, line and column, and shows the line', async (context) => {
    const { run, folder } = project(context, { 'main.ets': 'let a = 1;\n\tlet b: number = {,};\n' });
    const { code, stderr } = await run('main.ets');
    assert.equal(code, 1);
    assert.ok(stderr.includes(`${join(folder, 'main.ets')}:2:19: Unexpected token`), stderr);
    assert.ok(stderr.includes(`\n  \tlet b: number = {,};\n  \t${' '.repeat(17)}^\n`), stderr);
  });

  test('counts columns as an editor does, whatever stands before', async (context) => {
    const { run, folder } = project(context, { 'main.ets': 'const é = "日本😀";\tlet x = ;' });
    const { stderr } = await run('main.ets');
    assert.ok(stderr.includes(`${join(folder, 'main.ets')}:1:27: Expression expected\n`), stderr);
  });

  test('is a SyntaxError with a code for the program that imports the file', async (context) => {
    const { run } = project(context, {
      'main.mjs': `await import('./bad.ets').catch((error) => console.log(error instanceof SyntaxError, error.code));`,
      'bad.ets': 'let = = 1;',
    });
    assert.equal((await run('main.mjs')).stdout, 'true ERR_ARKTS_SYNTAX\n');
  });
});

describe('modules and decorators that are not there', () => {
  test('a misspelled kit: a sentence with the nearest name, file and line', async (context) => {
    const { run, folder } = project(context, {
      'main.ets': `// A file.\nimport { webSocket } from '@kit.NetWorkKit';\nwebSocket.createWebSocket();`,
    });
    const { code, stderr } = await run('main.ets');
    assert.equal(code, 1);
    const sentence =
      `"@kit.NetWorkKit" (imported by ${join(folder, 'main.ets')}:2) is not a module of the device; ` +
      'did you mean "@kit.NetworkKit"?';
    assert.ok(stderr.includes(`Error: ${sentence}`), stderr);
  });

  test('an unknown decorator: file, line and name', async (context) => {
    const { run, folder } = project(context, { 'main.ts': 'class A {\n  @log run(): void {}\n}' });
    const { code, stderr } = await run('main.ts');
    assert.equal(code, 1);
    assert.ok(stderr.includes(`Error: ${join(folder, 'main.ts')}:2: decorator "@log" has no meaning here`), stderr);
  });

  test('a missing file is reported in the words of Node', async (context) => {
    const { code, stderr } = await project(context, { 'main.ets': `import './missing';` }).run('main.ets');
    assert.equal(code, 1);
    assert.match(stderr, /ERR_MODULE_NOT_FOUND/);
    assert.match(stderr, /missing/);
  });
});
