// The public types against the tables of kit specification §1, §6 and §7: test/type-tests holds what must compile
// and, under `@ts-expect-error`, what must not; the compiler reads it here once, a test tells what it said of a file.
// It reads the declarations that the build made of the sources.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const top = fileURLToPath(new URL('../..', import.meta.url));
let output: string[] = [];

before(() => {
  const manifest = createRequire(import.meta.url).resolve('typescript/package.json');
  const tsc = join(dirname(manifest), 'bin/tsc');
  const { stdout, error } = spawnSync(process.execPath, [tsc, '-p', 'test/type-tests', '--pretty', 'false'], {
    cwd: top,
    encoding: 'utf8',
  });
  assert.equal(error, undefined);
  output = stdout.split('\n').filter((line) => line !== '');
});

const fields = (section: string, ...names: string[]): string => names.map((name) => `${section} ${name}`).join('; ');

const files: [file: string, what: string, rows: string][] = [
  [
    'module.ts',
    'the namespace by both import forms, the factories',
    fields('kit §1.1', '@kit.NetworkKit', '@ohos.net.webSocket'),
  ],
  ['module.ts', 'TlsProtocol', fields('kit §1.3', 'TlsProtocol')],
  [
    'options.ts',
    'options of connect, field by field',
    fields(
      'kit §1.3',
      ...['header', 'caPath', 'clientCert', 'proxy', 'protocol', 'skipServerCertVerification', 'pingInterval'],
      ...['pongTimeout', 'minSupportTlsProtocol', 'supportOriginPort', 'all optional', 'ProxyConfiguration'],
      ...['HttpProxy host', 'HttpProxy port', 'HttpProxy exclusionList', 'HttpProxy credentials', 'ClientCert'],
    ),
  ],
  [
    'options.ts',
    'configuration of a server, field by field',
    [
      fields('kit §1.4', 'WebSocketServerConfig', 'ServerCert'),
      fields('kit §1.8', 'serverPort', 'maxConcurrentClientsNumber', 'maxConnectionsForOneClient', 'serverIP'),
      fields('kit §1.8', 'serverCert', 'protocol'),
    ].join('; '),
  ],
  ['options.ts', 'numbers where the SDK has int', fields('kit §1.2', 'int')],
  [
    'values.ts',
    'values of events and calls',
    fields(
      'kit §1.4',
      ...['WebSocketCloseOptions', 'CloseResult', 'OpenResult', 'WebSocketOpenInfo', 'ResponseHeaders'],
      ...['WebSocketConnection', 'WebSocketMessage'],
      'ClientConnectionCloseCallback',
    ),
  ],
  [
    'values.ts',
    'callbacks and BusinessError, including those of the modules of the platform',
    `${fields('kit §7', 'Callback', 'ErrorCallback', 'AsyncCallback', 'BusinessError')}; kit §1.1 @kit.BasicServicesKit`,
  ],
  [
    'client.ts',
    'methods of the client, overload by overload',
    fields('kit §1.5', 'connect', 'send', 'close', 'on, off'),
  ],
  ['client.ts', 'there is no once', fields('kit §1.7', 'no once')],
  [
    'client.ts',
    'names of ArkTS-static',
    fields(
      'kit §1.11',
      ...['onOpen', 'onMessage', 'onWebSocketClose', 'onWebSocketError', 'onDataEnd', 'onHeaderReceive'],
    ),
  ],
  [
    'server.ts',
    'methods of the server, overload by overload',
    fields('kit §1.9', 'start', 'stop', 'send', 'close', 'listAllConnections', 'on, off'),
  ],
  [
    'server.ts',
    'names of ArkTS-static',
    fields('kit §1.11', 'onConnect', 'onMessageReceive', 'onWebSocketServerClose', 'onWebSocketServerError'),
  ],
  ['configure.ts', 'the setting of configure for pages', ''],
  ['hilog.ts', 'the logger', 'kit §1.1 @kit.PerformanceAnalysisKit; kit §6.1 levels'],
];

describe('kit specification §1: types', () => {
  for (const [file, what, rows] of files) {
    test(rows === '' ? what : `${what} [${rows}]`, () => {
      assert.deepEqual(
        output.filter((line) => line.startsWith(`test/type-tests/${file}(`)),
        [],
      );
    });
  }

  test('the compiler has read them all, and found nothing else', () => {
    const read = readdirSync(join(top, 'test/type-tests')).filter((name) => name.endsWith('.ts') && name !== 'same.ts');
    assert.deepEqual([...new Set(files.map(([file]) => file))].sort(), read.sort());
    assert.deepEqual(output, []);
  });
});
