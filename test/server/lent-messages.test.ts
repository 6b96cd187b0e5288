// Binary messages that are lent, over real sockets, by servers and by clients.

import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { describe, test } from 'node:test';
import { MessageChannel } from 'node:worker_threads';
import type { Connection, ConnectionSettings } from '../../src/engine/index.ts';
import { listen, open, pair } from '../support/engine.ts';
import { unhandledRejections } from '../support/expect.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { assertBytes, pattern } from '../support/hex.ts';
import { Inbox } from '../support/inbox.ts';

const lent = { binaryMessages: 'lent' } as const;
const SIZES = [0, 10, 5000, 70_000, 1_500_000, 70_000, 20];

/** What a message was while it was lent, and itself. */
interface Lent {
  readonly copy: Buffer;
  readonly data: Buffer;
}

function keeping(inbox: Inbox<Lent>) {
  return (_: unknown, data: string | Buffer): void => {
    assert.ok(Buffer.isBuffer(data));
    inbox.push({ copy: Buffer.from(data), data });
  };
}

function isOverwritten({ data }: Lent): boolean {
  return data.every((byte) => byte === 0xdd);
}

/** Sets NODE_ENV for the length of a scope. */
function environment(scope: Scope, value: string | undefined): void {
  const before = process.env.NODE_ENV;
  const set = (to: string | undefined): void => {
    if (to === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = to;
  };
  set(value);
  scope.defer(() => set(before));
}

for (const isSecure of [false, true]) {
  for (const compression of [false, { threshold: 0 }]) {
    const how = `${isSecure ? 'TLS' : 'TCP'}${compression === false ? '' : ', compressed'}`;
    test(
      `over ${how}: messages are complete in both directions, and lent`,
      leavingNothing(async (scope) => {
        const [atServer, atClient] = [new Inbox<Lent>(), new Inbox<Lent>()];
        const settings: ConnectionSettings = { ...lent, overwriteLent: true, compression };
        const { client, connection } = await pair(
          scope,
          { ...settings, message: keeping(atServer) },
          { ...settings, handlers: { message: keeping(atClient) } },
          isSecure,
        );
        for (const [from, to] of [
          [client, atServer],
          [connection, atClient],
        ] as [Connection, Inbox<Lent>][]) {
          for (const [seed, size] of SIZES.entries()) {
            from.send(pattern(size, seed));
            const message = await to.next();
            assertBytes(message.copy, pattern(size, seed));
            assert.ok(isOverwritten(message));
          }
        }
      }),
    );
  }
}

describe('whether lent memory is overwritten', () => {
  const cases: [environment: string | undefined, overwriteLent: boolean | undefined, expected: boolean][] = [
    [undefined, undefined, true],
    ['development', undefined, true],
    ['production', undefined, false],
    ['production', true, true],
    ['test', false, false],
  ];
  for (const [value, overwriteLent, expected] of cases) {
    test(
      `NODE_ENV ${value ?? 'absent'}, overwriteLent ${overwriteLent ?? 'absent'}: ${expected}`,
      leavingNothing(async (scope) => {
        environment(scope, value);
        const inbox = new Inbox<Lent>();
        const settings = { ...lent, overwriteLent };
        const { client, connection } = await pair(
          scope,
          { ...settings, message: keeping(inbox) },
          { ...settings, handlers: { message: keeping(inbox) } },
        );
        client.send(pattern(5000));
        connection.send(pattern(5000));
        for (const message of await inbox.take(2)) assert.equal(isOverwritten(message), expected);
      }),
    );
  }
});

test(
  'an async handler has its message until it is done; messages that come meanwhile have other memory',
  leavingNothing(async (scope) => {
    const gates = [0, 1, 2].map(() => withResolvers());
    const begun = new Inbox<Buffer>();
    const { client } = await pair(scope, {
      ...lent,
      overwriteLent: true,
      async message(connection, data) {
        const index = (data as Buffer)[0] as number;
        begun.push(data as Buffer);
        await gates[index]?.promise;
        connection.send(data);
      },
    });
    const payloads = gates.map((_, index) => pattern(60_000, index).fill(index, 0, 1));
    for (const payload of payloads) client.send(payload);
    const messages = await begun.take(3);
    assert.equal(new Set(messages.map(({ buffer }) => buffer)).size, 3);
    const echoes = client[Symbol.asyncIterator]();
    for (const index of [1, 2, 0]) {
      gates[index]?.resolve();
      assertBytes((await echoes.next()).value as Buffer, payloads[index] as Uint8Array);
    }
  }),
);

/** Node 20 has no `Promise.withResolvers`. */
function withResolvers(): { promise: Promise<void>; resolve(): void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

test(
  'what a peer that reads late is sent of lent messages is what they were',
  leavingNothing(async (scope) => {
    const { client, server, url } = await pair(scope, {
      ...lent,
      overwriteLent: true,
      open: (connection) => void connection.subscribe('all'),
      message(connection, data) {
        connection.send(data);
        server.publish('all', data);
        (data as Buffer).fill(0x11);
      },
    });
    const reader = await open(scope, url);
    reader.pause();
    client.pause();
    const count = 60;
    const payload = (index: number): Uint8Array => pattern([300_000, 70_000, 5000][index % 3] as number, index);
    for (let index = 0; index < count; index++) client.send(payload(index));
    await client.drained();
    reader.resume();
    client.resume();
    const [echoes, published] = [client[Symbol.asyncIterator](), reader[Symbol.asyncIterator]()];
    for (let index = 0; index < count; index++) {
      for (const from of [echoes, echoes, published]) {
        assertBytes((await from.next()).value as Buffer, payload(index), `message ${index}`);
      }
    }
  }),
);

test(
  'it cannot be transferred, or the library does without it',
  leavingNothing(async (scope) => {
    const answers = new Inbox<string>();
    const { client } = await pair(scope, {
      ...lent,
      message(_, data) {
        const { buffer } = data as Buffer;
        const { port1, port2 } = new MessageChannel();
        const ways = [
          () => port1.postMessage(buffer, [buffer as ArrayBuffer]),
          () => structuredClone(buffer, { transfer: [buffer as ArrayBuffer] }),
          () => (buffer as unknown as { transfer?(): void }).transfer?.(),
        ];
        for (const way of ways) {
          try {
            way();
          } catch {
            // Refused.
          }
        }
        port1.close();
        port2.close();
        answers.push(buffer.byteLength === 0 ? 'gone' : 'here');
      },
    });
    for (let count = 0; count < 5; count++) client.send(pattern(50_000));
    const expected = Number(process.versions.node.split('.')[0]) === 22 ? 'gone' : 'here';
    assert.deepEqual(
      await answers.take(5),
      Array.from({ length: 5 }, () => expected),
    );
    assert.ok(client.isOpen);
  }),
);

test(
  'handlers run in the context of their connection, and have their message until they are done there',
  leavingNothing(async (scope) => {
    const storage = new AsyncLocalStorage<string>();
    const stores = new Inbox<string | undefined>();
    const sizes = new Inbox<number>();
    const server = await listen(scope, {
      open: (connection) => void connection.send(new Uint8Array(6000).fill(7)),
    });
    await storage.run('client', () =>
      open(scope, server.url, {
        ...lent,
        overwriteLent: true,
        handlers: {
          async message(_, data) {
            stores.push(storage.getStore());
            await Promise.resolve();
            stores.push(storage.getStore());
            sizes.push((data as Buffer).filter((byte) => byte === 7).length);
          },
        },
      }),
    );
    assert.deepEqual(await stores.take(2), ['client', 'client']);
    assert.equal(await sizes.next(), 6000);
  }),
);

test(
  'without `failed`, the rejection of an async handler is unhandled, once; with it, it goes there',
  leavingNothing(async (scope) => {
    const boom = new Error('of the application');
    const unhandled = unhandledRejections(scope);
    const failed = new Inbox<unknown>();
    const message = () => Promise.reject(boom);
    const without = await pair(scope, { ...lent, message });
    without.client.send(pattern(5000));
    assert.equal(await unhandled.next(), boom);
    assert.ok(without.connection.isOpen);
    const withIt = await pair(scope, { ...lent, message, failed: failed.push });
    withIt.client.send(pattern(5000));
    assert.equal(await failed.next(), boom);
    assert.equal((await withIt.client.closed).code, 1011);
    assert.deepEqual(unhandled.rest, []);
  }),
);
