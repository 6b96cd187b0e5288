// `connect` as a process of its own, against servers that are not ours: `ws`, and bare sockets.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { describe, type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { type WebSocket, WebSocketServer } from 'ws';
import { certificates } from '../support/certificates.ts';
import { switchingProtocols } from '../support/handshake.ts';
import { repository, run } from './command.ts';
import { echo, listen } from './peer.ts';

describe('connect in a pipe', { timeout: 120_000 }, () => {
  test('lines go out, messages come back on standard output, and it closes with 1000', async (t) => {
    const ended: unknown[] = [];
    const { url, server } = await listen(t, echo);
    server.on('connection', (socket) => socket.on('close', (code) => ended.push(code)));
    const command = run(t, ['connect', url], { input: 'one\n/two\nthree without an end' });
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout, 'one\n/two\nthree without an end\n');
    assert.equal(command.stderr, `connected to ${url}\nclosed 1000 (normal)\n`);
    assert.deepEqual(ended, [1000]);
  });

  test('--compress offers compression, and says what became of it', async (t) => {
    const plain = await listen(t, echo);
    const declined = run(t, ['connect', plain.url, '--compress'], { input: 'one\n' });
    assert.equal(await declined.exit, 0);
    assert.equal(declined.stderr, `connected to ${plain.url}, not compressed\nclosed 1000 (normal)\n`);
    const perMessageDeflate = { clientNoContextTakeover: true };
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate });
    t.after(() => server.close());
    server.on('connection', echo);
    await once(server, 'listening');
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const text = 'x'.repeat(5000);
    const accepted = run(t, ['connect', url, '--compress'], { input: `${text}\n` });
    assert.equal(await accepted.exit, 0);
    assert.equal(accepted.stdout, `${text}\n`);
    assert.equal(
      accepted.stderr,
      `connected to ${url}, permessage-deflate; client_no_context_takeover\nclosed 1000 (normal)\n`,
    );
  });

  test('after the end of the input it waits for answers, from the last one on', async (t) => {
    const { url } = await listen(t, (socket) => {
      // Each answer comes within the wait after the one before, the last one long after the input has ended.
      socket.on('message', () => {
        let sent = 0;
        const timer = setInterval(() => {
          socket.send(`answer ${++sent}`);
          if (sent === 22) clearInterval(timer);
        }, 100);
      });
    });
    const command = run(t, ['connect', url, '--wait', '2000'], { input: 'question\n' });
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /answer 22\n$/);
  });

  test('--wait 0 sends everything and closes at once', async (t) => {
    const received: string[] = [];
    const { url } = await listen(t, (socket) => socket.on('message', (data) => received.push(String(data))));
    const lines = Array.from({ length: 2000 }, (_, index) => `${index} ${'x'.repeat(1000)}`);
    const command = run(t, ['connect', url, '--wait', '0'], { input: `${lines.join('\n')}\n` });
    assert.equal(await command.exit, 0);
    assert.deepEqual(received, lines);
  });

  test('--wait forever listens until the peer closes', async (t) => {
    const { url } = await listen(t, (socket) => {
      socket.send('news');
      socket.close(1001, 'enough');
    });
    const command = run(t, ['connect', url, '--wait', 'forever'], { input: '' });
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout, 'news\n');
    assert.match(command.stderr, /closed 1001 \(going away\) "enough"\n$/);
  });

  for (const [mode, printed] of [
    ['preview', '<binary 4 B: 00 01 fe ff>\n<binary 0 B>\n'],
    ['hex', '0001feff\n\n'],
    ['base64', 'AAH+/w==\n\n'],
  ] as const) {
    test(`--binary ${mode}`, async (t) => {
      const { url } = await listen(t, (socket) => {
        socket.send(Buffer.from([0, 1, 254, 255]));
        socket.send(Buffer.alloc(0));
        socket.close(1000);
      });
      const command = run(t, ['connect', url, '--binary', mode]);
      assert.equal(await command.exit, 0);
      assert.equal(command.stdout, printed);
    });
  }

  test('--binary raw prints all the bytes and nothing else', async (t) => {
    const { url } = await listen(t, (socket) => {
      for (let i = 0; i < 64; i++) socket.send(Buffer.alloc(65_536, 65 + (i % 26)));
      socket.close(1000);
    });
    const command = run(t, ['connect', url, '--binary', 'raw']);
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout.length, 64 * 65_536);
    assert.match(command.stdout, /^A.*L$/);
  });

  test('Ctrl-C closes with 1000', async (t) => {
    const { url, server } = await listen(t, echo);
    const connected = once(server, 'connection');
    const command = run(t, ['connect', url]);
    const [socket] = (await connected) as [WebSocket];
    const closed = once(socket, 'close');
    await command.seen(/connected to/, 'stderr');
    command.signal('SIGINT');
    assert.equal((await closed)[0], 1000);
    assert.equal(await command.exit, 0);
  });
});

