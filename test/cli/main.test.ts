// The command line itself: help, version, and what is said of a line that makes no sense. Usage errors end with 2, what
// cannot be done with 1, both in a line that names the argument.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { repository, run } from './command.ts';

describe('harmony-websocket', { timeout: 120_000 }, () => {
  test('--help lists the commands, the exit codes and examples', async (t) => {
    const command = run(t, ['--help']);
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /serve \[options\].*\n.*connect URL \[options\]/);
    assert.match(command.stdout, /Examples\n/);
    assert.match(command.stdout, /Exit codes\n {2}0 .*\n {2}1 .*\n {2}2 .*\n {2}3 /);
    assert.equal(command.stderr, '');
  });

  for (const [name, options] of [
    ['serve', ['--port', '--host', '--cert', '--key', '--quiet']],
    [
      'connect',
      ['--header', '--subprotocol', '--ca', '--cert', '--key', '--insecure', '--timeout', '--binary', '--wait'],
    ],
    ['test', ['--filter', '--reporter', '--coverage', '--watch', '--shuffle', '--seed', '--timeout', '--data', '-p']],
  ] as const) {
    test(`${name} --help explains each option`, async (t) => {
      const command = run(t, [name, '--help', '--nonsense']);
      assert.equal(await command.exit, 0);
      for (const option of options) assert.match(command.stdout, new RegExp(`\n {2}${option}\\b`));
      assert.match(command.stdout, /Examples\n.*Exit codes\n/s);
    });
  }

  test('--version prints the version of the package', async (t) => {
    const command = run(t, ['--version']);
    assert.equal(await command.exit, 0);
    const manifest = JSON.parse(readFileSync(`${repository}/package.json`, 'utf8')) as { version: string };
    assert.equal(command.stdout, `${manifest.version}\n`);
  });

  test('without a command the help goes to standard error', async (t) => {
    const command = run(t, []);
    assert.equal(await command.exit, 2);
    assert.match(command.stderr, /Usage\n/);
    assert.equal(command.stdout, '');
  });

  const rejected: [line: string, code: number, text: string, hint?: string][] = [
    ['srve', 2, 'unknown command "srve"; did you mean serve?', 'try: harmony-websocket --help'],
    [
      'xyz',
      2,
      'unknown command "xyz"; the commands are serve, connect, test, types, doctor',
      'try: harmony-websocket --help',
    ],
    ['--prot', 2, 'unknown option --prot', 'try: harmony-websocket --help'],
    ['serve --prot 1', 2, 'unknown option --prot; did you mean --port?', 'try: harmony-websocket serve --help'],
    ['serve 8080', 2, 'unexpected argument "8080"', 'try: harmony-websocket serve --help'],
    ['serve --port', 2, 'option --port needs a value', 'try: harmony-websocket serve --help'],
    ['serve --host --quiet', 2, 'option --host needs a value', 'try: harmony-websocket serve --help'],
    [
      'serve --quiet=yes',
      2,
      'option --quiet has the value "yes", but takes none',
      'try: harmony-websocket serve --help',
    ],
    ['serve --port 65536', 1, '--port is "65536"; expected a whole number from 0 to 65535'],
    ['serve --port=-1', 1, '--port is "-1"; expected a whole number from 0 to 65535'],
    ['serve --port http', 1, '--port is "http"; expected a whole number from 0 to 65535'],
    [
      'connect',
      2,
      'connect needs a URL, as in: harmony-websocket connect ws://127.0.0.1:8080/',
      'try: harmony-websocket connect --help',
    ],
    ['connect ws://a ws://b', 2, 'unexpected argument "ws://b"', 'try: harmony-websocket connect --help'],
    ['connect ws://a --wait soon', 1, '--wait is "soon"; expected a whole number from 0 to 2147483647'],
    ['connect ws://a --timeout -1', 2, 'option --timeout needs a value', 'try: harmony-websocket connect --help'],
    ['connect ws://a --binary text', 1, '--binary is "text"; expected preview, hex, base64, raw'],
    [
      'connect ws://a --header X-Token',
      1,
      `--header has no colon; expected a name, a colon and a value, as in --header 'Name: value'`,
    ],
  ];
  for (const [line, code, text, hint] of rejected) {
    test(`${line || '(nothing)'}: exit ${code}`, async (t) => {
      const command = run(t, line.split(' '));
      assert.equal(await command.exit, code);
      assert.equal(command.stderr, `harmony-websocket: ${text}\n${hint === undefined ? '' : `${hint}\n`}`);
      assert.equal(command.stdout, '');
    });
  }
});
