// A process that waits for its bus does not end before it has an answer, whatever its driver keeps open.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';

const PROGRAM = `
import { createBus, createPublisher } from './src/bus/index.ts';
import { createServer } from './src/engine/index.ts';

const silent = () => ({
  name: 'silent', address: 'silent:1', maxPayload: 1024, payloadBound: 'nothing',
  open() {}, publish: () => false, subscribe: async () => {}, unsubscribe() {}, flush: async () => {}, close: async () => {},
});
await createServer({ bus: createBus(silent(), { timeout: 100 }) }).listen({ port: 0 }).catch(({ code }) => console.log(code));
await createPublisher({ bus: createBus(silent(), { timeout: 100 }) }).ready().catch(({ code }) => console.log(code));
console.log('over');
`;

test('listen and ready() are answered in a program that has nothing else to do', async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', PROGRAM], {
    cwd: new URL('../..', import.meta.url),
  });
  assert.equal(stdout, 'ERR_WS_BUS_CONNECT\nERR_WS_BUS_CONNECT\nover\n');
});
