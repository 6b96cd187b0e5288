// `server.metrics()`: what it shows, and when.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createServer } from '../../src/server/server.ts';

test('a new server has counted nothing', () => {
  const { eventLoopDelay, ...metrics } = createServer().metrics();
  assert.deepEqual(metrics.connections.refused, {});
  assert.deepEqual(metrics.slowConsumers, { close: 0, 'drop-newest': 0, 'drop-oldest': 0, pause: 0 });
  assert.deepEqual(metrics.topics, { topics: 0, subscriptions: 0, publishes: 0, deliveries: 0, passedOver: 0 });
  const numbers = JSON.stringify(metrics).match(/:(\d+)/g) ?? [];
  assert.ok(numbers.length > 50);
  assert.ok(numbers.every((number) => number === ':0'));
  assert.ok(eventLoopDelay === undefined || eventLoopDelay.count >= 0);
});

test('metrics() takes no arguments', () => {
  const server = createServer();
  assert.throws(() => Reflect.apply(server.metrics, server, ['text']), { code: 'ERR_WS_OPTION' });
});

test('the delay of the event loop is measured from the first call on, and does not keep the process alive', () => {
  const entry = fileURLToPath(new URL('../../src/server/server.ts', import.meta.url));
  const script = `
    import { createServer } from ${JSON.stringify(entry)};
    const server = createServer();
    const first = server.metrics().eventLoopDelay;
    const look = () => {
      const now = server.metrics().eventLoopDelay;
      if (now === undefined || now.count < 3) setTimeout(look, 10);
      else console.log(JSON.stringify([first ?? null, now.min >= 0, now.max >= now.mean, now.quantiles.length]));
    };
    look();`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', script];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
  assert.equal(stderr, '');
  assert.deepEqual([status, stdout.trim()], [0, '[null,true,true,3]']);
});
