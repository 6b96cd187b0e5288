// Our server behind HAProxy, which passes TCP on with a header of the PROXY protocol in front: in both versions, with TLS
// that HAProxy ends, with TLS that it does not, and what its own checks of the server see.

import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect as connectTcp, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect, createServer, type Server, type WebSocketError } from '../../src/engine/index.ts';
import { certificates } from '../support/certificates.ts';
import { serverCertificate, trust } from '../support/engine.ts';
import { Inbox } from '../support/inbox.ts';
import { isListening } from '../support/listening.ts';
import { peer } from '../support/peers.ts';

const { path, skip } = peer('haproxy');

/** Ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const probes = await Promise.all(
    Array.from({ length: count }, async () => {
      const probe = createTcpServer().listen(0, '127.0.0.1');
      await once(probe, 'listening');
      return probe;
    }),
  );
  const ports = probes.map((probe) => (probe.address() as AddressInfo).port);
  await Promise.all(probes.map((probe) => once(probe.close(), 'close')));
  return ports;
}

interface Front {
  readonly name: string;
  readonly bind: string;
  readonly upstream: number;
  readonly options: string;
  /** Further lines of the section. Absent: it passes TCP on. */
  readonly lines?: string;
}

/** Starts HAProxy with a front for each, and again on other ports where somebody was faster. */
async function startHaproxy(
  directory: string,
  fronts: readonly Front[],
): Promise<{ child: ChildProcess; ports: number[] }> {
  for (let attempt = 0; ; attempt++) {
    const ports = await freePorts(fronts.length);
    const sections = fronts.map(
      ({ name, bind, upstream, options, lines = '' }, index) =>
        `listen ${name}\n${lines}  bind 127.0.0.1:${ports[index]} ${bind}\n  server s 127.0.0.1:${upstream} ${options}\n`,
    );
    const file = join(directory, 'haproxy.cfg');
    writeFileSync(
      file,
      `defaults\n  mode tcp\n  timeout connect 10s\n  timeout client 60s\n  timeout server 60s\n  timeout check 10s\n${sections.join('')}`,
    );
    const child = spawn(path, ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'pipe'] });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        said += String(chunk);
      });
    }
    if (await isListening(child, ports[0] as number)) return { child, ports };
    assert.ok(attempt < 5, `HAProxy does not start: ${said}\n${readFileSync(file, 'utf8')}`);
  }
}

describe('our server behind HAProxy, with the PROXY protocol', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-haproxy-'));
  const refused = new Inbox<WebSocketError>();
  let server: Server;
  let haproxy: Awaited<ReturnType<typeof startHaproxy>>;
  const table: readonly (readonly [name: string, bind: string, isTls: boolean, options: string, encrypted: boolean])[] =
    [
      ['v1', '', false, 'send-proxy', false],
      ['v2', '', false, 'send-proxy-v2', false],
      ['v2-tls-ended', `ssl crt ${directory}/cert.pem`, false, 'send-proxy-v2-ssl-cn', true],
      ['v1-tls-passed', '', true, 'send-proxy', true],
      ['v2-tls-passed', '', true, 'send-proxy-v2 proxy-v2-options unique-id,crc32c', true],
      ['v2-checked', '', false, 'send-proxy-v2 check inter 50ms', false],
    ];
  before(async () => {
    const { cert, key } = certificates().server;
    writeFileSync(join(directory, 'cert.pem'), `${cert}\n${key}`);
    server = createServer({
      trustedProxies: ['127.0.0.1'],
      refused: (_, error) => void refused.push(error),
      open: ({ remoteAddress, remotePort, encrypted }) => void seen.push({ remoteAddress, remotePort, encrypted }),
      message: (connection, data) => void connection.send(data),
    });
    const plain = await server.listen({ host: '127.0.0.1', proxyProtocol: true });
    const secure = await server.listen({ host: '127.0.0.1', proxyProtocol: true, tls: serverCertificate() });
    const fronts = table.map(([name, bind, isTls, options]) => ({
      name,
      bind,
      options,
      upstream: isTls ? secure.port : plain.port,
    }));
    haproxy = await startHaproxy(directory, fronts);
  });
  after(async () => {
    const { child } = haproxy;
    child.kill();
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const seen = new Inbox<{ remoteAddress: string; remotePort: number; encrypted: boolean }>();

  for (const [index, [name, bind, isTls, , encrypted]] of table.entries()) {
    test(`${name}: the address and the port of the client, and whether it came over TLS`, async () => {
      const isSecure = isTls || bind !== '';
      // From a separate address, to tell it from HAProxy's.
      const sockets: import('node:net').Socket[] = [];
      const client = await connect(`${isSecure ? 'wss' : 'ws'}://localhost/`, {
        ...(isSecure ? { tls: trust() } : {}),
        createConnection: () => {
          const socket = connectTcp({
            port: haproxy.ports[index] as number,
            host: '127.0.0.1',
            localAddress: '127.0.0.9',
          });
          sockets.push(socket);
          return socket;
        },
      });
      const remotePort = sockets[0]?.localPort;
      assert.deepEqual(await seen.next(), { remoteAddress: '127.0.0.9', remotePort, encrypted });
      const data = 'x'.repeat(100_000);
      client.send(data);
      assert.equal((await client[Symbol.asyncIterator]().next()).value, data);
      void client.close();
      assert.equal((await client.closed).code, 1005);
    });
  }

  test('nothing of it was refused, the checks of HAProxy neither', () => assert.deepEqual(refused.rest, []));
});

describe('our server behind HAProxy as a proxy of HTTP', { skip }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'harmony-websocket-haproxy-'));
  for (const [forwarding, lines] of [
    ['x-forwarded', 'option forwardfor\n  http-request set-header X-Forwarded-Proto https\n'],
    // HAProxy has `option forwarded` since 2.8 only.
    ['forwarded', 'http-request add-header Forwarded for=%[src];proto=https;host=\\"%[req.hdr(host)]\\"\n'],
  ] as const) {
    test(`${forwarding}: the client is known by the proxy, and not by what it says of itself`, async () => {
      const { cert, key } = certificates().server;
      writeFileSync(join(directory, 'cert.pem'), `${cert}\n${key}`);
      const seen = new Inbox<string>();
      const server = createServer({
        trustedProxies: ['127.0.0.1'],
        forwarding,
        upgrade: ({ remoteAddress, encrypted, host }) => void seen.push(`${remoteAddress} ${encrypted} ${host}`),
      });
      const { port } = await server.listen({ host: '127.0.0.1' });
      const front = { name: forwarding, bind: `ssl crt ${directory}/cert.pem`, upstream: port, options: '' };
      const { child, ports } = await startHaproxy(directory, [{ ...front, lines: `  mode http\n  ${lines}` }]);
      const client = await connect(`wss://localhost:${ports[0]}/`, {
        tls: trust(),
        headers: {
          'X-Forwarded-For': '203.0.113.1',
          'X-Forwarded-Proto': 'http',
          Forwarded: 'for="203.0.113.2, for=203.0.113.3;proto=http',
        },
        createConnection: () => connectTcp({ port: ports[0] as number, host: '127.0.0.1', localAddress: '127.0.0.9' }),
      });
      assert.equal(await seen.next(), `127.0.0.9 true localhost:${ports[0]}`);
      client.terminate();
      await client.closed;
      child.kill();
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      await server.close();
    });
  }
  after(() => rmSync(directory, { recursive: true, force: true }));
});
