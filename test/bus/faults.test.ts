// What servers do while the bus is lost, cannot be reached, or carries what is not theirs.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPublisher } from '../../src/bus/bus-publisher.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { EnvelopeWriter, Kind } from '../../src/bus/envelope.ts';
import { LocalDriver } from '../../src/bus/local/local-driver.ts';
import { connect, createServer } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { later, ScriptedDriver, System, type SystemClient } from '../support/bus.ts';
import { isError, rejectsWith, uncaughtExceptions, unhandledRejections } from '../support/expect.ts';
import { leavingNothing } from '../support/handles.ts';
import { until } from '../support/until.ts';

const texts = ({ received }: SystemClient): string[] => received.map(String);

describe('a bus that is lost', () => {
  test(
    'is told and counted, and throws nowhere; local delivery goes on; when it is back, subscriptions are in place',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const [a, b] = [await system.node('a'), await system.node('b')];
      const [here, there] = [await system.client(a, 'tea'), await system.client(b, 'tea')];
      await Promise.all([a.bus.settled(), b.bus.settled()]);
      await until('they know each other', () => a.server.nodes().length + b.server.nodes().length === 4);
      const { id } = there.connection;
      system.exchange.stop();
      assert.equal(a.server.busState, 'lost');
      assert.equal(a.server.publish('tea', 'lost'), 1);
      assert.equal(a.server.broadcast('lost, too'), 1);
      there.connection.subscribe('coffee');
      await rejectsWith(a.server.sendTo(id, 'x'), 'ERR_WS_BUS_LOST', 'local:test');
      const { connections, missing } = await a.server.list();
      assert.deepEqual([connections.length, missing.map(({ name }) => name)], [1, ['b']]);
      system.exchange.start();
      // Both drivers say ready in this turn; what is published now must arrive.
      a.server.publish('tea', 'back');
      a.server.publish('coffee', 'new');
      await until('both messages', () => there.received.length === 2);
      assert.deepEqual(
        [texts(here), texts(there)],
        [
          ['lost', 'lost, too', 'back'],
          ['back', 'new'],
        ],
      );
      assert.equal(await a.server.sendTo(id, 'again'), true);
      const told = a.told.map((line) => line.replace(/^ready [1-9][\d.]*$|^ready 0\.\d+$/, 'ready after a gap'));
      assert.deepEqual(told, ['ready 0', 'joined b', 'lost ERR_WS_BUS_LOST', 'ready after a gap']);
      const { lost, unpublished, isReady } = a.server.metrics().bus!;
      assert.deepEqual([lost.times, unpublished, isReady], [1, 2, true]);
      assert.ok(lost.duration > 0);
    }),
  );

  test(
    'a question that waits when it is lost fails at once',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const [a, b] = [await system.node('a', { deadline: 60_000 }), await system.node('b')];
      const there = await system.client(b);
      await until('they know each other', () => a.server.nodes().length === 2);
      system.exchange.freeze();
      const asked = [a.server.sendTo(there.connection.id, 'x'), a.server.count()] as const;
      system.exchange.thaw();
      system.exchange.stop();
      await rejectsWith(asked[0], 'ERR_WS_BUS_LOST');
      const { count, missing } = await asked[1];
      assert.deepEqual([count, missing.length], [0, 1]);
    }),
  );

  test(
    'handlers of the application that throw are uncaught exceptions, and the bus goes on',
    leavingNothing(async (scope) => {
      const uncaught = uncaughtExceptions(scope);
      const driver = new ScriptedDriver();
      const bus = createBus(driver, {
        ready() {
          throw new Error('ready');
        },
        lost() {
          throw new Error('lost');
        },
      });
      const server = createServer({ bus });
      scope.defer(() => server.close());
      const listening = server.listen({ host: '127.0.0.1' });
      // Node 26 aborts, now and then, where an exception is caught in a tick behind an event of the system.
      await later();
      driver.events.ready();
      await listening;
      await later();
      driver.events.lost(new Error('gone'));
      assert.deepEqual(
        (await uncaught.take(2)).map(({ message }) => message),
        ['ready', 'lost'],
      );
      assert.equal(server.busState, 'lost');
    }),
  );
});

