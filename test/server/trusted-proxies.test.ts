// `trustedProxies`: the address of a client behind proxies, which no client can choose for itself.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer } from '../../src/engine/index.ts';
import { TrustedProxies } from '../../src/server/trusted-proxies.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { connectRaw } from '../support/raw-peer.ts';

/** The client of a request, as `address` or `address port`. */
function clientOf(trusted: readonly string[], peer: string, field?: string): string {
  const headers = field === undefined ? {} : { 'x-forwarded-for': field };
  const { address, port } = new TrustedProxies(trusted).reportOf({ address: peer, port: 0 }, { headers }).client;
  return port === 0 ? address : `${address} ${port}`;
}

describe('the client behind proxies', () => {
  const table: readonly (readonly [name: string, trusted: string[], peer: string, field: string, expected: string])[] =
    [
      ['nobody is trusted: the field says nothing', [], '127.0.0.1', '203.0.113.9', '127.0.0.1'],
      ['the peer is not trusted', ['10.0.0.1'], '10.0.0.2', '203.0.113.9', '10.0.0.2'],
      ['one proxy', ['10.0.0.1'], '10.0.0.1', '203.0.113.9', '203.0.113.9'],
      [
        'entries that the client wrote itself are to the left',
        ['10.0.0.1'],
        '10.0.0.1',
        '127.0.0.1, 203.0.113.9',
        '203.0.113.9',
      ],
      [
        'a chain of trusted hops is passed',
        ['private'],
        '10.0.0.1',
        'x, 203.0.113.9, 10.0.0.3,10.0.0.2',
        '203.0.113.9',
      ],
      ['all are trusted: the first', ['private'], '10.0.0.1', '10.0.0.3, 10.0.0.2', '10.0.0.3'],
      ['the field is empty', ['private'], '10.0.0.1', '', '10.0.0.1'],
      ['no address: the hop that wrote it', ['private'], '10.0.0.1', 'unknown', '10.0.0.1'],
      [
        'no address further left: the hop that wrote it',
        ['private'],
        '10.0.0.1',
        '203.0.113.9, x, 10.0.0.2',
        '10.0.0.2',
      ],
      ['an empty entry ends it', ['private'], '10.0.0.1', '203.0.113.9,, 10.0.0.2', '10.0.0.2'],
      ['a comma at the end', ['private'], '10.0.0.1', '203.0.113.9,', '10.0.0.1'],
      ['IPv6', ['fd00::/8'], 'fd12::1', '2001:db8::5', '2001:db8::5'],
      ['IPv6 with brackets and port', ['fd00::/8'], 'fd12::1', '[2001:db8::5]:4711', '2001:db8::5 4711'],
      ['IPv4 with port', ['10.0.0.0/8'], '10.2.3.4', '203.0.113.9:4711', '203.0.113.9 4711'],
      ['an invalid port', ['10.0.0.0/8'], '10.2.3.4', '203.0.113.9:65536', '10.2.3.4'],
      ['IPv4-mapped hops are IPv4', ['10.0.0.0/8'], '10.2.3.4', '203.0.113.9, ::ffff:10.1.1.1', '203.0.113.9'],
      ['an IPv4-mapped entry of the list is IPv4', ['::ffff:10.0.0.0/104'], '10.2.3.4', '203.0.113.9', '203.0.113.9'],
      ['a network ends where it ends', ['10.0.0.0/30'], '10.0.0.4', '203.0.113.9', '10.0.0.4'],
      ['loopback', ['loopback'], '127.8.9.1', '203.0.113.9', '203.0.113.9'],
      ['loopback, IPv6', ['loopback'], '::1', '203.0.113.9', '203.0.113.9'],
      ['loopback: a socket in the file system', ['loopback'], '', '203.0.113.9', '203.0.113.9'],
      ['a socket in the file system, not trusted', ['private'], '', '203.0.113.9', ''],
      ['link-local, with its zone', ['link-local'], 'fe80::1%eth0', '203.0.113.9', '203.0.113.9'],
    ];
  for (const [name, trusted, peer, field, expected] of table) {
    test(name, () => assert.equal(clientOf(trusted, peer, field), expected));
  }
  test('no field at all: the proxy', () => assert.equal(clientOf(['loopback'], '127.0.0.1'), '127.0.0.1'));
  test('`Forwarded` (RFC 7239) is not read', () => {
    const proxies = new TrustedProxies(['loopback']);
    const peer = { address: '127.0.0.1', port: 1 };
    const headers = { forwarded: 'for=203.0.113.9;proto=https;host=evil.example' };
    assert.deepEqual(proxies.reportOf(peer, { headers }), { client: peer, encrypted: undefined, host: undefined });
  });
  test('a field of 64 KiB costs no more than its trusted hops', () => {
    const field = '203.0.113.9,'.repeat(5_000);
    assert.equal(clientOf(['loopback'], '127.0.0.1', `${field}198.51.100.1`), '198.51.100.1');
  });
});

