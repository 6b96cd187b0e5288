// The entry `harmony-websocket/configure`: what may be set, what is refused, and what it changes.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { afterEach, describe, test } from 'node:test';
import { type Configuration, configure } from '../../src/kit/configure.ts';
import { webSocket } from '../../src/kit/index.ts';
import { policy } from '../../src/kit/policy.ts';
import { outcome } from './outcome.ts';
import { recordedClient, recordedServer } from './recorder.ts';
import { ScriptedServer } from './scripted-server.ts';
import { hex } from './wire.ts';

const restores: (() => void)[] = [];

/** Configures for one test. */
function set(configuration: Configuration): void {
  restores.push(configure(configuration));
}
afterEach(() => {
  for (const restore of restores.splice(0)) restore();
});

describe('configure', () => {
  const wrong: [configuration: unknown, message: string][] = [
    [
      undefined,
      "argument with the options of configure is undefined; expected an object such as { profile: 'device' }",
    ],
    [{ profiles: 'device' }, 'profiles ("device") is not an option: did you mean profile?'],
    [
      { colour: 5 },
      'colour (5) is not an option: the options are profile, limits, permissions, allowedDomains, maxMessageSize, ' +
        'serverHeartbeat, handshakeTimeout, closeTimeout, stopTimeout, wallClock, browser, device',
    ],
    [{ profile: 'phone' }, 'profile is "phone"; expected one of standard, device'],
    [{ limits: 'off' }, 'limits is "off"; expected one of standard, device, none'],
    [
      { permissions: 'x' },
      'permissions is "x"; expected an array of strings, or a function that returns true or false',
    ],
    [
      { allowedDomains: [/x/] },
      'allowedDomains is an array of 1; expected an array of strings, or a function that returns true or false',
    ],
    [{ maxMessageSize: -1 }, 'maxMessageSize is -1; expected an integer of at least 0, or Infinity'],
    [
      { serverHeartbeat: 40 },
      'serverHeartbeat is 40; expected false or an object such as { interval: 40000, timeout: 10000 } in milliseconds',
    ],
    [
      { serverHeartbeat: { interval: 1, timeout: 'x' } },
      'serverHeartbeat.timeout is "x"; expected milliseconds from 0 to 2147483647',
    ],
    [{ closeTimeout: 2 ** 31 }, 'closeTimeout is 2147483648; expected milliseconds from 0 to 2147483647'],
    [{ stopTimeout: -1 }, 'stopTimeout is -1; expected milliseconds from 0 to 2147483647'],
    [{ handshakeTimeout: '1' }, 'handshakeTimeout is "1"; expected milliseconds from 0 to 2147483647'],
    [{ wallClock: 5 }, 'wallClock is 5; expected a function'],
    [{ browser: 'warn' }, 'browser is "warn"; expected an object such as { unsupported: \'warn\' }'],
    [{ browser: { unsupported: 'error' } }, 'browser.unsupported is "error"; expected one of refuse, warn'],
    [{ browser: { ignore: true } }, 'browser.ignore (true) is not an option: the options are unsupported'],
    [{ unsupported: 'warn' }, `unsupported ("warn") is not an option: use browser: { unsupported: 'warn' }`],
    [{ device: 5 }, "device is 5; expected an object such as { deviceInfo: { deviceType: 'tablet' } }"],
    [{ device: { deviceInfo: { sdkApiVersion: '22' } } }, 'device.deviceInfo.sdkApiVersion is "22"; expected a number'],
    [{ device: { preferences: {} } }, 'device.preferences.folder is undefined; expected the path of a folder'],
  ];
  for (const [configuration, message] of wrong) {
    test(message, () => {
      const before = policy();
      assert.throws(() => configure(configuration as Configuration), { code: 'ERR_WS_OPTION', message });
      assert.equal(policy(), before, 'nothing has changed');
    });
  }

  test('limits follow the profile unless they are named', () => {
    assert.deepEqual([policy().profile, policy().limits], ['standard', 'standard']);
    set({ profile: 'device' });
    assert.deepEqual([policy().profile, policy().limits], ['device', 'device']);
    set({ limits: 'none' });
    assert.deepEqual([policy().profile, policy().limits], ['device', 'none']);
  });

  test('browser has no effect under Node: options of connect are used as ever', async () => {
    const { server, url } = await recordedServer();
    for (const unsupported of ['warn', 'refuse'] as const) {
      set({ browser: { unsupported } });
      assert.equal(typeof policy().ignored, unsupported === 'warn' ? 'function' : 'boolean');
      const { ws, trace } = recordedClient();
      assert.equal(await outcome(ws, 'connect', url, { header: { a: '1' }, caPath: '/does/not/exist' }), 2302002);
      assert.equal(await outcome(ws, 'connect', url, { header: { a: '1' }, pingInterval: 30 }), true);
      await trace.until('openInfo');
      await ws.close();
      await trace.until('close');
    }
    await server.stop();
  });

  test('each call is taken back by itself, in whatever order; undefined changes nothing', () => {
    const first = configure({ closeTimeout: 1 });
    const second = configure({ closeTimeout: 2, profile: undefined });
    first();
    assert.equal(policy().closeTimeout, 2);
    first();
    second();
    assert.equal(policy().closeTimeout, 5_000);
  });

  test('HARMONY_WEBSOCKET_PROFILE sets the profile; another value is an error that names it', () => {
    const program = `
      await import(${JSON.stringify(new URL('../../src/kit/index.ts', import.meta.url).href)});
      const { policy } = await import(${JSON.stringify(new URL('../../src/kit/policy.ts', import.meta.url).href)});
      console.log(policy().profile, policy().limits);`;
    const run = (profile: string) =>
      spawnSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
        encoding: 'utf8',
        env: { ...process.env, HARMONY_WEBSOCKET_PROFILE: profile },
      });
    assert.equal(run('device').stdout, 'device device\n');
    assert.match(
      run('devise').stderr,
      /environment variable HARMONY_WEBSOCKET_PROFILE is "devise"; expected standard or device/,
    );
  });
});

