// Plain HTTP on the in-memory network: `network.serveHTTP`, `peer.answerHTTP`, `peer.receivesBody`.

import assert from 'node:assert/strict';
import { Agent, type IncomingMessage, request as nodeRequest } from 'node:http';
import { describe, test } from 'node:test';
import { network as currentNetwork } from '../../src/node/network.ts';
import { useNetwork } from '../../src/testing/index.ts';
import { request } from '../kits/http/site.ts';
import { certificates } from '../support/certificates.ts';

const url = 'http://api.example/';

describe('serveHTTP', () => {
  test('shares its port with a scripted peer, which gets the WebSockets', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP('http://api.example:8080/', ({ path }) => ({ body: `token for ${path}` }));
    const peers = network.peer('ws://api.example:8080/chat', async (peer) => {
      peer.accept();
      peer.sendText(await peer.receives('text', /hello/));
      await peer.receivesClose();
    });
    assert.equal((await request('http://api.example:8080/a')).result, 'token for /a');
    const client = await network.client('ws://api.example:8080/chat');
    assert.equal(client.receivedHead.status, 101);
    client.sendText('hello');
    await client.receives('text', 'hello');
    client.sendClose(1000);
    await peers.finished();
    assert.equal((await network.client('ws://api.example:8080/other')).receivedHead.status, 404);
    assert.equal((await request('http://api.example:8080/b')).result, 'token for /b');
    assert.equal(server.calls.length, 2);

    assert.throws(() => network.peer('ws://api.example:8080/chat'), { code: 'EADDRINUSE' });
    assert.throws(() => network.serveHTTP('http://api.example:8080/'), { code: 'EADDRINUSE' });
    peers.close();
    assert.equal((await network.client('ws://api.example:8080/chat')).receivedHead.status, 200);
  });

  test('a client of a shared port that ends, or is reset, before its head is complete', async () => {
    await using network = useNetwork();
    network.serveHTTP('http://api.example/');
    network.peer('ws://api.example/');
    for (const end of ['end', 'destroy'] as const) {
      const socket = currentNetwork().connect({ host: 'api.example', port: 80 });
      socket.resume().write('GET / HT');
      await network.settle();
      socket[end]();
      await network.settle();
    }
    assert.equal((await request(url)).responseCode, 200);
  });

  test('one answer, or a function that gets the request', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP(
      'http://api.example:8080/v1',
      async ({ number, method, path, query, headers, json }) => ({
        status: 201,
        headers: { 'X-Number': String(number), 'Set-Cookie': ['a=1', 'b=2'] },
        body: { method, path, id: query.get('id'), type: headers['content-type'], json: json() },
      }),
    );
    assert.equal(server.url, 'http://api.example:8080/v1');
    const { result, responseCode, header } = await request('http://api.example:8080/items?id=5', {
      method: 'POST',
      extraData: { a: 1 },
    });
    assert.equal(responseCode, 201);
    assert.deepEqual(JSON.parse(result as string), {
      method: 'POST',
      path: '/items',
      id: '5',
      type: 'application/json',
      json: { a: 1 },
    });
    const { 'x-number': number, 'content-type': type } = header as Record<string, string>;
    assert.deepEqual([number, type], ['1', 'application/json']);
    assert.equal(server.calls[0]?.remoteAddress, '127.0.0.1');
    network.serveHTTP(url);
    assert.equal((await request(url)).responseCode, 200);
  });

  test('delay is time of the network', async () => {
    await using network = useNetwork();
    network.serveHTTP(url, { body: 'late', delay: 1000 });
    let isAnswered = false;
    const answer = request(url).finally(() => {
      isAnswered = true;
    });
    await network.advance(999);
    assert.equal(isAnswered, false);
    await network.advance(1);
    assert.equal((await answer).result, 'late');
  });

  test('https: needs a certificate', async () => {
    await using network = useNetwork();
    const {
      server: { cert, key },
      ca,
    } = certificates();
    assert.throws(() => network.serveHTTP('https://localhost/'), /needs a certificate/);
    network.serveHTTP('https://localhost/', { body: 'secret' }, { tls: { cert, key } });
    assert.equal((await request('https://localhost/', { caPath: ca.certPath })).result, 'secret');
  });

  test('port 0 takes any; close frees it', async () => {
    await using network = useNetwork();
    const server = network.serveHTTP('http://localhost:0/', { body: 'x' });
    assert.match(server.url, /^http:\/\/localhost:\d+\/$/);
    assert.equal((await request(server.url)).result, 'x');
    server.close();
    await assert.rejects(request(server.url), { code: 2300007 });
  });

  test('uninstall rejects with the error of a handler', async () => {
    const network = useNetwork();
    network.serveHTTP(url, () => {
      throw new Error('of the test');
    });
    await assert.rejects(request(url));
    await assert.rejects(network.uninstall(), /of the test/);
  });

  test('uninstall reports requests without an answer', async () => {
    const network = useNetwork();
    network.serveHTTP(url, () => new Promise(() => {}));
    const answer = request(`${url}slow`).catch(() => {});
    await network.settle();
    await assert.rejects(network.uninstall(), /a handler has not answered GET \/slow/);
    await answer;
  });

  test('a wrong answer names the option', async () => {
    const network = useNetwork();
    assert.throws(() => network.serveHTTP(url, { statusCode: 200 } as never), /statusCode.*use status/);
    assert.throws(() => network.serveHTTP(url, { status: 5 }), /status/);
    network.serveHTTP(url, () => ({ body: () => {} }));
    await assert.rejects(request(url));
    await assert.rejects(network.uninstall(), /body/);
  });
});

describe('answerHTTP and receivesBody of a scripted peer', () => {
  test('a request with a body, and its answer', async () => {
    await using network = useNetwork();
    const server = network.peer(url, async (peer) => {
      assert.equal(await peer.receivesBody(), '{"a":1}');
      peer.answerHTTP({ status: 202, headers: { 'X-One': '1' }, body: { b: 2 } });
      await peer.receivesEnd();
    });
    const { result, responseCode, header } = await request(url, { method: 'POST', extraData: { a: 1 } });
    assert.deepEqual([responseCode, result], [202, '{"b":2}']);
    assert.deepEqual(header, {
      'status-line': 'HTTP/1.1 202 Accepted',
      'content-length': '7',
      'content-type': 'application/json',
      'x-one': '1',
    });
    await server.finished();
  });

  test('several requests of a connection that is kept', async () => {
    await using network = useNetwork();
    const server = network.peer(url, async (peer) => {
      peer.answerHTTP({ body: 'first' });
      const { method } = await peer.receivesHead();
      assert.equal(method, 'HEAD');
      peer.answerHTTP({ body: 'second' });
      await peer.receivesHead();
      peer.answerHTTP({ status: 204 });
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    Object.assign(agent, { createConnection: () => currentNetwork().connect({ host: 'api.example', port: 80 }) });
    const statuses: unknown[] = [];
    for (const method of ['GET', 'HEAD', 'GET']) {
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        nodeRequest({ agent, method, host: 'api.example' }, resolve).on('error', reject).end();
      });
      let text = '';
      for await (const part of response) text += String(part);
      statuses.push([response.statusCode, response.headers['content-length'], text]);
    }
    assert.deepEqual(statuses, [
      [200, '5', 'first'],
      [200, '6', ''],
      [204, undefined, ''],
    ]);
    assert.equal(server.connections.length, 1);
    await server.finished();
    agent.destroy();
  });
});
