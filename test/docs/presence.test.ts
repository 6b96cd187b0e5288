// The example of docs/presence.md, and the defaults that the page names. Needs dist/.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect } from '../../src/engine/index.ts';
import { presenceBounds } from '../../src/presence/options.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { pageText } from '../support/page.ts';

const page = pageText('presence.md');

test('the example tells who comes and who leaves', (context) =>
  leavingNothing(async (scope) => {
    const [, code = ''] = /^```js\n([\s\S]*?)^```$/mu.exec(page) ?? [];
    const program = code.replace('port: 8080', 'port: 0').replace('createPresence(server, {', '$& debounce: 10,');
    const server = new Command(context, ['--input-type=module', '--eval', program]);
    const [, port = ''] = await server.seen(/ready on port (\d+)/u);
    const enter = async (name: string) => {
      const heard = new Inbox<string>();
      const handlers = { message: (_: unknown, data: string | Buffer) => heard.push(String(data)) };
      const connection = await connect(`ws://127.0.0.1:${port}/?name=${name}`, { handlers });
      scope.defer(() => connection.terminate());
      return { connection, heard };
    };
    const ann = await enter('ann');
    assert.deepEqual(await ann.heard.take(2), ['{"joined":["ann"]}', '{"here":["ann"]}']);
    const ben = await enter('ben');
    assert.deepEqual(await ben.heard.take(2), ['{"joined":["ben"]}', '{"here":["ann","ben"]}']);
    assert.equal(await ann.heard.next(), '{"joined":["ben"]}');
    await ben.connection.close();
    assert.equal(await ann.heard.next(), '{"left":["ben"]}');
    server.signal('SIGTERM');
    await server.exit;
  }, CHILD_PATIENCE)());

test('the page names the defaults', () => {
  for (const [name, value] of Object.entries(presenceBounds({}))) {
    const shown = value.toLocaleString('en');
    const seconds = `${value / 1_000} s`;
    const texts = [`\`${name}\` (${shown}`, `\`${name}\` (${seconds})`];
    assert.ok(
      texts.some((text) => page.replaceAll(/\s+/gu, ' ').includes(text)),
      `${name}: ${shown}`,
    );
  }
});
