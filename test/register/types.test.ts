// `harmony-websocket/tsconfig.kit.json`, extended by a project as its README tells: the compiler finds the kit by its names.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { project } from './project.ts';

const tsc = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');

const source = `
import { webSocket } from '@kit.NetworkKit';
import defaultWebSocket from '@ohos.net.webSocket';
import { AsyncCallback, BusinessError, Callback, ErrorCallback } from '@kit.BasicServicesKit';
import { BusinessError as BaseError } from '@ohos.base';
import { hilog } from '@kit.PerformanceAnalysisKit';
import defaultHilog from '@ohos.hilog';

const socket: webSocket.WebSocket = webSocket.createWebSocket();
const server: webSocket.WebSocketServer = defaultWebSocket.createWebSocketServer();
const connected: AsyncCallback<boolean> = (err: BusinessError, value: boolean) => {
  hilog.info(0x0000, 'tag', 'connected %{public}s', String(value), err);
};
const failed: ErrorCallback = (err: BaseError) => defaultHilog.error(0x0000, 'tag', String(err.code));
const ended: Callback<void> = () => {};
socket.on('open', (err: BusinessError, value: Object) => console.log(err, JSON.stringify(value)));
socket.on('message', (err: BusinessError, value: string | ArrayBuffer) => console.log(err, value));
socket.on('close', (err: BusinessError, value: webSocket.CloseResult) => console.log(err, value.code, value.reason));
socket.on('error', failed);
socket.on('dataEnd', ended);
socket.connect('ws://localhost', connected);
server.on('connect', async (connection: webSocket.WebSocketConnection) => {
  const success: boolean = await server.send(connection.clientIP, connection);
  console.log(success);
});
const config: webSocket.WebSocketServerConfig = { serverPort: 0, maxConcurrentClientsNumber: 10, maxConnectionsForOneClient: 10 };
void server.start(config);
`;

const suite = `
import { afterAll, beforeEach, beforeItSpecified, describe, expect, Hypium, it, Level, Size, TestType, xit } from '@ohos/hypium';

export default function chatTest() {
  describe('chat', () => {
    beforeEach(async () => {});
    beforeItSpecified(['answers'], () => {});
    afterAll((done: Function) => done());
    it('answers', TestType.FUNCTION | Size.SMALLTEST | Level.LEVEL0, async (done: Function) => {
      expect('text').not().assertContain('b');
      expect([1]).message('list').assertDeepEquals([1]);
      await expect(Promise.reject(new TypeError('a'))).assertPromiseIsRejectedWithError(TypeError, 'a');
      expect(() => {}).not().assertThrowError('a');
      done();
    });
    xit.reason('later')('waits', 0, () => {});
  });
}
Hypium.hypiumTest(undefined, undefined, chatTest);
`;

const wrong = `
import { expect, MockKit } from '@ohos/hypium';
import { webSocket, mdns } from '@kit.NetworkKit';
import { AsyncCallback } from '@kit.BasicServicesKit';
const result: webSocket.CloseResult = { code: 'text', reason: '' };
mdns.x();
new AsyncCallback();
console.log(result);
expect(1).assertLarger('2');
expect(1).assertNothing();
MockKit.mockFunc();
`;

const options: Array<[name: string, compilerOptions: object]> = [
  ['as it is', {}],
  ['module NodeNext', { module: 'NodeNext' }],
  ['module NodeNext, moduleResolution NodeNext', { module: 'NodeNext', moduleResolution: 'NodeNext' }],
  ['module ESNext, moduleResolution bundler', { module: 'ESNext', moduleResolution: 'bundler' }],
];

describe('tsconfig.kit.json', () => {
  for (const [name, compilerOptions] of options) {
    test(`${name}: the kit's names type-check, and misuse does not`, async (context) => {
      const { node } = project(context, {
        'package.json': '{ "type": "module" }',
        'tsconfig.json': JSON.stringify({
          extends: 'harmony-websocket/tsconfig.kit.json',
          compilerOptions,
          include: ['src'],
        }),
        'src/right.ts': source,
        'src/suite.ts': suite,
        'src/wrong.ts': wrong,
      });
      const { code, stdout } = await node(tsc, '-p', '.', '--pretty', 'false');
      const errors = stdout.split('\n').filter((line) => line !== '');
      assert.deepEqual(
        errors.map((line) => line.replace(/: error (TS\d+): .*/, ' $1')),
        [
          'src/wrong.ts(5,41) TS2322',
          'src/wrong.ts(6,6) TS2339',
          'src/wrong.ts(7,5) TS18048',
          'src/wrong.ts(9,24) TS2345',
          'src/wrong.ts(10,11) TS2339',
          'src/wrong.ts(11,9) TS2339',
        ],
        stdout,
      );
      assert.notEqual(code, 0);
    });
  }
});
