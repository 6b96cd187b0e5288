// `connection` outside tests: the interfaces of this machine, and of machines of other kinds, and its resolver.

import assert from 'node:assert/strict';
import { type NetworkInterfaceInfo, networkInterfaces } from 'node:os';
import { describe, test } from 'node:test';
import { connection } from '../../../src/kits/connection/index.ts';
import { comparer, netsOf, systemNets } from '../../../src/kits/connection/system-nets.ts';
import { useNetwork } from '../../../src/testing/index.ts';

/** An entry of `networkInterfaces()`. */
function at(cidr: string, internal = false): NetworkInterfaceInfo {
  const address = cidr.replace(/\/.*/, '');
  const common = { address, cidr, internal, mac: '00:00:00:00:00:01', netmask: '' };
  return cidr.includes(':') ? { ...common, family: 'IPv6', scopeid: 0 } : { ...common, family: 'IPv4' };
}

describe('the nets of a machine', () => {
  test('kinds by the names of interfaces, the preferred one first', () => {
    const nets = netsOf({
      lo: [at('127.0.0.1/8', true)],
      tun0: [at('10.8.0.2/24')],
      wwan0: [at('10.1.1.1/30')],
      wlan0: [at('192.168.1.5/24'), at('2001:db8::5/64'), at('fe80::1/64')],
      eth0: [at('192.168.2.5/24')],
      docker0: [at('172.17.0.1/16')],
      bnep0: [at('192.168.44.1/24')],
      eth1: [at('fe80::2/64')],
    });
    assert.deepEqual(
      nets.map(({ interfaceName, bearer }) => `${interfaceName} ${bearer}`),
      ['eth0 ethernet', 'wlan0 wifi', 'bnep0 bluetooth', 'wwan0 cellular', 'tun0 vpn'],
    );
    assert.deepEqual(nets[1]?.links, [
      { address: '192.168.1.5', prefixLength: 24 },
      { address: '2001:db8::5', prefixLength: 64 },
    ]);
    assert.deepEqual(
      nets.map(({ isMetered }) => isMetered),
      [true, false, false, true, false],
    );
    assert.ok(nets.every(({ id, mtu, isValidated }) => id >= 100 && mtu > 0 && isValidated));
    assert.equal(new Set(nets.map(({ id }) => id)).size, 5);
  });

  test('a net keeps its id when others come and go', () => {
    const [first] = netsOf({ wlan0: [at('192.168.1.5/24')] });
    const [, second] = netsOf({ eth7: [at('192.168.7.5/24')], wlan0: [at('192.168.1.5/24')] });
    assert.equal(second?.id, first?.id);
  });

  test('a machine with loopback only is offline', () => {
    assert.deepEqual(netsOf({ lo: [at('127.0.0.1/8', true), at('::1/128', true)] }), []);
  });
});

describe('this machine', { timeout: 30_000 }, () => {
  test('its nets are those of its interfaces', async () => {
    const nets = netsOf(networkInterfaces());
    assert.deepEqual(
      connection.getAllNetsSync().map(({ netId }) => netId),
      nets.map(({ id }) => id),
    );
    assert.equal(
      connection.hasDefaultNetSync(),
      nets.some(({ bearer }) => bearer !== 'vpn'),
    );
    for (const handle of await connection.getAllNets()) {
      const { interfaceName, linkAddresses } = await connection.getConnectionProperties(handle);
      assert.ok(Object.hasOwn(networkInterfaces(), interfaceName));
      assert.ok(linkAddresses.length > 0);
      assert.equal((await connection.getNetCapabilities(handle)).bearerTypes.length, 1);
    }
  });

  test('its resolver', async () => {
    const addresses = await connection.getAddressesByName('localhost');
    assert.ok(addresses.some(({ address }) => address === '127.0.0.1' || address === '::1'));
    assert.ok(addresses.every(({ port }) => port === 0));
  });

  test('a listener hears of the net that is connected, and does not keep the process alive', async () => {
    const netConnection = connection.createNetConnection();
    const seen: number[] = [];
    netConnection.on('netAvailable', ({ netId }) => void seen.push(netId));
    await new Promise<void>((resolve) => netConnection.register(() => resolve()));
    await new Promise((resolve) => setImmediate(resolve));
    const { netId } = connection.getDefaultNetSync();
    assert.deepEqual(seen, netId === 0 ? [] : [netId]);
    await new Promise<void>((resolve) => netConnection.unregister(() => resolve()));
  });

  test('a network in memory takes its place, and gives it back', async () => {
    const before = connection.getDefaultNetSync().netId;
    await using network = useNetwork();
    network.goOffline();
    assert.equal(connection.getDefaultNetSync().netId, 0);
    await network.uninstall();
    assert.equal(connection.getDefaultNetSync().netId, before);
  });

  test('changes are found by looking again', () => {
    let nets = netsOf({ wlan0: [at('192.168.1.5/24')] });
    const seen: string[][] = [];
    const look = comparer(
      () => nets,
      (now) => void seen.push(now.map(({ interfaceName }) => interfaceName)),
    );
    look();
    assert.deepEqual(seen, []);
    nets = [];
    look();
    look();
    nets = netsOf({ eth0: [at('192.168.2.5/24')] });
    look();
    assert.deepEqual(seen, [[], ['eth0']]);
    // The machine's own, once a second; nothing changes during the call.
    systemNets.watch(() => assert.fail('nothing has changed'))();
  });
});