describe('a bus that cannot be reached', () => {
  test('listen rejects within timeout, with the reason; and may be called again', async () => {
    const network = useNetwork();
    const driver = new ScriptedDriver();
    const server = createServer({ bus: createBus(driver) });
    const outcome = rejectsWith(
      server.listen(),
      'ERR_WS_BUS_CONNECT',
      'scripted:1',
      '5000 ms',
      'ECONNREFUSED',
      'required: false',
    );
    driver.events.lost(new Error('connect ECONNREFUSED redis://user:secret@127.0.0.1'));
    await network.advance(4_999);
    assert.equal(server.busState, 'lost');
    await network.advance(1);
    const error = await outcome;
    assert.ok(!error.message.includes('secret'), error.message);
    const again = server.listen();
    driver.events.ready();
    await again;
    await server.close();
    await rejectsWith(server.listen(), 'ERR_WS_BUS_CLOSED');
    assert.deepEqual(driver.calls.slice(-2), ['flush', 'close']);
    await network.uninstall();
  });

  test('with required: false the server begins without it, and health shows it', async () => {
    const network = useNetwork();
    const driver = new ScriptedDriver();
    const server = createServer({ bus: createBus(driver, { required: false }) });
    const listening = server.listen({ port: 80, health: '/health' });
    driver.events.lost(new Error('ECONNREFUSED'));
    await network.advance(5_000);
    await listening;
    assert.equal(server.publish('tea', 'x'), 0);
    assert.equal(server.busState, 'lost');
    driver.events.ready();
    assert.equal(server.busState, 'ready');
    await server.close();
    await network.uninstall();
  });

  test(
    'the broker refuses this node: listen rejects at once, and without required it is told',
    leavingNothing(async (scope) => {
      const driver = new ScriptedDriver();
      const server = createServer({ bus: createBus(driver) });
      scope.defer(() => server.close());
      const outcome = rejectsWith(server.listen(), 'ERR_WS_BUS_REFUSED', 'scripted:1', 'WRONGPASS');
      driver.events.refused(new Error('WRONGPASS'));
      await outcome;
      await rejectsWith(server.listen(), 'ERR_WS_BUS_REFUSED');
      const told: string[] = [];
      const other = new ScriptedDriver();
      const bus = createBus(other, { required: false, failed: ({ code }) => told.push(code) });
      const degraded = createServer({ bus });
      scope.defer(() => degraded.close());
      const listening = degraded.listen({ host: '127.0.0.1', health: '/health' });
      other.events.refused(new Error('NOAUTH'));
      const { port } = await listening;
      const health = await fetch(`http://127.0.0.1:${port}/health`, { headers: { connection: 'close' } });
      assert.deepEqual([health.status, await health.json()], [200, { status: 'ok', bus: 'refused' }]);
      assert.deepEqual(told, ['ERR_WS_BUS_REFUSED']);
    }),
  );

  test(
    'close while listen waits ends it',
    leavingNothing(async () => {
      const driver = new ScriptedDriver();
      const server = createServer({ bus: createBus(driver) });
      const outcome = rejectsWith(server.listen(), 'ERR_WS_BUS_CLOSED');
      await server.close();
      await outcome;
      assert.equal(driver.calls.at(-1), 'close');
    }),
  );

  test(
    'a driver of the application that throws and rejects is trouble, and nothing else',
    leavingNothing(async (scope) => {
      class BrokenDriver extends ScriptedDriver {
        override publish(): boolean {
          throw new Error('publish');
        }
        override async subscribe(): Promise<void> {
          throw new Error('subscribe');
        }
        override async flush(): Promise<void> {
          throw new Error('flush');
        }
      }
      const driver = new BrokenDriver();
      const told: string[] = [];
      const bus = createBus(driver, { failed: ({ code, cause }) => told.push(`${code} ${(cause as Error).message}`) });
      const server = createServer({ bus });
      scope.defer(() => server.close());
      const listening = server.listen({ host: '127.0.0.1' });
      driver.events.ready();
      await listening;
      assert.equal(server.publish('tea', 'x'), 0);
      assert.equal(server.metrics().bus?.unpublished, 1);
      assert.ok(
        told.includes('ERR_WS_BUS_TROUBLE subscribe') && told.includes('ERR_WS_BUS_TROUBLE publish'),
        told.join(),
      );
      assert.deepEqual((await server.count()).count, 0);
    }),
  );

  test(
    'a driver whose methods are async and reject, or throw, or never settle, ends nothing',
    leavingNothing(async (scope) => {
      const thrown = unhandledRejections(scope);
      const fail = (what: string) => (): never => {
        throw new Error(what);
      };
      const reject = (what: string) => async (): Promise<never> => fail(what)();
      for (const make of [fail, reject]) {
        const told: string[] = [];
        const failed = ({ code, cause }: Error & { code: string }): number =>
          told.push(`${code} ${(cause as Error).message}`);
        // It says why at once, and does not wait for timeout.
        const unopened = createServer({
          bus: createBus(Object.assign(new ScriptedDriver(), { open: make('open') }), { failed, timeout: 60_000 }),
        });
        await rejectsWith(unopened.listen({ host: '127.0.0.1' }), 'ERR_WS_BUS_REFUSED', 'open');
        await unopened.close();
        const driver = new ScriptedDriver();
        const methods = { publish: make('publish'), unsubscribe: make('unsubscribe'), flush: make('flush') };
        Object.assign(driver, methods, { close: make('close') });
        const server = createServer({ bus: createBus(driver, { failed, linger: 0 }) });
        const listening = server.listen({ host: '127.0.0.1' });
        driver.events.ready();
        const { port } = await listening;
        for (const payload of [undefined, null, 'text', 5, {}]) driver.events.message('hws.n', payload as never);
        assert.equal(server.metrics().bus?.foreign.other, 5);
        const client = await connect(`ws://127.0.0.1:${port}/`);
        scope.defer(() => client.terminate());
        await until('it is connected', () => server.connections.size === 1);
        const [connection] = server.connections;
        connection?.subscribe('tea');
        await later();
        connection?.unsubscribe('tea');
        await until('all are told', () =>
          ['publish', 'unsubscribe'].every((what) => told.includes(`ERR_WS_BUS_TROUBLE ${what}`)),
        );
        connection?.subscribe('coffee');
        await until('it goes on', () => driver.calls.includes('subscribe hws.t.coffee'));
        await server.close();
      }
      const driver = Object.assign(new ScriptedDriver(), { close: () => new Promise<void>(() => {}) });
      const silent = createServer({ bus: createBus(driver, { timeout: 20 }) });
      const listening = silent.listen({ host: '127.0.0.1' });
      driver.events.ready();
      await listening;
      await silent.close();
      assert.deepEqual(thrown.rest, []);
    }),
  );

  test('a question that the driver does not take fails at once, and says that nobody was asked', async () => {
    const driver = Object.assign(new ScriptedDriver(), { publish: () => false });
    const publisher = createPublisher({ bus: createBus(driver) });
    driver.events.ready();
    await rejectsWith(publisher.sendTo('b-00000000/1', 'x'), 'ERR_WS_BUS_TROUBLE', 'nobody was asked');
    await publisher.close();
  });

  test('one bus serves one server', () => {
    const bus = createBus(new LocalDriver(() => new System({} as never).exchange));
    createServer({ bus });
    assert.throws(
      () => createServer({ bus }),
      (error) => isError(error, 'ERR_WS_BUS_USED', 'a server') !== undefined,
    );
  });

  test('anything but a bus, and anything but a driver, is refused', () => {
    const isOption = (text: string) => (error: unknown) => isError(error, 'ERR_WS_OPTION', text) !== undefined;
    assert.throws(() => createServer({ bus: 'redis://127.0.0.1' as never }), isOption('redisBus('));
    assert.throws(() => createServer({ redis: {} } as never), isOption('use bus: redisBus('));
    assert.throws(() => createBus({ publish() {} } as never), isOption('methods open, publish'));
    for (const wrong of [{ name: '' }, { address: undefined }, { payloadBound: 5 }]) {
      const driver = Object.assign(new ScriptedDriver(), wrong) as never;
      assert.throws(() => createBus(driver), isOption(`${Object.keys(wrong)[0]} of the driver is`));
    }
    for (const maxPayload of [undefined, Number.NaN, -1, '5']) {
      const driver = Object.assign(new ScriptedDriver(), { maxPayload }) as never;
      assert.throws(() => createBus(driver), isOption('maxPayload of the driver is'));
    }
  });
});

