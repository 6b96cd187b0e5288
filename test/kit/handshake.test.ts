// The handshake of a kit client as a server sees it, and how a client treats unusual answers: kit specification
// §3.4 to §3.6, §3.13 and §8.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, Socket } from 'node:net';
import { relative } from 'node:path';
import { describe, test } from 'node:test';
import { createServer as createTlsServer, type SecureVersion } from 'node:tls';
import type { webSocket } from '../../src/kit/index.ts';
import { network, replaceNetwork } from '../../src/node/network.ts';
import { createServer } from '../../src/server/server.ts';
import { certificates, passphrase } from '../support/certificates.ts';
import { recordedClient, recordedServer } from './recorder.ts';
import { type Peer, ScriptedServer } from './scripted-server.ts';
import { hex } from './wire.ts';

/** The events of a client that connects to a server which goes by a script. */
async function answered(script: (peer: Peer) => Promise<void>, path = ''): Promise<string[]> {
  const server = await ScriptedServer.listen(script);
  const { ws, trace } = recordedClient();
  await trace.outcome('connect', ws.connect(server.url + path));
  await Promise.race([trace.until('error'), trace.until('openInfo')]);
  await server.close();
  return [...trace.events];
}

describe('kit specification §3.4: the request', { timeout: 120_000 }, () => {
  test('Host has the port unless it is the default, and the brackets of IPv6 [kit §3.4 Host; kit §3.3 port]', async () => {
    const { server, trace, port } = await recordedServer({ serverIP: '::1' });
    await server.stop();
    let request = '';
    const listening = createServer({
      upgrade: ({ headers }) => {
        request = `${headers.host} ${headers.origin}`;
      },
    });
    await listening.listen({ host: '::1', port });
    const client = recordedClient();
    await client.ws.connect(`ws://[::1]:${port}`, { supportOriginPort: true });
    await client.trace.until('openInfo');
    assert.equal(request, `[::1]:${port} http://[::1]:${port}`);
    await listening.drain();
    assert.deepEqual(trace.events, []);
  });

  test('the path goes out as it is written, dots, escapes and brackets included [kit §3.3 as written]', async () => {
    for (const path of ['/a/../b//c/./%7e?x=/../&y=[1]', '/%', '/a"b/../c']) {
      let request = '';
      const events = await answered(async (peer) => {
        request = await peer.open();
      }, path);
      assert.equal(events.at(-1), 'openInfo');
      assert.equal(request.split(' ')[1], path.replace('"', '%22'));
    }
  });

  test('requests of any size [kit §3.4 sizes]', async () => {
    const { server, url } = await recordedServer();
    const { ws, trace } = recordedClient();
    await ws.connect(url, { header: { long: 'x'.repeat(20_000) } });
    await trace.until('openInfo');
    await server.stop();
  });

  test('more than 64 KiB of response head are refused [kit §3.4 sizes]', async () => {
    const events = await answered(async (peer) => {
      await peer.open(`long: ${'x'.repeat(70_000)}`);
    });
    assert.deepEqual(events, ['connect→true', "error{200,'0'}"]);
  });

  test('five redirects are followed, the sixth is not; nor one from wss to ws [kit §3.4 redirects]', async () => {
    const counts: number[] = [];
    for (const redirects of [5, 6]) {
      let left = redirects;
      const server = await ScriptedServer.listen(async (peer) => {
        if (left-- === 0) return void (await peer.open());
        await peer.request();
        peer.socket.end(`HTTP/1.1 307 Temporary Redirect\r\nLocation: /${left}\r\nContent-Length: 0\r\n\r\n`);
      });
      const { ws, trace } = recordedClient();
      await ws.connect(server.url);
      const [first] = await Promise.race([trace.until('error'), trace.until('open{')]);
      assert.equal(first, redirects === 5 ? 'open{101}' : "error{200,'307'}");
      counts.push(left);
      await server.close();
    }
    assert.deepEqual(counts, [-1, 0]);
  });
});

