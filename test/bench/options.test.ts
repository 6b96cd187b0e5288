// The command line of the benchmarks: whatever is wrong is told in one sentence with what is allowed, before anything is
// built or measured.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { help, type Options, parseOptions, UsageError } from '../../bench/options.ts';
import { workloads } from '../../bench/workloads.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));

function parsed(...words: string[]): Options {
  const options = parseOptions(words);
  assert.notEqual(options, 'help');
  return options as Options;
}

describe('what is right', () => {
  test('without options: all rows, five rounds, on Node 26', () => {
    const options = parsed();
    assert.equal(options.mode, 'compare');
    assert.deepEqual(options.nodes, ['26']);
    assert.deepEqual(options.workloads, workloads);
    assert.equal(options.rounds, 5);
    assert.equal(options.milliseconds, 1200);
    assert.equal(options.mayInstall, true);
  });

  test('rows by their number, and parts of rows by their name', () => {
    assert.deepEqual(
      parsed('P3', 'P4 takeover').workloads.map(({ id }) => id),
      ['P3 64 KiB', 'P3 1 MiB', 'P3 text', 'P4 takeover'],
    );
  });

  test('--node: several, in the order given, each once', () => {
    assert.deepEqual(parsed('--node', '24,20,24').nodes, ['24', '20']);
    assert.deepEqual(parsed('--node=22').nodes, ['22']);
  });

  for (const mode of ['check', 'profile', 'heap', 'micro', 'render'] as const) {
    test(`--${mode} takes --node`, () => {
      const options = parsed(`--${mode}`, '--node', '24');
      assert.equal(options.mode, mode);
      assert.deepEqual(options.nodes, ['24']);
    });
  }

  test('--node-flags: one or more, even if they are a separate word', () => {
    assert.equal(parsed().nodeFlags, undefined);
    assert.deepEqual(parsed('--node-flags', '--max-semi-space-size=4').nodeFlags, ['--max-semi-space-size=4']);
    assert.deepEqual(parsed('--node-flags=--single-threaded  --expose-gc').nodeFlags, [
      '--single-threaded',
      '--expose-gc',
    ]);
  });

  test('--check: the rows that have something to hold, or those of them that are given', () => {
    const ids = parsed('--check').workloads.map(({ id }) => id);
    for (const id of ['P1', 'P2', 'P3 1 MiB', 'P5 1 in flight', 'P9 64 B', 'P11 16 MiB'])
      assert.ok(ids.includes(id), id);
    assert.ok(!ids.includes('P5 deflate') && !ids.includes('P6'), ids.join());
    assert.deepEqual(
      parsed('--check', 'P1', 'P6').workloads.map(({ id }) => id),
      ['P1'],
    );
  });

  test('--heap without a row is for P6', () => {
    assert.deepEqual(
      parsed('--heap').workloads.map(({ id }) => id),
      ['P6'],
    );
  });

  test('--servers leaves out rows that have none of them', () => {
    const ids = parsed('--servers', 'undici').workloads.map(({ id }) => id);
    assert.ok(ids.includes('P8 64 B') && !ids.includes('P1'), ids.join());
  });

  test('--help, with anything else', () => {
    assert.equal(parseOptions(['P1', '--help']), 'help');
    for (const option of ['--node', '--against', '--servers', '--rounds', 'P1, P2'])
      assert.ok(help.includes(option), option);
  });
});

