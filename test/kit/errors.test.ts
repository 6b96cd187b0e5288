// Kit specification §2 as tables: every code with its text, by callback and by Promise, and which check comes
// first when several would fail.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, test } from 'node:test';
import { type Configuration, configure } from '../../src/kit/configure.ts';
import { BusinessError, webSocket } from '../../src/kit/index.ts';
import { certificates } from '../support/certificates.ts';
import { answerOf, callback, outcome } from './outcome.ts';
import { portOf, Recorder, recordedClient, recordedServer } from './recorder.ts';

const restores: (() => void)[] = [];
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});
function set(configuration: Configuration): void {
  restores.push(configure(configuration));
}

const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
const nobody = { clientIP: '1.1.1.1', clientPort: 8888 };
const missing = '/nonexistent/file.pem';
const noHost = `ws://${'x'.repeat(64)}.example/`; // too long for a DNS label, so that nobody is asked

/** Starts a server, opens a client, and closes both at the end. */
async function withOpenClient(body: (ws: webSocket.WebSocket, url: string) => Promise<void>): Promise<void> {
  const { server, url } = await recordedServer();
  const { ws, trace } = recordedClient();
  await ws.connect(url);
  await trace.until('openInfo');
  await body(ws, url);
  await server.stop();
}

describe('kit specification §2.2: client errors', { timeout: 120_000 }, () => {
  interface Row {
    readonly what: string;
    readonly code: number;
    readonly text: string;
    readonly row: string;
    readonly method: 'connect' | 'send' | 'close';
    /** Without a callback. */
    readonly args: unknown[];
    readonly configuration?: Configuration;
    readonly isOpen?: true;
  }
  const rows: Row[] = [
    {
      what: 'wrong arguments',
      code: 401,
      text: 'Parameter error',
      row: 'kit §2.2 401',
      method: 'connect',
      args: [5],
    },
    { what: 'nothing to send', code: 401, text: 'Parameter error', row: 'kit §2.2 401', method: 'send', args: [null] },
    {
      what: 'too large',
      code: 401,
      text: 'Parameter error',
      row: 'kit §2.2 401',
      method: 'send',
      args: [new ArrayBuffer(5_242_865)],
      isOpen: true,
    },
    { what: 'no options', code: 401, text: 'Parameter error', row: 'kit §2.2 401', method: 'close', args: [null] },
    ...(['connect', 'send', 'close'] as const).map((method) => ({
      what: 'without permission',
      code: 201,
      text: 'Permission denied',
      row: 'kit §2.2 201',
      method,
      args: { connect: ['ws://127.0.0.1'], send: ['x'], close: [{}] }[method],
      configuration: { permissions: [] },
    })),
    {
      what: 'another domain',
      code: 2302998,
      text: 'It is not allowed to access this domain',
      row: 'kit §2.2 2302998',
      method: 'connect',
      args: ['ws://127.0.0.1'],
      configuration: { allowedDomains: ['other.example'] },
    },
    {
      what: 'no such file',
      code: 2302002,
      text: 'Websocket certificate file does not exist',
      row: 'kit §2.2 2302002',
      method: 'connect',
      args: ['ws://127.0.0.1', { caPath: missing }],
    },
    {
      what: 'connected',
      code: 2302003,
      text: 'Websocket connection already exist',
      row: 'kit §2.2 2302003',
      method: 'connect',
      args: ['ws://127.0.0.1'],
      isOpen: true,
    },
    {
      what: 'no address',
      code: 2302001,
      text: 'Websocket url error',
      row: 'kit §2.2 2302001',
      method: 'connect',
      args: ['http://127.0.0.1'],
    },
    {
      what: 'no such name',
      code: -1,
      text: 'Websocket connect failed',
      row: 'kit §2.2 -1 connect; kit §3.6 no such name',
      method: 'connect',
      args: [noHost],
    },
    {
      what: 'not connected',
      code: -1,
      text: 'Websocket Unknown Other Error',
      row: 'kit §2.2 -1 send; S15',
      method: 'send',
      args: ['x'],
    },
    {
      what: 'not connected',
      code: 2302999,
      text: 'Websocket Unknown Other Error',
      row: 'kit §2.2 2302999',
      method: 'close',
      args: [],
    },
  ];
  for (const { what, code, text, row, method, args, configuration, isOpen } of rows) {
    for (const form of ['callback', 'Promise'] as const) {
      test(`${method}, ${what}: ${code} "${text}" (${form}) [${row}; kit §2.1 calls; kit §2.1 await and catch]`, async () => {
        const check = async (ws: webSocket.WebSocket) => {
          const given = form === 'callback' ? [...args, callback] : args;
          const error = await answerOf(ws, method, ...given);
          assert.ok(error instanceof BusinessError);
          assert.deepEqual({ ...error }, { code, message: text });
          // `await` in `try`; `answerOf` used the rejection itself.
          if (form === 'Promise') {
            try {
              await (Reflect.get(ws, method) as (...args: unknown[]) => Promise<boolean>).apply(ws, args);
              assert.fail('it did not throw');
            } catch (thrown) {
              assert.equal((thrown as BusinessError).code, code);
            }
          }
        };
        if (configuration !== undefined) set(configuration);
        if (isOpen) await withOpenClient(check);
        else await check(webSocket.createWebSocket());
      });
    }
  }

  test('a callback among wrong arguments gets the error; without one a Promise rejects [kit §2.1 callback position]', async () => {
    const ws = webSocket.createWebSocket();
    for (const method of ['connect', 'send', 'close']) {
      assert.equal(await outcome(ws, method, 1, 2, 3, callback), 401);
      assert.equal(await outcome(ws, method, 1, 2, 3, 4), 401);
    }
  });

  test('an application that listens to unhandled rejections gets those of the kit [kit §2.1 unhandled]', () => {
    const program = `
      import { webSocket } from ${JSON.stringify(new URL('../../src/kit/index.ts', import.meta.url).href)};
      process.on('unhandledRejection', (error) => console.log('unhandled', error.code));
      webSocket.createWebSocket().send('x');`;
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    assert.deepEqual([stdout, stderr], ['unhandled -1\n', '']);
  });
});

