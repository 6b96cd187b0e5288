// `createNetConnection`: its events, when a test takes the device off its network and puts it on another one.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import { connection } from '../../../src/kits/connection/index.ts';
import { type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { thrown } from './outcome.ts';

const { NetBearType, NetCap } = connection;

/** A listener that records its events in short, and the calls that end it. */
function recorded(specifier?: connection.NetSpecifier, timeout?: number) {
  const netConnection = connection.createNetConnection(specifier, timeout);
  const events: string[] = [];
  netConnection.on('netAvailable', ({ netId }) => void events.push(`available ${netId}`));
  netConnection.on('netLost', ({ netId }) => void events.push(`lost ${netId}`));
  netConnection.on('netUnavailable', (nothing) => void events.push(`unavailable ${String(nothing)}`));
  netConnection.on('netCapabilitiesChange', ({ netHandle, netCap }) => {
    events.push(`capabilities ${netHandle.netId} ${netCap.bearerTypes.join()} ${netCap.networkCap?.join()}`);
  });
  netConnection.on('netConnectionPropertiesChange', ({ netHandle, connectionProperties }) => {
    events.push(`properties ${netHandle.netId} ${connectionProperties.interfaceName}`);
  });
  netConnection.on('netBlockStatusChange', ({ netHandle, blocked }) => {
    events.push(`blocked ${netHandle.netId} ${blocked}`);
  });
  const answered = (call: 'register' | 'unregister') =>
    netConnection[call]((error) => void events.push(`${call} ${error?.code ?? 'done'}`));
  return { netConnection, events, register: () => answered('register'), unregister: () => answered('unregister') };
}

describe('createNetConnection', { timeout: 30_000 }, () => {
  let network: TestNetwork;

  beforeEach(() => {
    network = useNetwork();
  });
  afterEach(() => network.uninstall());

  test('nothing comes before register; then the network that is connected, in three events', async () => {
    const { events, register, unregister } = recorded();
    network.goOnline('cellular');
    await network.settle();
    assert.deepEqual(events, []);
    register();
    assert.deepEqual(events, [], 'nothing during the call');
    await network.settle();
    assert.deepEqual(events, [
      'register done',
      'available 101',
      'capabilities 101 0 12,15,16',
      'properties 101 rmnet0',
    ]);
    unregister();
    await network.settle();
    assert.equal(events.at(-1), 'unregister done');
  });

  test('a loss, and a new network with a new id', async () => {
    const { events, register, unregister } = recorded();
    register();
    await network.settle();
    events.length = 0;
    network.goOffline();
    network.goOffline();
    await network.settle();
    assert.deepEqual(events, ['lost 100']);
    network.goOnline();
    await network.settle();
    assert.deepEqual(events.slice(1), ['available 101', 'capabilities 101 1 11,12,15,16', 'properties 101 wlan0']);
    unregister();
  });

  test('from Wi-Fi to cellular: lost, then available', async () => {
    const { events, register, unregister } = recorded();
    register();
    await network.settle();
    events.length = 0;
    network.goOnline('cellular');
    await network.settle();
    assert.deepEqual(events, ['lost 100', 'available 101', 'capabilities 101 0 12,15,16', 'properties 101 rmnet0']);
    unregister();
  });

  test('the same network with other capabilities; blocked and free again', async () => {
    const { events, register, unregister } = recorded();
    register();
    await network.settle();
    events.length = 0;
    network.goOnline('wifi', { validated: false });
    network.goOnline('wifi', { validated: false });
    network.goOnline('wifi', { blocked: true });
    network.goOnline('wifi');
    await network.settle();
    assert.deepEqual(events, [
      'capabilities 100 1 11,12,15',
      'capabilities 100 1 11,12,15,16',
      'blocked 100 true',
      'blocked 100 false',
    ]);
    unregister();
  });

  test('a certain network only', async () => {
    const cellular = { netCapabilities: { bearerTypes: [NetBearType.BEARER_CELLULAR] } };
    const free = { netCapabilities: { bearerTypes: [], networkCap: [NetCap.NET_CAPABILITY_NOT_METERED] } };
    const [one, other] = [recorded(cellular), recorded(free)];
    one.register();
    other.register();
    await network.settle();
    assert.deepEqual(one.events, ['register done']);
    assert.equal(other.events[1], 'available 100');
    network.goOnline('cellular');
    await network.settle();
    assert.equal(one.events[1], 'available 101');
    assert.equal(other.events.at(-1), 'lost 100');
    one.unregister();
    other.unregister();
  });

  test('netUnavailable after the timeout, if there is no such network', async () => {
    const cellular = { netCapabilities: { bearerTypes: [NetBearType.BEARER_CELLULAR] } };
    const late = recorded(cellular, 1000);
    const never = recorded(cellular);
    const inTime = recorded(cellular, 2000);
    for (const { register } of [late, never, inTime]) register();
    await network.advance(999);
    assert.deepEqual(late.events, ['register done']);
    await network.advance(1);
    assert.deepEqual(late.events, ['register done', 'unavailable undefined']);
    network.goOnline('cellular');
    await network.advance(10_000);
    assert.deepEqual(never.events.slice(0, 2), ['register done', 'available 101']);
    assert.ok(!inTime.events.includes('unavailable undefined'));
    for (const { unregister } of [late, never, inTime]) unregister();
  });

  test('nothing comes after unregister, not even what was on its way', async () => {
    const { events, register, unregister } = recorded();
    register();
    unregister();
    network.goOffline();
    await network.settle();
    assert.deepEqual(events, ['register done', 'unregister done']);
    register();
    network.goOnline();
    await network.settle();
    assert.equal(events[2], 'register done');
    assert.equal(events[3], 'available 101');
    unregister();
  });

  test('errors of register and unregister', async () => {
    const { netConnection, events, register, unregister } = recorded();
    unregister();
    register();
    register();
    const restore = configure({ permissions: [] });
    const other = recorded();
    other.register();
    restore();
    await network.settle();
    const answers = events.filter((event) => event.includes('register'));
    assert.deepEqual(answers, ['unregister 2101007', 'register done', 'register 2101008']);
    assert.deepEqual(other.events, ['register 201']);
    assert.equal(thrown(() => netConnection.register(undefined as never)).code, 401);
    assert.equal(thrown(() => netConnection.unregister(5 as never)).code, 401);
    assert.equal(thrown(() => netConnection.on('netLost', undefined as never)).code, 401);
    unregister();
    await network.settle();
    assert.equal(events.at(-1), 'unregister done');
  });

  test('the 2001st registration is 2101022', async () => {
    const all = Array.from({ length: 2000 }, () => connection.createNetConnection());
    for (const one of all) one.register(() => {});
    const { events, register } = recorded();
    register();
    await network.settle();
    assert.deepEqual(events, ['register 2101022']);
    for (const one of all) one.unregister(() => {});
  });

  test('there is one listener for each event, and an unknown event is ignored', async () => {
    const netConnection = connection.createNetConnection();
    const seen: number[] = [];
    netConnection.on('netAvailable', () => void seen.push(1));
    netConnection.on('netAvailable', () => void seen.push(2));
    (netConnection as { on(type: string, callback: () => void): void }).on('netBlockStatuschange', () => {});
    netConnection.register(() => {});
    await network.settle();
    assert.deepEqual(seen, [2]);
    netConnection.unregister(() => {});
  });

  test('the names of ArkTS-static', async () => {
    const netConnection = connection.createNetConnection(
      { netCapabilities: { bearerTypes: [NetBearType.BEARER_CELLULAR] } },
      10,
    );
    const seen: string[] = [];
    netConnection.onNetAvailable(({ netId }) => void seen.push(`available ${netId}`));
    netConnection.onNetCapabilitiesChange(({ netCap }) => void seen.push(`capabilities ${netCap.bearerTypes.join()}`));
    netConnection.onNetConnectionPropertiesChange(({ netHandle }) => void seen.push(`properties ${netHandle.netId}`));
    netConnection.onNetBlockStatusChange(({ blocked }) => void seen.push(`blocked ${blocked}`));
    netConnection.onNetLost(({ netId }) => void seen.push(`lost ${netId}`));
    netConnection.onNetUnavailable(() => void seen.push('unavailable'));
    netConnection.register(() => {});
    await network.advance(10);
    network.goOnline('cellular', { blocked: true });
    network.goOffline();
    await network.settle();
    assert.deepEqual(seen, [
      'unavailable',
      'available 101',
      'capabilities 0',
      'properties 101',
      'blocked true',
      'lost 101',
    ]);
    netConnection.unregister(() => {});
  });

  test('wrong arguments are 401', () => {
    const make = connection.createNetConnection as (...args: unknown[]) => unknown;
    const right = { netCapabilities: { bearerTypes: [1] } };
    for (const args of [
      [null],
      [5],
      [{}],
      [{ netCapabilities: {} }],
      [right, -1],
      [right, 1.5],
      [right, '5'],
      [right, 2 ** 32],
    ]) {
      assert.equal(thrown(() => make(...args)).code, 401, JSON.stringify(args));
    }
    make(right, 2 ** 32 - 1);
    make(undefined, undefined);
  });
});
