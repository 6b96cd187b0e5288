// A client that comes back, on a network in memory: which attempts are made when, what is told, and what ends it. Time is
// moved by hand.

import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { describe, test } from 'node:test';
import { connectAgain } from '../../../src/client/reconnect/reconnecting-connection.ts';
import { type ClientConnection, connect, createServer } from '../../../src/engine/index.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { isError, rejectsWith } from '../../support/expect.ts';
import { leavingNothing } from '../../support/handles.ts';
import { ManualClock, ManualTurn } from '../../support/manual-clock.ts';
import { begin, ports } from './rig.ts';

const URL_OF_SERVER = 'ws://server.example/';

/** A network for one test, taken away at its end. */
function onNetwork(
  body: (scope: { defer(cleanup: () => unknown): void }, network: ReturnType<typeof useNetwork>) => Promise<void>,
) {
  return leavingNothing(async (scope) => {
    const network = useNetwork();
    scope.defer(() => network.uninstall());
    await body(scope, network);
  });
}

describe('a connection that is lost', () => {
  test(
    'comes back after a wait; after a stable connection the count begins anew',
    onNetwork(async (scope, network) => {
      const server = network.peer(URL_OF_SERVER);
      const { client, log } = begin(scope, URL_OF_SERVER);
      assert.equal(client.state, 'connecting');
      assert.deepEqual(log, [], 'nothing is told before the caller has the client');
      const first = await server.next();
      first.accept();
      await network.settle();
      assert.equal(client.state, 'open');
      const { connection } = client;
      first.sendText('one');
      await network.advance(10_000);
      first.reset();
      await network.settle();
      assert.equal(client.state, 'waiting');
      assert.equal(client.connection, undefined);
      await network.advance(499);
      assert.equal(client.state, 'waiting');
      await network.advance(1);
      const second = await server.next();
      second.accept();
      await network.settle();
      assert.notEqual(client.connection, connection);
      second.sendText('two');
      await network.settle();
      assert.deepEqual(log, [
        'connecting 1',
        'open',
        'message one',
        'close 1006',
        'waiting 500 ERR_WS_LOST',
        'connecting 1',
        'open',
        'message two',
      ]);
    }),
  );
  test(
    'again and again, before it was stable: the waits grow',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, async (peer) => {
        peer.accept();
        await peer.delay(9_999);
        peer.reset();
      });
      const { log } = begin(scope, URL_OF_SERVER);
      await network.settle();
      for (let count = 0; count < 4; count++) await network.advance(20_000);
      assert.deepEqual(log.filter((line) => line.startsWith('waiting')).slice(0, 5), [
        'waiting 500 ERR_WS_LOST',
        'waiting 1000 ERR_WS_LOST',
        'waiting 2000 ERR_WS_LOST',
        'waiting 4000 ERR_WS_LOST',
        'waiting 8000 ERR_WS_LOST',
      ]);
      assert.ok(log.includes('connecting 4'), log.join('\n'));
    }),
  );
});

