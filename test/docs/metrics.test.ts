// docs/metrics.md: its table is that of the code, and its examples do what it says, as processes of their own on free ports.
// Needs dist/.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { metricsPage, metricsPageUrl } from '../../scripts/metrics-page.ts';
import { connect } from '../../src/engine/index.ts';
import { CHILD_PATIENCE, type Cleanup, Command } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';

const page = readFileSync(metricsPageUrl, 'utf8');
const examples = [...page.matchAll(/^```js\n([\s\S]*?)^```$/gmu)].map(([, code = '']) => code);

/** Starts the example that contains `text`. */
function started(context: Cleanup, text: string, environment: NodeJS.ProcessEnv = {}): Command {
  const found = examples.filter((code) => code.includes(text));
  assert.equal(found.length, 1, text);
  const code = (found[0] as string).replaceAll(/\b(?:8080|9464)\b/gu, '0');
  return new Command(context, ['--input-type=module', '--eval', code], { environment });
}

/** The port that `http` listens on must be told, since that of the example may be taken. */
const telling = "console.log('ready')";

test('the table of names is up to date', () =>
  assert.equal(metricsPage(page), page, 'run npx tsx scripts/metrics-page.ts'));

test('the first example shows what the page shows', (context) =>
  leavingNothing(async () => {
    const command = started(context, 'metrics at http');
    const [, address = ''] = await command.seen(/metrics at (http:\S+)/u);
    const text = await (await fetch(address, { headers: { connection: 'close' } })).text();
    const lines = text.split('\n').filter((line) => line.includes('websocket_connections_opened'));
    assert.ok(page.includes(`\`\`\`text\n${lines.join('\n')}\n\`\`\``), lines.join('\n'));
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('metrics behind a token, in an HTTP server of the application', (context) =>
  leavingNothing(async () => {
    const [example = ''] = examples.filter((code) => code.includes('METRICS_TOKEN'));
    assert.ok(example.includes(telling));
    const code = example.replace(telling, 'console.log(http.address().port)').replace('8080', '0');
    const command = new Command(context, ['--input-type=module', '--eval', code], {
      environment: { METRICS_TOKEN: 'right' },
    });
    const [port = ''] = await command.seen(/\d+/u);
    const ask = (token: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${port}/`, { headers: { authorization: `Bearer ${token}`, connection: 'close' } });
    const [wrong, right] = await Promise.all([ask('wrong'), ask('right')]);
    assert.deepEqual([wrong.status, right.status], [401, 200]);
    assert.match(await right.text(), /^websocket_connections 0$/mu);
    await wrong.text();
    command.signal('SIGTERM');
    await command.exit;
  }, CHILD_PATIENCE)());

test('health: 503 while connections wait for their turn, then what the drain did', (context) =>
  leavingNothing(async () => {
    const found = examples.find((code) => code.includes("process.once('SIGTERM'")) ?? '';
    // Long enough for the turn of the second connection not to come.
    const code = found.replace('8080', '0').replace('30_000', '600_000');
    const command = new Command(context, ['--input-type=module', '--eval', code]);
    const [, port = ''] = await command.seen(/ready on port (\d+)/u);
    const health = async (): Promise<unknown> => {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } });
      return [answer.status, await answer.text()];
    };
    const [first, second] = [await connect(`ws://127.0.0.1:${port}/`), await connect(`ws://127.0.0.1:${port}/`)];
    assert.deepEqual(await health(), [200, '{"status":"ok"}\n']);
    command.signal('SIGTERM');
    assert.equal((await first.closed).code, 1012);
    assert.deepEqual(await health(), [503, '{"status":"draining"}\n']);
    assert.equal((await second.close(4001)).code, 4001);
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /^2 closed, 0 cut in \d+ ms \{ '1012': 1, '4001': 1 \}$/mu);
  }, CHILD_PATIENCE)());

for (const [text, printed] of [
  ["from 'prom-client'", 'true'],
  ['connectionSpans()', 'done'],
] as const) {
  test(`the example with ${text}`, async (context) => {
    const command = started(context, text);
    assert.equal(await command.exit, 0, command.stderr);
    assert.equal(command.stdout, `${printed}\n`);
  });
}

test('the objects: the example prints what the page shows', (context) =>
  leavingNothing(async () => {
    const command = started(context, 'clientMetrics');
    await command.seen(/clients of this process: \d+/u);
    await command.exit;
    assert.ok(page.includes(`\`\`\`text\n${command.stdout.trim()}\n\`\`\``), command.stdout);
  }, CHILD_PATIENCE)());