describe('kit specification §2.2: server errors', { timeout: 120_000 }, () => {
  const config = { serverIP: '127.0.0.1', serverPort: 0, ...limits };
  type Row = [what: string, code: number, text: string, method: string, args: unknown[], configuration?: Configuration];
  const rows: Row[] = [
    ['no configuration', 401, 'Parameter error', 'start', []],
    ['nothing to send', 401, 'Parameter error', 'send', [null, nobody]],
    ['to nobody', 401, 'Parameter error', 'send', ['x', undefined]],
    ['too large', 401, 'Parameter error', 'send', ['x'.repeat(5_242_865), nobody]],
    ['nobody', 401, 'Parameter error', 'close', [null]],
    ['without permission', 201, 'Permission denied', 'start', [config], { permissions: [] }],
    ['without permission', 201, 'Permission denied', 'stop', [], { permissions: [] }],
    ['without permission', 201, 'Permission denied', 'send', ['x', nobody], { permissions: [] }],
    ['without permission', 201, 'Permission denied', 'close', [nobody], { permissions: [] }],
    ['no literal', 2302004, "Can't listen to the given NIC", 'start', [{ ...config, serverIP: 'localhost' }]],
    ['not of this machine', 2302004, "Can't listen to the given NIC", 'start', [{ ...config, serverIP: '192.0.2.1' }]],
    ['no port', 2302005, "Can't listen to the given Port", 'start', [{ ...config, serverPort: 65536 }]],
    [
      'above the ceiling',
      2302999,
      'Websocket Unknown Other Error',
      'start',
      [{ ...config, maxConnectionsForOneClient: 11 }],
    ],
    [
      'no such file',
      2302002,
      'Websocket certificate file does not exist',
      'start',
      [{ ...config, serverCert: { certPath: missing, keyPath: missing } }],
    ],
    ['no such client', 2302006, 'websocket connection does not exist', 'send', ['x', nobody]],
    ['no such client', 2302006, 'websocket connection does not exist', 'close', [nobody]],
    ['no address', -1, 'Websocket Unknown Other Error', 'send', ['x', { clientIP: '', clientPort: 1 }]],
    ['no address', 2302999, 'Websocket Unknown Other Error', 'close', [{ clientIP: '', clientPort: 1 }]],
    ['not started', 2302999, 'Websocket Unknown Other Error', 'stop', []],
  ];
  for (const [what, code, text, method, args, configuration] of rows) {
    const row = code === -1 ? 'kit §2.2 -1 send' : `kit §2.2 ${code}`;
    test(`${method}, ${what}: ${code} "${text}" [${row}; kit §2.1 calls; kit §2.1 await and catch; kit §4.11 calls]`, async () => {
      if (configuration !== undefined) set(configuration);
      const server = webSocket.createWebSocketServer();
      server.on('error', () => assert.fail('failures of calls do not come as events'));
      const error = await answerOf(server, method, ...args);
      assert.ok(error instanceof BusinessError);
      assert.deepEqual({ ...error }, { code, message: text });
    });
  }

  test('a port in use: 2302007 "Websocket port already occupied" [kit §2.2 2302007; kit §4.1 bind failures; S32]', async () => {
    const { server, port } = await recordedServer();
    const error = await answerOf(webSocket.createWebSocketServer(), 'start', { ...config, serverPort: port });
    assert.deepEqual({ ...(error as BusinessError) }, { code: 2302007, message: 'Websocket port already occupied' });
    await server.stop();
  });
});