describe('kit specification §3.5: what is accepted', { timeout: 120_000 }, () => {
  const refused: [what: string, headers: string[], row: string][] = [
    ['an extension that was not offered', ['Sec-WebSocket-Extensions: permessage-deflate'], 'kit §3.5 extension'],
    ['a subprotocol that was not offered', ['Sec-WebSocket-Protocol: chat'], 'kit §3.5 subprotocol'],
  ];
  for (const [what, headers, row] of refused) {
    test(`not ${what} → error{200,'101'} [${row}; kit §3.6 headerReceive only for 101]`, async () => {
      const events = await answered(async (peer) => void (await peer.open(...headers)));
      assert.deepEqual(events, ['connect→true', "error{200,'101'}"]);
    });
  }

  const key = 'dGhlIHNhbXBsZSBub25jZQ==';
  const wrong: [what: string, head: string][] = [
    [
      'another Upgrade',
      `HTTP/1.1 101 X\r\nUpgrade: h2c\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`,
    ],
    ['no Connection', `HTTP/1.1 101 X\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`],
  ];
  for (const [what, head] of wrong) {
    test(`${what}: nothing but error [kit §3.5 accepted; kit §3.5 refused]`, async () => {
      const events = await answered(async (peer) => {
        await peer.request();
        peer.socket.end(head);
      });
      assert.match(events.join(), /^connect→true,error\{200,'\d+'\}$/);
    });
  }

  test('names and values in any case [kit §3.5 accepted]', async () => {
    const { ws, trace } = recordedClient();
    const server = await ScriptedServer.listen(async (peer) => {
      const { write } = peer;
      peer.write = (head) =>
        write.call(peer, `${head}`.replace('websocket', 'WEBSOCKET').replace('Connection', 'CONNECTION'));
      await peer.open();
    });
    await ws.connect(server.url);
    await trace.until('openInfo');
    await server.close();
    await trace.until('close{');
  });

  test('an empty reason phrase, and headers without the space around them [kit §3.6 open value; Q1]', async () => {
    const values: unknown[] = [];
    const server = await ScriptedServer.listen(async (peer) => {
      const { write } = peer;
      peer.write = (head) => write.call(peer, `${head}`.replace('101 Switching Protocols', '101 '));
      await peer.open('X-A:   spaced\t ');
    });
    const { ws, trace } = recordedClient();
    ws.on('headerReceive', (headers) => values.push(headers['x-a']));
    ws.on('open', (_err, value) => values.push(value));
    await ws.connect(server.url);
    await trace.until('openInfo');
    assert.deepEqual(values, ['spaced', { status: 101, message: '' }]);
    await server.close();
    await trace.until('close{');
  });
});

describe('kit specification §3.6: when connect is answered', { timeout: 120_000 }, () => {
  test('for an address in the next tick, before anything has been connected [kit §3.6 settling]', async () => {
    const { ws, trace } = recordedClient();
    const connected = ws.connect('ws://127.0.0.1:1');
    await Promise.resolve();
    let isSettled = false;
    void connected.then(() => {
      isSettled = true;
    });
    await new Promise(setImmediate);
    assert.equal(isSettled, true);
    await trace.until('error');
  });

  test('for a name when it has been resolved: before headerReceive [kit §3.6 settling; kit §3.6 order]', async () => {
    const { server, port } = await recordedServer();
    const { ws, trace } = recordedClient();
    void trace.outcome('connect', ws.connect(`ws://localhost:${port}`));
    await trace.until('openInfo');
    assert.deepEqual(trace.events, ['connect→true', 'headerReceive', 'open{101}', 'openInfo']);
    await server.stop();
  });

  test('a name whose lookup fails for a while is one that does not exist: -1 [Q2; kit §3.6 no such name]', async () => {
    const { clock, listen } = network();
    const failure = Object.assign(new Error('getaddrinfo EAI_AGAIN'), { code: 'EAI_AGAIN', syscall: 'getaddrinfo' });
    const restore = replaceNetwork({
      clock,
      listen,
      connect: () => {
        const socket = new Socket();
        setImmediate(() => socket.emit('lookup', failure, '', 0, 'name.invalid') && socket.destroy(failure));
        return socket;
      },
    });
    try {
      const { ws, trace } = recordedClient();
      await trace.outcome('connect', ws.connect('ws://name.invalid'));
      await trace.until('error');
      assert.deepEqual(trace.events, ['connect→-1', "error{200,'0'}"]);
    } finally {
      restore();
    }
  });

  test('close during the lookup: connect is true all the same [kit §3.6 close during lookup]', async () => {
    const { ws, trace } = recordedClient();
    void trace.outcome('connect', ws.connect(`ws://${'x'.repeat(64)}.example/`));
    void trace.outcome('close()', ws.close());
    await trace.until('close{');
    await new Promise(setImmediate);
    assert.deepEqual(trace.events, ['connect→true', 'close()→true', "close{1000,'CLOSE_NORMAL'}"]);
  });
});

