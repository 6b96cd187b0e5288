// `serve` as a process of its own, with clients that are not ours: `ws`, `fetch`, and bare sockets.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { get as httpsGet } from 'node:https';
import { type AddressInfo, connect as connectTcp, createServer } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { describe, type TestContext, test } from 'node:test';
import { WebSocket } from 'ws';
import { certificates } from '../support/certificates.ts';
import { run, serve } from './command.ts';

async function open(t: TestContext, url: string, subprotocols: string[] = [], options = {}): Promise<WebSocket> {
  const socket = new WebSocket(url, subprotocols, options);
  t.after(() => socket.terminate());
  await once(socket, 'open');
  return socket;
}

async function closeOf(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  return { code, reason: reason.toString() };
}

describe('serve', { timeout: 120_000 }, () => {
  test('echoes text and binary, and prints both ways with kind, size and preview', async (t) => {
    const { command, sockets } = await serve(t);
    const socket = await open(t, `${sockets}chat?room=1`, ['chat', 'other']);
    assert.equal(socket.protocol, 'chat');
    await command.seen(/ #1 {4}open {5}127\.0\.0\.1:\d+ {2}\/chat\?room=1 {2}subprotocol chat\n/);

    socket.send('Grüße\x1b[31m');
    assert.deepEqual(await once(socket, 'message'), [Buffer.from('Grüße\x1b[31m'), false]);
    await command.seen(/ #1 {4}← text {8}12 B {2}Grüße\\x1b\[31m\n/);
    await command.seen(/ #1 {4}→ text {8}12 B {2}Grüße\\x1b\[31m\n/);

    socket.send(Buffer.from([0, 1, 254, 255]));
    assert.deepEqual(await once(socket, 'message'), [Buffer.from([0, 1, 254, 255]), true]);
    await command.seen(/ #1 {4}← binary {7}4 B {2}00 01 fe ff\n/);
    await command.seen(/ #1 {4}→ binary {7}4 B {2}00 01 fe ff\n/);

    socket.close(3001, 'that is all');
    assert.deepEqual(await closeOf(socket), { code: 3001, reason: 'that is all' });
    await command.seen(/ #1 {4}closed {3}3001 "that is all"\n/);
  });

  test('--inspect prints a URL for DevTools, which is told of connections and frames', async (t) => {
    const { command, sockets } = await serve(t, '--inspect=0');
    const [, socket = ''] = await command.seen(
      / {2}inspect devtools:\/\/devtools\/bundled\/js_app\.html\?ws=([^&\s]+)/,
    );
    const devtools = await open(t, `ws://${socket}`);
    let told = '';
    devtools.on('message', (data: Buffer) => {
      told += String(data);
    });
    devtools.send('{"id":1,"method":"Network.enable"}');
    const client = await open(t, `${sockets}chat`);
    client.send('hello');
    while (!/webSocketFrameSent[^}]*hello/.test(told)) await once(devtools, 'message');
    assert.match(told, /webSocketCreated[^}]*\/chat/);
    command.signal('SIGINT');
    assert.equal(await command.exit, 0);
  });

  test('--workers: two processes have one port and one log, and Ctrl-C ends both', async (t) => {
    const { command, sockets, page } = await serve(t, '--workers=2');
    const closes: Promise<{ code: number; reason: string }>[] = [];
    // Which process takes a connection is chance, but not two hundred times the same.
    while (!(/ #1 +open /.test(command.stdout) && / #100001 +open /.test(command.stdout))) {
      const socket = await open(t, sockets);
      closes.push(closeOf(socket));
      socket.send('hello');
      assert.deepEqual(await once(socket, 'message'), [Buffer.from('hello'), false]);
      assert.ok(closes.length < 200, command.stdout);
    }
    const response = await fetch(page);
    assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'text/html; charset=utf-8']);
    await response.text();
    command.signal('SIGINT');
    for (const { code } of await Promise.all(closes)) assert.equal(code, 1001);
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /^ended$/m);
    assert.equal(command.stderr, '');
  });

  test('--workers beside --cert, --compress and a name as host: the page and wss: come from both processes', async (t) => {
    const { ca, server } = certificates();
    const flags = [
      '--workers=2',
      '--compress',
      '--host',
      'localhost',
      '--cert',
      server.certPath,
      '--key',
      server.keyPath,
    ];
    const { command, sockets, page } = await serve(t, ...flags);
    const closes: Promise<{ code: number; reason: string }>[] = [];
    while (!(/ #1 +open /.test(command.stdout) && / #100001 +open /.test(command.stdout))) {
      const socket = await open(t, sockets, [], { ca: ca.cert });
      assert.equal(socket.extensions, 'permessage-deflate');
      closes.push(closeOf(socket));
      assert.ok(closes.length < 200, command.stdout);
    }
    const [response] = (await once(httpsGet(page, { ca: ca.cert, agent: false }), 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    response.resume();
    command.signal('SIGINT');
    for (const { code } of await Promise.all(closes)) assert.equal(code, 1001);
    assert.equal(await command.exit, 0);
  });

  test('--compress compresses for clients that offer it, and the log shows it', async (t) => {
    const { command, sockets } = await serve(t, '--compress');
    const socket = await open(t, sockets);
    assert.equal(socket.extensions, 'permessage-deflate');
    await command.seen(/ #1 {4}open {5}127\.0\.0\.1:\d+ {2}\/ {2}permessage-deflate\n/);
    socket.send('x'.repeat(100_000));
    assert.deepEqual(await once(socket, 'message'), [Buffer.alloc(100_000, 'x'), false]);
    const plain = await open(t, sockets, [], { perMessageDeflate: false });
    assert.equal(plain.extensions, '');
    await command.seen(/ #2 {4}open {5}127\.0\.0\.1:\d+ {2}\/\n/);
  });

  test('without --compress it declines', async (t) => {
    const { sockets } = await serve(t);
    assert.equal((await open(t, sockets)).extensions, '');
  });

  test('a long message is cut to the width', async (t) => {
    const { command, sockets } = await serve(t);
    const socket = await open(t, sockets);
    socket.send('x'.repeat(100_000));
    const [line] = await command.seen(/^.*← text.*x….*$/m);
    assert.equal(line.length, 120);
    assert.match(line, / 97\.7 KiB {2}x/);
  });

  test('the text "bye" is answered by closing with 1000', async (t) => {
    const { command, sockets } = await serve(t);
    const socket = await open(t, sockets);
    socket.on('message', () => assert.fail('bye is not echoed'));
    socket.send('bye');
    assert.deepEqual(await closeOf(socket), { code: 1000, reason: 'bye' });
    await command.seen(/→ close {3}1000 \(normal\) "bye"\n.*closed {3}1000 \(normal\)/);
  });

  test('--quiet leaves the traffic out, but not what goes wrong', async (t) => {
    const { command, sockets } = await serve(t, '--quiet');
    const socket = await open(t, sockets);
    socket.send('unheard');
    await once(socket, 'message');
    socket.terminate();
    await command.seen(/#1 {4}error/);
    assert.doesNotMatch(command.stdout, /unheard|open|closed/);
  });

  test('a refused handshake is printed with its reason', async (t) => {
    const { command, port } = await serve(t);
    const socket = connectTcp(port, '127.0.0.1');
    t.after(() => socket.destroy());
    socket.write('GET /old HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
    socket.write('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 8\r\n\r\n');
    assert.match(await readText(socket), /^HTTP\/1\.1 426 /);
    await command.seen(/ - {5}refused {2}127\.0\.0\.1:\d+ {2}\/old {2}.*8/);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    test(`${signal} closes open connections with 1001 and ends with 0`, async (t) => {
      const { command, sockets } = await serve(t);
      const sockets2 = [await open(t, sockets), await open(t, sockets)];
      await command.seen(/#2 {4}open/);
      const ends = sockets2.map(closeOf);
      command.signal(signal);
      for (const end of ends) assert.deepEqual(await end, { code: 1001, reason: 'server is going away' });
      assert.equal(await command.exit, 0);
      assert.match(command.stdout, /ending: closing 2 connections .*\n/);
      assert.match(command.stdout, /\nended\n$/);
      assert.equal(command.stderr, '');
    });
  }

  test('the same Ctrl-C arriving twice, as under npm, still drains', async (t) => {
    const { command, sockets } = await serve(t);
    const socket = await open(t, sockets);
    const end = closeOf(socket);
    command.signal('SIGINT');
    command.signal('SIGINT');
    assert.equal((await end).code, 1001);
    assert.equal(await command.exit, 0);
  });

  test('a second Ctrl-C ends at once, even with a peer that does not answer', async (t) => {
    const { command, port } = await serve(t);
    const socket = connectTcp(port, '127.0.0.1').on('error', () => {});
    t.after(() => socket.destroy());
    socket.write('GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n');
    socket.write('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n');
    await command.seen(/#1 {4}open/);
    command.signal('SIGINT');
    await command.seen(/ending: closing 1 connection /);
    const insisting = setInterval(() => command.signal('SIGINT'), 100);
    t.after(() => clearInterval(insisting));
    assert.equal(await command.exit, 130);
    assert.doesNotMatch(command.stdout, /ended/);
  });
});

describe('serve: what keeps it from starting', { timeout: 120_000 }, () => {
  async function refuses(t: TestContext, parameters: string[], text: RegExp): Promise<void> {
    const command = run(t, ['serve', ...parameters]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, text);
    assert.match(command.stderr, /^harmony-websocket: .*\n$/, 'one line');
    assert.equal(command.stdout, '');
  }

  test('a port that is taken, with the ways out', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await refuses(
      t,
      ['--port', String(port)],
      new RegExp(`port ${port} on 127.0.0.1 is in use .*choose another port with --port N`),
    );
  });
  test('a port of --inspect that is taken', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    await refuses(
      t,
      ['--port', '0', `--inspect=${port}`],
      new RegExp(`port ${port} for --inspect is in use .*choose another port with --inspect=N`),
    );
  });
  test('a port that is taken, with --workers: the processes tell why', async (t) => {
    const other = createServer().listen(0, '127.0.0.1');
    t.after(() => void other.close());
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const command = run(t, ['serve', '--workers', '2', '--port', String(port)]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, new RegExp(`^harmony-websocket: port ${port} on 127.0.0.1 is in use`));
    assert.equal(command.stdout, '');
  });
  test('no workers, and --workers beside --inspect', async (t) => {
    await refuses(t, ['--workers', '0'], /--workers 0 is not a number of processes; use 1 to 1024/);
    await refuses(
      t,
      ['--workers', '2', '--inspect'],
      /--inspect shows the connections of one process; leave out --workers/,
    );
  });
  test('an address of another machine (RFC 5737)', (t) => {
    return refuses(
      t,
      ['--host', '192.0.2.1', '--port', '0'],
      /--host 192\.0\.2\.1 is not an address of this machine; use 127\.0\.0\.1/,
    );
  });
  test('--cert without --key', (t) => refuses(t, ['--cert', 'a.pem'], /--cert needs --key: /));
  test('--key without --cert', (t) => refuses(t, ['--key', 'a.pem'], /--key needs --cert: /));
  test('a certificate file that does not exist', (t) => {
    const { keyPath } = certificates().server;
    return refuses(t, ['--cert', 'no-such.pem', '--key', keyPath], /cannot read --cert no-such\.pem: no such file/);
  });
  test('a certificate file that is not PEM', (t) => {
    const { keyPath } = certificates().server;
    return refuses(
      t,
      ['--cert', 'package.json', '--key', keyPath],
      /--cert package\.json is not a PEM file; expected .*CERTIFICATE/,
    );
  });
  test('certificate and key swapped', (t) => {
    const { certPath, keyPath } = certificates().server;
    return refuses(
      t,
      ['--cert', keyPath, '--key', certPath],
      /--cert \S+ contains a PRIVATE KEY; expected .*CERTIFICATE/,
    );
  });
  test('a key that belongs to another certificate', (t) => {
    const { server, client } = certificates();
    return refuses(
      t,
      ['--cert', server.certPath, '--key', client.keyPath],
      /the private key does not belong to the certificate/,
    );
  });
});

describe('serve: the page', { timeout: 120_000 }, () => {
  /** `fetch` tidies paths up before it sends them. */
  async function fetchRaw(port: number, path: string, method = 'GET', headers = {}) {
    const request = httpRequest({ host: '127.0.0.1', port, path, method, headers }).end();
    const [response] = await once(request, 'response');
    return { status: response.statusCode, headers: response.headers, body: await readText(response) };
  }

  test('its files, their types, and a policy that allows nothing from elsewhere', async (t) => {
    const { page } = await serve(t);
    const types = {
      '': 'text/html; charset=utf-8',
      'page.css': 'text/css; charset=utf-8',
      'page.js': 'text/javascript; charset=utf-8',
      'log.js': 'text/javascript; charset=utf-8',
      'announcer.js': 'text/javascript; charset=utf-8',
      'icon.svg': 'image/svg+xml',
      '?from=somewhere': 'text/html; charset=utf-8',
    };
    for (const [path, type] of Object.entries(types)) {
      const response = await fetch(page + path);
      assert.equal(response.status, 200, path);
      assert.equal(response.headers.get('content-type'), type);
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
      assert.match(response.headers.get('content-security-policy') ?? '', /^default-src 'none'; script-src 'self';/);
      assert.doesNotMatch(response.headers.get('content-security-policy') ?? '', /unsafe|\*/);
      assert.doesNotMatch(await response.text(), /(src|href)="https?:/);
    }
  });

  test('HEAD has the headers of GET and no body', async (t) => {
    const { port } = await serve(t);
    const get = await fetchRaw(port, '/');
    const head = await fetchRaw(port, '/', 'HEAD');
    assert.equal(head.status, 200);
    assert.equal(head.headers['content-length'], get.headers['content-length']);
    assert.equal(head.body, '');
  });

  test('what has not changed is not sent again', async (t) => {
    const { port } = await serve(t);
    const { headers } = await fetchRaw(port, '/page.js');
    assert.equal(headers['cache-control'], 'no-cache');
    const again = await fetchRaw(port, '/page.js', 'GET', { 'If-None-Match': headers.etag });
    assert.deepEqual([again.status, again.body], [304, '']);
  });

  test('other paths do not exist, however they are written', async (t) => {
    const { port } = await serve(t);
    for (const path of [
      '/nothing',
      '/../main.js',
      '/%2e%2e/main.js',
      '/page.css/..',
      '//page.css',
      '/..\\main.js',
      '/constructor',
    ]) {
      const { status, body } = await fetchRaw(port, path);
      assert.deepEqual([status, body.startsWith('not found')], [404, true], path);
    }
  });

  test('other methods are refused with those that are not', async (t) => {
    const { port } = await serve(t);
    const { status, headers } = await fetchRaw(port, '/', 'POST');
    assert.deepEqual([status, headers.allow], [405, 'GET, HEAD']);
  });
});

describe('serve over TLS', { timeout: 120_000 }, () => {
  test('wss: and https: with the certificate that was given', async (t) => {
    const { ca, server } = certificates();
    const { command, sockets, page } = await serve(t, '--cert', server.certPath, '--key', server.keyPath);
    assert.match(sockets, /^wss:\/\/127\.0\.0\.1:\d+\/$/);
    assert.match(page, /^https:\/\/127\.0\.0\.1:\d+\/$/);

    const socket = await open(t, sockets, [], { ca: ca.cert });
    socket.send('secret');
    assert.deepEqual(await once(socket, 'message'), [Buffer.from('secret'), false]);

    const [response] = await once(httpsGet(page, { ca: ca.cert }), 'response');
    assert.match(await readText(response), /<title>harmony-websocket<\/title>/);

    const end = closeOf(socket);
    command.signal('SIGINT');
    assert.equal((await end).code, 1001);
    assert.equal(await command.exit, 0);
  });

  test('a client that does not trust it is named', async (t) => {
    const { selfSigned } = certificates();
    const { command, port } = await serve(t, '--cert', selfSigned.certPath, '--key', selfSigned.keyPath);
    // Clients built on Node leave without an alert; OpenSSL's and browsers send one.
    const client = spawn('openssl', ['s_client', '-verify_return_error', '-connect', `127.0.0.1:${port}`], {
      stdio: 'ignore',
    });
    await once(client, 'close');
    await command.seen(/refused {2}\S+ {2}TLS {2}the client does not trust the certificate/);
  });

  test('a client without TLS is named', async (t) => {
    const { server } = certificates();
    const { command, port } = await serve(t, '--cert', server.certPath, '--key', server.keyPath);
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await once(socket, 'error');
    await command.seen(/refused {2}\S+ {2}TLS {2}a request without TLS; use wss:/);
  });
});
