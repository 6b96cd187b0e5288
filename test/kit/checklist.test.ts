// The conformance checklist of kit specification §10, row by row, on our own server.

import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { BusinessError } from '../../src/kit/index.ts';
import { webSocket } from '../../src/kit/index.ts';
import { type Recorder, recordedClient, recordedServer } from './recorder.ts';

type Call = (...args: unknown[]) => Promise<boolean> | undefined;

/** Makes a call in whichever form its arguments have, and tells its outcome: `true` or a code. */
function outcome(object: object, method: string, ...args: unknown[]): Promise<boolean | number> {
  return new Promise((resolve, reject) => {
    let answers = 0;
    const settle = (value: boolean | number) =>
      ++answers === 1 ? resolve(value) : reject(new Error('answered twice'));
    const withCallback = args.map((arg) =>
      arg === callback ? (err: BusinessError | undefined, value: boolean) => settle(err?.code ?? value) : arg,
    );
    const promise = (Reflect.get(object, method) as Call).apply(object, withCallback);
    if (args.includes(callback)) assert.equal(promise, undefined);
    else promise!.then(settle, (error: BusinessError) => settle(error.code));
  });
}

const callback = Symbol('callback');

describe('kit specification §10: client', { timeout: 120_000 }, () => {
  let server: webSocket.WebSocketServer;
  let url: string;
  let ws: webSocket.WebSocket;
  let trace: Recorder;

  before(async () => {
    ({ server, url } = await recordedServer());
  });
  after(() => server.stop());
  beforeEach(() => {
    ({ ws, trace } = recordedClient());
  });

  async function open(): Promise<void> {
    await ws.connect(url);
    await trace.until('openInfo');
  }
  async function close(): Promise<void> {
    await ws.close();
    await trace.until('close{');
  }

  for (const args of [
    [null],
    [null, callback],
    [null, {}, callback],
    ['ws://127.0.0.1', null, callback],
    ['ws://127.0.0.1', undefined, callback],
    ['ws://127.0.0.1', null],
  ]) {
    test(`connect(${args.map(String).join(', ')}) → 401 [kit §10 connect(null)]`, async () => {
      assert.equal(await outcome(ws, 'connect', ...args), 401);
    });
  }

  for (const address of ['', 'hello', '123', '127.0.0.1', 'http://127.0.0.1']) {
    test(`connect('${address}') → 2302001 [kit §10 connect(no scheme); kit §2.2 2302001; kit §3.6 validation]`, async () => {
      assert.equal(await outcome(ws, 'connect', address), 2302001);
      assert.equal(await outcome(ws, 'connect', address, callback), 2302001);
      assert.deepEqual(trace.events, []);
    });
  }

  test("connect('ws://') → -1, plus error 200 [kit §10 connect(ws://)]", async () => {
    assert.equal(await outcome(ws, 'connect', 'ws://', callback), -1);
    assert.deepEqual(await trace.until('error'), ["error{200,'0'}"]);
  });

  test('second connect on a live object → 2302003 [kit §10 connect twice; kit §2.2 2302003]', async () => {
    await open();
    assert.equal(await outcome(ws, 'connect', url, callback), 2302003);
    assert.equal(await outcome(ws, 'connect', url), 2302003);
    await close();
  });

  test('connect while connecting and while closing → 2302003 [kit §3.1 live object]', async () => {
    const first = ws.connect(url);
    assert.equal(await outcome(ws, 'connect', url), 2302003);
    assert.equal(await first, true);
    await trace.until('openInfo');
    void ws.close();
    assert.equal(await outcome(ws, 'connect', url), 2302003);
    await trace.until('close{');
  });

  const connects: [string, object][] = [
    ['{}', {}],
    ['header with number value', { header: { number: 5 } }],
    ["protocol ''", { protocol: '' }],
    ["protocol '123'", { protocol: '123' }],
    ["proxy 'system'", { proxy: 'system' }],
    ["proxy 'no-proxy'", { proxy: 'no-proxy' }],
    ['empty caPath', { caPath: '' }],
    ['empty certPath and keyPath', { clientCert: { certPath: '', keyPath: '' } }],
  ];
  for (const [name, options] of connects) {
    test(`connect with ${name} connects [kit §10 connect options; kit §1.3 all optional; kit §10 empty paths]`, async () => {
      assert.equal(await outcome(ws, 'connect', url, options, callback), true);
      await trace.until('openInfo');
      await close();
    });
  }

  for (const options of [{ protocol: undefined }, { proxy: undefined }, { proxy: null }]) {
    test(`connect with ${Object.entries(options).map(([key, value]) => `${key}: ${value}`)} → 401 [kit §10 protocol undefined; S18]`, async () => {
      assert.equal(await outcome(ws, 'connect', url, options, callback), 401);
    });
  }

  test('certificate files that do not exist → 2302002, even for ws:// and when connected [kit §10 missing files; kit §2.2 2302002]', async () => {
    const missing = { caPath: '/nonexistent/ca.pem' };
    assert.equal(await outcome(ws, 'connect', url, missing), 2302002);
    const clientCert = { certPath: '/nonexistent/cert.pem', keyPath: '/nonexistent/key.pem' };
    assert.equal(await outcome(ws, 'connect', url, { clientCert }, callback), 2302002);
    await open();
    assert.equal(await outcome(ws, 'connect', url, missing), 2302002);
    await close();
  });

  test('kit §2.3: the first failure wins: 401, 2302002, 2302003, 2302001', async () => {
    const missing = { caPath: '/nonexistent/ca.pem' };
    assert.equal(await outcome(ws, 'connect', 'hello', { ...missing, proxy: 5 }), 401);
    assert.equal(await outcome(ws, 'connect', 'hello', missing), 2302002);
    await open();
    assert.equal(await outcome(ws, 'connect', 'hello'), 2302003);
    await close();
    assert.equal(await outcome(ws, 'connect', 'hello'), 2302001);
  });

  test('send(null), send(Int8Array) → 401 [kit §10 send(null); S35]', async () => {
    await open();
    const arrays = [new Int8Array(1), Buffer.from('x'), new DataView(new ArrayBuffer(1))];
    for (const data of [null, undefined, 5, {}, ...arrays, new ArrayBuffer(5_242_865)]) {
      assert.equal(await outcome(ws, 'send', data), 401);
      assert.equal(await outcome(ws, 'send', data, callback), 401);
    }
    for (const args of [[], ['x', 5], ['x', undefined], ['x', callback, callback], ['x', 'y', callback]]) {
      assert.equal(await outcome(ws, 'send', ...args), 401);
    }
    await close();
  });

  test('send of strings and buffers, even empty and large ones → true [kit §10 send; kit §3.7 empty]', async () => {
    await open();
    const payloads = [
      '',
      'text',
      '数据'.repeat(4096),
      new ArrayBuffer(0),
      new ArrayBuffer(4),
      new ArrayBuffer(5_242_864),
    ];
    for (const data of payloads) {
      assert.equal(await outcome(ws, 'send', data, callback), true);
      assert.equal(await outcome(ws, 'send', data), true);
    }
    await close();
  });

  test('send without a connection → -1 [kit §10 send unconnected; kit §3.7 not connected; kit §2.2 -1 send]', async () => {
    assert.equal(await outcome(ws, 'send', 'x'), -1);
    assert.equal(await outcome(ws, 'send', 'x', callback), -1);
    assert.equal(await outcome(ws, 'send', null), 401);
    await open();
    await ws.close();
    assert.equal(await outcome(ws, 'send', 'x'), -1);
    await trace.until('close{');
    assert.equal(await outcome(ws, 'send', 'x'), -1);
  });

  const closes: [string, unknown[]][] = [
    ['close()', []],
    ['close(undefined)', [undefined]],
    ['close(callback)', [callback]],
    ['close({})', [{}]],
    ['close({code: -100})', [{ code: -100 }, callback]],
    ['close({code: 0})', [{ code: 0 }, callback]],
    ['close({code: 100})', [{ code: 100 }]],
    ['close({code: 1000})', [{ code: 1000 }, callback]],
    ['close({reason: null})', [{ code: 1000, reason: null }, callback]],
    ['close with a reason that is too long', [{ code: 1000, reason: 'é'.repeat(100) }]],
    ...[1004, 1005, 1006, 1015].map((code): [string, unknown[]] => [`close({code: ${code}})`, [{ code }]]),
  ];
  for (const [name, args] of closes) {
    test(`${name} → true [kit §10 close; kit §3.8 forms; kit §3.8 code]`, async () => {
      await open();
      assert.equal(await outcome(ws, 'close', ...args), true);
      await trace.until('close{');
    });
  }

  test('close(null, callback) → 401 [kit §10 close(null); kit §3.8 forms]', async () => {
    await open();
    const wrong = [
      [null, callback],
      [null],
      [5],
      ['x'],
      [{}, 5],
      [{}, undefined],
      [{}, callback, callback],
      [5, callback],
    ];
    for (const args of wrong) assert.equal(await outcome(ws, 'close', ...args), 401);
    await close();
  });

  test('close twice, without a connection, or after the end → 2302999 [kit §10 close twice; kit §3.8 twice]', async () => {
    assert.equal(await outcome(ws, 'close'), 2302999);
    assert.equal(await outcome(ws, 'close', callback), 2302999);
    await open();
    assert.equal(await outcome(ws, 'close'), true);
    assert.equal(await outcome(ws, 'close'), 2302999);
    await trace.until('close{');
    assert.equal(await outcome(ws, 'close', {}, callback), 2302999);
  });

  test('the local close event shows what was requested [kit §3.8 codes not for the wire; kit §3.9 local close]', async () => {
    await open();
    await ws.close({ code: 1006, reason: 'because' });
    assert.deepEqual(await trace.until('close{'), ["close{1006,'because'}"]);
  });
});