describe('what is not ours on the bus', () => {
  const foreign = new EnvelopeWriter('x-00000000');
  const valid = (kind: number, data: string | Uint8Array, topic = 'tea'): Uint8Array => {
    const head = { kind, topic, except: '' };
    const { size, payload } = foreign.sizeOf(head, data);
    return foreign.message(head, data, size, payload).envelope;
  };
  const changed = (envelope: Uint8Array, at: number, value: number): Uint8Array => {
    const copy = Uint8Array.from(envelope);
    copy[at < 0 ? copy.length + at : at] = value;
    return copy;
  };
  /** Index of the frame of an envelope with the topic `tea`. */
  const FRAME = 22 + 10 + 3;

  test(
    'is counted and dropped, warned of once, and never reaches a client',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const a = await system.node('a');
      const client = await system.client(a, 'tea');
      await a.bus.settled();
      const warnings: string[] = [];
      const warned = (warning: Error): number => warnings.push(warning.message);
      process.on('warning', warned);
      scope.defer(() => process.off('warning', warned));
      const good = valid(Kind.publish, 'good');
      const wrong = [
        new Uint8Array(0),
        Buffer.from('{"type":"publish","topic":"tea","data":"json"}'),
        good.subarray(0, 21),
        good.subarray(0, good.length - 1),
        Buffer.concat([good, Uint8Array.of(0)]),
        changed(good, 0, 0x49),
        changed(good, 2, 0),
        changed(good, 5, 0),
        changed(good, 5, 255),
        changed(good, 7, 255),
        changed(good, FRAME, 0x01), // not the last fragment
        changed(good, FRAME, 0x80), // a continuation
        changed(good, FRAME, 0xc1), // compressed
        changed(good, FRAME, 0xf1),
        changed(good, FRAME, 0x88), // Close
        changed(good, FRAME, 0x89),
        changed(good, FRAME + 1, 0x84), // masked
        changed(good, FRAME + 1, 3),
        changed(good, FRAME + 1, 126),
        changed(good, FRAME + 1, 127),
        changed(good, -1, 0xff), // not UTF-8
        changed(valid(Kind.publish, 'x'.repeat(200)), FRAME + 3, 100),
        changed(valid(Kind.publish, 'x'.repeat(70_000)), FRAME + 2, 0x80),
        valid(Kind.hello, '{}', ''),
        valid(Kind.hello, 'not JSON', ''),
        foreign.control({ kind: Kind.hello, topic: '', except: '' }, Buffer.from('{"name":"x"}')),
        foreign.control({ kind: Kind.hello, topic: '', except: '' }, Buffer.from('null')),
        foreign.control({ kind: Kind.ask, topic: '', except: '' }, Buffer.from('{"what":"everything","limit":1}')),
        foreign.control({ kind: Kind.ask, topic: '', except: '' }, Buffer.alloc(300_000, ' ')),
        foreign.control({ kind: Kind.answer, topic: '', except: '' }, new Uint8Array(5)),
        foreign.control({ kind: Kind.send, topic: '', except: '' }, new Uint8Array(5)),
        foreign.control({ kind: Kind.send, topic: '', except: client.connection.id }, new Uint8Array(5)),
        foreign.control({ kind: Kind.close, topic: '', except: client.connection.id }, new Uint8Array(1)),
        new EnvelopeWriter('x y').control({ kind: Kind.bye, topic: '', except: '' }, new Uint8Array(0)),
      ];
      const newer = [changed(good, 2, 2), changed(good, 3, 9), changed(good, 3, 0)];
      const channel = 'hws.t.tea';
      for (const payload of [...wrong, ...newer]) system.exchange.publish(channel, payload);
      // Damaged in every byte: whatever is delivered is a message, and the stream goes on.
      for (let at = 0; at < good.length; at++) {
        for (const bit of [0, 3, 7]) system.exchange.publish(channel, changed(good, at, good[at]! ^ (1 << bit)));
      }
      system.exchange.publish(channel, valid(Kind.publish, 'last'));
      await until('the last message', () => client.received.some((data) => String(data) === 'last'));
      for (const data of client.received) assert.equal(data.length, 4, String(data));
      const { foreign: counted } = a.server.metrics().bus!;
      assert.ok(counted.other >= wrong.length, `${counted.other} of ${wrong.length}`);
      assert.ok(counted.newer >= newer.length);
      assert.ok(client.connection.isOpen && client.client.isOpen);
      assert.equal(warnings.filter((text) => text.includes('that no node of this system has sent')).length, 1);
      assert.equal(warnings.filter((text) => text.includes('newer version')).length, 1);
    }),
  );

  test(
    'a topic on the channel of another one counts as unwanted',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const a = await system.node('a');
      const client = await system.client(a, 'tea', 'coffee');
      await a.bus.settled();
      system.exchange.publish('hws.t.coffee', valid(Kind.publish, 'on the wrong channel'));
      system.exchange.publish('hws.t.tea', valid(Kind.publish, 'right'));
      await until('the right one', () => client.received.length > 0);
      assert.deepEqual(texts(client), ['right']);
      assert.equal(a.server.metrics().bus?.unwanted, 1);
    }),
  );

  test(
    'orders to close connections with codes that cannot be sent, or to nobody, do nothing',
    leavingNothing(async (scope) => {
      const system = new System(scope);
      const a = await system.node('a');
      const client = await system.client(a);
      const close = (id: string, ...body: number[]): boolean =>
        system.exchange.publish(
          `hws.n.${a.bus.id}`,
          foreign.control({ kind: Kind.close, topic: '', except: id }, Uint8Array.from(body)),
        );
      const { id } = client.connection;
      close(id, 0x03, 0xed); // 1005
      close(id, 0, 0);
      close(id, 0x0f, 0xa0, ...new Array<number>(123).fill(0xff)); // a reason that is not UTF-8 grows
      close(`${a.bus.id}/0`, 0x03, 0xe8);
      close('b-00000000/1', 0x03, 0xe8);
      assert.equal(await a.server.sendTo(id, 'still here'), true);
      await until('the message', () => client.received.length > 0);
      assert.ok(client.connection.isOpen);
      close(id, 0x0f, 0xa0);
      assert.equal((await client.client.closed).code, 4000);
    }),
  );
});
