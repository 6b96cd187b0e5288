// Servers of one system over NATS, with everything in between: `createServer({ bus: natsBus(…) })`.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPublisher } from '../../../src/bus/index.ts';
import { connect, createServer, type ServerConnection } from '../../../src/engine/index.ts';
import { type NatsBusOptions, natsBus } from '../../../src/nats/index.ts';
import { isError } from '../../support/expect.ts';
import { leavingNothing, type Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { NatsServer } from '../../support/nats-server.ts';
import { peer } from '../../support/peers.ts';

const { skip } = peer('nats-server');

async function serve(scope: Scope, options: NatsBusOptions) {
  const opened = new Inbox<ServerConnection>();
  const told = new Inbox<string>();
  const server = createServer({
    bus: natsBus({
      pingInterval: 250,
      lost: ({ message }) => told.push(`lost ${message}`),
      ready: ({ gap }) => told.push(`ready ${gap > 0}`),
      ...options,
    }),
    open(connection) {
      connection.subscribe('news');
      opened.push(connection);
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1' });
  scope.defer(() => server.close());
  const received = new Inbox<string | Uint8Array>();
  const client = await connect(`ws://127.0.0.1:${port}`, { handlers: { message: (_, data) => received.push(data) } });
  scope.defer(() => client.terminate());
  return { server, connection: await opened.next(), received, told };
}

describe('servers over NATS', { skip }, () => {
  test(
    'publish, send to one, list and count; the same once NATS was killed and is back',
    leavingNothing(async (scope) => {
      const nats = await NatsServer.start(() => 'max_payload: 100000');
      scope.defer(() => nats.end());
      const one = await serve(scope, { servers: nats.url, node: 'one' });
      const two = await serve(scope, { servers: nats.url, node: 'two' });
      const publisher = createPublisher({ bus: natsBus(nats.url) });
      scope.defer(() => publisher.close());
      await publisher.ready();
      /** Interest of the topic takes a moment to arrive. */
      const reaches = async (text: string): Promise<void> => {
        const got = two.received.next();
        let isThere = false;
        void got.then(() => {
          isThere = true;
        });
        while (!isThere) {
          one.server.publish('news', text);
          await one.server.count();
        }
        assert.equal(await got, text);
      };
      await reaches('first');
      assert.equal(await one.server.sendTo(two.connection.id, 'to you'), true);
      for (let data = await two.received.next(); data !== 'to you'; ) data = await two.received.next();
      assert.equal((await one.server.count()).count, 2);
      const { connections, missing } = await publisher.list();
      assert.deepEqual([connections.length, missing], [2, []]);
      assert.throws(
        () => one.server.publish('news', 'x'.repeat(100_000)),
        (error) => isError(error, 'ERR_WS_BUS_PAYLOAD', 'max_payload of nats-server') !== undefined,
      );
      assert.deepEqual([await one.told.next(), await two.told.next()], ['ready false', 'ready false']);
      await nats.stop();
      for (const { told } of [one, two]) assert.match(await told.next(), /^lost .*NATS/);
      one.server.publish('news', 'nobody');
      await nats.start();
      for (const { told } of [one, two]) {
        let event = await told.next();
        while (event !== 'ready true') event = await told.next();
      }
      await reaches('again');
      assert.ok(!two.received.rest.includes('nobody'));
    }),
  );

  test(
    'listen fails with the reason where NATS is not there, or the credentials are wrong',
    leavingNothing(async (scope) => {
      const nats = await NatsServer.start(() => 'authorization { user: a, password: b }');
      scope.defer(() => nats.end());
      const refused = createServer({ bus: natsBus({ servers: nats.url, user: 'a', pass: 'geheim' }) });
      await assert.rejects(refused.listen({ host: '127.0.0.1' }), /refuses the credentials(?!.*geheim)/);
      await refused.close();
      await nats.stop();
      const absent = createServer({ bus: natsBus({ servers: nats.url, timeout: 500 }) });
      await assert.rejects(absent.listen({ host: '127.0.0.1' }), /NATS at 127.0.0.1:\d+ cannot be reached/);
      await absent.close();
    }),
  );
});