describe('permissions: 201 for every network operation [kit §8 INTERNET permission; kit §2.2 201]', {
  timeout: 120_000,
}, () => {
  const nobody = { clientIP: '1.1.1.1', clientPort: 1 };
  const calls: [create: () => object, method: string, args: unknown[]][] = [
    [webSocket.createWebSocket, 'connect', ['ws://127.0.0.1:1']],
    [webSocket.createWebSocket, 'send', ['x']],
    [webSocket.createWebSocket, 'close', []],
    [webSocket.createWebSocketServer, 'start', [{ serverPort: 0 }]],
    [webSocket.createWebSocketServer, 'send', ['x', nobody]],
    [webSocket.createWebSocketServer, 'close', [nobody]],
    [webSocket.createWebSocketServer, 'stop', []],
    [webSocket.createWebSocketServer, 'stop', ['surplus']],
  ];
  for (const [create, method, args] of calls) {
    test(`${create.name}: ${method}(${args.map((arg) => JSON.stringify(arg)).join(', ')})`, async () => {
      set({ permissions: [] });
      assert.equal(await outcome(create(), method, ...args), 201);
      set({ permissions: ['ohos.permission.INTERNET'] });
      const object = create();
      assert.notEqual(await outcome(object, method, ...args), 201);
      if (method === 'start') await outcome(object, 'stop');
    });
  }

  test('listAllConnections throws it', () => {
    set({ permissions: () => false });
    assert.throws(() => webSocket.createWebSocketServer().listAllConnections(), {
      code: 201,
      message: 'Permission denied',
    });
  });

  test('on, off and the factories need none', () => {
    set({ permissions: [] });
    webSocket.createWebSocket().on('open', () => {});
    webSocket.createWebSocketServer().off('close');
  });

  test('a function is asked by the name of the permission, for each operation', async () => {
    const asked: string[] = [];
    set({ permissions: (name) => asked.push(name) > 1 });
    const ws = webSocket.createWebSocket();
    assert.equal(await outcome(ws, 'send', 'x'), 201);
    assert.equal(await outcome(ws, 'send', 'x'), -1);
    assert.deepEqual(asked, ['ohos.permission.INTERNET', 'ohos.permission.INTERNET']);
  });

  test('what a hook throws is 2302999 with it as the cause', async () => {
    const own = new Error('mine');
    set({
      permissions: () => {
        throw own;
      },
    });
    await assert.rejects(webSocket.createWebSocket().connect('ws://127.0.0.1:1'), { code: 2302999, cause: own });
    await assert.rejects(webSocket.createWebSocket().send('x'), { code: 2302999, cause: own });
  });
});

