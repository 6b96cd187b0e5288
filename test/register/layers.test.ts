// ArkTS networking layers as applications have them: imports and calls of public repositories, rebuilt. Each fixture runs
// unchanged over the in-memory network, as a program, in a separate process.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What each scenario prints. */
const printed: Readonly<Record<string, readonly string[]>> = {
  'network-watch': [
    'true false',
    'offline: connect -1, connect -1, connect -1, connect -1, connect -1, connect -1',
    'online: available, open 101, pong',
    'silent: silent, open 101',
    'cellular: error 200, lost, available, metered, open 101',
    'attempts: 60000, 136000, 136000',
    'end: close true',
  ],
  'socket-by-id': [
    'header phone v1, v2',
    'socketOpen {"id":7,"status":101,"message":"Switching Protocols"}',
    'socketMessage {"id":7,"type":"text","data":"welcome","blob":false}',
    'socketMessage {"id":7,"type":"binary","data":"CQgH","blob":true}',
    'socketFailed {"id":7,"message":"send: no socket 7"}',
    'socketClosed {"id":7,"code":1000,"reason":"reload"}',
    'socketFailed {"id":8,"message":"Websocket connect failed"}',
  ],
  inspector: ['connected false', 'left 1 false', 'done'],
  'stanza-socket': [
    'asked for xmpp stanza Upgrade',
    'headers object true',
    'written undefined',
    'data <features/>',
    'close false',
    'error -1 Websocket connect failed',
    'close true',
  ],
  'token-session': [
    'eve 403 refused',
    'ann null t-1',
    'authorization Bearer t-1',
    'Online {}',
    'Message {"from":"bob","text":"早"}',
    'Offline {"code":4001,"reason":"logged in elsewhere"}',
    'ERR_KIT_NAME the default export of @ohos.request is not part of',
    'cleared',
    'token "" 2',
  ],
  'binary-im': [
    '4d53010100000001000000040037ad8474c3b66b',
    'started ok 好',
    '2 2 true hello',
    'no answer to 2',
    'roster {"ann":2,"bob":1}',
    'heartbeat true true',
    'dataEnd, dataEnd, magic 0, dataEnd',
  ],
  'browser-shim': [
    'connect s1',
    'joined welcome',
    'news [1,{"a":[true]},"你好"]',
    'disconnect 1000 at 70000',
    'connect_error -1',
    'disconnect 1006',
    'connect_error 200',
  ],
  telemetry: [
    'protocol mqtt',
    '101300044d5154540402003c000777617463682d37',
    '821500010010726f6f6d2f74656d706572617475726500',
    'reading 21.5 °C',
    'connected false',
    'connected true',
    'published 215 30d401',
  ],
  interceptors: [
    '[{"path":"/v1/a","method":"GET","sent":null},{"path":"/v1/b","method":"GET","sent":null},' +
      '{"path":"/v1/c","method":"POST","sent":{"text":"ö"}}]',
    'renewed 1 calls 7',
    'traces 7',
    '{"waited":true} 21000',
    '/stomp?ticket=a+b&v=1.2 v12.stomp',
    'b first',
    'a second',
  ],
};

/** One layer does not wait for the result of `close`, which fails. */
const warned: Readonly<Record<string, RegExp>> = {
  inspector: /^harmony-websocket: WebSocket\.close failed with 2302999 [^\n]*nothing handles this rejection[^\n]*\n$/u,
};

/** Layers with `.ts` files, which tsx translates by its own rules. */
const withTypeScript = ['socket-by-id', 'inspector', 'token-session', 'browser-shim'];

describe('layers of applications', { timeout: 120_000, concurrency: 2 }, () => {
  for (const name of Object.keys(printed)) {
    test(name, () => runs(name, ['harmony-websocket/register']));
  }
  for (const name of withTypeScript) {
    test(`${name}, with tsx`, () => runs(name, ['tsx', 'harmony-websocket/register']));
  }
});

async function runs(name: string, loaders: readonly string[]): Promise<void> {
  const imports = loaders.flatMap((loader) => ['--import', loader]);
  const { stdout, stderr, code } = await run([...imports, `test/fixtures/layers/${name}/scenario.ets`]);
  assert.match(stderr, warned[name] ?? /^$/u);
  assert.deepEqual(stdout.trimEnd().split('\n'), printed[name]);
  assert.equal(code, 0);
}

function run(parameters: string[]): Promise<{ stdout: string; stderr: string; code: number | null }> {
  const { NODE_OPTIONS: _, NODE_TEST_CONTEXT: __, ...env } = process.env;
  return new Promise((resolve) => {
    const child = execFile(process.execPath, parameters, { cwd: root, env }, (_error, stdout, stderr) => {
      resolve({ stdout, stderr, code: child.exitCode });
    });
  });
}
