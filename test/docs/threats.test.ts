// docs/threats.md against the code: every option exists and has the default that is named, every limit has its row, and
// every test that is named is there.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connectDefaults } from '../../src/client/options.ts';
import { outboxDefaults, reconnectDefaults } from '../../src/client/reconnect/options.ts';
import { connectionOptions } from '../../src/core/connection/complete-settings.ts';
import { defaultHeartbeat } from '../../src/core/connection/heartbeat.ts';
import { defaultLimits } from '../../src/core/connection/limits.ts';
import { connect, createServer } from '../../src/engine/index.ts';
import { completeResume } from '../../src/resume/server/options.ts';
import { defaultHeadLimits } from '../../src/server/head-limits.ts';
import { defaultServerLimits } from '../../src/server/limits.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { repository } from '../support/command.ts';

interface Threat {
  readonly attack: string;
  readonly stops: string;
  /** `''` where there is none. */
  readonly option: string;
  readonly fallback: string;
  readonly test: string;
}

const page = readFileSync(join(repository, 'docs/threats.md'), 'utf8');

/** The rows of all tables with five columns. */
const threats = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| attack |'))
  .map((line): Threat => {
    const cells = line.split('|').slice(1, -1);
    assert.equal(cells.length, 5, line);
    const [attack = '', stops = '', option = '', fallback = '', test = ''] = cells.map((cell) => cell.trim());
    return { attack, stops, option: option === '–' ? '' : option, fallback, test };
  });

const {
  limits: _,
  compression,
  role: __,
  heartbeat: ___,
  lending: ____,
  autoPong: _____,
  textMessages: ______,
  fragmentSizes: _______,
  streaming: ________,
  ownFrameSize: _________,
  ...connection
} = connectionOptions('server', {}, defaultHeartbeat);

/** Those of the option `resume` that bound something. */
const {
  store: _s,
  mode: _m,
  storeFailed: _f,
  bind: _b,
  authorize: _a,
  part: _p,
  ack: _k,
  whileDetached: _w,
  drainSpread: _d,
  ...sessionDefaults
} = completeResume({});

/** Every option that the page may name, and its default as the code has it. */
const defaults = new Map<string, unknown>([
  ...Object.entries(defaultLimits).map(([name, value]) => [`limits.${name}`, value] as const),
  ...Object.entries(defaultServerLimits).map(([name, value]) => [`server: limits.${name}`, value] as const),
  ...Object.entries(defaultHeadLimits).map(([name, value]) => [`server: ${name}`, value] as const),
  ...Object.entries(connectDefaults).map(([name, value]) => [`client: ${name}`, value] as const),
  ...Object.entries(defaultHeartbeat).map(([name, value]) => [`heartbeat.${name}`, value] as const),
  ...Object.entries(connection),
  ['compression', compression ?? false],
  ...Object.entries(sessionDefaults).map(([name, value]) => [`server: resume.${name}`, value] as const),
  ...(['initial', 'maxRetryAfter'] as const).map(
    (name) => [`client: reconnect.${name}`, reconnectDefaults[name]] as const,
  ),
  ['client: reconnect.outbox.maxBytes', outboxDefaults.maxBytes],
  ['client: reconnect.outbox.maxMessages', outboxDefaults.maxMessages],
  ['server: allowedOrigins', 'all'],
  ['server: trustedProxies', 'none'],
  ['server: forwarding', 'x-forwarded'],
]);

const UNITS: Readonly<Record<string, number>> = { '': 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** What a cell of the page says, as the code would. */
function readDefault(cell: string): unknown {
  if (cell === '∞') return Infinity;
  if (cell === 'false') return false;
  const [, digits, unit = ''] = /^([\d,]+)(?: (KiB|MiB|GiB))?(?: \(off\))?$/.exec(cell) ?? [];
  return digits === undefined ? cell : Number(digits.replaceAll(',', '')) * (UNITS[unit] as number);
}

describe('docs/threats.md', () => {
  test('is a table of attacks', () => {
    assert.ok(threats.length >= 40, `${threats.length} rows`);
    for (const { attack, stops, test: shown } of threats)
      assert.ok(attack !== '' && stops !== '' && shown !== '', attack);
  });

  for (const { attack, option, fallback, test: shown } of threats) {
    test(`${attack}: ${option === '' ? 'its test' : `${option} is ${fallback}, and its test`}`, () => {
      if (option === '') {
        assert.equal(fallback, '–');
      } else {
        const name = /^`([^`]+)`$/.exec(option)?.[1] ?? '';
        assert.ok(defaults.has(name), `there is no option ${option}`);
        assert.deepEqual(readDefault(fallback), defaults.get(name), `the default of ${name}`);
      }
      const [, label, path, title] = /^\[([^\]]+)\]\(\.\.\/(test\/[^)]+\.test\.ts)\) "([^"]+)"$/.exec(shown) ?? [];
      assert.ok(path !== undefined && title !== undefined, `${shown} is no [file](../test/…) "name of a test"`);
      assert.ok(path.endsWith(`/${label}.test.ts`), `${label} is not ${path}`);
      assert.ok(existsSync(join(repository, path)), `there is no ${path}`);
      const lines = readFileSync(join(repository, path), 'utf8').split('\n');
      // A name, written where names of tests are: in a call of test or describe, or in a table of cases.
      const isNamed = lines.some(
        (line) => /^\s*(?:(?:test|describe)\(|\[|name: )?\s*['"`]/.test(line) && line.includes(title),
      );
      assert.ok(isNamed, `${path} has no test "${title}"`);
    });
  }

  test('every limit of connections and servers has its row', () => {
    const named = new Set(threats.map(({ option }) => option.replaceAll('`', '')));
    for (const name of defaults.keys()) {
      // No bounds on anything: how `send` answers, and when a store is written to.
      if (name !== 'highWaterMark' && name !== 'server: resume.mode')
        assert.ok(named.has(name), `${name} is in no row`);
    }
  });

  test('without allowedOrigins and trustedProxies all origins pass, and X-Forwarded-For says nothing', async () => {
    await using network = useNetwork();
    const server = createServer();
    const { port } = await server.listen();
    await connect(`ws://localhost:${port}/`, {
      headers: { Origin: 'https://elsewhere.test', 'X-Forwarded-For': '203.0.113.9' },
    });
    await network.settle();
    const [{ remoteAddress } = { remoteAddress: '' }] = server.connections;
    assert.equal(remoteAddress, '127.0.0.1');
    await server.close();
  });
});

test('SECURITY.md says how to report, what is supported, and links where it points', () => {
  const security = readFileSync(join(repository, 'SECURITY.md'), 'utf8');
  for (const part of ['## How to report', '## What to expect', '## Supported versions', '## What counts']) {
    assert.ok(security.includes(part), part);
  }
  for (const [, target = ''] of security.matchAll(/\]\(([^)#]+)\)/g)) {
    assert.ok(existsSync(join(repository, target)), `${target} is not there`);
  }
});