describe('allowedDomains: 2302998 for others [kit §8 domains; kit §2.2 2302998]', { timeout: 120_000 }, () => {
  const rows: [allowed: string[], url: string, isAllowed: boolean][] = [
    [['127.0.0.1'], 'ws://127.0.0.1:1/path', true],
    [['LOCALHOST'], 'ws://LocalHost:1', true],
    [['::1'], 'ws://[::1]:1', true],
    [['*.localhost'], 'ws://a.b.localhost:1', true],
    [['*.localhost'], 'ws://localhost:1', false],
    [['*.host'], 'ws://localhost:1', false],
    [['other.example'], 'ws://127.0.0.1:1', false],
    [[], 'ws://127.0.0.1:1', false],
  ];
  for (const [allowedDomains, url, isAllowed] of rows) {
    test(`${JSON.stringify(allowedDomains)}: ${url} is ${isAllowed ? '' : 'not '}allowed`, async () => {
      set({ allowedDomains });
      const { ws, trace } = recordedClient();
      const code = await outcome(ws, 'connect', url);
      if (isAllowed) {
        assert.notEqual(code, 2302998);
        await trace.until('error');
      } else {
        assert.equal(code, 2302998);
        assert.deepEqual(trace.events, []);
      }
    });
  }

  test('a function is asked for the host', async () => {
    const asked: string[] = [];
    set({ allowedDomains: (host) => asked.push(host) < 0 });
    assert.equal(await outcome(webSocket.createWebSocket(), 'connect', 'wss://Www.Example:8080/x'), 2302998);
    assert.deepEqual(asked, ['www.example']);
  });

  test('a malformed address has no host to ask for', async () => {
    set({ allowedDomains: [] });
    assert.equal(await outcome(webSocket.createWebSocket(), 'connect', 'hello'), 2302001);
    assert.equal(await outcome(webSocket.createWebSocket(), 'connect', 'ws://'), -1);
  });
});

describe("limits: 'none' [kit §4.3 none]", { timeout: 120_000 }, () => {
  test('numbers above 10 are taken, and eleven clients of one address', async () => {
    const config = { serverPort: 0, maxConcurrentClientsNumber: 1000, maxConnectionsForOneClient: 1000 };
    assert.equal(await outcome(webSocket.createWebSocketServer(), 'start', config), 2302999);
    set({ limits: 'none' });
    const { server, trace, url } = await recordedServer(config);
    for (const { ws } of Array.from({ length: 11 }, recordedClient)) await ws.connect(url);
    await trace.until('connect', 11);
    assert.equal(server.listAllConnections().length, 11);
    await server.stop();
  });

  test('the ceiling without it: 11 is 2302999, and the cause names the way out [kit §4.3 ceiling]', async () => {
    const config = { serverPort: 0, maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 11 };
    await assert.rejects(
      webSocket.createWebSocketServer().start(config),
      (error: Error) =>
        (error.cause as Error).message ===
        'maxConnectionsForOneClient is 11; expected a number from 0 to 10, or any number after ' +
          "configure({ limits: 'none' }) from harmony-websocket/configure",
    );
  });
});

describe('maxMessageSize [kit §3.10 size]', { timeout: 120_000 }, () => {
  test('of a client', async () => {
    set({ maxMessageSize: 4 });
    const server = await ScriptedServer.listen(async (peer) => {
      await peer.open();
      peer.write(hex('81 04 61 62 63 64  81 05'));
      assert.equal((await peer.frame()).payload.readUInt16BE(), 1009);
      peer.socket.end();
    });
    const { ws, trace } = recordedClient();
    await ws.connect(server.url);
    await trace.until('close{');
    await server.close();
    assert.deepEqual(trace.events.slice(3), [
      'message abcd',
      'dataEnd',
      "error{200,'0'}",
      "close{1009,'The link is down'}",
    ]);
  });

  test('of a server', async () => {
    set({ maxMessageSize: 4 });
    const { server, trace, url } = await recordedServer();
    const client = recordedClient();
    client.ws.on('open', () => void client.ws.send('abcde'));
    await client.ws.connect(url);
    await client.trace.until('close{1009');
    await trace.until('close{');
    assert.deepEqual(trace.events, ['connect', 'error{200}', "close{1009,'The link is down'}"]);
    await server.stop();
  });
});
