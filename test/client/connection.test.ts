// A client's connection after its opening: the order of its events, pulling messages, and what its handlers may do.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CloseCode, type ConnectOptions, connect } from '../../src/engine/index.ts';
import { listen, open, pair } from '../support/engine.ts';
import { rejectsWith, uncaughtExceptions } from '../support/expect.ts';
import { leavingNothing, turn } from '../support/handles.ts';
import { acceptHandshake } from '../support/handshake.ts';
import { hex } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw } from '../support/raw-peer.ts';

test(
  'resolved, open, messages, close: each once, in this order; what connect returns is what the handlers get',
  leavingNothing(async (scope) => {
    const log: string[] = [];
    const seen = new Set<unknown>();
    const { url } = await listen(scope, {
      open: (connection) => {
        connection.send('first');
        connection.send('second');
        void connection.close(CloseCode.normal, 'that is all');
      },
    });
    const connecting = connect(url, {
      handlers: {
        resolved: () => log.push('resolved'),
        open: (connection) => log.push(`open ${seen.add(connection).size}`),
        message: (connection, data) => log.push(`${data} ${seen.add(connection).size}`),
        close: (connection, { code, reason, wasClean }) =>
          log.push(`close ${code} ${reason} ${wasClean} ${seen.add(connection).size}`),
      },
    });
    assert.deepEqual(log, [], 'nothing from inside the call');
    const connection = await connecting;
    await connection.closed;
    assert.ok(seen.has(connection));
    assert.deepEqual(log, ['resolved', 'open 1', 'first 1', 'second 1', 'close 1000 that is all true 1']);
  }),
);
test(
  'what the open handler sends leaves first',
  leavingNothing(async (scope) => {
    const server = await listenRaw(scope);
    const opening = open(scope, server.url, { handlers: { open: (connection) => connection.send('from open') } });
    const peer = await server.accepted();
    await acceptHandshake(peer);
    (await opening).send('later');
    assert.equal((await peer.readFrame()).payload.toString(), 'from open');
    const { isMasked, payload } = await peer.readFrame();
    assert.equal(payload.toString(), 'later');
    assert.equal(isMasked, true, 'RFC 6455 §5.1');
  }),
);
test(
  'handlers may be methods of one object',
  leavingNothing(async (scope) => {
    class Handlers {
      readonly messages = new Inbox<unknown>();
      opened = false;
      open(): void {
        this.opened = true;
      }
      message(_: unknown, data: string | Buffer): void {
        this.messages.push(data);
      }
    }
    const handlers = new Handlers();
    const { connection } = await pair(scope, {}, { handlers });
    connection.send('hello');
    assert.equal(await handlers.messages.next(), 'hello');
    assert.equal(handlers.opened, true);
  }),
);
test(
  'exceptions of handlers surface as uncaught, and the connection goes on',
  leavingNothing(async (scope) => {
    const uncaught = uncaughtExceptions(scope);
    const fail = (name: string) => (): never => {
      throw new Error(name);
    };
    const handlers: NonNullable<ConnectOptions['handlers']> = {
      resolved: fail('resolved'),
      open: fail('open'),
      message: fail('message'),
      ping: fail('ping'),
      pong: fail('pong'),
      close: fail('close'),
    };
    const { client, connection } = await pair(scope, {}, { handlers });
    connection.send('hello');
    connection.ping('ping');
    connection.pong('pong');
    void connection.close(1000);
    assert.equal((await client.closed).wasClean, true);
    const names = (await uncaught.take(6)).map(({ message }) => message);
    assert.deepEqual(names, ['resolved', 'open', 'message', 'ping', 'pong', 'close']);
  }),
);

describe('for await', () => {
  test(
    'yields messages in order and ends with a clean close',
    leavingNothing(async (scope) => {
      const { client, connection } = await pair(scope);
      for (let count = 0; count < 1_000; count++) connection.send(String(count));
      void connection.close(1000);
      const messages: unknown[] = [];
      for await (const message of client) messages.push(message);
      assert.deepEqual(
        messages,
        Array.from({ length: 1_000 }, (_, index) => String(index)),
      );
    }),
  );
  test(
    'throws when the connection is lost, after the messages received before',
    leavingNothing(async (scope) => {
      const server = await listenRaw(scope);
      const connecting = connect(server.url);
      const peer = await server.accepted();
      await acceptHandshake(peer);
      const connection = await connecting;
      peer.end(hex('81 01 61'));
      const messages: unknown[] = [];
      const loop = (async () => {
        for await (const message of connection) messages.push(message);
      })();
      await rejectsWith(loop, 'ERR_WS_LOST', 'the peer ended TCP');
      assert.deepEqual(messages, ['a']);
    }),
  );
  test(
    'left early closes the connection with 1000',
    leavingNothing(async (scope) => {
      const { client, connection } = await pair(scope);
      connection.send('hello');
      for await (const message of client) {
        assert.equal(message, 'hello');
        break;
      }
      assert.equal((await connection.closed).code, 1000);
      assert.equal((await client.closed).wasClean, true);
    }),
  );
  test(
    'is refused beside a message handler',
    leavingNothing(async (scope) => {
      const { client } = await pair(scope, {}, { handlers: { message: () => {} } });
      assert.throws(() => client[Symbol.asyncIterator](), { code: 'ERR_WS_ITERATING' });
    }),
  );
  test(
    'a reader that takes its time holds the server back, and misses nothing',
    leavingNothing(async (scope) => {
      const { client, connection } = await pair(scope, { highWaterMark: 64 * 1024 });
      const message = Buffer.alloc(64 * 1024);
      let sent = 0;
      // TCP's own buffers on both sides take some megabytes first.
      while (connection.bufferedAmount < 32 * message.length) {
        assert.ok(sent < 4_000, 'the reader does not hold the server back');
        message.writeUInt32BE(sent++);
        connection.send(Buffer.from(message));
        await turn();
      }
      void connection.close(1000);
      let received = 0;
      for await (const data of client) assert.equal((data as Buffer).readUInt32BE(), received++);
      assert.equal(received, sent);
    }),
  );
});
