// What is refused, where it is given, with the value and the remedy: options and arguments of in-memory networks.

import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { servePeer, type TestNetwork, useNetwork } from '../../src/testing/index.ts';
import { certificates } from '../support/certificates.ts';

const wrong = (value: unknown) => value as never;
const { server, client } = certificates();
const url = 'as a URL here; use one such as ws://chat.example:8080/room';

describe('a network refuses', () => {
  let network: TestNetwork;
  before(() => {
    network = useNetwork();
  });
  after(() => network.uninstall());

  const rows: [what: string, act: () => unknown, text: string][] = [
    [
      'a condition of nothing',
      () => network.condition({ host: 'chat.example' }),
      'argument of condition is { host }; expected at least one of latency, jitter, bandwidth, loseAt and offline',
    ],
    [
      'a URL as the host of a condition',
      () => network.condition({ host: 'ws://chat.example/', latency: 5 }),
      'host is "ws://chat.example/"; expected a host name or an IP address, without scheme and port',
    ],
    [
      'a host with a port',
      () => network.condition({ host: 'chat.example:80', latency: 5 }),
      'host is "chat.example:80"; expected a host name or an IP address, without scheme and port',
    ],
    [
      'a URL as the host of dns',
      () => network.dns('ws://chat.example', ['192.0.2.1']),
      'first argument of dns is "ws://chat.example"; expected a host name or an IP address, without scheme and port',
    ],
    ['an incomplete URL', () => network.peer('ws://'), `cannot use ws:// ${url}`],
    ['a port beyond 65535', () => network.peer('ws://a.example:99999/'), `cannot use ws://a.example:99999/ ${url}`],
    ['a URL without a scheme', () => network.serveHTTP('api.example'), `cannot use api.example ${url}`],
    ['no URL', () => network.peer(wrong(undefined)), `cannot use undefined ${url}`],
    [
      'a name as the origin',
      () => network.from('nowhere', () => 1),
      'first argument of from is "nowhere"; expected an IP address',
    ],
    [
      'no function to run',
      () => network.from('10.0.0.1', wrong(1)),
      'second argument of from is 1; expected a function',
    ],
    [
      'a certificate that is not PEM',
      () => network.serveHTTP('https://api.example/', {}, { tls: { cert: 'x', key: 'y' } }),
      'tls.cert is 1 characters without -----BEGIN; expected the content of a PEM file, not its path',
    ],
    [
      'a key of another certificate',
      () => network.peer('wss://chat.example/', undefined, { tls: { cert: server.cert, key: client.key } }),
      'tls.key',
    ],
  ];
  for (const [what, act, text] of rows) {
    test(what, () => {
      assert.throws(act, (error: Error) => {
        assert.ok(error.message.startsWith(text), error.message);
        return true;
      });
    });
  }

  test('a server that cannot take connections', async () => {
    const text = /first argument of listen is .*; expected an http\.Server/;
    await assert.rejects(network.listen(wrong(undefined)), text);
    await assert.rejects(network.listen(wrong({})), text);
  });

  test('a name as the origin of a client', async () => {
    await assert.rejects(
      network.client('ws://a.example/', { from: 'b.example' }),
      /from is "b.example"; expected an IP/,
    );
  });
});

describe('useNetwork refuses', () => {
  test('names as addresses', () => {
    assert.throws(
      () => useNetwork({ names: { 'chat.example': 'elsewhere' } }),
      /names is .*expected an object with host/,
    );
    assert.throws(
      () => useNetwork({ addresses: ['elsewhere'] }),
      /addresses\[0\] is "elsewhere"; expected an IP address/,
    );
  });

  test('nothing of addresses in brackets', async () => {
    await useNetwork({ names: { 'chat.example': '[2001:db8::1]' }, addresses: ['[2001:db8::2]'] }).uninstall();
  });
});

describe('servePeer refuses', () => {
  test('a path without its slash', async () => {
    await assert.rejects(servePeer(0, undefined, { path: 'room' }), /path is "room"; expected a path such as \/room/);
  });

  test('a certificate without its key', async () => {
    await assert.rejects(servePeer(0, undefined, { tls: wrong({ cert: server.cert }) }), /tls\.key is undefined/);
  });
});

test('a URL object is a URL', async () => {
  await using network = useNetwork();
  network.peer(wrong(new URL('ws://chat.example/room')), (peer) => peer.accept());
  assert.equal((await network.client('ws://chat.example/room')).receivedHead.status, 101);
});
