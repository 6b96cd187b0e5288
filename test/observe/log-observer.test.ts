// The lines for a `logger`: which level, and what is in them.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { connect, createServer, type Logger, refuse } from '../../src/engine/index.ts';
import { useNetwork } from '../../src/testing/index.ts';

/** Closes a server at the end of a block. */
const closing = (server: { close(): Promise<void> }): AsyncDisposable => ({
  [Symbol.asyncDispose]: () => server.close(),
});

/** A logger that keeps its lines. */
function recorder() {
  const lines: string[] = [];
  const at =
    (level: string) =>
    (line: string): void =>
      void lines.push(`${level} ${line.replace(/#\d+/, '#N').replace(/127\.0\.0\.1:\d+/, 'ADDRESS')}`);
  const logger: Logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
  return { lines, logger };
}

describe('logger', () => {
  test('of a server: levels, and no payload', async () => {
    await using network = useNetwork();
    const { lines, logger } = recorder();
    const server = createServer({ logger, message: (connection, data) => void connection.send(data) });
    await using _ = closing(server);
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/chat?token=secret`);
    client.send('hello');
    await network.settle();
    await client.close(1000, 'bye');
    await network.settle();
    assert.deepEqual(lines, [
      'debug handshake of ADDRESS for /chat?token=*** started',
      'info #N open /chat?token=*** ADDRESS',
      'debug #N < TEXT [5 bytes]',
      'debug #N > TEXT [5 bytes]',
      'debug #N < CLOSE 1000 (OK) [5 bytes]',
      'debug #N > CLOSE 1000 (OK) [5 bytes]',
      'info #N closed 1000 (OK)',
    ]);
  });

  test('refused handshakes warn, and a handler that failed is an error', async () => {
    await using network = useNetwork();
    const { lines, logger } = recorder();
    const server = createServer({
      logger,
      refused() {},
      upgrade(request) {
        if (request.url === '/no') return refuse(403, 'not you');
        throw new Error('no database');
      },
    });
    await using _ = closing(server);
    const { port } = await server.listen();
    for (const path of ['/no', '/broken']) await connect(`ws://localhost:${port}${path}`).catch(() => {});
    await network.settle();
    const told = lines.filter((line) => !line.startsWith('debug'));
    assert.equal(told.length, 2);
    assert.match(told[0] ?? '', /^warn handshake of ADDRESS for \/no refused: .*403/);
    assert.match(told[1] ?? '', /^error handshake of ADDRESS for \/broken .*no database/);
  });

  test('of a client: a server that is not there, and a connection that is lost', async () => {
    await using network = useNetwork();
    const { lines, logger } = recorder();
    await connect('ws://localhost:9/', { logger }).catch(() => {});
    const server = createServer();
    await using _ = closing(server);
    const { port } = await server.listen();
    await connect(`ws://localhost:${port}/`, { logger });
    await network.settle();
    for (const connection of server.connections) connection.terminate();
    await network.settle();
    const told = lines.filter((line) => !line.startsWith('debug'));
    assert.match(told[0] ?? '', /^warn handshake with ws:\/\/localhost:9\/ failed: /);
    assert.match(told[1] ?? '', /^info #N open ws:\/\/localhost:\d+\/ /);
    assert.match(told[2] ?? '', /^warn #N failed: connection lost/);
    assert.match(told[3] ?? '', /^info #N closed 1006 \(no Close frame\): /);
    assert.equal(told.length, 4);
  });

  test('a logger that throws harms no connection', async () => {
    await using network = useNetwork();
    const fail = (): never => {
      throw new Error('disk full');
    };
    const logger = { debug: fail, info: fail, warn: fail, error: fail, isLevelEnabled: fail };
    const warned: string[] = [];
    const heard = (warning: Error): void => void warned.push(warning.message);
    process.on('warning', heard);
    const server = createServer({ logger, message: (connection, data) => void connection.send(data) });
    await using _ = closing(server);
    const { port } = await server.listen();
    const client = await connect(`ws://localhost:${port}/`, { logger });
    client.send('hello');
    assert.equal((await client[Symbol.asyncIterator]().next()).value, 'hello');
    await network.settle();
    process.off('warning', heard);
    assert.equal(warned.filter((text) => text.includes('disk full')).length, 2, 'once for each');
  });
});
