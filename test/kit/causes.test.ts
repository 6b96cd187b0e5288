// Every error of the kit says in its cause what was wrong: each way to get one, and arguments that fight back.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, test } from 'node:test';
import { type Configuration, configure } from '../../src/kit/configure.ts';
import { BusinessError, webSocket } from '../../src/kit/index.ts';
import { certificates } from '../support/certificates.ts';
import { answerOf } from './outcome.ts';
import { portOf, recordedClient, recordedServer } from './recorder.ts';

const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

/** A sentence of several words, and with nothing in it that breaks a line. */
function assertSentence(error: unknown, part: string): void {
  assert.ok(error instanceof BusinessError);
  assert.equal(Object.keys(error).includes('cause'), false);
  const { cause } = error;
  assert.ok(cause instanceof Error, `cause is ${String(cause)}`);
  assert.match(cause.message, /^\S+( \S+){4,}$/);
  assert.ok(cause.message.includes(part), cause.message);
}

const client = () => webSocket.createWebSocket();
const server = () => webSocket.createWebSocketServer();
const nobody = { clientIP: '192.0.2.1', clientPort: 8888 };
const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
const config = { serverIP: '127.0.0.1', serverPort: 0, ...limits };
const missing = '/nonexistent/file.pem';
const noHost = `ws://${'x'.repeat(64)}.example/`;
const { certPath } = certificates().client;
const withPath = (caPath: string) => ({ caPath });

