// Everything that Node does not document, taken away: the engine does the same without it, or what docs/architecture.md
// says. Each case is a process of its own, since most of it is looked for when a module is loaded.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { repository } from '../../support/command.ts';
import { removals } from './removals.ts';

const scenario = fileURLToPath(new URL('programs/scenario.ts', import.meta.url));
const [major = 0] = process.versions.node.split('.').map(Number);

type Told = Record<string, unknown> & { readonly isDetected: Readonly<Record<string, boolean>> };

/** What the scenario tells where nothing was taken away. */
const whole: Told = {
  isDetected: {
    'stream-binding': true,
    'socket-handle': true,
    'direct-write': process.platform !== 'win32',
    'tls-accept': true,
    'tls-handle': true,
    accept: major === 20,
    'accepted-handle': true,
    'head-parser': true,
    'request-fields': true,
    'async-stores': true,
    'connection-listener': true,
    'connection-tracking': true,
    'current-response': true,
    'last-response': true,
    'upgrade-callback': major >= 22,
    'request-class': true,
    'zlib-context': true,
    'buffer-methods': true,
  },
  echo: 'undefined,undefined client,5,client,2000000 true',
  'echo over TLS': 'undefined,undefined client,5,client,2000000 true',
  'a compressed echo': 'permessage-deflate true',
  'plain HTTP at a TLS port': '400',
  'one client too many': '503',
  'a handshake after a request': '204,101',
  'a handshake after the last request': '204',
  'another protocol': '200',
  'a drain in memory': '1,0,1001,true',
  'a drain in memory, over TLS': '1,0,1001,true',
};

/** Differences without a module's find, other than that it is not found. */
const differences: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  // A handshake does not wait for the answer to the request before it.
  'current-response': { 'a handshake after a request': '101', 'a handshake after the last request': '101' },
  // An upgrade to another protocol is refused where it would be ignored.
  'request-class': { 'another protocol': '426' },
  // Contexts last for one message only.
  'zlib-context': {
    'a compressed echo': 'permessage-deflate; server_no_context_takeover; client_no_context_takeover true',
  },
};
/** Others that are not found then either. */
const dependents: Readonly<Record<string, readonly string[]>> = {
  'stream-binding': ['socket-handle', 'tls-handle', 'accept', 'accepted-handle'],
  'request-class': ['upgrade-callback'],
};

async function run(...removed: readonly string[]): Promise<Told> {
  const child = spawn(process.execPath, ['--import', 'tsx', scenario, ...removed], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  assert.equal(errors, '');
  return JSON.parse(output) as Told;
}

test('with all of it', { timeout: 60_000 }, async () => assert.deepEqual(await run(), whole));

describe('without', () => {
  for (const name of Object.keys(removals)) {
    test(name, { timeout: 60_000 }, async () => {
      const missing = [name, ...(dependents[name] ?? [])].map((module) => [module, false]);
      const isDetected = { ...whole.isDetected, ...Object.fromEntries(missing) };
      const { 'one client too many': answer, ...told } = await run(name);
      const expectation: Told = { ...whole, ...differences[name], isDetected };
      const { 'one client too many': expected, ...others } = expectation;
      assert.deepEqual(told, others);
      // Without Node's listener the answer and the end of the connection are a race.
      const answers = name === 'connection-listener' ? [expected, 'reset', 'cut'] : [expected];
      assert.ok(answers.includes(answer as string), String(answer));
    });
  }
});

describe('the table in docs/architecture.md', () => {
  const page = readFileSync(join(repository, 'docs/architecture.md'), 'utf8');
  const [, section = ''] = page.split('## What Node does not document');
  const rows = Array.from(section.split('\n## ')[0]?.matchAll(/^\| `([\w-]+)\.ts` \|(.*)\|$/gm) ?? [], (match) => ({
    module: match[1] as string,
    cells: (match[2] as string).split(' | ').map((cell) => cell.trim()),
  }));
  const modules = readdirSync(join(repository, 'src/node/internals')).map((file) => file.replace(/\.ts$/, ''));

  test('has a row for each file of src/node/internals/, and no other', () => {
    assert.deepEqual(rows.map(({ module }) => module).sort(), modules.sort());
  });

  for (const { module, cells } of rows) {
    test(`${module}: what is used, how it is detected, the fallback, and the test that removes it`, () => {
      assert.equal(cells.length, 4, cells.join(' | '));
      for (const cell of cells) assert.notEqual(cell, '');
      const [, file = ''] = /^`(test\/[\w./-]+)`$/.exec(cells[3] as string) ?? [];
      assert.ok(existsSync(join(repository, file)), `${file} exists`);
      if (file.endsWith('internals/removed.test.ts')) assert.ok(module in removals, `removals.ts takes ${module} away`);
      else assert.ok(readFileSync(join(repository, file), 'utf8').includes(`internals/${module}.ts`), file);
    });
  }
});

test('nothing else in src/ reaches below what Node documents', () => {
  const names =
    /\b_handle\b|\b_httpMessage\b|'_last'|'binding'|\b_parentWrap\b|\bshouldUpgradeCallback\b|\b_connections\b|kResourceStore|context_frame|_writeState|(?:latin1|utf8)(?:Slice|Write)|listeners\('connection'\)/;
  const source = join(repository, 'src');
  const found = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/^node.internals\b/.test(file))
    .filter((file) => names.test(readFileSync(join(source, file), 'utf8')));
  assert.deepEqual(found, []);
});
