// `harmony-websocket test`: which files it finds, how they run, and the errors where nothing can run.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { type Command, repository, run } from './command.ts';

/** A folder with these files (path → text). */
function folder(context: TestContext, files: Record<string, string>): string {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'harmony-websocket-test-')));
  context.after(() => rmSync(top, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(top, path)), { recursive: true });
    writeFileSync(join(top, path), text);
  }
  return top;
}

/** A file of tests: names of tests and their bodies. */
const suite = (name: string, tests: Record<string, string>): string => `
import { describe, expect, it } from '@ohos/hypium';

export default function suite() {
  describe('${name}', () => {
${Object.entries(tests)
  .map(([title, body]) => `    it('${title}', 0, () => { ${body} });\n`)
  .join('')}  });
}
`;

const app = {
  'build-profile.json5': '{}',
  'entry/src/test/List.test.ets': `
import chat from './Chat.test';
export default function testsuite() { chat(); }`,
  'entry/src/test/Chat.test.ets': suite('Chat', { sends: '', receives: '' }),
  'entry/src/ohosTest/ets/test/List.test.ets': suite('Device', { shows: '' }),
  'entry/oh_modules/other/src/test/List.test.ets': suite('Other', { never: 'throw new Error()' }),
  'features/net/src/test/List.test.ets': suite('Net', { connects: '' }),
};

/** Runs the command in a folder; `names` are those of the tests that ran. */
async function runTests(
  context: TestContext,
  where: string,
  parameters: readonly string[],
): Promise<{ code: number | string; stdout: string; stderr: string; names: string[] }> {
  const command: Command = run(context, ['test', ...parameters], { folder: where, input: '' });
  const code = await command.exit;
  const { stdout, stderr } = command;
  const names = [...stdout.matchAll(/^ +(?:not )?ok \d+ - (\w+)/gmu)].map(([, name]) => name!);
  return { code, stdout, stderr, names };
}

const tap = ['--reporter', 'tap'];

