// Proxies and other settings of `connection` that are values off the device, host names in ASCII, the numbers of the enums, and
// what only a device can do.

import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { connection } from '../../../src/kits/connection/index.ts';
import { proxyForHttp } from '../../../src/kits/connection/proxies.ts';
import { useNetwork } from '../../../src/testing/index.ts';
import { both, failure, thrown } from './outcome.ts';

const none = { host: '', port: 0, exclusionList: [] };
const proxy = { host: 'proxy.example', port: 3128, exclusionList: ['a.example'] };

describe('proxies', { timeout: 30_000 }, () => {
  afterEach(async () => {
    await connection.setGlobalHttpProxy(none);
    connection.setAppHttpProxy(none);
  });

  test('there is none at first, in a test', async () => {
    await using _network = useNetwork();
    assert.deepEqual(await both(connection.getDefaultHttpProxy), [none, none]);
    assert.deepEqual(await both(connection.getGlobalHttpProxy), [none, none]);
    assert.equal(proxyForHttp(), undefined);
  });

  test('the global one is the default one', async () => {
    const given = { ...proxy, username: 'user', password: 'secret' };
    assert.deepEqual(await both(connection.setGlobalHttpProxy, given), [undefined, undefined]);
    given.exclusionList.push('later.example');
    const expected = { ...given, exclusionList: ['a.example'] };
    proxy.exclusionList.length = 1;
    assert.deepEqual(await both(connection.getGlobalHttpProxy), [expected, expected]);
    assert.deepEqual(await both(connection.getDefaultHttpProxy), [expected, expected]);
    (await connection.getDefaultHttpProxy()).exclusionList.push('a');
    assert.deepEqual(await connection.getDefaultHttpProxy(), expected);
  });

  test('outside tests, the environment names one', async () => {
    const { http_proxy, no_proxy } = process.env;
    process.env.http_proxy = 'http://user:p%40ss@proxy.example:3128';
    process.env.no_proxy = 'a.example, 10.0.0.1';
    try {
      assert.deepEqual(await connection.getDefaultHttpProxy(), {
        ...{ host: 'proxy.example', port: 3128, username: 'user', password: 'p@ss' },
        exclusionList: ['a.example', '10.0.0.1'],
      });
      assert.deepEqual(await connection.getGlobalHttpProxy(), none);
    } finally {
      delete process.env.http_proxy;
      delete process.env.no_proxy;
      if (http_proxy !== undefined) process.env.http_proxy = http_proxy;
      if (no_proxy !== undefined) process.env.no_proxy = no_proxy;
    }
  });

  test("the application's own is for what connects, and the default one", async () => {
    connection.setAppHttpProxy(proxy);
    assert.deepEqual(proxyForHttp(), proxy);
    assert.deepEqual(await connection.getDefaultHttpProxy(), proxy);
    const empty = { ...proxy, username: '', password: '' };
    connection.setAppHttpProxy(empty);
    assert.deepEqual(await connection.getDefaultHttpProxy(), empty);
    connection.setAppHttpProxy(none);
    assert.equal(proxyForHttp(), undefined);
  });

  test('wrong ones', async () => {
    const parameter = { code: 401, message: 'Parameter error' };
    for (const wrong of [undefined, null, 5, {}, { ...proxy, port: 65536 }, { ...proxy, host: 5 }]) {
      assert.equal(thrown(() => connection.setAppHttpProxy(wrong as never)).code, 401, String(wrong));
      assert.deepEqual(await failure(connection.setGlobalHttpProxy, wrong), [parameter, parameter], String(wrong));
    }
    assert.equal(thrown(() => connection.setAppHttpProxy({ ...proxy, exclusionList: [5] as never })).code, 401);
    for (const name of ['username', 'password']) {
      assert.equal(thrown(() => connection.setAppHttpProxy({ ...proxy, [name]: undefined } as never)).code, 401, name);
    }
    const { code, message } = thrown(() => connection.setAppHttpProxy({ ...proxy, port: 0 }));
    assert.deepEqual({ code, message }, { code: 2100001, message: 'Invalid http proxy' });
  });
});

