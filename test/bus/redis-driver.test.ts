// What is particular to the driver over Redis: how it is set up, what Redis refuses, slow readers, silent connections. The
// contract of all drivers is in redis.test.ts.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { Cluster, Redis } from 'ioredis';
import { createClient, createSentinel } from 'redis';
import type { BusEvents } from '../../src/bus/bus-driver.ts';
import { MAX_WAITING } from '../../src/bus/bus-driver.ts';
import { hashSlot, SLOTS, spreadNames } from '../../src/bus/redis/hash-slot.ts';
import { RedisDriver } from '../../src/bus/redis/redis-driver.ts';
import type { RedisDriverOptions } from '../../src/bus/redis/redis-options.ts';
import { WebSocketError } from '../../src/core/errors.ts';
import { nodeHost } from '../../src/node/environment.ts';
import { certificates } from '../support/certificates.ts';
import { leavingNothing, type Scope, turn } from '../support/handles.ts';
import { freePort } from '../support/haproxy.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';
import { peer } from '../support/peers.ts';
import { RedisServer } from '../support/redis.ts';
import { ask } from '../support/redis-cluster.ts';
import { TcpGate } from '../support/tcp-gate.ts';
import { until } from '../support/until.ts';

const { skip } = peer('redis-server');
const libraries = ['redis', 'ioredis'] as const;

class Told implements BusEvents {
  readonly events: string[] = [];
  readonly errors: Error[] = [];
  readonly messages: string[] = [];

  ready(): void {
    this.events.push('ready');
  }
  lost(error: Error): void {
    this.#note('lost', error);
  }
  refused(error: Error): void {
    this.#note('refused', error);
  }
  trouble(error: Error): void {
    this.#note('trouble', error);
  }
  message(channel: string, payload: Uint8Array): void {
    this.messages.push(`${channel} ${Buffer.from(payload).toString().slice(0, 20)}`);
  }
  count(event: string): number {
    return this.events.filter((one) => one === event).length;
  }
  #note(event: string, error: Error): void {
    this.events.push(event);
    this.errors.push(error);
  }
}

async function server(scope: Scope, ...settings: string[]): Promise<RedisServer> {
  const started = await RedisServer.start(settings);
  scope.defer(() => started.close());
  return started;
}

function open(
  scope: Scope,
  options: string | RedisDriverOptions,
  host = nodeHost as never,
): { driver: RedisDriver; told: Told } {
  const driver = new RedisDriver(options, 'redisBus', host);
  scope.defer(() => driver.close());
  const told = new Told();
  driver.open(told);
  return { driver, told };
}

async function opened(
  scope: Scope,
  options: string | RedisDriverOptions,
): ReturnType<typeof Promise.resolve<ReturnType<typeof open>>> {
  const one = open(scope, options);
  await until('ready', () => one.told.count('ready') > 0);
  return one;
}

const bytes = (text: string): Uint8Array => Buffer.from(text);

/** What it throws, with its whole text as a log would show it. */
function thrown(options: unknown): { code: unknown; shown: string } {
  try {
    new RedisDriver(options as RedisDriverOptions);
  } catch (error) {
    assert.ok(error instanceof WebSocketError);
    return { code: error.code, shown: inspect(error, { depth: 9, showHidden: true }) };
  }
  assert.fail('it was taken');
}

