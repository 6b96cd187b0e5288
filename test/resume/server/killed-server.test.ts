// A process that has sessions is killed, and another one goes on with them: `mode: 'ahead'` over Redis and over NATS. Nothing that
// was sent or acknowledged is lost.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { NatsServer } from '../../support/nats-server.ts';
import { peer } from '../../support/peers.ts';
import { RedisServer } from '../../support/redis.ts';
import { until } from '../../support/until.ts';
import { serveAnswers } from './answering-server.ts';
import { ResumingClient } from './resuming-client.ts';

const program = fileURLToPath(new URL('answering-server.ts', import.meta.url));
const skip = peer('redis-server').skip || peer('nats-server').skip;

/** Starts the program. @returns its ports, and how it is killed */
async function startProgram(scope: Scope, urls: readonly string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...urls], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = once(child, 'close');
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  scope.defer(kill);
  const [line] = (await Promise.race([once(child.stdout, 'data'), gone.then(() => assert.fail('it has ended'))])) as [
    Buffer,
  ];
  return { ports: String(line).trim().split(' ').map(Number), kill };
}

describe('a killed server', { skip }, () => {
  test(
    'loses nothing that was sent or acknowledged: its clients resume at another one, by Redis and by NATS',
    leavingNothing(async (scope) => {
      const redis = await RedisServer.start();
      scope.defer(() => redis.close());
      const nats = await NatsServer.start((directory) => `jetstream { store_dir: "${directory}" }`);
      scope.defer(() => nats.end());
      const urls = [redis.url, nats.url];
      const first = await startProgram(scope, urls);
      const clients = first.ports.map(() => new ResumingClient());
      await Promise.all(clients.map((client, at) => client.open(`ws://127.0.0.1:${first.ports[at]}`)));
      // Some are answered, some are on their way, when it is killed.
      let number = 0;
      const send = (count: number): void => {
        for (const last = number + count; number < last; ) {
          number++;
          for (const { end } of clients) end.send(`${number}`);
        }
      };
      send(20);
      await until('some are answered', () => clients.every(({ received }) => received.rest.length >= 10));
      send(20);
      await first.kill();
      send(20);
      for (const [at, url] of urls.entries()) {
        const client = clients[at] as ResumingClient;
        const got = client.received.rest;
        await client.interruptions.next();
        const second = await serveAnswers(url);
        scope.defer(() => second.end());
        const { isResumed } = await client.open(`ws://127.0.0.1:${second.port}`);
        assert.equal(isResumed, true, url);
        await until('all are answered', () => got.includes(`answer ${number}`));
        // What ran when it was killed may run again. Nothing is missing, and nothing overtakes.
        const wanted = Array.from({ length: number }, (_, index) => `answer ${index + 1}`);
        assert.deepEqual([...new Set(got)], wanted, url);
        assert.ok(second.handled.length >= 20, 'the last ones');
        assert.deepEqual([...new Set(second.handled)], second.handled, 'each once');
        client.end.close(1000, '');
        await client.ends.next();
      }
    }),
  );
});
