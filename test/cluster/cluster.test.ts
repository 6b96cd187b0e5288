// `createCluster` with real processes: one port, workers that are replaced, rolling restarts, metrics of all, the end.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createCluster } from 'harmony-websocket/cluster';
import { connect } from 'harmony-websocket/engine';
import { neverListened } from '../../src/cluster/worker-process.ts';
import { CHILD_PATIENCE, Command } from '../support/command.ts';
import { leavingNothing } from '../support/handles.ts';
import { guest, guests, program, start } from './clusters.ts';
import { isSpread } from './spread.ts';

const within = (body: Parameters<typeof leavingNothing>[0]) => leavingNothing(body, 2 * CHILD_PATIENCE);

/** The number of a sample in a text of metrics. */
function sample(text: string, name: string): number {
  const [, value] = new RegExp(`^websocket_${name} (\\d+)$`, 'mu').exec(text) ?? [];
  return Number(value);
}

describe('createCluster', () => {
  test(
    'workers share a port; one that crashes is replaced, and the others notice nothing; metrics are those of all',
    within(async (scope) => {
      const started = await start(scope);
      const { cluster, port, gone } = started;
      assert.deepEqual(
        cluster.workers.map(({ number, state }) => [number, state]),
        [
          [1, 'listening'],
          [2, 'listening'],
        ],
      );
      assert.equal(cluster.addresses.length, 1);
      const [one, other] = await guests(scope, started);
      assert.ok(one !== undefined && other !== undefined);

      other.connection.send('cluster');
      assert.equal(await other.messages.next(), 'ERR_WS_CLUSTER_NESTED');

      const before = await cluster.metrics();
      const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      assert.equal(sample(text, 'connections_opened_total'), before.connections.opened);
      assert.equal(before.connections.open, before.connections.opened);
      assert.equal(sample(await cluster.metricsText({ format: 'prometheus' }), 'connections'), before.connections.open);

      one.connection.send('throw a mistake');
      const { worker, exit } = await gone.next();
      assert.deepEqual([worker.pid, exit.code, exit.signal, exit.wasAsked], [one.pid, 1, null, false]);
      assert.match(exit.error ?? '', /^Error: a mistake\n {4}at /u);
      assert.equal((await one.closed).code, 1006);
      const next = await started.started.next();
      assert.equal(next.number, worker.number);
      other.connection.send('echo still here');
      assert.equal(await other.messages.next(), 'echo still here');
      await guests(scope, started);

      // What the one that is gone has counted is not lost: a counter never goes back.
      const after = await cluster.metrics();
      assert.ok(after.connections.opened >= before.connections.opened);
      assert.equal(after.connections.open, after.connections.opened - after.connections.closed);
    }),
  );

  test(
    'a rolling restart refuses nobody: clients that connect all the time are served by old or new workers',
    within(async (scope) => {
      const started = await start(scope);
      const { cluster, url } = started;
      const old = cluster.workers.map(({ pid }) => pid);
      let isOver = false;
      const served = new Map<number, number>();
      const errors: unknown[] = [];
      const load = Array.from({ length: 4 }, async () => {
        while (!isOver) {
          try {
            const connection = await connect(url, {
              handlers: {
                message(self, data) {
                  const pid = Number(String(data).split(' ').at(-1));
                  served.set(pid, (served.get(pid) ?? 0) + 1);
                  void self.close();
                },
              },
            });
            await connection.closed;
          } catch (error) {
            errors.push(error);
          }
        }
      });
      await guests(scope, started);
      await cluster.restart({ code: 1012, deadline: 60_000 });
      const now = cluster.workers.map(({ pid }) => pid);
      await guests(scope, started);
      isOver = true;
      await Promise.all(load);
      // Where node:cluster shares the port (Node without SO_REUSEPORT), a worker that leaves may refuse clients that wait for it.
      if (isSpread) assert.deepEqual(errors, []);
      assert.ok(now.every((pid) => !old.includes(pid)));
      assert.ok(now.every((pid) => (served.get(pid) ?? 0) > 0));
      for (let at = 0; at < 2; at++) {
        const { exit } = await started.gone.next();
        assert.equal(exit.wasAsked, true);
      }
      assert.equal(started.failures.rest.length, 0);
    }),
  );

  test(
    'a worker that cannot start makes createCluster reject with its error, and nothing is left',
    within(async () => {
      const starting = createCluster({
        server: program('room'),
        workers: 2,
        execArgv: [],
        env: { MISTAKE: 'no database' },
      });
      await assert.rejects(starting, (error: NodeJS.ErrnoException) => {
        assert.equal(error.code, 'ERR_WS_CLUSTER_WORKER');
        assert.match(error.message, /^worker [12] ended before it listened \(exit code 1\): Error: no database/u);
        return true;
      });
      assert.equal(process.listenerCount('SIGTERM'), 0);
    }),
  );

  test(
    'a port that is in use is told, even if the same program has it',
    within(async (scope) => {
      const { port } = await start(scope);
      const again = createCluster({ server: program('room'), workers: 2, execArgv: [], env: { PORT: `${port}` } });
      await assert.rejects(again, {
        code: 'ERR_WS_CLUSTER_WORKER',
        message: new RegExp(`cannot listen on 127\\.0\\.0\\.1:${port} \\(EADDRINUSE\\)`, 'u'),
      });
    }),
  );

  test(
    'a worker that ends before it listens, again and again, leaves its place empty, and the others go on',
    within(async (scope) => {
      const env: { MISTAKE?: string | undefined } = {};
      const started = await start(scope, { env, restart: { attempts: 2, backoff: 1 } });
      const [one, other] = await guests(scope, started);
      assert.ok(one !== undefined && other !== undefined);
      env.MISTAKE = 'no memory';
      one.connection.send('throw first');
      assert.equal(
        (await started.failures.next()).message.split(': ')[0],
        'worker 1 ended before it listened (exit code 1, 2 times in a row)',
      );
      assert.deepEqual(
        started.cluster.workers.map(({ number }) => number),
        [2],
      );
      await assert.rejects(started.cluster.restart(), { code: 'ERR_WS_CLUSTER_WORKER' });
      // The port has been left to the other one: nobody waits for a worker that is not there.
      assert.equal((await guest(scope, started.url)).pid, other.pid);
      other.connection.send('echo still here');
      assert.equal(await other.messages.next(), 'echo still here');
      env.MISTAKE = undefined;
    }),
  );

  test(
    'a program with an HTTP server of its own is shared by node:cluster, and drains like the others',
    within(async (scope) => {
      const started = await start(scope, { server: program('attached') });
      const [one, other] = await guests(scope, started);
      const result = await started.cluster.drain({ code: 4001, reason: 'update' });
      const closes = await Promise.all([one!.closed, other!.closed]);
      assert.deepEqual(
        closes.map(({ code, reason }) => [code, reason]),
        [
          [4001, 'update'],
          [4001, 'update'],
        ],
      );
      assert.equal(result.codes[4001], result.closed);
      await started.cluster.ended;
      assert.deepEqual(started.cluster.workers, []);
      await assert.rejects(started.cluster.restart(), { code: 'ERR_WS_CLUSTER_ENDED' });
    }),
  );

  test('SIGTERM drains: clients get 1001, and the program ends by itself', async (context) => {
    const command = new Command(context, [fileURLToPath(program('main'))]);
    const [, port, ...pids] = (await command.seen(/^listening .*$/mu))[0].split(' ').map(Number);
    const connection = await connect(`ws://127.0.0.1:${port}/`);
    command.signal('SIGTERM');
    assert.equal((await connection.closed).code, 1001);
    assert.equal(await command.exit, 0);
    assert.match(command.stdout, /^ended 0$/mu);
    for (const pid of pids) assert.throws(() => process.kill(pid!, 0), { code: 'ESRCH' });
  });

  test(
    'a worker that somebody else sends SIGTERM is replaced before it drains',
    within(async (scope) => {
      const started = await start(scope);
      const [one] = await guests(scope, started);
      process.kill(one!.pid, 'SIGTERM');
      const next = await started.started.next();
      const { worker, exit } = await started.gone.next();
      assert.deepEqual([worker.pid, exit.wasAsked, next.number], [one!.pid, true, worker.number]);
      assert.equal((await one!.closed).code, 1001);
    }),
  );

  test('a program in TypeScript on a version of Node that cannot run it: the error tells what to use', () => {
    const error = 'TypeError [ERR_UNKNOWN_FILE_EXTENSION]: Unknown file extension ".ts" for /app/app.ts';
    const { message } = neverListened(1, { code: 1, signal: null, error, wasAsked: false });
    assert.match(
      message,
      /does not run TypeScript; use Node 22\.18 or newer, or a loader: execArgv: \['--import', 'tsx'\]/u,
    );
  });

  test('bad options are told before anything starts', async () => {
    const options = { server: program('room') };
    const bad: [object, RegExp][] = [
      [{}, /server/u],
      [{ ...options, workers: 0 }, /workers is 0; expected an integer from 1 to 1024, or 'cores'/u],
      [{ ...options, instances: 2 }, /instances .* use workers/u],
      [{ ...options, restart: { retries: 3 } }, /use attempts/u],
      [{ ...options, server: new URL('https://example.org/app.js') }, /server/u],
      [{ ...options, env: { A: 1 } }, /env/u],
      [{ ...options, cwd: './not/there' }, /cwd is "\.\/not\/there"; expected an existing directory/u],
    ];
    for (const [given, text] of bad) {
      await assert.rejects(createCluster(given as never), (error: NodeJS.ErrnoException) => {
        assert.equal(error.code, 'ERR_WS_OPTION');
        assert.match(error.message, text);
        return true;
      });
    }
  });
});
