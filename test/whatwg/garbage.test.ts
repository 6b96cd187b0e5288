// WebSockets standard, "garbage collection": an open WebSocket that somebody listens to is not collected.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const whatwg = new URL('../../src/whatwg/index.ts', import.meta.url).href;
const engine = new URL('../../src/engine/index.ts', import.meta.url).href;

const program = `
  import { createServer } from '${engine}';
  import { WebSocket } from '${whatwg}';
  const turn = () => new Promise(setImmediate);
  const server = createServer({});
  const { port } = await server.listen({ host: '127.0.0.1', port: 0 });
  const seen = [];
  let reference;
  let done;
  const finished = new Promise((resolve) => (done = resolve));
  (() => {
    const socket = new WebSocket('ws://127.0.0.1:' + port + '/');
    reference = new WeakRef(socket);
    socket.onopen = () => seen.push('open');
    socket.onmessage = ({ data }) => seen.push(data);
    socket.onclose = () => done();
  })();
  while (seen.length === 0) { globalThis.gc(); await turn(); }
  for (let count = 0; count < 5; count++) { globalThis.gc(); await turn(); }
  seen.push(reference.deref() === undefined ? 'collected' : 'kept');
  server.broadcast('hello');
  while (seen.length < 3) { globalThis.gc(); await turn(); }
  void server.close();
  await finished;
  // To look at it keeps it until the end of the turn.
  for (let count = 0; count < 50; count++) { globalThis.gc(); await turn(); }
  seen.push(reference.deref() === undefined ? 'collected' : 'kept');
  console.log(seen.join());
`;

test('it is kept while it is open, and collected when it has ended', async () => {
  const child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', '--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (text) => {
    output += text;
  });
  const [code] = await once(child, 'close');
  assert.equal(code, 0);
  assert.equal(output.trim(), 'open,kept,hello,collected');
});