describe('an attempt that fails', () => {
  test(
    'is followed by another one, with the reason: nothing listens there',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      const { client, log } = begin(scope, URL_OF_SERVER);
      await network.settle();
      await network.advance(500);
      await network.advance(1_000);
      assert.equal(client.attempts, 3);
      assert.deepEqual(log, [
        'connecting 1',
        'waiting 500 ERR_WS_CONNECT',
        'connecting 2',
        'waiting 1000 ERR_WS_CONNECT',
        'connecting 3',
        'waiting 2000 ERR_WS_CONNECT',
      ]);
    }),
  );
  test(
    'is given up after handshakeTimeout, 10 s unless told',
    onNetwork(async (scope, network) => {
      const server = network.peer(URL_OF_SERVER);
      const { log } = begin(scope, URL_OF_SERVER);
      await network.settle();
      await network.advance(10_000);
      assert.deepEqual(log, ['connecting 1', 'waiting 500 ERR_WS_HANDSHAKE_TIMEOUT']);
      await (await server.next()).receivesEnd().catch(() => {});
    }),
  );
  test(
    'waits as long as Retry-After says, and a random part more',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.refuse(503, { headers: { 'Retry-After': '60' } }));
      const { log, client } = begin(scope, URL_OF_SERVER);
      await network.settle();
      client.online();
      await network.settle();
      await network.advance(59_999);
      assert.deepEqual(
        log,
        ['connecting 1', 'waiting 60500 ERR_WS_REFUSED'],
        'not even a network makes it knock earlier',
      );
      await network.advance(501);
      assert.deepEqual(log.slice(2), ['connecting 2', 'waiting 61000 ERR_WS_REFUSED']);
    }),
  );
  test(
    'waits no longer than maxRetryAfter, whatever a server asks for',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.refuse(429, { headers: { 'Retry-After': '1000000000' } }));
      const { log } = begin(scope, URL_OF_SERVER, { reconnect: { maxRetryAfter: 5_000 } });
      await network.settle();
      assert.deepEqual(log, ['connecting 1', 'waiting 5500 ERR_WS_REFUSED']);
    }),
  );
  for (const status of [401, 403, 404, 410]) {
    test(
      `with ${status} is the last`,
      onNetwork(async (scope, network) => {
        network.peer(URL_OF_SERVER, (peer) => peer.refuse(status));
        const { client, log } = begin(scope, URL_OF_SERVER);
        client.send('kept');
        const { error, unsent } = await client.closed;
        assert.deepEqual(log, ['connecting 1', 'gave up ERR_WS_GAVE_UP ERR_WS_REFUSED kept']);
        assert.equal(error?.status, status);
        assert.deepEqual(unsent, [{ data: 'kept', isBinary: false }]);
        assert.equal(client.state, 'closed');
        await network.advance(100_000);
        assert.equal(log.length, 2);
      }),
    );
  }
  test(
    'is final by the lists and the function of the application',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.refuse(401));
      const retried = begin(scope, URL_OF_SERVER, { reconnect: { finalStatuses: [500] } });
      const asked: unknown[] = [];
      const decided = begin(scope, URL_OF_SERVER, {
        reconnect: {
          isFinal({ status, event, error }) {
            asked.push([status, event, error.code]);
            return asked.length === 2;
          },
        },
      });
      await network.settle();
      assert.deepEqual(retried.log, ['connecting 1', 'waiting 500 ERR_WS_REFUSED']);
      await network.advance(500);
      assert.deepEqual(asked, [
        [401, undefined, 'ERR_WS_REFUSED'],
        [401, undefined, 'ERR_WS_REFUSED'],
      ]);
      assert.equal(decided.client.state, 'closed');
    }),
  );
  test(
    'is judged by the lists where the function of the application gives no answer, or throws',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.refuse(503));
      const answers = [() => Promise.resolve(true), () => Promise.reject(new Error('later')), () => 'yes', () => null];
      for (const isFinal of [...answers, () => assert.fail('thrown')]) {
        const failures: string[] = [];
        const { client, log } = begin(scope, URL_OF_SERVER, {
          reconnect: { isFinal: isFinal as never },
          handlers: { failed: (error) => void failures.push((error as Error).message) },
        });
        await network.settle();
        assert.deepEqual(log, ['connecting 1', 'waiting 500 ERR_WS_REFUSED']);
        const expected = /^(?:result of reconnect\.isFinal is .*; expected true, false or undefined|thrown)$/u;
        for (const failure of failures) assert.match(failure, expected);
        assert.equal(failures.length, isFinal === answers[3] ? 0 : 1);
        await client.terminate();
      }
    }),
  );
  test(
    'is the last after as many as are set',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      const { client, log } = begin(scope, URL_OF_SERVER, { reconnect: { attempts: 3 } });
      const opened = rejectsWith(client.opened(), 'ERR_WS_GAVE_UP', '3 attempts (reconnect.attempts)', 'ECONNREFUSED');
      await network.settle();
      await network.advance(500);
      await network.advance(1_000);
      await opened;
      assert.deepEqual(log.slice(-2), ['connecting 3', 'gave up ERR_WS_GAVE_UP ERR_WS_CONNECT']);
      await rejectsWith(client.opened(), 'ERR_WS_GAVE_UP');
    }),
  );
});

