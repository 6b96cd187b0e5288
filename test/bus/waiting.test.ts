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

const LOSING = `
import { createBus } from './src/bus/index.ts';
import { createServer } from './src/engine/index.ts';

const losing = () => ({
  name: 'losing', address: 'losing:1', maxPayload: 1024, payloadBound: 'nothing',
  open(events) {
    setImmediate(() => {
      events.ready();
      for (const cause of ['unplugged', 'unplugged again']) {
        events.lost(new Error(cause));
        events.ready();
      }
    });
  },
  publish: () => true, subscribe: async () => {}, unsubscribe() {}, flush: async () => {}, close: async () => {},
});
process.on('warning', ({ name, message }) => console.log(name, message));
const silent = createServer({ bus: createBus(losing()) });
const heard = createServer({ bus: createBus(losing(), { lost: ({ code }) => console.log(code) }) });
for (const server of [silent, heard]) {
  await server.listen({ port: 0, host: '127.0.0.1' });
  await server.close();
}
`;

async function outputOf(program: string): Promise<string> {
  const run = promisify(execFile);
  const cwd = new URL('../..', import.meta.url);
  const { stdout } = await run(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], { cwd });
  return stdout;
}

test('the first loss is a warning where no handler hears of it', async () => {
  assert.equal(
    await outputOf(LOSING),
    'BusWarning the bus at losing:1 is lost (unplugged); it connects again by itself. Until it is back, messages reach the ' +
      'connections of this server only; a handler lost hears of each loss\nERR_WS_BUS_LOST\nERR_WS_BUS_LOST\n',
  );
});

test('listen and ready() are answered in a program that has nothing else to do', async () => {
  const stdout = await outputOf(PROGRAM);
  assert.equal(stdout, 'ERR_WS_BUS_CONNECT\nERR_WS_BUS_CONNECT\nover\n');
});