describe('kit specification §10: server', { timeout: 120_000 }, () => {
  const limits = { maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
  const config = { serverIP: '127.0.0.1', serverPort: 0, ...limits };
  const nobody = { clientIP: '1.1.1.1', clientPort: 8888 };

  const starts: [string, object][] = [
    ['plain config', config],
    ['with protocol', { ...config, protocol: 'lws_server' }],
    ['with empty cert paths', { ...config, serverCert: { certPath: '', keyPath: '' } }],
    ['with serverIP undefined', { ...config, serverIP: undefined }],
    ['on ::1', { ...config, serverIP: '::1' }],
  ];
  for (const [name, given] of starts) {
    test(`start, ${name} → true; stop → true [kit §10 start; kit §1.9 start; kit §1.9 stop]`, async () => {
      const server = webSocket.createWebSocketServer();
      assert.equal(await outcome(server, 'start', given), true);
      assert.equal(await outcome(server, 'stop'), true);
    });
  }

  const refused: [string, unknown, number][] = [
    ['nothing', undefined, 401],
    [
      'certificate files that do not exist',
      { ...config, serverCert: { certPath: '/nonexistent/cert', keyPath: '/nonexistent/key' } },
      2302002,
    ],
    ['a huge port', { ...config, serverPort: 1e21 }, 2302005],
    ['serverIP 0.0.0.0..', { ...config, serverIP: '0.0.0.0..' }, 2302004],
    ['an address that is not of this machine', { ...config, serverIP: '192.0.2.1' }, 2302004],
    ['maxConnectionsForOneClient 11', { ...config, maxConnectionsForOneClient: 11 }, 2302999],
  ];
  for (const [name, given, code] of refused) {
    test(`start with ${name} → ${code}; it is not started then [kit §10 start refused; kit §2.2 2302004; kit §2.2 2302005]`, async () => {
      const server = webSocket.createWebSocketServer();
      assert.equal(await outcome(server, 'start', given), code);
      assert.equal(await outcome(server, 'stop'), 2302999);
    });
  }

  test('start on a port in use → 2302007 [kit §2.2 2302007; kit §4.1 starting twice; Q4]', async () => {
    const { server, port } = await recordedServer();
    assert.equal(await outcome(server, 'start', { ...config, serverPort: port }), 2302007);
    const other = webSocket.createWebSocketServer();
    assert.equal(await outcome(other, 'start', { ...config, serverPort: port }), 2302007);
    assert.equal(await server.stop(), true);
  });

  test('send and close to {1.1.1.1, 8888} → 2302006, started or not [kit §10 server send, close to nobody; kit §2.2 2302006; kit §4.5 unknown; S28]', async () => {
    const server = webSocket.createWebSocketServer();
    assert.equal(await outcome(server, 'send', 'x', nobody), 2302006);
    await server.start(config);
    assert.equal(await outcome(server, 'send', 'x', nobody), 2302006);
    assert.equal(await outcome(server, 'close', nobody), 2302006);
    assert.equal(await outcome(server, 'close', nobody, undefined), 2302006);
    assert.equal(await outcome(server, 'close', nobody, {}), 2302006);
    await server.stop();
    assert.equal(await outcome(server, 'send', 'x', nobody), 2302006);
    assert.equal(await outcome(server, 'close', nobody), 2302006);
  });

  test('send and close with wrong arguments → 401; with an empty clientIP → -1 and 2302999 [kit §4.5 arguments; kit §4.6 arguments]', async () => {
    const server = webSocket.createWebSocketServer();
    const wrongSends = [[], ['x'], ['x', undefined], ['x', null], [null, nobody], [new Int8Array(1), nobody]];
    for (const args of wrongSends) assert.equal(await outcome(server, 'send', ...args), 401);
    const half = [{ clientIP: '1.1.1.1' }, { clientPort: 1 }, { clientIP: 1, clientPort: 1 }];
    for (const address of half) {
      assert.equal(await outcome(server, 'send', 'x', address), 401);
      assert.equal(await outcome(server, 'close', address), 401);
    }
    assert.equal(await outcome(server, 'send', 'x', nobody, 'surplus'), 401);
    assert.equal(await outcome(server, 'close', nobody, null), 401);
    assert.equal(await outcome(server, 'close', nobody, 5), 401);
    assert.equal(await outcome(server, 'close'), 401);
    assert.equal(await outcome(server, 'send', 'x', { clientIP: '', clientPort: 1 }), -1);
    assert.equal(await outcome(server, 'close', { clientIP: '', clientPort: 1 }), 2302999);
  });

  test('listAllConnections() directly and with await; 2302999 when not started [kit §10 listAllConnections; kit §4.7 array; kit §4.7 errors; S25; kit §1.9 listAllConnections]', async () => {
    const { server } = await recordedServer();
    assert.equal(server.listAllConnections().length, 0);
    assert.equal(Array.isArray(server.listAllConnections()), true);
    // oxlint-disable-next-line typescript/await-thenable -- the documented samples await it
    assert.deepEqual(await server.listAllConnections(), []);
    await server.stop();
    assert.throws(() => server.listAllConnections(), { code: 2302999 });
    assert.throws(() => Reflect.apply(server.listAllConnections, server, [1]), { code: 2302999 });
  });

  test('stop when not started, twice, or with arguments → 2302999 [kit §4.10 not started]', async () => {
    const { server } = await recordedServer();
    assert.equal(await outcome(server, 'stop', 1), 2302999);
    assert.equal(await outcome(server, 'stop'), true);
    assert.equal(await outcome(server, 'stop'), 2302999);
  });

  test('start, stop, and the same port again at once [kit §10 start, stop; kit §4.10 again; kit §4.1 after stop]', async () => {
    const { server, port } = await recordedServer();
    for (let round = 0; round < 3; round++) {
      assert.equal(await outcome(server, 'stop'), true);
      assert.equal(await outcome(server, 'start', { ...config, serverPort: port }), true);
    }
    await server.stop();
  });

  test("close inside the connect callback with {code: 1000, reason: 'normal'}: the close event fires [kit §10 close in connect]", async () => {
    const { server, trace, url } = await recordedServer();
    server.on('connect', (connection) => void server.close(connection, { code: 1000, reason: 'normal' }));
    const client = recordedClient();
    await client.ws.connect(url);
    assert.deepEqual(await trace.until('close{'), ["close{1000,'normal'}"]);
    assert.deepEqual(await client.trace.until('close{'), ["close{1000,'normal'}"]);
    await server.stop();
  });
});
