// What trusted proxies say of the scheme and the host, and `Forwarded` (RFC 7239) in the place of the X-Forwarded fields: which
// of the two is believed, and what hostile values make of them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createServer } from '../../src/engine/index.ts';
import { type ForwardingFields, TrustedProxies } from '../../src/server/trusted-proxies.ts';
import { listen } from '../support/engine.ts';
import { leavingNothing } from '../support/handles.ts';
import { requestHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { connectRaw } from '../support/raw-peer.ts';

const PEER = { address: '10.0.0.1', port: 0 };

/** `address port scheme host`, as far as they are known. */
function reported(fields: ForwardingFields, headers: Record<string, string>): string {
  const { client, encrypted, host } = new TrustedProxies(['10.0.0.0/8'], fields).reportOf(PEER, { headers });
  const scheme = encrypted === undefined ? '-' : encrypted ? 'wss' : 'ws';
  return [client.address, client.port, scheme, host ?? '-'].join(' ');
}

describe('Forwarded', () => {
  const table: readonly (readonly [field: string, expected: string])[] = [
    ['for=203.0.113.9', '203.0.113.9 0 - -'],
    ['For="203.0.113.9:4711"', '203.0.113.9 4711 - -'],
    ['for="[2001:db8::5]:4711";proto=https;by=203.0.113.43;host=example.org', '2001:db8::5 4711 wss example.org'],
    ['proto=HTTPS;for=203.0.113.9;host="example.org:8443"', '203.0.113.9 0 wss example.org:8443'],
    ['for=203.0.113.9;proto=http', '203.0.113.9 0 ws -'],
    ['for="203.0.113.9:_abc"', '203.0.113.9 0 - -'],
    ['for="2\\03.0.113.9"', '203.0.113.9 0 - -'],
    // Chains: the elements of trusted proxies, and the one before them.
    ['for=203.0.113.9;proto=https, for=10.0.0.2;proto=http', '203.0.113.9 0 wss -'],
    ['for=203.0.113.9;proto=https;host=a.example, for=10.0.0.2', '203.0.113.9 0 wss a.example'],
    ['for=203.0.113.9, for=10.0.0.2;proto=http;host=b.example', '203.0.113.9 0 ws b.example'],
    // What the client wrote itself is to the left.
    ['for=127.0.0.1;proto=https;host=evil.example, for=203.0.113.9;proto=http', '203.0.113.9 0 ws -'],
    ['for=", for=203.0.113.9;proto=http', '203.0.113.9 0 ws -'],
    ['for="\\, for="203.0.113.9:1";proto=http', '203.0.113.9 1 ws -'],
    ['for="x, for="[2001:db8::5]"', '2001:db8::5 0 - -'],
    ['for="a\\", for="[2001:db8::5]"', '2001:db8::5 0 - -'],
    // Hidden or unknown: the hop that wrote it.
    ['for=unknown;proto=https', '10.0.0.1 0 wss -'],
    ['for=_hidden', '10.0.0.1 0 - -'],
    ['proto=https', '10.0.0.1 0 wss -'],
    ['for=203.0.113.9, for=_gazonk, for=10.0.0.2', '10.0.0.2 0 - -'],
    // Not of the grammar: nothing of it.
    ['', '10.0.0.1 0 - -'],
    ['for=203.0.113.9,', '10.0.0.1 0 - -'],
    ['for=203.0.113.9;for=203.0.113.10', '10.0.0.1 0 - -'],
    ['for=2001:db8::5', '10.0.0.1 0 - -'],
    ['for =203.0.113.9', '10.0.0.1 0 - -'],
    ['for=203.0.113.9; proto=https', '10.0.0.1 0 - -'],
    ['for=', '10.0.0.1 0 - -'],
    ['for=""', '10.0.0.1 0 - -'],
    ['for="203.0.113.9', '10.0.0.1 0 - -'],
    ['203.0.113.9', '10.0.0.1 0 - -'],
    ['for=203.0.113.9;', '10.0.0.1 0 - -'],
    ['for=203.0.113.9;proto=ftp;host="a b"', '203.0.113.9 0 - -'],
    ['for=203.0.113.9;host="evil.example/x"', '203.0.113.9 0 - -'],
    ['for="203.0.113.9:65536"', '10.0.0.1 0 - -'],
  ];
  for (const [field, expected] of table) {
    test(field === '' ? 'an empty field' : field, () =>
      assert.equal(reported('forwarded', { forwarded: field }), expected),
    );
  }
  test('a field of 64 KiB of quotes, backslashes or commas does no harm', () => {
    for (const part of ['"', '\\"', ',', '\\', '="', 'for="a",', ';']) {
      const field = `${part.repeat(65_536 / part.length)}, for=203.0.113.9`;
      assert.equal(reported('forwarded', { forwarded: field }), '203.0.113.9 0 - -', part);
      const ended = reported('forwarded', { forwarded: part.repeat(65_536 / part.length) });
      assert.match(ended, /^(10\.0\.0\.1|a) 0/);
    }
  });
});

describe('X-Forwarded-Proto and X-Forwarded-Host', () => {
  const table: readonly (readonly [address: string, proto: string, host: string, expected: string])[] = [
    ['203.0.113.9', 'https', 'example.org', '203.0.113.9 0 wss example.org'],
    ['203.0.113.9', 'http', '', '203.0.113.9 0 ws -'],
    ['203.0.113.9', 'wss', '', '203.0.113.9 0 wss -'],
    ['203.0.113.9', 'ws', '', '203.0.113.9 0 ws -'],
    ['203.0.113.9', ' HTTPS ', ' example.org ', '203.0.113.9 0 wss example.org'],
    ['', 'https', 'example.org', '10.0.0.1 0 wss example.org'],
    // One entry for each hop: that of the first trusted proxy. What the client wrote itself is to the left.
    ['x, 203.0.113.9', 'https, http', 'evil.example, a.example', '203.0.113.9 0 ws a.example'],
    ['203.0.113.9, 10.0.0.2', 'https, http', 'a.example, b.example', '203.0.113.9 0 wss a.example'],
    ['6.6.6.6, 203.0.113.9, 10.0.0.2', 'http, https, http', '', '203.0.113.9 0 wss -'],
    // One entry for all hops: the proxies replace it.
    ['203.0.113.9, 10.0.0.2', 'https', 'a.example', '203.0.113.9 0 wss a.example'],
    // Fewer entries than hops, but more than one: only the last is surely a proxy's.
    ['203.0.113.9, 10.0.0.3, 10.0.0.2', 'https, http', '', '203.0.113.9 0 ws -'],
    ['203.0.113.9', 'ftp', 'a b', '203.0.113.9 0 - -'],
    ['203.0.113.9', 'https;x', '', '203.0.113.9 0 - -'],
    ['203.0.113.9', ','.repeat(60_000), ','.repeat(60_000), '203.0.113.9 0 - -'],
  ];
  for (const [address, proto, host, expected] of table) {
    test(`${address} | ${proto.slice(0, 20)} | ${host.slice(0, 40)}`, () => {
      const headers = { 'x-forwarded-for': address, 'x-forwarded-proto': proto, 'x-forwarded-host': host };
      assert.equal(reported('x-forwarded', headers), expected);
    });
  }
});

describe('which fields are believed', () => {
  const headers = {
    'x-forwarded-for': '203.0.113.1',
    'x-forwarded-proto': 'https',
    'x-forwarded-host': 'x.example',
    forwarded: 'for=203.0.113.2;proto=http;host=f.example',
  };
  const table: readonly (readonly [fields: ForwardingFields, expected: string])[] = [
    ['x-forwarded', '203.0.113.1 0 wss x.example'],
    ['forwarded', '203.0.113.2 0 ws f.example'],
    ['none', '10.0.0.1 0 - -'],
  ];
  for (const [fields, expected] of table) {
    test(`forwarding: ${fields}`, () => assert.equal(reported(fields, headers), expected));
  }
  test('none of an address that is not trusted', () => {
    const client = { address: '203.0.113.200', port: 0 };
    for (const [fields] of table) {
      const report = new TrustedProxies(['10.0.0.0/8'], fields).reportOf(client, { headers });
      assert.deepEqual(report, { client, encrypted: undefined, host: undefined });
    }
  });
  test('another value is refused', () => {
    assert.throws(() => createServer({ forwarding: 'both' as never }), {
      code: 'ERR_WS_OPTION',
      message: /^forwarding is "both"; expected one of x-forwarded, forwarded, none$/,
    });
  });
});

test('request and connection are encrypted as the first proxy reports; the host is the one that the client asked for', () =>
  leavingNothing(async (scope) => {
    const seen = new Inbox<string>();
    for (const trustedProxies of [[], ['loopback']]) {
      const { port, opened } = await listen(scope, {
        trustedProxies,
        upgrade: ({ encrypted, host }) => void seen.push(`${encrypted} ${host}`),
      });
      const peer = await connectRaw(scope, port);
      await requestHandshake(peer, { 'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'chat.example' });
      const isTrusted = trustedProxies.length > 0;
      assert.equal(await seen.next(), isTrusted ? 'true chat.example' : 'false server.example.com');
      assert.equal((await opened.next()).encrypted, isTrusted);
    }
  })());
