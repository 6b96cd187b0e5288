// Addresses: what counts as one client, and what is one's own network.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isOwnNetwork, networkOf, plainIp } from '../../src/node/ip-address.ts';

test('plainIp: IPv4-mapped addresses are IPv4 in every spelling (RFC 4291 §2.5.5.2); zones are removed; the rest is not an address', () => {
  const table: readonly (readonly [text: string, expected: string | undefined])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::ffff:c000:201', '192.0.2.1'],
    ['0:0:0:0:0:FFFF:192.0.2.1', '192.0.2.1'],
    ['::192.0.2.1', '::192.0.2.1'],
    ['64:ff9b::192.0.2.1', '64:ff9b::192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::', '::'],
    ['', undefined],
    ['unknown', undefined],
    ['192.0.2.256', undefined],
    ['192.0.2', undefined],
    ['[2001:db8::1]', undefined],
    ['2001:db8::1::2', undefined],
  ];
  for (const [text, expected] of table) assert.equal(plainIp(text), expected, text);
});
test('networkOf: an IPv4 address is one client, and an IPv6 /64', () => {
  const table: readonly (readonly [address: string, expected: string])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:0:1::1', '2001:db8:0:1::/64'],
    ['2001:db8:0:1:ffff:ffff:ffff:ffff', '2001:db8:0:1::/64'],
    ['2001:DB8:0000:0001::1', '2001:db8:0:1::/64'],
    ['2001:db8:0:2::1', '2001:db8:0:2::/64'],
    ['2001:db8::', '2001:db8:0:0::/64'],
    ['1:2:3:4:5:6:7:8', '1:2:3:4::/64'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4::/64'],
    ['::1', '0:0:0:0::/64'],
  ];
  for (const [address, expected] of table) assert.equal(networkOf(address), expected, address);
});
test('isOwnNetwork: loopback, private, link-local and unique-local addresses, to their edges', () => {
  const own =
    '127.0.0.1 127.255.255.255 10.0.0.1 172.16.0.0 172.31.255.255 192.168.0.1 169.254.1.1 ::1 fe80::1 febf::1 fc00::1 fdff::1';
  const others =
    '126.255.255.255 128.0.0.1 9.255.255.255 11.0.0.1 172.15.255.255 172.32.0.0 192.167.0.1 192.169.0.1 169.253.0.1 :: ::2 1::1 fec0::1 fbff::1 fe00::1 2001:db8::1 ::127.0.0.1';
  for (const address of own.split(' ')) assert.equal(isOwnNetwork(address), true, address);
  for (const address of others.split(' ')) assert.equal(isOwnNetwork(address), false, address);
});
test('what a stream of an application’s own calls its address is a client as well, whatever it is', () => {
  for (const text of ['pipe', 'a:b:c:d:e:f:g:h:i:j', 'unix:/run/x:1:2:3:4:5:6:7:8:9', ':::::::::::']) {
    assert.equal(typeof networkOf(text), 'string');
    assert.equal(isOwnNetwork(text), false);
  }
});
