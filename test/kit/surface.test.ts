// The names that the kit has at run time: only those of a device, and extensions that do not show. The extensions are
// documented in one place, docs/kit-differences.md.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as configureEntry from '../../src/kit/configure.ts';
import * as entry from '../../src/kit/index.ts';
import * as basic from '../../src/register/kits/basic-services-kit.ts';
import * as network from '../../src/register/kits/network-kit.ts';
import * as base from '../../src/register/kits/ohos-base.ts';
import * as ohosHilog from '../../src/register/kits/ohos-hilog.ts';
import * as ohosWebSocket from '../../src/register/kits/ohos-net-websocket.ts';
import * as performanceAnalysis from '../../src/register/kits/performance-analysis-kit.ts';
import { recordedClient, recordedServer } from './recorder.ts';

const { webSocket, hilog, BusinessError } = entry;

/** What `for … in` finds. */
function enumerable(object: object): string[] {
  const names: string[] = [];
  for (const name in object) names.push(name);
  return names;
}

describe('kit specification §1.1: import forms', () => {
  test('the entry exports four values', () => {
    assert.deepEqual(Object.keys(entry).sort(), ['BusinessError', 'default', 'hilog', 'webSocket']);
    assert.equal(entry.default, webSocket);
  });

  test('@kit.NetworkKit and @ohos.net.webSocket give the same object [kit §1.1 @kit.NetworkKit; kit §1.1 @ohos.net.webSocket]', () => {
    assert.equal(network.webSocket, webSocket);
    assert.equal(ohosWebSocket.default, webSocket);
  });

  test('@kit.BasicServicesKit and @ohos.base give the same class [kit §1.1 @kit.BasicServicesKit; kit §7 class]', () => {
    assert.equal(basic.BusinessError, BusinessError);
    assert.equal(base.BusinessError, BusinessError);
  });

  test('@kit.PerformanceAnalysisKit and @ohos.hilog give the same logger [kit §1.1 @kit.PerformanceAnalysisKit]', () => {
    assert.equal(performanceAnalysis.hilog, hilog);
    assert.equal(ohosHilog.default, hilog);
  });

  test('webSocket has three members, two of them functions without parameters [kit §1.1 runtime members]', () => {
    assert.deepEqual(Reflect.ownKeys(webSocket), ['createWebSocket', 'createWebSocketServer', 'TlsProtocol']);
    assert.equal(webSocket.createWebSocket.length, 0);
    assert.equal(webSocket.createWebSocketServer.length, 0);
  });

  test('settings beyond the kit are in their own entry', () => {
    assert.deepEqual(Object.keys(configureEntry), ['configure']);
  });
});

describe('kit specification §1: objects', () => {
  const shared = ['constructor', 'close', 'off', 'on', 'send'];
  const members = {
    createWebSocket: [
      ...shared,
      'connect',
      ...['offDataEnd', 'offHeaderReceive', 'offMessage', 'offOpen', 'offWebSocketClose', 'offWebSocketError'],
      ...['onDataEnd', 'onHeaderReceive', 'onMessage', 'onOpen', 'onWebSocketClose', 'onWebSocketError'],
    ],
    createWebSocketServer: [
      ...shared,
      ...['listAllConnections', 'start', 'stop'],
      ...['offConnect', 'offMessageReceive', 'offWebSocketServerClose', 'offWebSocketServerError'],
      ...['onConnect', 'onMessageReceive', 'onWebSocketServerClose', 'onWebSocketServerError'],
      // The one extension of an object: docs/kit-differences.md.
      'serverPort',
    ],
  };
  for (const [factory, expected] of Object.entries(members) as [keyof typeof members, string[]][]) {
    test(`${factory}: no own keys, nothing enumerable, and the methods of the tables on the prototype`, () => {
      const object = webSocket[factory]();
      assert.deepEqual(Reflect.ownKeys(object), []);
      assert.deepEqual(enumerable(object), []);
      assert.deepEqual(Reflect.ownKeys(Object.getPrototypeOf(object)).sort(), expected.sort());
      assert.equal(Object.getPrototypeOf(Object.getPrototypeOf(object)), Object.prototype);
    });
  }

  test('hilog has the members of kit §6.1', () => {
    const functions = ['debug', 'info', 'warn', 'error', 'fatal', 'isLoggable', 'setMinLogLevel', 'setLogLevel'];
    const output = ['setOutputType', 'setOutputTypeByDomainID', 'getOutputType', 'getOutputDir', 'clean', 'flush'];
    const enums = ['LogLevel', 'PreferStrategy', 'OutputType'];
    assert.deepEqual(enumerable(hilog).sort(), [...functions, ...output, 'getLogFile', ...enums].sort());
  });

  test('values of events have only the declared keys [kit §1.6 open; kit §1.6 close; kit §1.10 connect; kit §1.4 CloseResult; kit §10 open status]', async () => {
    const { server, trace, url } = await recordedServer();
    const client = recordedClient();
    const seen: Record<string, unknown> = {};
    server.on('connect', (connection) => {
      seen.connect = Object.keys(connection);
    });
    server.on('messageReceive', (message) => {
      seen.messageReceive = Object.keys(message);
      void server.close(message.clientConnection);
    });
    server.on('close', (connection, reason) => {
      seen.serverClose = [Object.keys(connection), Object.keys(reason)];
      trace.record('close{');
    });
    client.ws.on('open', (...args) => {
      seen.open = args;
      client.ws.send('x', () => {});
    });
    client.ws.on('close', (...args) => {
      seen.close = args;
      client.trace.record('close{');
    });
    await client.ws.connect(url);
    await Promise.all([client.trace.until('close{'), trace.until('close{')]);
    assert.deepEqual(seen, {
      connect: ['clientIP', 'clientPort'],
      messageReceive: ['clientConnection', 'data'],
      serverClose: [
        ['clientIP', 'clientPort'],
        ['code', 'reason'],
      ],
      open: [undefined, { status: 101, message: 'Switching Protocols' }],
      close: [undefined, { code: 1000, reason: 'CLOSE_NORMAL' }],
    });
    await server.stop();
  });
});
