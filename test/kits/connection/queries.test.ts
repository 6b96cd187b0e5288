// `connection` on a network in memory: which networks there are, what they can do, and what each call answers, by callback
// and by Promise.

import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { configure } from '../../../src/kit/configure.ts';
import { connection } from '../../../src/kits/connection/index.ts';
import { type TestNetwork, useNetwork } from '../../../src/testing/index.ts';
import { both, failure, thrown } from './outcome.ts';

const { NetBearType, NetCap } = connection;

describe('networks', { timeout: 30_000 }, () => {
  let network: TestNetwork;

  beforeEach(() => {
    network = useNetwork();
  });
  afterEach(() => network.uninstall());

  test('a device is on a Wi-Fi at first', async () => {
    const handle = connection.getDefaultNetSync();
    assert.equal(JSON.stringify(handle), '{"netId":100}');
    assert.deepEqual(await both(connection.getDefaultNet), [handle, handle]);
    assert.deepEqual(await both(connection.getAllNets), [[handle], [handle]]);
    assert.deepEqual(connection.getAllNetsSync(), [handle]);
    assert.deepEqual(await both(connection.hasDefaultNet), [true, true]);
    assert.equal(connection.hasDefaultNetSync(), true);
  });

  test('without a network: the netId 0, no networks, and metered', async () => {
    network.goOffline();
    assert.deepEqual(
      (await both<connection.NetHandle>(connection.getDefaultNet)).map(({ netId }) => netId),
      [0, 0],
    );
    assert.equal(connection.getDefaultNetSync().netId, 0);
    assert.deepEqual(await both(connection.getAllNets), [[], []]);
    assert.deepEqual(connection.getAllNetsSync(), []);
    assert.deepEqual(await both(connection.hasDefaultNet), [false, false]);
    assert.equal(connection.hasDefaultNetSync(), false);
    assert.equal(connection.isDefaultNetMeteredSync(), true);
  });

  test('capabilities of each kind of network', async () => {
    const of = (type?: 'wifi' | 'cellular' | 'ethernet' | 'bluetooth' | 'vpn') => {
      network.goOnline(type);
      return connection.getNetCapabilitiesSync(connection.getAllNetsSync()[0]!);
    };
    const usual = [NetCap.NET_CAPABILITY_INTERNET, NetCap.NET_CAPABILITY_NOT_VPN, NetCap.NET_CAPABILITY_VALIDATED];
    const free = [NetCap.NET_CAPABILITY_NOT_METERED, ...usual];
    const rates = { linkUpBandwidthKbps: 0, linkDownBandwidthKbps: 0 };
    assert.deepEqual(of(), { ...rates, networkCap: free, bearerTypes: [NetBearType.BEARER_WIFI] });
    assert.deepEqual(of('cellular'), { ...rates, networkCap: usual, bearerTypes: [NetBearType.BEARER_CELLULAR] });
    assert.deepEqual(of('ethernet'), { ...rates, networkCap: usual, bearerTypes: [NetBearType.BEARER_ETHERNET] });
    assert.deepEqual(of('bluetooth').bearerTypes, [NetBearType.BEARER_BLUETOOTH]);
    assert.deepEqual(of('vpn'), { ...rates, networkCap: [11, 12, 16], bearerTypes: [NetBearType.BEARER_VPN] });
    // A VPN is not a default network.
    assert.equal(connection.hasDefaultNetSync(), false);
  });

  test('what goOnline says of the network', async () => {
    network.goOnline('wifi', { metered: true, validated: false, portal: true, uplink: 500, downlink: 8000 });
    const handle = connection.getDefaultNetSync();
    const expected = {
      linkUpBandwidthKbps: 500,
      linkDownBandwidthKbps: 8000,
      networkCap: [NetCap.NET_CAPABILITY_INTERNET, NetCap.NET_CAPABILITY_NOT_VPN, NetCap.NET_CAPABILITY_PORTAL],
      bearerTypes: [NetBearType.BEARER_WIFI],
    };
    assert.deepEqual(await both(connection.getNetCapabilities, handle), [expected, expected]);
    assert.deepEqual(await both(connection.isDefaultNetMetered), [true, true]);
    assert.equal(connection.isDefaultNetMeteredSync(), true);
  });

  test('the link of a network', async () => {
    const handle = connection.getDefaultNetSync();
    const properties = connection.getConnectionPropertiesSync(handle);
    assert.deepEqual(await both(connection.getConnectionProperties, handle), [properties, properties]);
    const gateway = { address: '192.168.1.1', family: 1, port: 0 };
    assert.deepEqual(properties, {
      interfaceName: 'wlan0',
      domains: '',
      linkAddresses: [{ address: { address: '192.168.1.2', family: 1, port: 0 }, prefixLength: 24 }],
      dnses: [gateway],
      routes: [
        {
          interface: 'wlan0',
          iface: 'wlan0',
          destination: { address: { address: '0.0.0.0', family: 1, port: 0 }, prefixLength: 0 },
          gateway,
          hasGateway: true,
          isDefaultRoute: true,
          isExcludedRoute: false,
        },
        {
          interface: 'wlan0',
          iface: 'wlan0',
          destination: { address: { address: '192.168.1.0', family: 1, port: 0 }, prefixLength: 24 },
          gateway: { address: '', family: 1, port: 0 },
          hasGateway: false,
          isDefaultRoute: false,
          isExcludedRoute: false,
        },
      ],
      mtu: 1500,
      isIPv4LinkValid: true,
      isIPv6LinkValid: false,
    });
  });

  test('a network that is gone: 2100001; a value that is not a handle: 401', async () => {
    const handle = connection.getDefaultNetSync();
    network.goOnline('cellular');
    for (const call of [connection.getNetCapabilities, connection.getConnectionProperties]) {
      const gone = { code: 2100001, message: 'Invalid parameter value' };
      assert.deepEqual(await failure(call, handle), [gone, gone]);
      const wrong = { code: 401, message: 'Parameter error' };
      for (const value of [undefined, null, 5, {}, { netId: '100' }]) {
        assert.deepEqual(await failure(call, value), [wrong, wrong], String(value));
      }
    }
    const { code, cause } = thrown(() => connection.getNetCapabilitiesSync(handle));
    assert.equal(code, 2100001);
    assert.match(String(cause), /no network has the netId 100/);
    network.goOffline();
    assert.equal(thrown(() => connection.getConnectionPropertiesSync(connection.getDefaultNetSync())).code, 2100001);
    assert.equal(thrown(() => connection.getConnectionPropertiesSync(undefined as never)).code, 401);
  });

  test('without the permission everything is 201', async () => {
    const restore = configure({ permissions: [] });
    const denied = { code: 201, message: 'Permission denied' };
    try {
      for (const call of [
        ...[connection.getDefaultNet, connection.getAllNets, connection.hasDefaultNet],
        connection.isDefaultNetMetered,
      ]) {
        assert.deepEqual(await failure(call as never), [denied, denied]);
      }
      assert.deepEqual(await failure(connection.getAddressesByName, 'a.example'), [denied, denied]);
      assert.deepEqual(await failure(connection.setAppNet, { netId: 100 }), [denied, denied]);
      assert.deepEqual(await failure(connection.addCustomDnsRule, 'a.example', ['192.0.2.1']), [denied, denied]);
      assert.equal(thrown(() => connection.getDefaultNetSync()).code, 201);
      assert.equal(thrown(() => connection.setPacUrl('http://a.example/')).code, 201);
    } finally {
      restore();
    }
  });

  test('the network of the application is a value', async () => {
    const handle = connection.getDefaultNetSync();
    assert.equal(connection.getAppNetSync().netId, 0);
    assert.deepEqual(await both(connection.setAppNet, handle), [undefined, undefined]);
    assert.deepEqual(await both(connection.getAppNet), [handle, handle]);
    const wrong = { code: 2100001, message: 'Invalid parameter value' };
    assert.deepEqual(await failure(connection.setAppNet, { netId: 7 }), [wrong, wrong]);
    await connection.setAppNet({ netId: 0 } as connection.NetHandle);
    assert.equal(connection.getAppNetSync().netId, 0);
  });

  test('reports about a network are accepted, if there is one', async () => {
    const handle = connection.getDefaultNetSync();
    const gone = { code: 2100001, message: 'Invalid parameter value' };
    for (const call of [connection.reportNetConnected, connection.reportNetDisconnected]) {
      assert.deepEqual(await both(call, handle), [undefined, undefined]);
      assert.deepEqual(await failure(call, { netId: 0 }), [gone, gone]);
    }
  });

  test('the attribute of a network is a value', async () => {
    const handle = connection.getDefaultNetSync();
    assert.equal(await connection.getNetExtAttribute(handle), '');
    await connection.setNetExtAttribute(handle, 'low');
    assert.equal(connection.getNetExtAttributeSync(handle), 'low');
    connection.setNetExtAttributeSync(handle, '');
    assert.equal(await connection.getNetExtAttribute(handle), '');
    assert.equal(thrown(() => connection.getNetExtAttributeSync(5 as never)).code, 2100001);
    await assert.rejects(connection.setNetExtAttribute(handle, 5 as never), { code: 2100001 });
  });
});
