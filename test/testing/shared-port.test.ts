// Scripted servers that share a port: several paths, plain requests beside WebSockets, with TLS and without.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { webSocket } from '../../src/kit/index.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { request } from '../kits/http/site.ts';
import { certificates } from '../support/certificates.ts';

const { ca, server, client } = certificates();
const tls = { cert: server.cert, key: server.key };

/** A script that accepts, and tells which server it belongs to. */
const named = (name: string) => (peer: { accept(): void; sendText(text: string): void }) => {
  peer.accept();
  peer.sendText(name);
};

describe('peers with different paths', () => {
  test('each gets the WebSockets of its path, and / the rest', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/', named('rest'));
    network.peer('ws://chat.example/room', named('room'));
    const lobby = network.peer('ws://chat.example/lobby', named('lobby'));
    for (const [path, name] of [
      ['room', 'room'],
      ['lobby?user=ann', 'lobby'],
      ['', 'rest'],
      ['room/1', 'rest'],
    ]) {
      const one = await network.client(`ws://chat.example/${path}`);
      await one.receives('text', name);
    }
    assert.equal(lobby.connections.length, 1);
    assert.throws(() => network.peer('ws://chat.example/room'), { code: 'EADDRINUSE' });
    assert.throws(() => network.peer('ws://chat.example/'), { code: 'EADDRINUSE' });

    lobby.close();
    await (await network.client('ws://chat.example/lobby')).receives('text', 'rest');
  });

  test('a path that no peer has is refused with 404', async () => {
    await using network = useNetwork();
    network.peer('ws://chat.example/a', named('a'));
    network.peer('ws://chat.example/b', named('b'));
    assert.equal((await network.client('ws://chat.example/c')).receivedHead.status, 404);
  });

  test('without scripts, next() of each returns its clients', async () => {
    await using network = useNetwork();
    const one = network.peer('ws://chat.example/1');
    const two = network.peer('ws://chat.example/2');
    const clients = Promise.all(['1', '2'].map((path) => network.client(`ws://chat.example/${path}`)));
    for (const [peers, target] of [[two, '/2'] as const, [one, '/1'] as const]) {
      const peer = await peers.next();
      assert.equal(peer.receivedHead.target, target);
      peer.accept();
    }
    for (const each of await clients) assert.equal(each.receivedHead.status, 101);
  });

  test('a peer answers plain requests of its path', async () => {
    await using network = useNetwork();
    network.peer('http://api.example/a', (peer) => peer.answerHTTP({ body: 'of a' }));
    network.peer('http://api.example/b', (peer) => peer.answerHTTP({ body: 'of b' }));
    assert.equal((await request('http://api.example/b')).result, 'of b');
    assert.equal((await request('http://api.example/a')).result, 'of a');
  });
});

describe('https: and wss: on one port', () => {
  test('plain requests and WebSockets each reach their server, any order', async () => {
    for (const isPeerFirst of [true, false]) {
      await using network = useNetwork();
      const serve = () =>
        network.serveHTTP('https://localhost/', ({ path, text }) => ({ body: `${path} ${text()}` }), { tls });
      if (!isPeerFirst) serve();
      network.peer('wss://localhost/chat', named('chat'), { tls });
      network.peer('wss://localhost/news', named('news'));
      if (isPeerFirst) serve();

      const options = { caPath: ca.certPath };
      // Longer than one record of TLS.
      const body = 'x'.repeat(40_000);
      const answer = await request('https://localhost/a', { ...options, method: 'POST', extraData: body });
      assert.equal(answer.result, `/a ${body}`);
      for (const name of ['chat', 'news']) {
        const peer = await network.client(`wss://localhost/${name}`, { tls: { ca: ca.cert } });
        await peer.receives('text', name);
      }

      const messages: unknown[] = [];
      const ws = webSocket.createWebSocket();
      ws.on('message', (_error, data) => messages.push(data));
      await ws.connect('wss://localhost/chat', { caPath: ca.certPath });
      await network.settle();
      assert.deepEqual(messages, ['chat']);
      await ws.close();
      assert.equal((await request('https://localhost/b', options)).result, '/b ');
    }
  });

  test('a client that ends within the TLS handshake, or before its head, harms nobody', async () => {
    await using network = useNetwork();
    network.serveHTTP('https://localhost/', { body: 'there' }, { tls });
    network.peer('wss://localhost/');
    for (const act of ['end', 'reset'] as const) {
      const raw = await network.client('ws://localhost:443/', { handshake: false });
      raw.sendBytes('16 03 01');
      await network.settle();
      raw[act]();
      await network.settle();
      const half = await network.client('wss://localhost/', { handshake: false, tls: { ca: ca.cert } });
      half.sendAscii('GET / HT');
      await network.settle();
      half[act]();
      await network.settle();
    }
    assert.equal((await request('https://localhost/', { caPath: ca.certPath })).result, 'there');
  });

  test('the port has one certificate', async () => {
    await using network = useNetwork();
    network.serveHTTP('https://localhost/', {}, { tls });
    const other = { cert: client.cert, key: client.key };
    assert.throws(
      () => network.peer('wss://localhost/a', undefined, { tls: other }),
      /has another certificate already/,
    );
    network.peer('wss://localhost/a', undefined, { tls: { ...tls } });
    assert.throws(() => network.peer('ws://localhost:443/b'), { code: 'EADDRINUSE' });
  });

  test('a certificate at a URL without TLS is refused', () => {
    const network = useNetwork();
    assert.throws(
      () => network.peer('ws://localhost/a', undefined, { tls }),
      /the peer at ws:\/\/localhost\/a has a certificate, but no TLS: use wss:\/\/localhost\/a, or leave tls out/,
    );
    return network.uninstall();
  });
});

test('a peer that asks for client certificates refuses clients without one', async () => {
  await using network = useNetwork();
  const asking = { ...tls, ca: ca.cert, requestCert: true };
  network.peer('wss://localhost/', named('trusted'), { tls: asking });
  const trusted = await network.client('wss://localhost/', {
    tls: { ca: ca.cert, cert: client.cert, key: client.key },
  });
  await trusted.receives('text', 'trusted');
  await assert.rejects(network.client('wss://localhost/', { tls: { ca: ca.cert } }).then((peer) => peer.receivedHead));
});
