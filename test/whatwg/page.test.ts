// docs/whatwg.md as its reader follows it: what it shows runs, and prints what it says. Needs dist/.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { webSocketSchema } from '../../src/whatwg/option-rows.ts';
import { WEB_MAX_QUEUED_BYTES, webDefaults } from '../../src/whatwg/options.ts';

const top = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(new URL('../../docs/whatwg.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gmu)].map(([, language = '', text = '']) => ({
  language,
  text,
}));

/** The block with a text in it. */
function block(part: string): string {
  const found = blocks.filter(({ text }) => text.includes(part));
  assert.equal(found.length, 1, `one block with ${part}`);
  return found[0]!.text;
}

/** What a program prints. */
function printed(program: string): string {
  const parameters = ['--input-type=module', '--eval', program];
  const { status, stdout, stderr } = spawnSync(process.execPath, parameters, { cwd: top, encoding: 'utf8' });
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return stdout;
}

describe('examples', () => {
  test('a client and a server', () => {
    assert.equal(printed(block('new WebSocket(`ws://127.0.0.1')), block('message: Hello'));
  });
  test('install()', () => {
    // The host is never connected to: the program ends first.
    const program = block('const uninstall = install();');
    assert.equal(printed(`${program}\nprocess.exit();`), 'ws://example.org/\n');
  });
});

test('the options of the example exist, and the defaults are those of the table', () => {
  const names = [...block('Authorization').matchAll(/^ {2}(\w+):/gmu)].map(([, name = '']) => name);
  assert.deepEqual(
    names.filter((name) => !Object.hasOwn(webSocketSchema.rows, name)),
    [],
  );
  const row = (name: string): string => new RegExp(`^\\| \`${name}\` \\| ([^|]+) \\|`, 'mu').exec(page)?.[1] ?? '';
  assert.equal(row('compression'), `\`${webDefaults.compression}\``);
  assert.equal(row('heartbeat'), `\`${webDefaults.heartbeat}\``);
  assert.equal(row('handshakeTimeout'), `${webDefaults.handshakeTimeout.toLocaleString('en')} ms`);
  assert.equal(row('limits\\.maxQueuedBytes'), `${WEB_MAX_QUEUED_BYTES / 1024 / 1024} MiB`);
});