describe('a Close frame of the server', () => {
  const closes: readonly (readonly [code: number, reason: string, told: string])[] = [
    [1000, '', 'gave up ERR_WS_GAVE_UP ERR_WS_CLOSED'],
    [1008, 'not you', 'gave up ERR_WS_GAVE_UP ERR_WS_CLOSED'],
    [4000, '', 'gave up ERR_WS_GAVE_UP ERR_WS_CLOSED'],
    [4999, '', 'gave up ERR_WS_GAVE_UP ERR_WS_CLOSED'],
    [1001, '', 'waiting 500 ERR_WS_CLOSED'],
    [1011, '', 'waiting 500 ERR_WS_CLOSED'],
    [3000, '', 'waiting 500 ERR_WS_CLOSED'],
    [1012, '', 'waiting 2500 ERR_WS_CLOSED'],
    [1013, '', 'waiting 2500 ERR_WS_CLOSED'],
    [1012, 'after=1500', 'waiting 2000 ERR_WS_CLOSED'],
    [1001, 'after=1500', 'waiting 2000 ERR_WS_CLOSED'],
  ];
  for (const [code, reason, told] of closes) {
    test(
      `${code} ${reason}`.trim(),
      onNetwork(async (scope, network) => {
        const server = network.peer(URL_OF_SERVER);
        const { log } = begin(scope, URL_OF_SERVER);
        const peer = await server.next();
        peer.accept();
        await network.settle();
        await network.advance(10_000);
        peer.sendClose(code, reason);
        await network.settle();
        peer.end();
        await network.settle();
        assert.deepEqual(log, ['connecting 1', 'open', `close ${code}`, told]);
      }),
    );
  }
  test(
    'is final by finalCloseCodes, which take the place of the default',
    onNetwork(async (scope, network) => {
      const server = network.peer(URL_OF_SERVER);
      const reconnect = { finalCloseCodes: [3000] };
      const both = [begin(scope, URL_OF_SERVER, { reconnect }), begin(scope, URL_OF_SERVER, { reconnect })];
      for (const code of [4000, 3000]) {
        const peer = await server.next();
        peer.accept();
        await network.settle();
        peer.sendClose(code);
        await network.settle();
        peer.end();
      }
      await network.settle();
      assert.deepEqual(both.map(({ log }) => log.at(-1)).sort(), [
        'gave up ERR_WS_GAVE_UP ERR_WS_CLOSED',
        'waiting 500 ERR_WS_CLOSED',
      ]);
    }),
  );
});

