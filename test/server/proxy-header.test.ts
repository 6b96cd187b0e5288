// Headers of the PROXY protocol as bytes: what each says, whole and cut anywhere, and what is refused as soon as it shows.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isProxyHeader, type ProxyHeader, readProxyHeader } from '../../src/server/proxy-header.ts';
import { hex, utf8 } from '../support/hex.ts';

const SIGNATURE = '0d 0a 0d 0a 00 0d 0a 51 55 49 54 0a';

/** A header that has all been read, with one byte more behind it, when it comes byte by byte. */
function read(bytes: Uint8Array): ProxyHeader {
  for (let size = 0; size < bytes.length; size++) {
    assert.equal(readProxyHeader(Buffer.from(bytes.subarray(0, size))), undefined, `${size} of ${bytes.length} bytes`);
  }
  const header = readProxyHeader(Buffer.from(bytes));
  assert.ok(header !== undefined);
  assert.equal(header.size, bytes.length);
  assert.deepEqual(readProxyHeader(Buffer.concat([bytes, Buffer.from('GET / HTTP/1.1')])), header);
  return header;
}

/** How many bytes are needed to refuse `bytes`, and the error's text. */
function refusedAt(bytes: Uint8Array): [size: number, message: string] {
  for (let size = 0; size <= bytes.length; size++) {
    try {
      if (readProxyHeader(Buffer.from(bytes.subarray(0, size))) !== undefined) assert.fail(`taken at ${size} bytes`);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      assert.equal(code, 'ERR_WS_REQUEST_PROXY_HEADER', message);
      return [size, message];
    }
  }
  assert.fail('not refused');
}

const line = (text: string): Uint8Array => utf8(`${text}\r\n`);

