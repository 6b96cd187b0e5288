// Data through both ends of the engine over real sockets: sizes, order, fragments, both directions, TCP and TLS.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ServerOptions } from '../../src/engine/index.ts';
import { pair } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

const MiB = 1024 * 1024;

/** Bytes without a period that a buffer's size could hide. */
function noise(size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let state = size + 1;
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
}

function digest(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

const echo: ServerOptions<undefined> = { message: (connection, data) => connection.send(data) };

for (const [name, tls] of [
  ['TCP', false],
  ['TLS', true],
] as const) {
  describe(name, () => {
    test(
      'text and binary of every header size come back unchanged',
      leavingNothing(async (scope) => {
        const { client } = await pair(scope, echo, {}, tls);
        const replies = client[Symbol.asyncIterator]();
        for (const size of [0, 1, 2, 125, 126, 127, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, MiB]) {
          const bytes = noise(size);
          client.send(bytes);
          const binary = (await replies.next()).value;
          assert.ok(Buffer.isBuffer(binary), 'binary data is a Buffer');
          assert.equal(digest(binary), digest(bytes), `${size} bytes`);
          const text = 'xé€😀'.repeat(Math.ceil(size / 5)).slice(0, size);
          client.send(text);
          assert.equal((await replies.next()).value, text.replace(/[\ud800-\udbff]$/, '\ufffd'), `${size} units`);
        }
      }),
    );
    test(
      '16 MiB',
      leavingNothing(async (scope) => {
        const { client } = await pair(scope, echo, {}, tls);
        const bytes = noise(16 * MiB);
        const expected = digest(bytes);
        const replies = client[Symbol.asyncIterator]();
        client.send(bytes);
        const first = (await replies.next()).value as Buffer;
        assert.equal(first.length, 16 * MiB);
        assert.equal(digest(first), expected);
        const text = 'x'.repeat(16 * MiB);
        client.send(text);
        assert.ok((await replies.next()).value === text);
      }),
    );
    test(
      '10,000 small messages in order, in one turn',
      leavingNothing(async (scope) => {
        const received: string[] = [];
        const done = new Inbox<void>();
        const { client } = await pair(
          scope,
          echo,
          {
            handlers: {
              message(_, data) {
                if (received.push(String(data)) === 10_000) done.push();
              },
            },
          },
          tls,
        );
        const sent = Array.from({ length: 10_000 }, (_, index) => `message ${index}`);
        for (const text of sent) client.send(text);
        await done.next();
        assert.deepEqual(received, sent);
      }),
    );
    test(
      'both directions at once, 32 MiB each way, small messages between large ones',
      leavingNothing(async (scope) => {
        const count = 64;
        const take = (done: Inbox<string>): ((_: unknown, data: string | Buffer) => void) => {
          const hash = createHash('sha256');
          let received = 0;
          return (_, data) => {
            hash.update(data);
            if (++received === 2 * count) done.push(hash.digest('hex'));
          };
        };
        const there = new Inbox<string>();
        const back = new Inbox<string>();
        const { client, connection } = await pair(
          scope,
          { message: take(there) },
          { handlers: { message: take(back) } },
          tls,
        );
        const large = noise(MiB / 2);
        const hash = createHash('sha256');
        for (let index = 0; index < count; index++) {
          for (const end of [client, connection]) {
            end.send(large);
            end.send(`after ${index}`);
          }
          hash.update(large).update(`after ${index}`);
        }
        const expected = hash.digest('hex');
        assert.equal(await there.next(), expected);
        assert.equal(await back.next(), expected);
      }),
    );
    test(
      'RFC 6455 §5.4: fragments with control frames between them make one message',
      leavingNothing(async (scope) => {
        const pings = new Inbox<string>();
        const { client } = await pair(scope, { ...echo, ping: (_, payload) => pings.push(String(payload)) }, {}, tls);
        const replies = client[Symbol.asyncIterator]();
        client.sendFragment('Hel', { fin: false });
        client.ping('between');
        client.sendFragment('', { fin: false });
        client.sendFragment('lo', { fin: true });
        assert.equal((await replies.next()).value, 'Hello');
        assert.equal(await pings.next(), 'between');
        const bytes = noise(300_000);
        for (let at = 0; at < bytes.length; at += 7_001) {
          const end = Math.min(at + 7_001, bytes.length);
          client.sendFragment(bytes.subarray(at, end), { fin: end === bytes.length });
        }
        assert.equal(digest((await replies.next()).value as Buffer), digest(bytes));
      }),
    );
    test(
      'RFC 6455 §5.5.2, §5.5.3: pings are answered with their payload, both ways',
      leavingNothing(async (scope) => {
        const pongs = new Inbox<string>();
        const pong = (_: unknown, payload: Buffer): void => pongs.push(String(payload));
        const { client, connection } = await pair(scope, { pong }, { handlers: { pong } }, tls);
        client.ping('from client');
        assert.equal(await pongs.next(), 'from client');
        connection.ping(Buffer.from('from server'));
        assert.equal(await pongs.next(), 'from server');
        connection.ping();
        assert.equal(await pongs.next(), '');
      }),
    );
  });
}

test(
  'a large message sent twice and changed after its sent callback arrives as it was',
  leavingNothing(async (scope) => {
    const digests = new Inbox<string>();
    const { connection } = await pair(
      scope,
      {},
      { handlers: { message: (_, data) => digests.push(digest(data as Buffer)) } },
    );
    const bytes = noise(4 * MiB);
    const expected = digest(bytes);
    connection.send(bytes);
    await new Promise<void>((resolve, reject) => {
      connection.send(bytes, (error) => (error ? reject(error) : resolve()));
    });
    bytes.fill(0);
    assert.deepEqual(await digests.take(2), [expected, expected]);
  }),
);
test(
  'a client’s own bytes are not masked in place (RFC 6455 §5.3)',
  leavingNothing(async (scope) => {
    const { client } = await pair(scope, echo);
    const replies = client[Symbol.asyncIterator]();
    for (const size of [10, 20_000, 200_000]) {
      const bytes = noise(size);
      const copy = Buffer.from(bytes);
      client.send(bytes);
      await replies.next();
      assert.ok(bytes.equals(copy), `${size} bytes`);
    }
  }),
);