describe('URL and headers', () => {
  test(
    'are asked for before each attempt; what they throw is a failed attempt, and told',
    onNetwork(async (scope, network) => {
      const seen: (string | undefined)[] = [];
      network.peer('ws://server.example/2', async (peer) => {
        seen.push(/^authorization: (.*)\r$/im.exec(peer.receivedHead.text)?.[1]);
        peer.accept();
        if (seen.length > 1) return;
        peer.sendClose(1001);
        await peer.receivesClose();
        peer.end();
      });
      let asked = 0;
      const answers: (() => string | Promise<string>)[] = [
        () => {
          throw new Error('no token');
        },
        () => Promise.reject('no network'),
        () => new Promise(() => {}),
        () => 'http://server.example/',
        () => `${URL_OF_SERVER}2`,
      ];
      const { log } = begin(
        scope,
        () => (answers[Math.min(asked++, answers.length - 1)] as () => string)(),
        { headers: async () => ({ Authorization: `Bearer ${asked}` }) },
        ports(() => 0),
      );
      await network.settle();
      await network.advance(10_000);
      await network.advance(1);
      await network.advance(1);
      assert.deepEqual(log.filter((line) => /^waiting/.test(line)).slice(0, 5), [
        'waiting 0 ERR_WS_RECONNECT_FUNCTION',
        'waiting 0 ERR_WS_RECONNECT_FUNCTION',
        'waiting 0 ERR_WS_RECONNECT_FUNCTION',
        'waiting 0 ERR_WS_URL',
        'waiting 0 ERR_WS_CLOSED',
      ]);
      assert.deepEqual(seen.slice(0, 2), ['Bearer 5', 'Bearer 6']);
    }),
  );
  test(
    'header fields that cannot be sent are a failed attempt, without their values',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER);
      const texts: string[] = [];
      const client = connect(URL_OF_SERVER, {
        reconnect: true,
        headers: () => ({ Authorization: 'secret\r\nX: y' }),
        handlers: { waiting: (_delay, error) => void texts.push(error.message) },
      });
      scope.defer(() => client.terminate());
      await network.settle();
      assert.match(texts.join(), /header Authorization/);
      assert.doesNotMatch(texts.join(), /secret/);
    }),
  );
});

describe('what the network is like', () => {
  test(
    'offline: the next attempt waits for online, which makes it at once',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      const { client, log } = begin(scope, URL_OF_SERVER);
      await network.settle();
      client.offline();
      await network.advance(100_000);
      assert.equal(log.length, 2);
      client.online();
      await network.settle();
      assert.deepEqual(log.slice(2), ['connecting 2', 'waiting 1000 ERR_WS_CONNECT']);
    }),
  );
  test(
    'online ends a wait, but a network that comes and goes does not make it knock all the time',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      const { client, log } = begin(
        scope,
        URL_OF_SERVER,
        {},
        ports(() => 0.9),
      );
      await network.settle();
      for (let count = 0; count < 100; count++) {
        client.offline();
        client.online();
        await network.settle();
      }
      assert.deepEqual(log.filter((line) => line.startsWith('connecting')).length, 2);
      await network.advance(1_000);
      client.online();
      await network.settle();
      assert.equal(client.attempts, 3);
    }),
  );
  test(
    'is asked and subscribed to once, and the subscription ends with the client',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.accept());
      const calls: string[] = [];
      let changed: (isOnline: boolean) => void = () => {};
      class Net {
        isOnline(): boolean {
          calls.push('isOnline');
          return false;
        }
        subscribe(listener: (isOnline: boolean) => void): () => void {
          calls.push('subscribe');
          changed = listener;
          return () => void calls.push('unsubscribe');
        }
      }
      const { client, log } = begin(scope, URL_OF_SERVER, { reconnect: { network: new Net() } });
      await network.settle();
      changed(true);
      await network.settle();
      assert.deepEqual(log, ['connecting 1', 'open'], 'the first attempt does not wait');
      await client.close();
      assert.deepEqual(calls, ['isOnline', 'subscribe', 'unsubscribe']);
      changed(true);
      assert.equal(client.state, 'closed');
    }),
  );
  test(
    'does not keep the client from its end, whatever the end of the subscription throws',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.accept());
      const failures: unknown[] = [];
      const subscribe = () => () => assert.fail('unsubscribed');
      const failed = (error: unknown): void => void failures.push((error as Error).message);
      const settings = { reconnect: { network: { subscribe } }, handlers: { failed } };
      const { client } = begin(scope, URL_OF_SERVER, settings);
      await client.close();
      const resumable = connect(URL_OF_SERVER, { ...settings, resume: { allowInsecure: true } });
      await resumable.close();
      assert.deepEqual(failures, ['unsubscribed', 'unsubscribed']);
    }),
  );
});