describe('harmony-websocket test', { timeout: 240_000 }, () => {
  const rows: Array<[parameters: string[], names: string[]]> = [
    [[], ['connects', 'receives', 'sends', 'shows']],
    [['entry'], ['receives', 'sends', 'shows']],
    [['entry/src/test'], ['receives', 'sends']],
    [['features/net/src/test/List.test.ets'], ['connects']],
    [['--filter', 'Chat#s'], ['sends']],
    [['-p', 'module=net@default'], ['connects']],
    [['-p', 'scope=Chat#receives', '-p', 'coverage=false'], ['receives']],
  ];
  for (const [parameters, names] of rows) {
    test(`${parameters.join(' ') || 'without parameters'}: ${names.join(', ')}`, async (context) => {
      const outcome = await runTests(context, folder(context, app), [...parameters, ...tap]);
      assert.deepEqual(outcome.names.sort(), names, outcome.stdout + outcome.stderr);
      assert.equal(outcome.code, 0);
      assert.equal(outcome.stderr, '');
    });
  }

  const none: Array<[parameters: string[], selection: string]> = [
    [['--filter', 'chat#s'], '--filter "chat#s"'],
    [['entry', '--filter', 'Net', '--reporter', 'junit=report.xml'], '--filter "Net"'],
    [['-p', 'scope=Chat#sing'], '-p scope=Chat#sing'],
    [['--filter', 'sends', '-p', 'scope=Net'], '--filter "sends" and -p scope=Net'],
  ];
  for (const [parameters, selection] of none) {
    test(`${parameters.join(' ')}: no test is exit code 1, and a sentence`, async (context) => {
      const { code, stderr, names } = await runTests(context, folder(context, app), [...parameters, ...tap]);
      assert.deepEqual(names, []);
      assert.equal(
        stderr.split('\n')[0],
        `harmony-websocket: no test ran: none matches ${selection}; names are compared as in Suite#test, in upper and lower ` +
          'case as written',
      );
      assert.equal(code, 1);
    });
  }

  test('a variable that leaves no test is named, and so are files without tests', async (context) => {
    const where = folder(context, { ...app, 'none/test/List.test.ets': suite('None', {}) });
    const options = { folder: where, input: '', environment: { HYPIUM_IT_NAME: 'other' } };
    const selected = run(context, ['test', 'entry', ...tap], options);
    assert.equal(await selected.exit, 1);
    assert.match(selected.stderr, /^harmony-websocket: no test ran: none matches HYPIUM_IT_NAME=other; /u);
    const { code, stderr } = await runTests(context, where, ['none', ...tap]);
    assert.equal(
      stderr.split('\n')[0],
      'harmony-websocket: no test ran: the files declare none; add one with it(…) in a describe(…)',
    );
    assert.equal(code, 1);
  });

  test('tests that are skipped count, and so do those of node:test', async (context) => {
    const skipped = suite('Off', { rests: '' }).replace("it('", "xit('").replace('it }', 'it, xit }');
    const where = folder(context, {
      'a/test/List.test.ets': skipped,
      'b/test/List.test.ets':
        "import { test } from 'node:test';\ntest('plain', () => {});\nexport default function suite() {}\n",
    });
    for (const module of ['a', 'b']) {
      const { code, stdout, stderr } = await runTests(context, where, [module, ...tap]);
      assert.equal(code, 0, stdout + stderr);
    }
  });

  test('parameters of hvigor without a meaning here are named', async (context) => {
    const { code, stderr } = await runTests(context, folder(context, app), [
      '-p',
      'product=default',
      '-p',
      'module=net',
      '--mode',
      'module',
      '--no-daemon',
      ...tap,
    ]);
    assert.equal(code, 0);
    assert.equal(stderr, 'without effect here: -p product, --mode, --no-daemon\n');
  });

  const failing = {
    'src/test/List.test.ets': suite('Sum', { fails: 'expect(1 + 1).assertEqual(3);', passes: '' }),
    'src/main/ets/Sum.ets': 'export function sum(a: number, b: number): number {\n  return a + b;\n}\n',
  };

  test('a failed test is exit code 1, and shows its line', async (context) => {
    const { code, stdout } = await runTests(context, folder(context, failing), []);
    assert.equal(code, 1);
    assert.match(stdout, /expected 2 to equal 3[\s\S]*List\.test\.ets:6/u);
    assert.match(stdout, /^test at src\/test\/List\.test\.ets:6:\d+$/mu);
    assert.doesNotMatch(stdout, /register\/hypium/u);
  });

  test('a file of tests ends though a server is open, and a line tells', async (context) => {
    const body = `
import { createServer } from 'node:net';
import { describe, it } from '@ohos/hypium';
export default function suite() {
  describe('Server', () => { it('listens', 0, () => { createServer().listen(0, '127.0.0.1'); }); });
}`;
    const { code, stdout, stderr } = await runTests(context, folder(context, { 'test/List.test.ets': body }), []);
    assert.equal(code, 0, stdout);
    assert.match(
      stdout + stderr,
      /hypium: the tests have ended, but TCPServerWrap kept the process running; .* close in afterAll/u,
    );
  });

  test('a file of tests that ends the process has failed, and is not told to be empty', async (context) => {
    const text = suite('Exit', { exits: 'process.exit(3);' });
    const { code, stdout, stderr } = await runTests(context, folder(context, { 'test/List.test.ets': text }), []);
    assert.equal(code, 1);
    assert.doesNotMatch(stdout + stderr, /no test ran/u);
  });

  test('a default export that is not a function declares no test', async (context) => {
    const where = folder(context, { 'test/List.test.ets': 'export default 5;' });
    const { code, stderr } = await runTests(context, where, tap);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      'harmony-websocket: no test ran: the files declare none; add one with it(…) in a describe(…)\n',
    );
  });

  test('where the list of tests is missing, another file of tests is named', async (context) => {
    const where = folder(context, { 'entry/src/test/list.test.ets': suite('Sum', {}) });
    const { code, stderr } = await runTests(context, where, []);
    assert.equal(code, 1);
    assert.match(stderr, /below it; there is entry\/src\/test\/list\.test\.ets: name it to run it\n$/u);
  });

  test('a module is found by its name in module.json5, too', async (context) => {
    const where = folder(context, {
      ...app,
      'entry/src/main/module.json5': `{\n  // Ours.\n  module: { type: 'entry', "name": 'phone' } }`,
    });
    for (const module of ['phone', 'entry']) {
      const { names } = await runTests(context, where, ['-p', `module=${module}`, ...tap]);
      assert.deepEqual(names.sort(), ['receives', 'sends', 'shows']);
    }
    const { stderr } = await runTests(context, join(where, 'entry'), ['-p', 'module=x']);
    assert.equal(stderr, 'harmony-websocket: no module is called x; those with tests are phone\n');
  });

  test('several reporters, and files for them', async (context) => {
    const where = folder(context, failing);
    const { code, stdout, names } = await runTests(context, where, [...tap, '--reporter', 'junit=report.xml']);
    assert.equal(code, 1);
    assert.deepEqual(names, ['fails', 'passes'], stdout);
    assert.match(
      readFileSync(join(where, 'report.xml'), 'utf8'),
      /<testcase name="fails"[\s\S]*expected 2 to equal 3/u,
    );
  });

  test('github: an annotation at the line that failed', async (context) => {
    const where = folder(context, {
      ...failing,
      'src/test/List.test.ets': suite('Sum', { fails: "throw new Error('50 %, no\\nmore')" }),
    });
    const { code, stdout } = await runTests(context, where, ['--reporter', 'github']);
    assert.equal(code, 1);
    const annotations = stdout.split('\n').filter((line) => line.startsWith('::'));
    assert.deepEqual(annotations, ['::error file=src/test/List.test.ets,line=6,title=fails::50 %25, no%0Amore']);
  });

  test('--coverage tells the lines of the sources', async (context) => {
    const where = folder(context, {
      'src/test/List.test.ets': suite('Sum', { adds: 'expect(sum(1, 2)).assertEqual(3);' }).replace(
        '\n\n',
        "\nimport { sum } from '../main/ets/Sum';\n",
      ),
      'src/main/ets/Sum.ets': `export function sum(a: number, b: number): number {
  if (a > 100) {
    return 0;
  }
  return a + b;
}
`,
    });
    const { code, stdout } = await runTests(context, where, ['--coverage', ...tap]);
    assert.equal(code, 0, stdout);
    assert.match(stdout, /Sum\.ets +\| +66\.67 \|.*\| 3-4/u);
  });

  test('--coverage tells the lines of a source whose translation has others', async (context) => {
    const where = folder(context, {
      'src/test/List.test.ets': suite('Box', { uses: 'expect(new Box(1).used()).assertEqual(1);' }).replace(
        '\n\n',
        "\nimport { Box } from '../main/ets/Box';\nimport 'other';\n",
      ),
      'oh-package.json5': `{ name: 'box', dependencies: { other: '1.0.0' } }`,
      'oh_modules/other/oh-package.json5': `{ name: 'other', main: 'other.ets' }`,
      'oh_modules/other/other.ets': 'export const other: number = 1;',
      'src/main/ets/Box.ets': `export enum Kind { A, B }
export interface Named {
  name: string;
}
export class Box implements Named {
  name: string = 'x';
  constructor(private readonly size: number) {}
  used(): number {
    return this.size;
  }
  unused(): number {
    return 1;
  }
}
`,
    });
    const { code, stdout } = await runTests(context, where, ['--coverage', ...tap]);
    assert.equal(code, 0, stdout);
    // Node 20 counts one line more.
    assert.match(stdout, /Box\.ets +\| +\d+\.\d+ \|.*\| 12-1[34]\b/u);
    assert.doesNotMatch(stdout, /List\.test\.ets +\||hypium|other\.ets/u);
  });

  test('--shuffle prints a seed, and --seed repeats the order', async (context) => {
    const where = folder(context, { 'test/List.test.ets': suite('Order', { a: '', b: '', c: '', d: '', e: '' }) });
    const first = await runTests(context, where, ['--shuffle', ...tap]);
    const [, seed = ''] = /HYPIUM_RANDOM=(\d+)/u.exec(first.stdout) ?? [];
    assert.deepEqual([...first.names].sort(), ['a', 'b', 'c', 'd', 'e'], first.stdout);
    assert.deepEqual((await runTests(context, where, ['--seed', seed, ...tap])).names, first.names);
  });

  test('--timeout and --data reach the tests', async (context) => {
    const body = `
import { describe, it } from '@ohos/hypium';
export default function suite() {
  describe('Data', () => { it('waits', 0, (done: Function, data: { wait: number }) => { setTimeout(done, data.wait); }); });
}`;
    const data = JSON.stringify({
      suites: [{ describe: 'Data', items: [{ it: 'waits', params: [{ wait: 500 }] }] }],
    });
    const where = folder(context, { 'test/List.test.ets': body, 'test/data.json': data });
    const { code, stdout } = await runTests(context, where, ['--timeout', '20', '--data', 'test/data.json', ...tap]);
    assert.equal(code, 1);
    assert.match(stdout, /execute timeout 20ms/u);
  });

  test('--watch runs again when a file changes, until it is interrupted', async (context) => {
    const where = folder(context, failing);
    const command = run(context, ['test', '--watch', ...tap], { folder: where });
    await command.seen(/not ok 1 - fails/u);
    writeFileSync(join(where, 'src/test/List.test.ets'), suite('Sum', { mended: '' }));
    await command.seen(/ ok 1 - mended/u);
    command.signal('SIGINT');
    assert.equal(await command.exit, 130);
  });
});