describe('kit specification §3.13: TLS', { timeout: 120_000 }, () => {
  const { ca, server: good, client, encryptedClient } = certificates();

  /** A TLS server that answers no handshake; the name that it was asked for, and the version agreed on. */
  async function tls(
    url: (port: number) => string,
    options: webSocket.WebSocketRequestOptions,
    versions: { minVersion?: SecureVersion; maxVersion?: SecureVersion } = {},
  ): Promise<{ asked: unknown; version: string | null; events: string[] }> {
    let asked: unknown = 'nothing';
    let version: string | null = null;
    const server = createTlsServer({ cert: good.cert, key: good.key, ...versions }, (socket) => {
      asked = socket.servername;
      version = socket.getProtocol();
      socket
        .on('error', () => {})
        .resume()
        .end('HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n');
    });
    server.on('tlsClientError', () => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { ws, trace } = recordedClient();
    await trace.outcome('connect', ws.connect(url((server.address() as AddressInfo).port), options));
    await trace.until('error');
    server.close();
    await once(server, 'close');
    return { asked, version, events: trace.events };
  }

  test('SNI: the host without its port, none for an address [kit §3.13 SNI]', async () => {
    const options = { caPath: ca.certPath };
    assert.equal((await tls((port) => `wss://localhost:${port}`, options)).asked, 'localhost');
    assert.equal((await tls((port) => `wss://127.0.0.1:${port}`, options)).asked, false);
  });

  const versions: [minimum: webSocket.TlsProtocol, max: SecureVersion, isAgreed: boolean][] = [
    [3, 'TLSv1.2', false],
    [2, 'TLSv1.2', true],
    [0, 'TLSv1.2', true],
    [3, 'TLSv1.3', true],
  ];
  for (const [minSupportTlsProtocol, maxVersion, isAgreed] of versions) {
    test(`minSupportTlsProtocol ${minSupportTlsProtocol}, a server up to ${maxVersion}: ${isAgreed ? maxVersion : 'no TLS'} [kit §3.13 minSupportTlsProtocol; kit §1.3 minSupportTlsProtocol]`, async () => {
      const options = { caPath: ca.certPath, minSupportTlsProtocol };
      const { version, events } = await tls((port) => `wss://127.0.0.1:${port}`, options, { maxVersion });
      assert.equal(version, isAgreed ? maxVersion : null);
      assert.deepEqual(events, ['connect→true', `error{200,'${isAgreed ? 404 : 0}'}`]);
    });
  }

  const clientCerts: [what: string, clientCert: webSocket.ClientCert, outcome: string][] = [
    ['a certificate', { certPath: client.certPath, keyPath: client.keyPath }, 'open{101}'],
    [
      'one with an encrypted key',
      { certPath: encryptedClient.certPath, keyPath: encryptedClient.keyPath, keyPassword: passphrase },
      'open{101}',
    ],
    ['paths that are empty', { certPath: '', keyPath: '' }, "error{200,'0'}"],
  ];
  for (const [what, clientCert, expected] of clientCerts) {
    test(`mutual TLS with ${what}: ${expected} [kit §3.13 clientCert; kit §3.13 empty paths]`, async () => {
      const server = createServer({});
      const settings = { cert: good.cert, key: good.key, ca: ca.cert, requestCert: true };
      const { port } = await server.listen({ host: '127.0.0.1', tls: settings });
      const { ws, trace } = recordedClient();
      await ws.connect(`wss://127.0.0.1:${port}`, { caPath: ca.certPath, clientCert });
      const [first] = await Promise.race([trace.until('error'), trace.until('open{')]);
      assert.equal(first, expected);
      await server.drain();
    });
  }

  test('paths are relative to the working directory [kit §8 paths]', async () => {
    const { server, port } = await recordedServer({
      serverCert: { certPath: relative('.', good.certPath), keyPath: relative('.', good.keyPath) },
    });
    const { ws, trace } = recordedClient();
    await ws.connect(`wss://127.0.0.1:${port}`, { caPath: relative('.', ca.certPath) });
    await trace.until('openInfo');
    await server.stop();
  });

  test('without caPath Node’s trust store counts, NODE_EXTRA_CA_CERTS included [kit §8 trust store; kit §1.3 caPath]', async () => {
    const program = `
      import { webSocket } from ${JSON.stringify(new URL('../../src/kit/index.ts', import.meta.url).href)};
      const server = webSocket.createWebSocketServer();
      const serverCert = { certPath: ${JSON.stringify(good.certPath)}, keyPath: ${JSON.stringify(good.keyPath)} };
      await server.start({ serverIP: '127.0.0.1', serverPort: 0, serverCert });
      const ws = webSocket.createWebSocket();
      ws.on('open', () => { console.log('open'); server.stop(); });
      ws.on('error', () => { console.log('error'); server.stop(); });
      ws.connect('wss://localhost:' + server.serverPort);`;
    const run = (more: Record<string, string>) =>
      spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        encoding: 'utf8',
        env: { ...process.env, ...more },
        timeout: 120_000,
      }).stdout;
    assert.equal(run({ NODE_EXTRA_CA_CERTS: ca.certPath }), 'open\n');
    assert.equal(run({ NODE_EXTRA_CA_CERTS: '' }), 'error\n');
  });
});

describe('kit specification §3.9: codes of a peer', { timeout: 120_000 }, () => {
  const rows: [code: number, reported: number][] = [
    ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014].map((code): [number, number] => [
      code,
      code,
    ]),
    ...[3000, 3999, 4000, 4999].map((code): [number, number] => [code, code]),
    ...[0, 999, 1004, 1005, 1006, 1016, 2999].map((code): [number, number] => [code, 1002]),
  ];
  for (const [code, reported] of rows) {
    test(`${code} is reported as ${reported}, with the text of the peer and no error [kit §3.9 which are illegal; kit §3.9 illegal code; kit §3.9 code and text]`, async () => {
      const payload = Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from('bye')]);
      const server = await ScriptedServer.listen(async (peer) => {
        await peer.open();
        peer.write(Buffer.concat([hex('88 05'), payload]));
        peer.socket.end();
      });
      const { ws, trace } = recordedClient();
      await ws.connect(server.url);
      await trace.until('close{');
      assert.deepEqual(trace.events.slice(3), [`close{${reported},'bye'}`]);
      await server.close();
    });
  }
});
