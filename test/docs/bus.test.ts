// docs/bus.md: its examples print what the page shows, and it has every option. Needs dist/.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { busSchema } from '../../src/bus/option-rows.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { pageText } from '../support/page.ts';

const page = pageText('bus.md');
const programs = [...page.matchAll(/^```js\n([\s\S]*?)^```\n\n(?:.+\n\n)?```text\n([\s\S]*?)^```$/gmu)];

describe('the examples print what the page shows', () => {
  test('there are three', () => assert.equal(programs.length, 3));
  for (const [, code = '', output = ''] of programs) {
    test(output.split('\n', 1)[0] ?? '', (context) =>
      leavingNothing(async () => {
        const command = new Command(context, ['--input-type=module', '--eval', code]);
        assert.equal(await command.exit, 0, command.stderr);
        // Messages of two nodes arrive in any order.
        const lines = (text: string): string[] => text.trimEnd().split('\n').sort();
        assert.deepEqual(lines(command.stdout), lines(output));
      }, CHILD_PATIENCE)(),
    );
  }
});

test('every option and handler is on the page', () => {
  for (const name of Object.keys(busSchema.rows))
    assert.match(page, new RegExp(`^\\|.*\`${name}(?:\\(.*)?\``, 'mu'), name);
});