describe('what is refused', { timeout: 120_000 }, () => {
  const refused: Array<[parameters: string[], code: number, sentence: string]> = [
    [['nothing'], 1, 'nothing does not exist; name a module, a project or a file of tests'],
    [['build-profile.json5'], 1, 'build-profile.json5 is not a file of tests; their names end in .test.ets'],
    [
      ['empty'],
      1,
      'no tests in empty: expected src/test/List.test.ets, src/ohosTest/ets/test/List.test.ets, test/List.test.ets in it ' +
        'or in a module below it',
    ],
    [
      ['silent.test.ets'],
      1,
      'silent.test.ets:1: no default export, so no test is declared; add one: export default function testsuite() { … }',
    ],
    [['-p', 'module=other'], 1, 'no module is called other; those with tests are entry, net'],
    [['-p', 'module'], 2, '-p module has no value; write it as in -p module=entry'],
    [['-p', 'coverage=yes'], 1, '-p coverage is "yes"; expected true or false'],
    [
      ['--reporter', 'xml'],
      1,
      '--reporter is "xml"; expected NAME or NAME=FILE, with one of spec, tap, dot, junit, lcov, github',
    ],
    [['--seed', '0'], 1, '--seed is "0"; expected a whole number from 1 to 999999999'],
    [['a', 'b'], 2, 'unexpected argument "b"'],
  ];
  for (const [parameters, code, sentence] of refused) {
    test(`${parameters.join(' ')} → ${code}`, async (context) => {
      const where = folder(context, { ...app, 'empty/readme.md': '', 'silent.test.ets': "console.log('nothing');" });
      const outcome = await runTests(context, where, parameters);
      assert.equal(outcome.code, code, outcome.stderr);
      assert.equal(outcome.stderr.split('\n')[0], `harmony-websocket: ${sentence}`);
      assert.equal(outcome.stdout, '');
    });
  }
});

describe('docs/arkts.md', { timeout: 240_000 }, () => {
  const text = readFileSync(join(repository, 'docs/arkts.md'), 'utf8');
  const commands = new Set(
    [...text.matchAll(/npx harmony-websocket test\b([^'\n]*)/gu)].map(([, line]) => line!.trim()),
  );

  test('has commands', () => assert.ok(commands.size >= 4, [...commands].join('\n')));

  for (const line of commands) {
    if (line.includes('--watch')) continue;
    test(`harmony-websocket test ${line}`, async (context) => {
      const where = folder(context, app);
      const { code, stdout, stderr } = await runTests(context, where, line.split(' ').filter(Boolean));
      assert.equal(code, 0, stdout + stderr);
      if (line.includes('junit='))
        assert.match(readFileSync(join(where, 'report.xml'), 'utf8'), /<testcase name="sends"/u);
    });
  }
});
