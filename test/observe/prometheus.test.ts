// A real Prometheus scrapes a real server, and answers queries about what it has read: OpenMetrics over HTTP, as in production.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer as createNetServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { localBus } from '../../src/bus/local/local-bus.ts';
import { createServer } from '../../src/engine/index.ts';
import { metricFamilies } from '../../src/observe/metric-families.ts';
import { queries } from '../support/dashboard.ts';
import { peer } from '../support/peers.ts';

const prometheus = peer('prometheus');
const page = readFileSync(new URL('../../docs/metrics.md', import.meta.url), 'utf8');

interface Answer {
  readonly data: { readonly result: { readonly metric: Record<string, string>; readonly value: [number, string] }[] };
}

/** A port that was free just now: Prometheus takes no other way of being told that any will do. */
async function freePort(): Promise<number> {
  const server = createNetServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('Prometheus reads all families, as OpenMetrics', { skip: prometheus.skip, timeout: 120_000 }, async (context) => {
  const server = createServer({ resume: true, bus: localBus('prometheus.test') });
  context.after(() => server.close());
  const { port } = await server.listen({
    host: '127.0.0.1',
    metrics: { path: '/metrics', labels: { server: 'a"b\\c' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'prometheus-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  const config = {
    global: { scrape_interval: '200ms', scrape_timeout: '200ms' },
    scrape_configs: [{ job_name: 'chat', static_configs: [{ targets: [`127.0.0.1:${port}`] }] }],
  };
  writeFileSync(join(folder, 'prometheus.json'), JSON.stringify(config)); // JSON is YAML
  const own = await freePort();
  const child = spawn(
    prometheus.path,
    [
      `--config.file=${join(folder, 'prometheus.json')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${own}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  const ended = once(child, 'exit');
  context.after(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const query = async (expression: string): Promise<Answer['data']['result']> => {
    const answer = await fetch(`http://127.0.0.1:${own}/api/v1/query?query=${encodeURIComponent(expression)}`);
    return ((await answer.json()) as Answer).data.result;
  };
  /** Asks until there is an answer: Prometheus starts, and scrapes when it likes. */
  const answered = async (expression: string): Promise<Answer['data']['result']> => {
    for (;;) {
      assert.equal(child.exitCode, null, log);
      const result = await query(expression).catch(() => []);
      if (result.length > 0) return result;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const [up] = await answered('up{job="chat"} == 1');
  assert.equal(up?.value[1], '1', log);
  // The event loop is measured from the first scrape on.
  await answered('websocket_event_loop_delay_seconds_count');
  const names = new Set((await query('{__name__=~"websocket_.*"}')).map(({ metric }) => metric.__name__));
  for (const { name, type } of metricFamilies) {
    // These have no sample before the first event.
    if (/^(?:close_frames|errors|handshakes_unsuccessful|sessions_expired|session_attempts_refused)$/u.test(name))
      continue;
    const sample = { counter: '_total', gauge: '', histogram: '_bucket', summary: '_count' }[type];
    assert.ok(names.has(`websocket_${name}${sample}`), `${name}${sample}`);
  }
  const [connections] = await query('websocket_connections');
  assert.deepEqual(
    { server: connections?.metric.server, value: connections?.value[1] },
    { server: 'a"b\\c', value: '0' },
  );
  // Every query of the dashboard, and those of docs/metrics.md, is one that Prometheus understands.
  const ofPage = [...page.matchAll(/^\|[^|]*\| `([^`]*websocket_[^`]*)` \|$/gmu)].map(
    ([, expression = '']) => expression,
  );
  assert.equal(ofPage.length, 4);
  for (const expression of [...queries.map((one) => one.expression), ...ofPage]) {
    const asked = expression.replaceAll('$__rate_interval', '1m').replaceAll(/\$(?:job|instance)/gu, '.*');
    const answer = await fetch(`http://127.0.0.1:${own}/api/v1/query?query=${encodeURIComponent(asked)}`);
    assert.equal(answer.status, 200, `${asked}: ${await answer.text()}`);
  }
  const metadata = await fetch(`http://127.0.0.1:${own}/api/v1/metadata?metric=websocket_wire_bytes`);
  // Only OpenMetrics has units.
  assert.match(await metadata.text(), /"unit":"bytes"/u);
});