describe('a network that is not written in its canonical form is refused, with that form', () => {
  const table: readonly (readonly [entry: string, canonical: string])[] = [
    ['127.0.0.1/08', '127.0.0.0/8'],
    ['127.0.0.0/08', '127.0.0.0/8'],
    ['127.0.0.0/008', '127.0.0.0/8'],
    ['10.0.0.1/8', '10.0.0.0/8'],
    ['192.168.1.0/16', '192.168.0.0/16'],
    ['192.0.2.129/25', '192.0.2.128/25'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['0.0.0.0/00', '0.0.0.0/0'],
    ['10.0.0.1/032', '10.0.0.1/32'],
    ['fd00::1/8', 'fd00::/8'],
    ['FD00:0::/08', 'fd00::/8'],
    ['2001:db8:0:1::/48', '2001:db8::/48'],
    ['::1/127', '::/127'],
    ['::ffff:10.0.0.1/104', '10.0.0.0/8'],
  ];
  for (const [entry, canonical] of table) {
    test(`${entry}: ${canonical}`, () => {
      assert.throws(() => createServer({ trustedProxies: ['loopback', entry] }), {
        code: 'ERR_WS_OPTION',
        message: new RegExp(
          `^trustedProxies\\[1\\] is ${JSON.stringify(entry)}; .* first address: ${canonical.replaceAll('.', '\\.')}$`,
        ),
      });
      assert.doesNotThrow(() => createServer({ trustedProxies: [canonical] }));
    });
  }
  test('IPv6 may be written in any way, and prefixes may have their least and greatest length', () => {
    for (const entry of ['FD00:0:0::/8', '2001:DB8:0000::0/32', '0.0.0.0/0', '::/0', '10.0.0.1/32', '::1/128']) {
      assert.doesNotThrow(() => createServer({ trustedProxies: [entry] }), entry);
    }
  });
});

test('entries that are neither address, network nor word are refused with the expected forms', () => {
  const table: unknown[] = [
    '10.0.0.0/33',
    '10.0.0.0/x',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    '10.0.0',
    'proxy.example',
    '',
    '*',
  ];
  table.push(
    '010.0.0.0/8',
    '10.0.0.00/8',
    '0x0a.0.0.0/8',
    '167772160/8',
    '10/8',
    '10.0/8',
    '10.0.0.0/+8',
    '10.0.0.0/-0',
  );
  table.push(
    ' 10.0.0.0/8',
    '10.0.0.0/8 ',
    '10.0.0.0 /8',
    '10.0.0.0/ 8',
    '10.0.0.0/8.0',
    '10.0.0.0/1e1',
    '10.0.0.0/0x8',
  );
  table.push('10.0.0.0/255.0.0.0', '10.0.0.0-10.0.0.9', '10.0.0.*', '10.0.0.1\n', '[fd00::]/8', 'fe80::%eth0/10', '/8');
  table.push('fd00::/129', 'fe80::1%eth0', '::ffff:10.0.0.0/64', 7, null, 'Loopback', '-1.2.3.4/8', '10.0.0.0/-1');
  for (const entry of table) {
    assert.throws(() => createServer({ trustedProxies: [entry as string] }), {
      code: 'ERR_WS_OPTION',
      message:
        /^trustedProxies(\[0\])? is .*; expected (?:an address, a network|addresses, networks) such as 10\.0\.0\.0\/8/,
    });
  }
  assert.throws(() => createServer({ trustedProxies: 'loopback' as never }), {
    message: /expected a list of addresses/,
  });
});
test(
  'request and connection have the client’s address, the request the proxy’s as well; off unless configured',
  leavingNothing(async (scope) => {
    for (const trustedProxies of [undefined, ['loopback']]) {
      const seen: string[] = [];
      const { port, opened } = await listen(scope, {
        ...(trustedProxies && { trustedProxies }),
        upgrade: (request) => void seen.push(request.remoteAddress, String(request.remotePort), request.peerAddress),
      });
      const peer = await connectRaw(scope, port, '127.0.0.1', '127.0.0.2');
      await requestHandshake(peer, { 'X-Forwarded-For': '192.0.2.7, 203.0.113.9' });
      const { remoteAddress, remotePort } = await opened.next();
      const expected =
        trustedProxies === undefined
          ? ['127.0.0.2', String(peer.socket.localPort), '127.0.0.2']
          : ['203.0.113.9', '0', '127.0.0.2'];
      assert.deepEqual(seen, expected);
      assert.deepEqual([remoteAddress, String(remotePort)], expected.slice(0, 2));
    }
  }),
);
