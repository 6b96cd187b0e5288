// Credentials files (JSON Web Token and key) of a user of an account, against a nats-server with an operator.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { connect, createServer } from '../../../src/engine/index.ts';
import { natsBus, natsStore } from '../../../src/nats/index.ts';
import { ResumingClient } from '../../resume/server/resuming-client.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { NatsOperator } from '../../support/nats-accounts.ts';
import { NatsServer } from '../../support/nats-server.ts';
import { peer } from '../../support/peers.ts';

const { skip } = peer('nats-server');

function scratch(scope: Scope): string {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-creds-'));
  scope.defer(async () => rmSync(directory, { recursive: true }));
  return directory;
}

async function begin(scope: Scope) {
  const directory = scratch(scope);
  const operator = new NatsOperator();
  const nats = await NatsServer.start(
    (own) => `${operator.configuration}\njetstream { store_dir: "${own}", max_memory_store: 10MB }`,
  );
  scope.defer(() => nats.end());
  const file = (name: string, text: string): string => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };
  return { operator, nats, file };
}

describe('a credentials file', { skip }, () => {
  test(
    'logs in a bus and a store of sessions; it is read again for each connection',
    leavingNothing(async (scope) => {
      const { operator, nats, file } = await begin(scope);
      const creds = file('user.creds', operator.credentials().text);
      const serve = async (): Promise<string> => {
        const store = natsStore({ servers: nats.url, creds, storage: 'memory' });
        const server = createServer({
          bus: natsBus({ servers: nats.url, creds }),
          resume: { store },
          open: (connection) => connection.subscribe('news'),
          message: (connection, data) => void connection.publish('news', data),
        });
        const { port } = await server.listen({ host: '127.0.0.1' });
        scope.defer(async () => {
          await server.close();
          await store.close();
        });
        return `ws://127.0.0.1:${port}`;
      };
      const one = await serve();
      file('user.creds', operator.credentials().text);
      const two = await serve();
      const client = new ResumingClient();
      await client.open(one);
      const other = await connect(two);
      scope.defer(() => other.terminate());
      // The interest of the topic takes a moment to arrive.
      const got = client.received.next();
      let isThere = false;
      void got.then(() => {
        isThere = true;
      });
      for (; !isThere; await new Promise((resolve) => setTimeout(resolve, 10))) other.send('from the other server');
      assert.equal(await got, 'from the other server');
      client.end.close(1000, '');
      await client.ends.next();
    }),
  );

  const stranger = new NatsOperator();
  const wrong: readonly (readonly [
    string,
    (operator: NatsOperator) => { text: string; secrets: readonly string[] },
  ])[] = [
    ['of another operator', () => stranger.credentials()],
    ['that has expired', (operator) => operator.credentials(1_000_000_000)],
  ];
  for (const [what, make] of wrong) {
    test(
      `${what} fails listen with the reason, which shows no secret`,
      leavingNothing(async (scope) => {
        const { operator, nats, file } = await begin(scope);
        const { text, secrets } = make(operator);
        const told = new Inbox<Error>();
        const server = createServer({
          bus: natsBus({ servers: nats.url, creds: file('wrong.creds', text), failed: (error) => told.push(error) }),
        });
        scope.defer(() => server.close());
        const error = await server.listen({ host: '127.0.0.1' }).then(
          () => assert.fail('it listens'),
          (reason: Error) => reason,
        );
        assert.match(error.message, /refuses the credentials/);
        const shown = inspect([error, ...told.rest], { depth: 10 });
        for (const secret of secrets) assert.ok(!shown.includes(secret), shown);
      }),
    );
  }

  test(
    'without a token and a key is told before anything happens, without what is in it',
    leavingNothing(async (scope) => {
      const directory = scratch(scope);
      const creds = join(directory, 'user.creds');
      for (const text of ['SUAgeheim', new NatsOperator().credentials().text.slice(0, 500)]) {
        writeFileSync(creds, text);
        assert.throws(
          () => natsBus({ creds }),
          (error: Error) => /creds.*with the JWT of a user/.test(error.message) && !inspect(error).includes(text),
        );
      }
    }),
  );
});