describe('connect --commands', { timeout: 120_000 }, () => {
  test('/ping reports the pong, /send-file sends a file, // a line with a slash, /close the code and reason', async (t) => {
    const received: [Buffer, boolean][] = [];
    const { url, server } = await listen(t, (socket) => {
      socket.on('message', (data: Buffer, isBinary) => received.push([data, isBinary]));
    });
    const connected = once(server, 'connection');
    const command = run(t, ['connect', url, '--commands']);
    const [socket] = (await connected) as [WebSocket];
    const closed = once(socket, 'close');
    command.write('/ping there?\n');
    await command.seen(/pong "there\?" after \d+\.\d ms\n/, 'stderr');
    command.write('/send-file package.json\n//path\n/unknown\n/send-file no-such\n/close 999\n/close 3001 so be it\n');
    assert.deepEqual(await closed, [3001, Buffer.from('so be it')]);
    assert.equal(await command.exit, 1, 'not all of the input could be done');
    assert.deepEqual(received, [
      [readFileSync(`${repository}/package.json`), true],
      [Buffer.from('/path'), false],
    ]);
    assert.match(command.stderr, /error: unknown command \/unknown; type \/help/);
    assert.match(command.stderr, /error: cannot read no-such: no such file/);
    assert.match(command.stderr, /error: cannot send close code 999/);
  });
});

test('pongs: the answer to a ping has its time, that of the heartbeat is not shown', {
  timeout: 120_000,
}, async (t) => {
  const { url } = await listen(t, (socket) => {
    socket.pong(Buffer.from([0, 0, 0, 0, 0, 0, 0, 9]));
    socket.pong('unasked');
  });
  const command = run(t, ['connect', url, '--commands']);
  command.write('/ping one\n/ping two\n');
  await command.seen(/pong "two"/, 'stderr');
  command.write('/close\n');
  assert.equal(await command.exit, 0);
  assert.match(command.stderr, /\npong "unasked" without a ping\n/);
  assert.match(command.stderr, /\npong "one" after \d+\.\d ms\npong "two" after \d+\.\d ms\n/);
  assert.equal(command.stderr.match(/pong/g)?.length, 3);
});

describe('connect: what reaches the server', { timeout: 120_000 }, () => {
  test('--header and --subprotocol, in their order', async (t) => {
    const { url, server } = await listen(t, (socket) => socket.close(1000));
    const connected = once(server, 'connection');
    const command = run(t, [
      ...['connect', url, '--header', 'X-Token: a: b', '--header', 'X-More:1', '--header', 'X-More: 2'],
      ...['--subprotocol', 'v2.chat', '--subprotocol', 'chat'],
    ]);
    const [, { headers }] = (await connected) as [WebSocket, IncomingMessage];
    assert.equal(headers['x-token'], 'a: b');
    assert.equal(headers['x-more'], '1, 2');
    assert.match(headers['sec-websocket-protocol'] ?? '', /^v2\.chat, ?chat$/);
    assert.equal(await command.exit, 0);
    assert.match(command.stderr, /^connected to .*, subprotocol v2\.chat\n/);
  });
});

