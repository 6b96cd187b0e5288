// docs/deviations.md and the rules of the differential are the same list, and each section's example is what happens.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { Role } from '../../src/core/constants.ts';
import { hex } from '../support/hex.ts';
import { type Deflate, type Outcome, ours, theirs } from './differential/outcome.ts';
import { compare, rules } from './differential/rules.ts';

const sections = readFileSync(new URL('../../docs/deviations.md', import.meta.url), 'utf8')
  .split(/^### /m)
  .slice(1)
  .map((text) => {
    const [, name = ''] = /^`(.+)`/.exec(text) ?? [];
    const [, role, deflate, bytes = '', here, there] =
      /```\n(client|server), (.+)\n([^:]+)\nhere: (.+)\nws: {3}(.+)\n```/.exec(text) ?? [];
    return { name, text, role: role as Role, deflate: deflate as Deflate, bytes, here, there };
  });

test('every rule has its section, and every section its rule', () => {
  assert.deepEqual(sections.map(({ name }) => name).sort(), rules.map(({ name }) => name).sort());
});

describe('the example of', () => {
  for (const { name, text, role, deflate, bytes, here, there } of sections) {
    test(name, async () => {
      assert.match(text, /§/, 'argued by a clause');
      assert.ok(here !== undefined && there !== undefined && here !== there, 'an example with two outcomes');
      const input = hex(bytes);
      assert.deepEqual(
        [describeOutcome(ours(role, deflate, input)), describeOutcome(await theirs(role, deflate, input))],
        [here, there],
      );
      assert.ok((await compare(role, deflate, input)).includes(name), 'explained by its own rule');
    });
  }
});

test('without its rule a difference is a failure', async () => {
  const [{ role, deflate, bytes }] = sections as [(typeof sections)[number]];
  for (const rule of rules) {
    const others = rules.filter((it) => it !== rule);
    const section = sections.find(({ name }) => name === rule.name);
    await assert.rejects(
      async () => compare(section?.role ?? role, section?.deflate ?? deflate, hex(section?.bytes ?? bytes), others),
      /unexplained/,
      rule.name,
    );
  }
});

function describeOutcome({ events, end }: Outcome): string {
  return [...events, end].join(', ');
}