describe('values', () => {
  test('the URL of a script for proxies', () => {
    assert.equal(thrown(() => connection.getPacUrl()).code, 2100003);
    connection.setPacUrl('http://a.example/proxy.pac');
    assert.equal(connection.getPacUrl(), 'http://a.example/proxy.pac');
    assert.equal(thrown(() => connection.setPacUrl(5 as never)).code, 401);
    assert.equal(connection.getPacFileUrl(), '');
    connection.setPacFileUrl('http://b.example/proxy.pac');
    assert.equal(connection.getPacFileUrl(), 'http://b.example/proxy.pac');
    assert.equal(thrown(() => connection.setPacFileUrl(5 as never)).code, 2100002);
    assert.equal(connection.findProxyForUrl('http://c.example/'), '');
  });

  test('the proxy mode', async () => {
    const { PROXY_MODE_AUTO, PROXY_MODE_OFF } = connection.ProxyMode;
    assert.equal(await connection.getProxyMode(), PROXY_MODE_OFF);
    await connection.setProxyMode(PROXY_MODE_AUTO);
    assert.equal(await connection.getProxyMode(), PROXY_MODE_AUTO);
    await connection.setProxyMode(PROXY_MODE_OFF);
  });

  test('host names in ASCII and in Unicode', () => {
    const { USE_STD3_ASCII_RULES } = connection.ConversionProcess;
    assert.equal(connection.getDnsAscii('bücher.example'), 'xn--bcher-kva.example');
    assert.equal(connection.getDnsUnicode('xn--bcher-kva.example'), 'bücher.example');
    assert.equal(connection.getDnsAscii('www.Example.com', 0), 'www.example.com');
    assert.equal(connection.getDnsAscii('a_b.example'), 'a_b.example');
    for (const act of [
      () => connection.getDnsAscii('a_b.example', USE_STD3_ASCII_RULES),
      () => connection.getDnsAscii(''),
      () => connection.getDnsAscii(5 as never),
      () => connection.getDnsUnicode('a.example', 7 as never),
    ]) {
      assert.equal(thrown(act).code, 2100001);
    }
  });
});

test('what only a device can do is 801, by callback and by Promise', async () => {
  const unsupported = { code: 801, message: 'Capability not supported.' };
  for (const call of [connection.enableAirplaneMode, connection.disableAirplaneMode]) {
    assert.deepEqual(await failure(call), [unsupported, unsupported]);
  }
  const at = { address: '192.0.2.1' };
  const link = { address: at, prefixLength: 24 };
  for (const answer of [
    connection.factoryReset(),
    connection.setInterfaceUp('eth0'),
    connection.refreshGlobalHttpProxy(),
    connection.getConnectOwnerUid(6, at, at),
    connection.createVlanInterface('eth0', 1),
    connection.destroyVlanInterface('eth0', 1),
    connection.addVlanIp('eth0', 1, link),
    connection.deleteVlanIp('eth0', 1, link),
    connection.getIpNeighTable(),
    connection.getSystemNetPortStates(),
    connection.queryTraceRoute('a.example'),
    connection.queryProbeResult('a.example', 1),
  ]) {
    await assert.rejects(answer, unsupported);
  }
  assert.equal(thrown(() => connection.getConnectOwnerUidSync(17, at, at)).code, 801);
});

test('the enums', () => {
  assert.deepEqual(
    { ...connection.NetBearType },
    {
      ...{ BEARER_CELLULAR: 0, BEARER_WIFI: 1, BEARER_BLUETOOTH: 2, BEARER_ETHERNET: 3, BEARER_VPN: 4 },
    },
  );
  assert.deepEqual(
    { ...connection.NetCap },
    {
      ...{ NET_CAPABILITY_MMS: 0, NET_CAPABILITY_NOT_METERED: 11, NET_CAPABILITY_INTERNET: 12 },
      ...{ NET_CAPABILITY_NOT_VPN: 15, NET_CAPABILITY_VALIDATED: 16, NET_CAPABILITY_PORTAL: 17 },
      NET_CAPABILITY_CHECKING_CONNECTIVITY: 31,
    },
  );
  assert.deepEqual({ ...connection.FamilyType }, { FAMILY_TYPE_ALL: 0, FAMILY_TYPE_IPV4: 1, FAMILY_TYPE_IPV6: 2 });
  assert.deepEqual({ ...connection.ProxyMode }, { PROXY_MODE_OFF: 0, PROXY_MODE_AUTO: 1 });
  assert.deepEqual({ ...connection.Socks5DnsStrategy }, { SYSTEM_MODE: 0, PROXY_MODE: 1 });
  assert.deepEqual({ ...connection.ProtocolType }, { PROTO_TYPE_TCP: 6, PROTO_TYPE_UDP: 17 });
  assert.deepEqual({ ...connection.PacketsType }, { NETCONN_PACKETS_ICMP: 0, NETCONN_PACKETS_UDP: 1 });
  assert.deepEqual(
    { ...connection.ConversionProcess },
    {
      ...{ NO_CONFIGURATION: 0, ALLOW_UNASSIGNED: 1, USE_STD3_ASCII_RULES: 2 },
    },
  );
  assert.deepEqual(
    Object.entries(connection.TcpState).map(([name, value]) => `${value} ${name.slice(4)}`),
    [
      ...['1 ESTABLISHED', '2 SYN_SENT', '3 SYN_RECV', '4 FIN_WAIT1', '5 FIN_WAIT2', '6 TIME_WAIT', '7 CLOSE'],
      ...['8 CLOSE_WAIT', '9 LAST_ACK', '10 LISTEN', '11 CLOSING'],
    ],
  );
});