describe('the options of the driver over Redis', () => {
  test('a wrong URL is told without what is in it', () => {
    for (const url of [
      'http://user:sesame@host',
      'redis//user:sesame@host',
      'redis://user:sesame@',
      'redis://user:sesame@host:port',
      'redis://user:sesame@host/db',
      'redis://user:ses%ame@host',
      'rediss://user:sesame@host?family=6&password=sesame',
      '',
    ]) {
      for (const options of [url, { url }]) {
        const { code, shown } = thrown(options);
        assert.equal(code, 'ERR_WS_OPTION', url);
        assert.ok(!shown.includes('ses'), shown);
        assert.match(shown, /redis:\/\/127\.0\.0\.1:6379/);
      }
    }
  });

  test('options that contradict each other, and clients of other libraries', () => {
    const client = new Redis({ lazyConnect: true });
    const wrong: [unknown, RegExp][] = [
      [{}, /url, client or options/],
      [{ client, url: 'redis://h' }, /url/],
      [{ client, options: {} }, /options/],
      [{ client: {} }, /a client of redis or ioredis/],
      [{ client: createSentinel({ name: 'm', sentinelRootNodes: [{ host: '127.0.0.1', port: 1 }] }) }, /Sentinel/],
      [{ client: new Cluster(['redis://127.0.0.1:1'], { lazyConnect: true }), sharded: false }, /order/],
      [{ url: 'redis://h', library: 'redis-mock' }, /one of redis, ioredis/],
      [{ host: 'h' }, /use options: \{ host \}, or url/],
      [{ url: 'redis://h', heartbeat: { interval: '5s' } }, /heartbeat\.interval/],
      [{ options: 'sesame' }, /options/],
    ];
    for (const [options, expected] of wrong) {
      const { code, shown } = thrown(options);
      assert.equal(code, 'ERR_WS_OPTION');
      assert.match(shown, expected);
      assert.ok(!shown.includes('sesame'));
    }
  });

  test('an address is shown without credentials', () => {
    const clients = [
      createClient({ url: 'redis://eve:sesame@127.0.0.1:7000/2' }),
      new Redis('redis://eve:sesame@127.0.0.1:7000/2', { lazyConnect: true }),
    ];
    const all: RedisDriverOptions[] = [
      { url: 'redis://eve:sesame@127.0.0.1:7000/2' },
      { url: 'redis://eve:sesame@127.0.0.1:7000/2', library: 'ioredis' },
      { options: { socket: { host: '127.0.0.1', port: 7000 }, password: 'sesame' } },
      { options: { host: '127.0.0.1', port: 7000, password: 'sesame' }, library: 'ioredis' },
      ...clients.map((client) => ({ client })),
    ];
    for (const options of all) {
      const driver = new RedisDriver(options);
      assert.equal(driver.address, 'redis://127.0.0.1:7000');
      assert.ok(!inspect(driver).includes('sesame'));
    }
    const sentinels = { sentinels: [{ host: '10.0.0.1', port: 26379 }], name: 'chat', password: 'sesame' };
    const { address } = new RedisDriver({ options: sentinels, library: 'ioredis' });
    assert.equal(address, 'chat of sentinel redis://10.0.0.1:26379');
  });
});

describe('slots of Redis Cluster', () => {
  test('are those of the specification', () => {
    assert.equal(hashSlot('123456789'), 0x31c3);
    assert.equal(hashSlot('foo'), 12_182);
  });

  test('names are spread over all of them', () => {
    const parts = spreadNames('hws.probe.x.', 32).map((name) => Math.floor((hashSlot(name) * 32) / SLOTS));
    assert.deepEqual(
      parts.sort((a, b) => a - b),
      Array.from({ length: 32 }, (_, at) => at),
    );
  });
});

