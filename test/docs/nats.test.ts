// docs/nats.md: its server runs as it stands, two of them are one system, and its configuration is one that nats-server takes and
// that permits all that is needed. Needs dist/.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect as connectNats } from '@nats-io/transport-node';
import { connect } from '../../src/engine/index.ts';
import { CHILD_PATIENCE, type Cleanup, Command, repository } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { NatsServer } from '../support/nats-server.ts';
import { peer } from '../support/peers.ts';

const { skip, path } = peer('nats-server');
const page = readFileSync(join(repository, 'docs/nats.md'), 'utf8');

function block(language: string, text: string): string {
  const all = [...page.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gmu'))];
  const found = all.map((match) => match[1] as string).filter((code) => code.includes(text));
  assert.equal(found.length, 1, text);
  return found[0] as string;
}

/** The configuration of the page for the only server of a cluster, on this machine. */
const configuration = (directory: string): string =>
  block('text', 'server_name')
    .replace(/^listen: .*$/mu, '')
    .replace(/^cluster \{[\s\S]*?^\}$/mu, '')
    .replace('/var/lib/nats', directory);

async function start(context: Cleanup, url: string): Promise<{ command: Command; url: string }> {
  const command = new Command(context, ['--input-type=module', '--eval', block('js', 'natsStore(servers)')], {
    environment: { NATS_URL: url, PORT: '0' },
  });
  const [, port = ''] = await command.seen(/ready on port (\d+)/u);
  return { command, url: `ws://127.0.0.1:${port}` };
}

test('two servers as on the page, with the configuration and the permissions of the page', { skip }, (context) =>
  leavingNothing(async (scope) => {
    const server = await NatsServer.start(configuration);
    scope.defer(() => server.end());
    const nats = server.url.replace('//', '//node:change%20me@');
    const [one, two] = [await start(context, nats), await start(context, nats)];
    const received = new Inbox<string | Uint8Array>();
    const receiver = connect(two.url, { resume: true, handlers: { message: (_, data) => received.push(data) } });
    const sender = connect(one.url, { resume: true });
    const got = received.next();
    let isThere = false;
    void got.then(() => {
      isThere = true;
    });
    while (!isThere) {
      sender.send('hello');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assert.equal(await got, 'hello');
    const watching = await connectNats({ servers: server.url, user: 'node', pass: 'change me' });
    scope.defer(() => watching.close());
    const info = await watching.request('$JS.API.STREAM.INFO.wsr_sessions');
    const { state } = info.json() as { state: { messages: number } };
    assert.equal(state.messages, 4); // two sessions, each with a document and a name
    for (const client of [receiver, sender]) await client.close();
    for (const { command } of [one, two]) {
      command.signal('SIGTERM');
      await command.exit;
    }
  }, CHILD_PATIENCE)(),
);

test('nats-server takes the whole configuration', { skip }, () =>
  leavingNothing(async (scope) => {
    let file = '';
    const server = await NatsServer.start((directory) => {
      file = join(directory, 'nats.conf');
      return '';
    });
    scope.defer(() => server.end());
    server.configure(block('text', 'server_name').replace(/^listen: .*$/mu, ''));
    const { status, stderr } = spawnSync(path, ['-t', '-c', file], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
  })(),
);