describe('version 1: a line', () => {
  const table: readonly (readonly [text: string, address: string | undefined, port?: number])[] = [
    ['PROXY TCP4 203.0.113.9 192.0.2.1 56324 443', '203.0.113.9', 56_324],
    ['PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535', '255.255.255.255', 65_535],
    ['PROXY TCP4 0.0.0.0 0.0.0.0 0 0', '0.0.0.0', 0],
    ['PROXY TCP6 2001:db8::9 2001:db8::1 56324 443', '2001:db8::9', 56_324],
    ['PROXY TCP6 ::ffff:203.0.113.9 ::ffff:192.0.2.1 1 2', '203.0.113.9', 1],
    [`PROXY TCP6 ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535`, `${'ffff:'.repeat(7)}ffff`, 65_535],
    ['PROXY UNKNOWN', undefined],
    [`PROXY UNKNOWN ${'ffff:'.repeat(7)}ffff ${'ffff:'.repeat(7)}ffff 65535 65535`, undefined],
    ['PROXY UNKNOWN what \t ever', undefined],
  ];
  for (const [text, address, port = 0] of table) {
    test(text, () => {
      const { client, encrypted } = read(line(text));
      assert.deepEqual(client, address === undefined ? undefined : { address, port });
      assert.equal(encrypted, false);
    });
  }
  const wrong: readonly string[] = [
    'PROXY',
    'PROXY ',
    'PROXY TCP4',
    'PROXY TCP5 203.0.113.9 192.0.2.1 1 2',
    'PROXY tcp4 203.0.113.9 192.0.2.1 1 2',
    'PROXY  TCP4 203.0.113.9 192.0.2.1 1 2',
    'PROXY TCP4 203.0.113.9 192.0.2.1 1',
    'PROXY TCP4 203.0.113.9 192.0.2.1 1 2 3',
    'PROXY TCP4 203.0.113.9  192.0.2.1 1 2',
    'PROXY TCP4 203.0.113.9 192.0.2.1 1 2 ',
    'PROXY TCP4 203.0.113.009 192.0.2.1 1 2',
    'PROXY TCP4 203.0.113 192.0.2.1 1 2',
    'PROXY TCP4 2001:db8::9 2001:db8::1 1 2',
    'PROXY TCP6 203.0.113.9 192.0.2.1 1 2',
    'PROXY TCP6 fe80::1%eth0 2001:db8::1 1 2',
    'PROXY TCP4 203.0.113.9 192.0.2.1 65536 2',
    'PROXY TCP4 203.0.113.9 192.0.2.1 01 2',
    'PROXY TCP4 203.0.113.9 192.0.2.1 -1 2',
    'PROXY TCP4 203.0.113.9 192.0.2.1 1e1 2',
    'PROXY TCP4 203.0.113.9\n192.0.2.1 1 2',
    'PROXY TCP4 203.0.113.9\0 192.0.2.1 1 2',
  ];
  for (const text of wrong) {
    test(`refused: ${JSON.stringify(text)}`, () => {
      assert.match(refusedAt(line(text))[1], /^PROXY protocol header is (".*", which is not of version 1|missing)/);
    });
  }
  test('without a line end in 107 bytes it is refused at the 107th', () => {
    const [size, message] = refusedAt(utf8(`PROXY UNKNOWN ${'x'.repeat(200)}`));
    assert.equal(size, 107);
    assert.match(message, /has no line end in its first 107 bytes; check the proxy$/);
    assert.equal(refusedAt(utf8(`PROXY UNKNOWN ${'x'.repeat(92)}\r\n`))[0], 107);
    assert.equal(read(line(`PROXY UNKNOWN ${'x'.repeat(91)}`)).size, 107);
  });
  test('other bytes are refused at the first that differs', () => {
    assert.equal(refusedAt(utf8('GET / HTTP/1.1\r\n'))[0], 1);
    assert.equal(refusedAt(utf8('PROXX '))[0], 5);
    assert.equal(refusedAt(hex('16 03 01'))[0], 1);
    assert.equal(refusedAt(hex('0d 0a 0d 0a 01'))[0], 5);
    assert.match(
      refusedAt(utf8('GET'))[1],
      /^PROXY protocol header is missing: .*; have the proxy send it \(send-proxy-v2/,
    );
  });
});

describe('version 2: bytes', () => {
  const IPV4 = 'cb 00 71 09  c0 00 02 01  dc 04  01 bb';
  const IPV6 = `20 01 0d b8 ${'00 '.repeat(11)} 09  20 01 0d b8 ${'00 '.repeat(11)} 01  dc 04  01 bb`;
  const table: readonly (readonly [name: string, bytes: string, address: string | undefined, port?: number])[] = [
    ['LOCAL', `${SIGNATURE} 20 00 00 00`, undefined],
    ['LOCAL with an address, which does not count', `${SIGNATURE} 20 11 00 0c ${IPV4}`, undefined],
    ['LOCAL with bytes that mean nothing', `${SIGNATURE} 20 ff 00 02 20 ff`, undefined],
    ['UNSPEC', `${SIGNATURE} 21 00 00 00`, undefined],
    ['TCP over IPv4', `${SIGNATURE} 21 11 00 0c ${IPV4}`, '203.0.113.9', 56_324],
    ['UDP over IPv4, of a client of HTTP/3', `${SIGNATURE} 21 12 00 0c ${IPV4}`, '203.0.113.9', 56_324],
    ['TCP over IPv6', `${SIGNATURE} 21 21 00 24 ${IPV6}`, '2001:db8::9', 56_324],
    [
      'IPv4-mapped IPv6 is IPv4',
      `${SIGNATURE} 21 21 00 24 ${'00 '.repeat(10)} ff ff cb 00 71 09 ${'00 '.repeat(20)}`,
      '203.0.113.9',
    ],
    ['a Unix socket', `${SIGNATURE} 21 31 00 d8 2f ${'00 '.repeat(215)}`, ''],
    ['TLVs are skipped', `${SIGNATURE} 21 11 00 16 ${IPV4}  03 00 04 00 00 00 00  04 00 00`, '203.0.113.9', 56_324],
  ];
  for (const [name, bytes, address, port = 0] of table) {
    test(name, () => {
      const { client, encrypted } = read(hex(bytes));
      assert.deepEqual(client, address === undefined ? undefined : { address, port });
      assert.equal(encrypted, false);
    });
  }
  test('a TLV of type 0x20 tells whether the client came over TLS', () => {
    const withSsl = (value: string, length: string): boolean =>
      read(hex(`${SIGNATURE} 21 11 00 ${length} ${IPV4}  01 00 02 68 32  ${value}`)).encrypted;
    assert.equal(withSsl('20 00 05 01 00 00 00 00', '19'), true);
    assert.equal(withSsl('20 00 05 07 00 00 00 00', '19'), true);
    assert.equal(withSsl('20 00 05 06 00 00 00 01', '19'), false);
    assert.throws(() => withSsl('20 00 04 01 00 00 00', '18'), /has a TLV of TLS with less than 5 bytes/u);
  });
  test('8 KiB behind the first 16 bytes are taken, more are refused by their number', () => {
    const size = 8192 - 12 - 3;
    const bytes = Buffer.concat([
      hex(`${SIGNATURE} 21 11 20 00 ${IPV4} 30`),
      Buffer.of(size >> 8, size & 255),
      Buffer.alloc(size),
    ]);
    assert.equal(readProxyHeader(bytes.subarray(0, -1)), undefined);
    assert.equal(readProxyHeader(bytes)?.size, 16 + 8192);
    const [at, message] = refusedAt(hex(`${SIGNATURE} 21 11 20 01 ${IPV4}`));
    assert.equal(at, 16);
    assert.match(
      message,
      /announces 8193 bytes; have the proxy send fewer TLVs|announces 8193 bytes; the limit is 8192; have/,
    );
  });
  const wrong: readonly (readonly [name: string, bytes: string, message: RegExp])[] = [
    ['version 1', `${SIGNATURE} 11 11 00 0c ${IPV4}`, /has version 1 behind the signature/],
    ['version 3', `${SIGNATURE} 31 11 00 0c ${IPV4}`, /has version 3 behind the signature/],
    ['command 2', `${SIGNATURE} 22 11 00 0c ${IPV4}`, /has command 2; 0 \(LOCAL\) and 1 \(PROXY\)/],
    ['family 4', `${SIGNATURE} 21 41 00 0c ${IPV4}`, /has family 4 and transport 1/],
    ['transport 3', `${SIGNATURE} 21 13 00 0c ${IPV4}`, /has family 1 and transport 3/],
    [
      'too short for IPv4',
      `${SIGNATURE} 21 11 00 0b cb 00 71 09  c0 00 02 01  dc 04  01`,
      /has 11 bytes for addresses of 12/,
    ],
    ['too short for IPv6', `${SIGNATURE} 21 21 00 0c ${IPV4}`, /has 12 bytes for addresses of 36/],
    ['a TLV without a length', `${SIGNATURE} 21 11 00 0e ${IPV4} 04 00`, /has a TLV that ends beyond it \(type 4\)/],
    ['a TLV that ends beyond the header', `${SIGNATURE} 21 11 00 10 ${IPV4} 20 00 02 01`, /ends beyond it \(type 32\)/],
  ];
  for (const [name, bytes, message] of wrong) {
    test(`refused: ${name}`, () => assert.match(refusedAt(hex(bytes))[1], message));
  }
});

test('a header where none is expected is told from other bytes', () => {
  assert.equal(isProxyHeader(line('PROXY TCP4 203.0.113.9 192.0.2.1 1 2')), true);
  assert.equal(isProxyHeader(hex(`${SIGNATURE} 21 11`)), true);
  assert.equal(isProxyHeader(utf8('PROPFIND / HTTP/1.1')), false);
  assert.equal(isProxyHeader(hex('0d 0a')), false);
});