const wrong: readonly (readonly [words: string[], message: RegExp])[] = [
  [['--node', '27'], /^--node has "27": allowed are 20, 22, 24, 26, with commas between them$/],
  [['--node', 'abc'], /^--node has "abc": allowed are 20, 22, 24, 26,/],
  [['--node', ''], /^--node has "": allowed are/],
  [['--node', '20,,26'], /^--node has "": allowed are/],
  [['--node'], /^--node needs a value: versions of Node/],
  [['--fast'], /^--fast is not an option: allowed are --quick, .*--help$/],
  [['-x'], /^-x is not an option: allowed are/],
  [['P0'], /^"P0" is not a row: allowed are P1, P2, .*'P3 64 KiB'/],
  [['p1'], /^"p1" is not a row/],
  [['--rounds', '0'], /^--rounds "0": give an integer from 1 to 1000$/],
  [['--rounds', '1.5'], /^--rounds "1.5": give an integer/],
  [['--rounds', '1e9'], /^--rounds "1e9": give an integer/],
  [['--milliseconds', '-5'], /^--milliseconds "-5": give an integer from 1 to 600000$/],
  [['--milliseconds=-5'], /^--milliseconds "-5": give an integer/],
  [['--milliseconds', 'soon'], /^--milliseconds "soon": give an integer/],
  [['--servers', 'xyz'], /^--servers has "xyz": allowed are harmony, harmony \(lent\), ws face, kit, ws, /],
  [['--servers', 'harmony (other)'], /^--servers has "harmony \(other\)": allowed are/],
  [['P1', '--servers', 'kit'], /^--servers kit: not in P1, which has ws face, harmony, ws, /],
  [['--out', ''], /^--out is empty: give the path of a folder$/],
  [['--quick=yes'], /^--quick does not take a value, but got "yes"$/],
  [['--quick', '--check'], /^--quick and --check do not go together: give one of them$/],
  [['--micro', '--profile'], /^--profile and --micro do not go together/],
  [['--node-flags', ''], /^--node-flags is empty: give flags as they follow node, such as --max-semi-space-size=4$/],
  [['--node-flags', 'max-semi-space-size=4'], /^--node-flags has "max-semi-space-size=4": give flags as/],
  [['--node-flags', '--stack-size 900'], /^--node-flags has "900": give flags as/],
  [['--heap', '--servers', 'undici'], /^--servers undici: not in P6, which has ws face, harmony, ws, /],
  [['--check', 'P7'], /^--check has nothing to hold P7 to: allowed are P1, P2, 'P3 64 KiB', .*'P11 16 MiB'$/],
  [['--check', '--servers', 'harmony'], /^--servers does not go with --check$/],
  [['--check', '--out', 'x'], /^--out does not go with --check$/],
  [['--render', 'P1'], /^a row does not go with --render$/],
  [['--micro', '--node-flags=--jitless'], /^--node-flags does not go with --micro$/],
  [['--profile', '--rounds', '2'], /^--rounds does not go with --profile$/],
  [['--check', '--against', '..'], /^--against does not go with --check: /],
];

describe('what is wrong', () => {
  for (const [words, message] of wrong) {
    test(words.join(' '), () => {
      assert.throws(
        () => parseOptions(words),
        (error: Error) => error instanceof UsageError && message.test(error.message) && !error.message.includes('\n'),
      );
    });
  }

  const command = (...words: string[]) =>
    promisify(execFile)(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...words], {
      cwd: top,
      timeout: 100_000,
    });

  test('the program prints only that, and ends with 2', async () => {
    await assert.rejects(command('--rounds', '0'), {
      code: 2,
      stdout: '',
      stderr: '--rounds "0": give an integer from 1 to 1000\n',
    });
  });

  test('--render of a folder without results', async () => {
    await assert.rejects(command('--render', '--out', 'test'), {
      code: 2,
      stderr: 'test has no results.json with rows: name the folder that a run wrote to\n',
    });
  });

  test('flags that this Node does not have: what it says of them', async () => {
    const [major = ''] = process.versions.node.split('.');
    const flags = ['--node', major, '--node-flags=--max-semi-spaces=4', '--no-install'];
    await assert.rejects(command('P1', ...flags), ({ code, stderr }) => {
      assert.equal(code, 2);
      assert.match(
        stderr,
        /^Node [\d.]+ does not start with --node-flags "--max-semi-spaces=4"; it says: .*bad option/,
      );
      return true;
    });
  });

  test('a word that no micro-benchmark has', async () => {
    const [major = ''] = process.versions.node.split('.');
    await assert.rejects(command('--micro', 'nothing', '--node', major), {
      code: 2,
      stderr:
        'no micro-benchmark has "nothing" in its name: give a group (mask, frames, text, deflate), or words of a name\n',
    });
  });

  test('--help prints what there is', async () => {
    const { stdout } = await command('--help');
    assert.equal(stdout, `${help}\n`);
  });
});