describe('the cause of each error', { timeout: 120_000 }, () => {
  type Row = [create: () => object, method: string, args: unknown[], part: string, configuration?: Configuration];
  const rows: Row[] = [
    [client, 'connect', [], 'url of connect is undefined'],
    [client, 'connect', [5], 'url of connect is 5'],
    [client, 'connect', ['ws://a', null], 'options of connect are null'],
    [client, 'connect', ['ws://a', {}, 5], 'third argument of connect is 5'],
    [client, 'connect', ['ws://a', {}, 5, 6], 'connect got 4 arguments'],
    [client, 'connect', ['ws://a', { proxy: undefined }], 'option proxy is undefined'],
    [client, 'connect', ['ws://a', { proxy: 'http://u:s3cret@a:1' }], 'option proxy is "http://***@a:1"'],
    [client, 'connect', ['ws://a', { proxy: { host: 'a', port: 70_000 } }], 'port 70000'],
    [client, 'connect', ['ws://a', { protocol: null }], 'option protocol is null'],
    [client, 'connect', ['ws://a', { protocol: 'a b' }], 'option protocol has the character " "'],
    [client, 'connect', ['ws://a', { protocol: 'a'.repeat(1024) }], 'option protocol has 1024 bytes'],
    [client, 'connect', ['ws://a'], 'does not have the permission ohos.permission.INTERNET', { permissions: [] }],
    [
      client,
      'connect',
      ['ws://a.example'],
      'the host "a.example" is not in allowedDomains',
      { allowedDomains: ['b.example'] },
    ],
    [client, 'connect', ['ws://a', withPath(missing)], missing],
    [client, 'connect', ['ws://a', { clientCert: { certPath, keyPath: missing } }], missing],
    [client, 'connect', ['ws://a', withPath(import.meta.filename)], 'the authorities in'],
    [client, 'connect', ['ws://a', { clientCert: { certPath, keyPath: certPath } }], 'cannot be used'],
    [client, 'connect', ['hello'], '"hello"; it must begin with ws:// or wss://'],
    [client, 'connect', ['http://u:secret@a'], 'http://***@a'],
    [client, 'connect', ['ws://u:secret@a'], 'ws://***@a'],
    [client, 'connect', ['ws://u:se#cret@a'], 'ws://***@a'],
    [client, 'connect', ['ws://u:se?cret@a/?t=x'], 'ws://***@a/?…'],
    [client, 'connect', ['ws://u:se/cret@a'], 'ws://***@a'],
    [client, 'connect', ['ws://a b'], 'contains a space'],
    [client, 'connect', ['http://a/b?token=secret'], '"http://a/b?…"; it must begin with ws://'],
    [client, 'connect', ['ws://a', { protocol: 'chat, secret:secret' }], 'the character ":"'],
    [client, 'connect', ['ws://a:b'], 'expected host:port'],
    [client, 'connect', ['ws://a:70000'], 'port 70000'],
    [client, 'connect', ['ws://a<b'], 'neither a name nor an IP address'],
    [client, 'connect', [`ws://${'a'.repeat(9000)}`], 'expected at most 8195'],
    [client, 'connect', ['ws://'], 'has no host'],
    [client, 'connect', ['ws://256.1.1.1'], 'neither a name nor an IP address'],
    [client, 'connect', [noHost], 'cannot resolve host name'],
    [client, 'send', [], 'send got 0 arguments'],
    [client, 'send', [null], 'the message is null'],
    [client, 'send', [new Uint8Array(3)], 'an object of type Uint8Array'],
    [client, 'send', ['x'.repeat(5_242_865)], 'has 5242865 bytes'],
    [client, 'send', [new ArrayBuffer(5_242_865)], 'has 5242865 bytes'],
    [client, 'send', ['x'], 'the client is not connected; call connect'],
    [client, 'send', ['x'], 'does not have', { permissions: [] }],
    [client, 'close', [null], 'options of close are null'],
    [client, 'close', [{}, 5], 'second argument of close is 5'],
    [client, 'close', [1, 2, 3], 'close got 3 arguments'],
    [client, 'close', [], 'there is nothing to close'],
    [client, 'close', [], 'does not have', { permissions: [] }],
    [server, 'start', [], 'configuration of start is undefined'],
    [server, 'start', [config], 'does not have', { permissions: [] }],
    [server, 'start', [{ ...config, serverIP: 'localhost' }], 'serverIP is "localhost"'],
    [server, 'start', [{ ...config, serverIP: '192.0.2.1' }], 'EADDRNOTAVAIL'],
    [server, 'start', [{ ...config, serverPort: 65536 }], 'serverPort is 65536'],
    [server, 'start', [{ ...config, serverPort: 'x' }], 'serverPort is "x"'],
    [server, 'start', [{ ...config, maxConnectionsForOneClient: 11 }], 'maxConnectionsForOneClient is 11'],
    [server, 'start', [{ ...config, serverCert: { certPath, keyPath: missing } }], missing],
    [server, 'start', [{ ...config, serverCert: { certPath, keyPath: certPath } }], 'cannot be used'],
    [server, 'send', ['x'], 'send got 1 argument'],
    [server, 'send', [5, nobody], 'the message is 5'],
    [server, 'send', ['x', null], 'the connection is null'],
    [server, 'send', ['x', { clientIP: 'a' }], 'clientPort undefined'],
    [server, 'send', ['x', { ...nobody, clientIP: '' }], 'clientIP of the connection is empty'],
    [server, 'send', ['x', nobody], 'there is no client 192.0.2.1:8888'],
    [server, 'send', ['x', nobody], 'does not have', { permissions: [] }],
    [server, 'close', [], 'the connection is undefined'],
    [server, 'close', [nobody, 5], 'options of close are 5'],
    [server, 'close', [nobody, {}, 5], 'close got 3 arguments'],
    [server, 'close', [{ ...nobody, clientIP: '' }], 'clientIP of the connection is empty'],
    [server, 'close', [nobody], 'there is no client 192.0.2.1:8888'],
    [server, 'stop', [], 'stop needs a running server'],
    [server, 'stop', [5], 'stop got 1 argument'],
  ];
  for (const [create, method, args, part, configuration] of rows) {
    const shown = JSON.stringify(args, (_key, value: unknown) =>
      typeof value === 'string' && value.length > 40 ? '…' : value,
    );
    test(`${create === client ? 'client' : 'server'}: ${method}(${shown.slice(1, -1)}): ${part}`, async () => {
      if (configuration !== undefined) restores.push(configure(configuration));
      const object = create() as webSocket.WebSocket;
      if (create === client) object.on('error', () => {});
      const error = await answerOf(object, method, ...args);
      assertSentence(error, part);
      assert.doesNotMatch(String((error as Error).cause), /secret/);
    });
  }

  test('on, off and listAllConnections throw theirs', () => {
    const throws = (call: () => unknown, part: string) => {
      try {
        call();
      } catch (error) {
        assertSentence(error, part);
        return;
      }
      assert.fail('it did not throw');
    };
    const any = (object: object) => object as Record<string, (...args: unknown[]) => unknown>;
    for (const object of [any(client()), any(server())]) {
      throws(() => object.on?.(null, () => {}), 'on got null, a function');
      throws(() => object.on?.('open'), 'on got "open"');
      throws(() => object.off?.(), 'off got nothing');
      throws(() => object.off?.('open', 5), 'off got "open", 5');
    }
    throws(() => any(client()).onMessage?.(5), 'sets the listener for message got 5');
    throws(() => any(client()).offMessage?.(5), 'listener for message got 5');
    throws(() => any(server()).listAllConnections?.(), 'listAllConnections needs a running server');
    throws(() => any(server()).listAllConnections?.(5), 'listAllConnections got 1 argument');
  });

  test('of a connection that is open, closes, or was refused', async () => {
    const { server, trace, port, url } = await recordedServer({ ...limits, maxConnectionsForOneClient: 1 });
    assertSentence(
      await answerOf(webSocket.createWebSocketServer(), 'start', { ...config, serverPort: port }),
      'EADDRINUSE',
    );
    const errors: BusinessError[] = [];
    server.on('error', (error) => {
      errors.push(error);
      trace.record('error');
    });
    const { ws, trace: atClient } = recordedClient();
    await ws.connect(url);
    await atClient.until('openInfo');
    await trace.until('connect');
    assertSentence(await answerOf(ws, 'connect', url), 'this object already has a connection');

    const refused = recordedClient();
    const failure = new Promise<BusinessError>((resolve) => refused.ws.on('error', resolve));
    await refused.ws.connect(url);
    assertSentence(await failure, '503');
    await trace.until('error');
    assertSentence(errors[0], 'was refused: 127.0.0.1 has 1 connection, and maxConnectionsForOneClient is 1');
    assert.match(String(errors[0]?.cause), /client 127\.0\.0\.1:\d+ /);

    const [address] = server.listAllConnections();
    void ws.close();
    assertSentence(await answerOf(ws, 'send', 'x'), 'the connection is closing');
    assertSentence(await answerOf(ws, 'close'), 'the connection is already closing');
    await trace.until('close');
    assertSentence(await answerOf(server, 'send', 'x', address), 'it has left');
    await server.stop();
    assert.equal(portOf(server), undefined);
  });

  test('a client that is closing: send and close of the server', async () => {
    const { server, trace, url } = await recordedServer();
    const { ws, trace: atClient } = recordedClient();
    await ws.connect(url);
    await trace.until('connect');
    const [address] = server.listAllConnections();
    void server.close(address as webSocket.WebSocketConnection);
    assertSentence(await answerOf(server, 'send', 'x', address), 'is closing and accepts no more messages');
    assertSentence(await answerOf(server, 'close', address), 'is already closing');
    await atClient.until('close');
    await server.stop();
  });

  test('no place in the sources makes one without', () => {
    const folders = ['kit', 'browser'].map((name) => new URL(`../../src/${name}/`, import.meta.url));
    for (const folder of folders) {
      for (const file of readdirSync(folder).filter((name) => name.endsWith('.ts'))) {
        const text = readFileSync(new URL(file, folder), 'utf8');
        assert.doesNotMatch(text, /businessError\('\w+'\)/, file);
        if (file !== 'business-error.ts') assert.doesNotMatch(text, /new BusinessError\(/, file);
      }
    }
  });
});

describe('arguments that fight back', { timeout: 120_000 }, () => {
  const throwing = (name: string) =>
    Object.defineProperty({}, name, { get: () => assert.fail(`${name} was read`), enumerable: true });
  const revoked = () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  };
  const revokedBuffer = () => {
    const { proxy, revoke } = Proxy.revocable(new ArrayBuffer(1), {});
    revoke();
    return proxy;
  };
  const rows: [create: () => object, method: string, args: unknown[]][] = [
    ...['header', 'proxy', 'protocol', 'caPath', 'clientCert', 'pingInterval', 'supportOriginPort'].map(
      (name): [() => object, string, unknown[]] => [client, 'connect', ['ws://127.0.0.1:1', throwing(name)]],
    ),
    [client, 'connect', ['ws://127.0.0.1:1', revoked()]],
    [client, 'connect', ['ws://127.0.0.1:1', { header: revoked() }]],
    [client, 'connect', ['ws://127.0.0.1:1', { header: throwing('x') }]],
    [client, 'connect', ['ws://127.0.0.1:1', { header: { x: revoked() } }]],
    [client, 'connect', ['ws://127.0.0.1:1', { proxy: revoked() }]],
    [client, 'connect', ['ws://127.0.0.1:1', { proxy: { host: 'a', port: 1, exclusionList: revoked() } }]],
    [client, 'connect', ['ws://127.0.0.1:1', { clientCert: throwing('certPath') }]],
    [client, 'connect', [revoked()]],
    [client, 'send', [revoked()]],
    [client, 'send', [revokedBuffer()]],
    [client, 'close', [throwing('code')]],
    [client, 'close', [revoked()]],
    ...['serverIP', 'serverPort', 'maxConcurrentClientsNumber', 'serverCert', 'protocol'].map(
      (name): [() => object, string, unknown[]] => [
        server,
        'start',
        [Object.defineProperties({ ...config }, Object.getOwnPropertyDescriptors(throwing(name)))],
      ],
    ),
    [server, 'start', [revoked()]],
    [server, 'start', [{ ...config, serverCert: revoked() }]],
    [server, 'send', [revoked(), nobody]],
    [server, 'send', ['x', revoked()]],
    [server, 'send', ['x', throwing('clientIP')]],
    [server, 'close', [revoked()]],
    [server, 'close', [throwing('clientPort')]],
    [server, 'close', [nobody, throwing('reason')]],
    [server, 'close', [nobody, revoked()]],
  ];
  for (const [create, method, args] of rows) {
    const what = args.map((arg) => (typeof arg === 'string' ? arg : Object.keys(Object(safe(arg))).join())).join(', ');
    test(`${create === client ? 'client' : 'server'}: ${method}(${what}) is answered with a BusinessError`, async () => {
      const object = create();
      const error = await answerOf(object, method, ...args);
      assert.ok(error instanceof BusinessError);
      assert.ok(error.code === 401 || error.code === 2302999, String(error.code));
      assert.ok(error.cause instanceof Error);
      // Nothing is half done.
      if (create === client) {
        (object as webSocket.WebSocket).on('error', () => {});
        assert.equal(await answerOf(object, 'connect', 'ws://127.0.0.1:1'), true);
      } else {
        assert.equal(await answerOf(object, 'start', config), true);
        assert.equal(await answerOf(object, 'stop'), true);
      }
    });
  }

  /** For the name of a test. */
  function safe(value: unknown): unknown {
    try {
      Object.keys(value as object);
      return value;
    } catch {
      return { revoked: 1 };
    }
  }
});