describe('connect: the exit code tells how it ended', { timeout: 120_000 }, () => {
  for (const [name, code, exit] of [
    ['1000', 1000, 0],
    ['1001', 1001, 0],
    ['no code', undefined, 0],
    ['1011', 1011, 3],
    ['4000', 4000, 3],
  ] as const) {
    test(`closed by the peer with ${name}: ${exit}`, async (t) => {
      const { url } = await listen(t, (socket) => socket.close(code));
      const command = run(t, ['connect', url]);
      assert.equal(await command.exit, exit);
      assert.match(command.stderr, new RegExp(`\nclosed ${code ?? 1005}`));
    });
  }

  test('lost: 1', async (t) => {
    const { url } = await listen(t, (socket) => socket.terminate());
    const command = run(t, ['connect', url]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /error: connection lost .*\nclosed 1006/);
  });

  test('a peer that breaks the protocol: 1, with the clause', async (t) => {
    const { url } = await listen(t, (socket) => {
      // A frame with RSV1.
      (socket as unknown as { _socket: NodeJS.WritableStream })._socket.write(Buffer.from([0xc1, 0x00]));
    });
    const command = run(t, ['connect', url]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /error: frame has reserved bits set .*RFC 6455 §5\.2/);
  });

  test('the same in the packet of its handshake', async (t) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (request) => {
        const head = switchingProtocols(request.toString());
        socket.end(Buffer.concat([Buffer.from(head), Buffer.from([0xc1, 0x00])]));
      });
    }).listen(0, '127.0.0.1');
    t.after(() => void server.close());
    await once(server, 'listening');
    const command = run(t, ['connect', `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /error: frame has reserved bits set .*RFC 6455 §5\.2/);
  });

  test('refused by the server: 1, with the status', async (t) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1', verifyClient: () => false });
    t.after(() => void server.close());
    await once(server, 'listening');
    const command = run(t, ['connect', `ws://127.0.0.1:${(server.address() as AddressInfo).port}/`]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /^harmony-websocket: .*401.*\n {2}HTTP\/1\.1 401 Unauthorized\n$/);
  });

  test('nobody there: 1, with the address and what to check', async (t) => {
    const server = createTcpServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    const command = run(t, ['connect', `ws://127.0.0.1:${port}/`]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, new RegExp(`^harmony-websocket: .*127\\.0\\.0\\.1:${port} .*ECONNREFUSED.*\n$`));
  });

  test('a peer that never answers the handshake: 1 after --timeout', async (t) => {
    const server = createTcpServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    t.after(() => void server.close());
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const command = run(t, ['connect', `ws://127.0.0.1:${port}/`, '--timeout', '200']);
    assert.equal(await command.exit, 1);
    assert.match(
      command.stderr,
      /^harmony-websocket: opening handshake took longer than --timeout \(200 ms\).*; .* raise --timeout\n$/,
    );
  });

  test('interrupted before it opened: 130', async (t) => {
    const server = createTcpServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    t.after(() => void server.close());
    await once(server, 'listening');
    const connected = once(server, 'connection');
    const { port } = server.address() as AddressInfo;
    const command = run(t, ['connect', `ws://127.0.0.1:${port}/`]);
    await connected;
    command.signal('SIGINT');
    assert.equal(await command.exit, 130);
    assert.equal(command.stderr, 'interrupted\n');
  });

  test('not a URL: 1', async (t) => {
    const command = run(t, ['connect', 'example']);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /^harmony-websocket: .*"example".*wss?:\/\/.*\n$/);
  });
});

describe('connect over TLS', { timeout: 120_000 }, () => {
  async function listenTls(
    t: TestContext,
    options: object,
    serve: (socket: WebSocket, request: IncomingMessage) => void,
  ) {
    const server = createHttpsServer(options).listen(0, '127.0.0.1');
    const sockets = new WebSocketServer({ server });
    t.after(() => {
      for (const client of sockets.clients) client.terminate();
      server.close();
    });
    await once(server, 'listening');
    sockets.on('connection', serve);
    return `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  }

  test('a self-signed certificate is refused, with the remedy', async (t) => {
    const url = await listenTls(t, certificates().selfSigned, echo);
    const command = run(t, ['connect', url]);
    assert.equal(await command.exit, 1);
    assert.match(command.stderr, /^harmony-websocket: .*self-signed; pass this certificate as --ca if you trust it\n$/);
  });

  test('--insecure takes it, and prints a warning', async (t) => {
    const url = await listenTls(t, certificates().selfSigned, echo);
    const command = run(t, ['connect', url, '--insecure'], { input: 'hi\n' });
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout, 'hi\n');
    assert.match(command.stderr, /certificate not verified/);
  });

  test('--ca trusts what it has issued, and nothing else', async (t) => {
    const { ca, server, selfSigned } = certificates();
    const issued = run(t, ['connect', await listenTls(t, server, echo), '--ca', ca.certPath], { input: 'hi\n' });
    assert.equal(await issued.exit, 0);
    assert.equal(issued.stdout, 'hi\n');
    const other = run(t, ['connect', await listenTls(t, selfSigned, echo), '--ca', ca.certPath], { input: 'hi\n' });
    assert.equal(await other.exit, 1);
  });

  test('--cert and --key identify the client', async (t) => {
    const { ca, server, client } = certificates();
    const options = { ...server, ca: ca.cert, requestCert: true, rejectUnauthorized: true };
    const url = await listenTls(t, options, (socket, request) => {
      socket.send(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
      socket.close(1000);
    });
    const trust = ['connect', url, '--ca', ca.certPath];
    const command = run(t, [...trust, '--cert', client.certPath, '--key', client.keyPath]);
    assert.equal(await command.exit, 0);
    assert.equal(command.stdout, 'client\n');
    assert.equal(await run(t, trust).exit, 1);
  });

  test('a CA file that does not exist: 1', async (t) => {
    const command = run(t, ['connect', 'wss://127.0.0.1/', '--ca', 'no-such.pem']);
    assert.equal(await command.exit, 1);
    assert.equal(command.stderr, 'harmony-websocket: cannot read --ca no-such.pem: no such file\n');
  });
});