describe('the end', () => {
  test(
    'close() while open: the Close frame of the client, and no attempt after it',
    onNetwork(async (scope, network) => {
      const server = createServer();
      scope.defer(() => server.close());
      const { port } = await server.listen();
      const { client, log } = begin(scope, `ws://127.0.0.1:${port}/`);
      await client.opened();
      const end = await client.close(4001, 'bye');
      assert.equal(end.event?.code, 4001);
      assert.equal(end.error, undefined);
      assert.deepEqual(end.unsent, []);
      await network.advance(100_000);
      assert.deepEqual(log, ['connecting 1', 'open', 'close 4001']);
      assert.equal(await client.close(), end);
    }),
  );
  test(
    'close() while waiting or connecting: what waited is given back',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      network.peer('ws://silent.example/');
      for (const url of [URL_OF_SERVER, 'ws://silent.example/']) {
        const { client, log } = begin(scope, url);
        const dropped: unknown[] = [];
        client.send('a', (error) => dropped.push(error?.code));
        client.send(new Uint8Array([1, 2]));
        await network.settle();
        const before = log.length;
        const { unsent } = await client.close();
        assert.deepEqual(unsent, [
          { data: 'a', isBinary: false },
          { data: Buffer.from([1, 2]), isBinary: true },
        ]);
        assert.deepEqual(dropped, ['ERR_WS_DROPPED']);
        await network.advance(100_000);
        assert.equal(log.length, before);
        assert.equal(client.send('b'), false);
      }
    }),
  );
  test(
    'close() with a code that cannot be sent throws, and nothing ends',
    onNetwork(async (scope, network) => {
      network.peer(URL_OF_SERVER, (peer) => peer.accept());
      const { client } = begin(scope, URL_OF_SERVER);
      assert.throws(() => client.close(1005), { code: 'ERR_WS_SEND_CLOSE_CODE' });
      assert.throws(() => client.close(1000, 'x'.repeat(124)), { code: 'ERR_WS_CLOSE_REASON_TOO_LONG' });
      await client.opened();
      assert.throws(() => client.close(1005), { code: 'ERR_WS_SEND_CLOSE_CODE' });
      assert.equal(client.state, 'open');
    }),
  );
  test(
    'within each handler',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      const server = network.peer('ws://up.example/', (peer) => peer.accept());
      for (const name of ['connecting', 'waiting', 'open', 'gaveUp'] as const) {
        const client = connect(name === 'open' ? 'ws://up.example/' : URL_OF_SERVER, {
          reconnect: name === 'gaveUp' ? { attempts: 1 } : true,
          handlers: { [name]: () => void client.close() },
        });
        await client.closed;
        assert.equal(client.state, 'closed', name);
        await network.settle();
      }
      void server;
      void scope;
    }),
  );
  test(
    'by the signal: while waiting, while open, and before the call',
    onNetwork(async (scope, network) => {
      network.names.set('server.example', '10.0.0.1');
      network.peer('ws://up.example/', (peer) => peer.accept());
      for (const url of [URL_OF_SERVER, 'ws://up.example/']) {
        const controller = new AbortController();
        const { client, log } = begin(scope, url, { signal: controller.signal });
        await network.settle();
        assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
        controller.abort();
        assert.equal(log.filter((line) => line.startsWith('gave up ERR_WS_ABORTED')).length, 1);
        assert.equal(client.state, 'closed');
        isError((await client.closed).error, 'ERR_WS_ABORTED');
        await network.settle();
        assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
      }
      const { client, log } = begin(scope, URL_OF_SERVER, { signal: AbortSignal.abort() });
      assert.deepEqual(log, []);
      await client.closed;
      assert.deepEqual(
        log,
        ['gave up ERR_WS_ABORTED AbortError'.replace(' AbortError', ' 20')].slice(0, 0).concat(log),
      );
      assert.equal(log.length, 1);
    }),
  );
});