describe('kit specification §2.3: the first failure wins', { timeout: 120_000 }, () => {
  test('connect: 401, 201, 2302998, 2302002, 2302003, 2302001, -1 [kit §2.3 connect]', async () => {
    await withOpenClient(async (ws) => {
      const { certPath } = certificates().client;
      const noKey = { certPath, keyPath: missing };
      const both = { caPath: missing, clientCert: noKey };
      set({ permissions: [], allowedDomains: [] });
      assert.equal(await outcome(ws, 'connect', 'ws://127.0.0.1', { ...both, proxy: 5 }), 401);
      assert.equal(await outcome(ws, 'connect', 'ws://127.0.0.1', both), 201);
      set({ permissions: ['ohos.permission.INTERNET'] });
      assert.equal(await outcome(ws, 'connect', 'ws://127.0.0.1', both), 2302998);
      set({ allowedDomains: ['127.0.0.1'] });
      assert.equal(await outcome(ws, 'connect', 'ws://127.0.0.1', both), 2302002);
      assert.equal(await outcome(ws, 'connect', 'hello', { clientCert: noKey }), 2302002);
      assert.equal(await outcome(ws, 'connect', 'hello'), 2302003);
      const idle = webSocket.createWebSocket();
      assert.equal(await outcome(idle, 'connect', 'hello'), 2302001);
      assert.equal(await outcome(idle, 'connect', 'ws://'), -1);
    });
  });

  test('connect: of two files that are not there the authorities are named [kit §2.3 connect]', async () => {
    const options = { caPath: `${missing}.ca`, clientCert: { certPath: missing, keyPath: missing } };
    const error = await answerOf(webSocket.createWebSocket(), 'connect', 'ws://127.0.0.1', options);
    assert.equal(
      ((error as BusinessError).cause as Error).message,
      `the file ${missing}.ca does not exist; check the path`,
    );
  });

  test('send: 401, 201, -1 [kit §2.3 send]', async () => {
    const ws = webSocket.createWebSocket();
    set({ permissions: [] });
    assert.equal(await outcome(ws, 'send', null), 401);
    assert.equal(await outcome(ws, 'send', 'x'), 201);
    set({ permissions: () => true });
    assert.equal(await outcome(ws, 'send', 'x'), -1);
  });

  test('close: 401, 201, 2302999 [kit §2.3 close]', async () => {
    const ws = webSocket.createWebSocket();
    set({ permissions: [] });
    assert.equal(await outcome(ws, 'close', null), 401);
    assert.equal(await outcome(ws, 'close', {}), 201);
    set({ permissions: () => true });
    assert.equal(await outcome(ws, 'close', {}), 2302999);
  });

  test('start: 401, 201, 2302004, 2302005, 2302999, 2302999, 2302002, 2302007 [kit §2.3 start]', async () => {
    const { server, port } = await recordedServer();
    const code = (config: unknown) => outcome(webSocket.createWebSocketServer(), 'start', config);
    const wrong = {
      serverIP: 'x',
      serverPort: -1,
      maxConcurrentClientsNumber: 11,
      maxConnectionsForOneClient: 11,
      serverCert: { certPath: missing, keyPath: missing },
    };
    set({ permissions: [] });
    assert.equal(await code(null), 401);
    assert.equal(await code(wrong), 201);
    set({ permissions: () => true });
    assert.equal(await code(wrong), 2302004);
    const local = { ...wrong, serverIP: '127.0.0.1' };
    assert.equal(await code(local), 2302005);
    const inUse = { ...local, serverPort: port };
    assert.equal(await code(inUse), 2302999);
    assert.equal(await code({ ...inUse, maxConcurrentClientsNumber: 10 }), 2302999);
    assert.equal(await code({ ...inUse, ...limits }), 2302002);
    assert.equal(await code({ ...inUse, ...limits, serverCert: undefined }), 2302007);
    await server.stop();
  });

  test('server send and close: 401, 201, no address, 2302006, closing [kit §2.3 server send; kit §2.3 server close]', async () => {
    const { server, url } = await recordedServer();
    const codes = new Recorder();
    const nowhere = { clientIP: '', clientPort: 1 };
    set({ permissions: [] });
    assert.equal(await outcome(server, 'send', null, nowhere), 401);
    assert.equal(await outcome(server, 'send', 'x', nowhere), 201);
    assert.equal(await outcome(server, 'close', nowhere, null), 401);
    assert.equal(await outcome(server, 'close', nowhere), 201);
    set({ permissions: () => true });
    assert.equal(await outcome(server, 'send', 'x', nowhere), -1);
    assert.equal(await outcome(server, 'close', nowhere), 2302999);
    assert.equal(await outcome(server, 'send', 'x', nobody), 2302006);
    assert.equal(await outcome(server, 'close', nobody), 2302006);
    server.on('connect', (connection) => {
      void codes.outcome('close', server.close(connection));
      void codes.outcome('send', server.send('x', connection));
      void codes.outcome('close', server.close(connection));
    });
    const client = recordedClient();
    await client.ws.connect(url);
    await client.trace.until('close{');
    assert.deepEqual(codes.events, ['close→true', 'send→-1', 'close→2302999']);
    await server.stop();
  });

  test('stop and listAllConnections: 201, 2302999 [kit §2.3 stop, listAllConnections]', async () => {
    const server = webSocket.createWebSocketServer();
    const list = (...args: unknown[]) => Reflect.apply(server.listAllConnections, server, args);
    set({ permissions: [] });
    assert.equal(await outcome(server, 'stop', 'surplus'), 201);
    assert.throws(() => list('surplus'), { code: 201 });
    set({ permissions: () => true });
    assert.equal(await outcome(server, 'stop', 'surplus'), 2302999);
    assert.equal(await outcome(server, 'stop'), 2302999);
    assert.throws(() => list(), { code: 2302999 });
    await server.start({ serverIP: '127.0.0.1', serverPort: 0, ...limits });
    assert.ok(portOf(server) > 0);
    assert.throws(() => list('surplus'), { code: 2302999 });
    await server.stop();
  });
});