describe('the driver over Redis', { skip }, () => {
  test(
    'a client of the application is duplicated, and neither used nor closed',
    leavingNothing(async (scope) => {
      const redis = await server(scope, '--requirepass', 'sesame');
      const node = createClient({ url: `redis://:sesame@127.0.0.1:${redis.port}` });
      node.on('error', () => {});
      await node.connect();
      const io = new Redis(`redis://:sesame@127.0.0.1:${redis.port}`, { keyPrefix: 'app:' });
      for (const client of [node, io]) {
        const { driver, told } = await opened(scope, { client });
        await driver.subscribe(['hws.a']);
        driver.publish('hws.a', bytes('x'));
        await until('the message', () => told.messages.includes('hws.a x'));
        await driver.close();
      }
      assert.equal(await node.ping(), 'PONG');
      assert.equal(await io.ping(), 'PONG');
      node.destroy();
      io.disconnect();
    }),
  );

  test(
    'rediss: is TLS, which is verified',
    leavingNothing(async (scope) => {
      const { ca: issuer, server: own } = certificates();
      const ca = issuer.cert;
      const port = String(await freePort());
      const files = [
        '--tls-cert-file',
        own.certPath,
        '--tls-key-file',
        own.keyPath,
        '--tls-ca-cert-file',
        issuer.certPath,
      ];
      await server(scope, '--tls-port', port, '--tls-auth-clients', 'no', ...files);
      const url = `rediss://localhost:${port}`;
      const options = { redis: { socket: { ca } }, ioredis: { tls: { ca } } };
      for (const library of libraries) {
        const { driver, told } = await opened(scope, { url, library, options: options[library] });
        await driver.subscribe(['hws.a']);
        driver.publish('hws.a', bytes('x'));
        await until('the message', () => told.messages.includes('hws.a x'));
        const { told: unverified } = open(scope, { url, library });
        await until('an attempt that fails', () => unverified.events.length > 0);
        assert.deepEqual(unverified.events, ['lost']);
        assert.match(unverified.errors[0]?.message ?? '', /certificate/);
        // An alert that follows on the refusal is nobody's uncaught error.
        for (let round = 0; round < 20; round++) {
          const { driver: again, told: refused } = open(scope, { url, library });
          await until('an attempt that fails', () => refused.events.length > 0);
          await again.close();
        }
      }
    }),
  );

  test(
    'Sentinel, with options of ioredis: after a failover the bus is at the other server',
    leavingNothing(async (scope) => {
      // Otherwise a server waits five seconds for more replicas.
      const one = await server(scope, '--repl-diskless-sync-delay', '0');
      const other = await server(scope, '--replicaof', '127.0.0.1', String(one.port));
      const sentinel = await server(scope, '--sentinel');
      for (const command of [
        ['MONITOR', 'chat', '127.0.0.1', String(one.port), '1'],
        ['SET', 'chat', 'down-after-milliseconds', '60000'],
      ]) {
        assert.equal(ask(sentinel, 'SENTINEL', ...command), 'OK\n');
      }
      const options = { sentinels: [{ host: '127.0.0.1', port: sentinel.port }], name: 'chat' };
      const { driver, told } = await opened(scope, { library: 'ioredis', options, maxReconnectDelay: 200 });
      await driver.subscribe(['hws.a']);
      const portNow = (): number => Number(ask(sentinel, 'SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'chat').split('\n')[1]);
      assert.equal(portNow(), one.port);
      while (!ask(sentinel, 'SENTINEL', 'REPLICAS', 'chat').includes(String(other.port))) await turn();
      while (!/master_link_status:up/.test(ask(other, 'INFO', 'replication'))) await turn();
      while (ask(sentinel, 'SENTINEL', 'FAILOVER', 'chat') !== 'OK\n')
        await new Promise((resolve) => setTimeout(resolve, 50));
      while (portNow() !== other.port) await new Promise((resolve) => setTimeout(resolve, 50));
      await one.stop();
      await until('ready again', () => told.count('ready') === 2);
      driver.publish('hws.a', bytes('there'));
      await until('the message', () => told.messages.includes('hws.a there'));
    }),
  );

  for (const library of libraries) {
    test(
      `${library}: what Redis will never take is refused at the first attempt`,
      leavingNothing(async (scope) => {
        const redis = await server(scope, '--requirepass', 'sesame', '--rename-command', 'SSUBSCRIBE', '""');
        ask(redis, '-a', 'sesame', 'ACL', 'SETUSER', 'eve', 'on', '>sesame', '+@all', 'resetchannels', '&other.*');
        const at = `127.0.0.1:${redis.port}`;
        const wrong: [RedisDriverOptions, RegExp][] = [
          [{ url: `redis://${at}` }, /NOAUTH.*user name and the password/],
          [{ url: `redis://:wrong@${at}` }, /WRONGPASS.*user name and the password/],
          [{ url: `redis://eve:sesame@${at}` }, /NOPERM.*docs\/redis\.md/],
          [{ url: `redis://:sesame@${at}`, sharded: true }, /unknown command.*need Redis 7 or Valkey/i],
        ];
        for (const [options, expected] of wrong) {
          const { told } = open(scope, { library, ...options });
          await until('refused', () => told.events.includes('refused'));
          assert.deepEqual(told.events, ['refused']);
          const [error] = told.errors as [WebSocketError];
          assert.equal(error.code, 'ERR_WS_REDIS_REFUSED');
          assert.match(error.message, expected);
          assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('sesame'));
        }
        await opened(scope, { library, url: `redis://eve:sesame@${at}`, prefix: 'other' });
      }),
    );

    test(
      `${library}: once it was ready, credentials that are changed are waited for`,
      leavingNothing(async (scope) => {
        const redis = await server(scope, '--requirepass', 'sesame');
        const { told } = await opened(scope, {
          library,
          url: `redis://:sesame@127.0.0.1:${redis.port}`,
          maxReconnectDelay: 50,
        });
        ask(redis, '-a', 'sesame', 'CONFIG', 'SET', 'requirepass', 'other');
        ask(redis, '-a', 'other', 'CLIENT', 'KILL', 'TYPE', 'normal');
        await until('an attempt with them', () => /WRONGPASS/.test(told.errors.at(-1)?.message ?? ''));
        assert.equal(told.count('refused'), 0);
        ask(redis, '-a', 'other', 'CONFIG', 'SET', 'requirepass', 'sesame');
        await until('ready again', () => told.count('ready') === 2);
      }),
    );

    test(
      `${library}: a channel that may not be used is told, and the others work`,
      leavingNothing(async (scope) => {
        const redis = await server(scope);
        ask(redis, 'ACL', 'SETUSER', 'eve', 'on', '>sesame', '+@all', 'resetchannels', '&hws.*');
        const { driver, told } = await opened(scope, { library, url: `redis://eve:sesame@127.0.0.1:${redis.port}` });
        const many = Array.from({ length: 700 }, (_, at) => `hws.${at}`);
        await driver.subscribe([...many, 'other.1', 'other.2']);
        assert.deepEqual(
          told.errors.map((error) => (error as WebSocketError).code),
          ['ERR_WS_REDIS_DENIED', 'ERR_WS_REDIS_DENIED'],
        );
        assert.match(told.errors[0]?.message ?? '', /subscribe to other\.1 \(NOPERM/);
        // Among messages that may be published: the others arrive.
        for (const channel of ['hws.1', 'other.1', 'hws.699']) assert.ok(driver.publish(channel, bytes('x')));
        await until('both', () => told.messages.length === 2);
        await until('told', () => told.count('trouble') === 3);
        assert.match(told.errors[2]?.message ?? '', /did not take \d+ messages? \(.*(NOPERM|can't publish)/);
        assert.equal(told.count('ready'), 1);
      }),
    );

    test(
      `${library}: without the permission for scripts each message is a command`,
      leavingNothing(async (scope) => {
        const redis = await server(scope);
        const rights = ['-@all', '+subscribe', '+unsubscribe', '+publish', '+ping', 'resetchannels', '&hws.*'];
        ask(redis, 'ACL', 'SETUSER', 'eve', 'on', '>sesame', ...rights);
        const { driver, told } = await opened(scope, { library, url: `redis://eve:sesame@127.0.0.1:${redis.port}` });
        await driver.subscribe(['hws.a']);
        for (let at = 0; at < 500; at++) driver.publish('hws.a', bytes(String(at)));
        await until('all messages', () => told.messages.length === 500);
        assert.deepEqual(
          told.messages,
          Array.from({ length: 500 }, (_, at) => `hws.a ${at}`),
        );
        assert.deepEqual(told.events, ['ready']);
      }),
    );

    test(
      `${library}: subscriptions that come in every turn while it connects do not keep it from ready`,
      leavingNothing(async (scope) => {
        const redis = await server(scope);
        const { driver, told } = open(scope, { library, url: redis.url });
        const channels: string[] = [];
        const subscribed: Promise<void>[] = [];
        while (told.events.length === 0) {
          channels.push(`hws.${channels.length}`);
          subscribed.push(driver.subscribe(channels.slice(-1)));
          await turn();
        }
        assert.deepEqual(told.events, ['ready']);
        await Promise.all(subscribed);
        for (const channel of channels) driver.publish(channel, bytes('x'));
        await until('all messages', () => told.messages.length === channels.length);
      }),
    );

    test(
      `${library}: a reader that Redis cuts off is told, and comes back`,
      leavingNothing(async (scope) => {
        const redis = await server(scope, '--client-output-buffer-limit', 'pubsub 1mb 0 0');
        const { driver, told } = await opened(scope, { library, url: redis.url });
        assert.equal(driver.maxPayload, 2 ** 20 - 65_536);
        assert.match(driver.payloadBound, /client-output-buffer-limit/);
        await driver.subscribe(['hws.a']);
        const publisher = createClient({ url: redis.url });
        publisher.on('error', () => {});
        await publisher.connect();
        await publisher.publish('hws.a', 'x'.repeat(2 ** 21));
        await until('ready again', () => told.count('ready') === 2);
        assert.deepEqual(told.events, ['ready', 'trouble', 'lost', 'ready']);
        assert.equal((told.errors[0] as WebSocketError).code, 'ERR_WS_REDIS_CUT');
        await publisher.publish('hws.a', 'here');
        publisher.destroy();
        await until('the next message', () => told.messages.includes('hws.a here'));
      }),
    );

    test(
      `${library}: a connection that has gone silent is lost after the time for an answer`,
      leavingNothing(async (scope) => {
        const redis = await server(scope);
        const gate = await TcpGate.start(redis.port);
        scope.defer(() => gate.close());
        const clock = new ManualClock(new ManualTurn());
        const { driver, told } = open(
          scope,
          { library, url: `redis://127.0.0.1:${gate.port}`, heartbeat: { interval: 3_000, timeout: 2_000 } },
          { clock, scheduler: nodeHost.scheduler } as never,
        );
        await until('ready', () => told.count('ready') === 1);
        await driver.subscribe(['hws.a']);
        // Answers come: it lives on.
        clock.advance(3_000);
        for (let round = 0; round < 3; round++) {
          assert.ok(driver.publish('hws.a', bytes(`round ${round}`)));
          await driver.flush();
          await until('a message', () => told.messages.length > round);
          clock.advance(2_000);
          await turn();
          // From one beginning to the next it is the interval, whatever the answer took.
          clock.advance(1_000);
        }
        driver.publish('hws.a', bytes('last'));
        await driver.flush();
        await until('a message', () => told.messages.length > 3);
        clock.advance(2_000);
        await turn();
        assert.deepEqual(told.events, ['ready']);
        gate.silence();
        clock.advance(1_000);
        await turn();
        clock.advance(1_999);
        await turn();
        assert.deepEqual(told.events, ['ready']);
        clock.advance(1);
        await until('lost', () => told.count('lost') === 1);
        assert.match(told.errors[0]?.message ?? '', /no message came back for 2000 ms/);
        // An attempt to connect has an end too.
        clock.advance(5_000);
        await turn();
        clock.advance(5_000);
        assert.equal(told.count('lost'), 2);
        assert.match(told.errors[1]?.message ?? '', /no answer for 5000 ms/);
        gate.mend();
        clock.advance(5_000);
        await until('ready again', () => told.count('ready') === 2);
        driver.publish('hws.a', bytes('back'));
        await until('the message', () => told.messages.includes('hws.a back'));
      }),
    );
  }

  test(
    'messages that wait for a frozen Redis are bounded, and given up when it counts as lost',
    leavingNothing(async (scope) => {
      const redis = await server(scope);
      const { driver, told } = await opened(scope, { url: redis.url, heartbeat: { interval: 200, timeout: 500 } });
      redis.freeze();
      const payload = new Uint8Array(256);
      let taken = 0;
      while (driver.publish('hws.a', payload)) if (++taken > MAX_WAITING / payload.length) break;
      assert.ok(taken > 1000 && taken <= MAX_WAITING / 512, String(taken));
      await until('lost', () => told.count('lost') > 0);
      assert.equal(driver.publish('hws.a', payload), false);
      redis.thaw();
      await until('ready', () => told.count('ready') === 2);
      assert.ok(driver.publish('hws.a', payload));
    }),
  );
});