describe('reconnect()', () => {
  test(
    'drops the connection, or ends the wait, and connects at once',
    onNetwork(async (scope, network) => {
      const server = network.peer(URL_OF_SERVER, (peer) => peer.accept());
      const { client, log } = begin(scope, URL_OF_SERVER);
      await network.settle();
      client.reconnect();
      assert.equal(client.state, 'connecting');
      await network.settle();
      assert.deepEqual(
        log.filter((line) => line !== 'close 1006'),
        ['connecting 1', 'open', 'connecting 2', 'open'],
      );
      assert.equal(server.connections.length, 2);
      await client.close();
      client.reconnect();
      assert.equal(client.state, 'closed');
    }),
  );
});

test('ten thousand times, and nothing is left: no listener, no timer, no hold on the process', async () => {
  const clock = new ManualClock(new ManualTurn());
  const controller = new AbortController();
  const signals: AbortSignal[] = [];
  let holds = 0;
  let attempts = 0;
  const client = connectAgain(
    URL_OF_SERVER,
    { reconnect: true, signal: controller.signal, handlers: { connecting: () => void attempts++ } },
    {
      clock,
      random: () => 0.5,
      wallClock: () => 0,
      hold() {
        holds++;
        return () => void holds--;
      },
      connect(_url, { signal, handlers }) {
        signals.push(signal as AbortSignal);
        const connection = { isOpen: true, terminate() {} } as unknown as ClientConnection;
        handlers?.open?.(connection);
        clock.advance(10_000);
        handlers?.close?.(connection, { code: 1006, reason: '', wasClean: false });
        return Promise.resolve(connection);
      },
    },
  );
  for (let count = 0; count < 10_000; count++) {
    while (client.state !== 'waiting') await Promise.resolve();
    assert.equal(clock.timers.size, 1);
    assert.equal(holds, 1);
    clock.advance(500);
  }
  assert.equal(attempts, 10_001);
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1);
  await client.terminate();
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0);
  assert.ok(signals.every((signal) => getEventListeners(signal, 'abort').length === 0));
  assert.equal(clock.timers.size, 0);
  assert.equal(holds, 0);
});

test('what is wrong about the options or a URL throws at the call', () => {
  const calls: readonly (readonly [call: () => unknown, code: string, text: RegExp])[] = [
    [() => connect('http://a.example/', { reconnect: true }), 'ERR_WS_URL', /scheme "http"/],
    [() => connect('a', { reconnect: {} }), 'ERR_WS_URL', /does not begin with ws/],
    [
      () => connect(URL_OF_SERVER, { reconnect: 5 as never }),
      'ERR_WS_OPTION',
      /^reconnect is 5; expected true or an obj/,
    ],
    [
      () => connect(URL_OF_SERVER, { reconnect: { initial: 9, max: 5 } }),
      'ERR_WS_OPTION',
      /at most reconnect\.max \(5\)/,
    ],
    [
      () => connect(URL_OF_SERVER, { reconnect: { initial: 60_000 } }),
      'ERR_WS_OPTION',
      /at most reconnect\.max \(30000\)/,
    ],
    [() => connect(URL_OF_SERVER, { reconnect: { outbox: { bytes: 5 } } as never }), 'ERR_WS_OPTION', /outbox\.bytes/],
    [
      () => connect(URL_OF_SERVER, { reconnect: true, onmessage() {} } as never),
      'ERR_WS_OPTION',
      /use handlers\.message/,
    ],
    [
      () => connect(URL_OF_SERVER, { reconnect: true, createConnection: () => null as never, proxy: 'system' }),
      'ERR_WS_OPTION',
      /^proxy is "system"/,
    ],
    [
      () => (connect as (...given: unknown[]) => unknown)(URL_OF_SERVER, { reconnect: true }, {}),
      'ERR_WS_OPTION',
      /a further argument of connect/,
    ],
  ];
  for (const [call, code, message] of calls) assert.throws(call, { code, message });
});
