// Clients that resume on another worker, by a directory of sessions: over a rolling restart of all workers, where every message is
// handled once and in order, and so is every answer; and after a worker was killed, where the last ones may come twice.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { connect, type ResumableConnection, type ResumeClientHandlers } from 'harmony-websocket/engine';
import { canBindShared } from '../../src/node/internals/listen-handle.ts';
import { CHILD_PATIENCE } from '../support/command.ts';
import { leavingNothing, type Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';
import { until } from '../support/until.ts';
import { start } from './clusters.ts';

const CLIENTS = 12;

/** A client that resumes, and what it hears. */
function open(
  scope: Scope,
  url: string,
  handlers: Pick<ResumeClientHandlers, 'resumed' | 'expired'>,
): { client: ResumableConnection; answers: Inbox<string> } {
  const answers = new Inbox<string>();
  const client = connect(url, {
    resume: true,
    reconnect: { initial: 10, max: 100 },
    handlers: { message: (_, data) => answers.push(String(data)), ...handlers },
  });
  scope.defer(() => client.terminate());
  return { client, answers };
}

test(
  'nothing is lost and nothing comes twice while all workers are replaced under load',
  leavingNothing(async (scope) => {
    const directory = mkdtempSync(join(tmpdir(), 'cluster-sessions-'));
    scope.defer(() => rmSync(directory, { recursive: true, force: true }));
    const { cluster, url } = await start(scope, { env: { DIRECTORY: directory } });
    let isOver = false;
    let resumed = 0;
    const expired: unknown[] = [];
    const clients = Array.from({ length: CLIENTS }, async () => {
      const { client, answers } = open(scope, url, {
        resumed: () => resumed++,
        expired: (_, expiry) => expired.push(expiry),
      });
      let sent = 0;
      while (!isOver) {
        client.send(`echo ${++sent}`);
        for (;;) {
          const answer = await answers.next();
          if (!answer.startsWith('echo ')) continue;
          assert.equal(answer, `echo ${sent}`);
          break;
        }
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
      await client.close();
      return sent;
    });
    await cluster.restart({ code: 1012 });
    isOver = true;
    const counts = await Promise.all(clients);
    assert.deepEqual(expired, []);
    assert.ok(resumed >= CLIENTS, String(resumed));
    assert.ok(counts.every((count) => count > 1));
  }, 2 * CHILD_PATIENCE),
);

test(
  'nothing is lost when a worker is killed, with sessions that are written ahead: its clients go on with another one',
  { skip: canBindShared() ? false : 'node:cluster keeps connections that it was handing to the killed worker' },
  leavingNothing(async (scope) => {
    const directory = mkdtempSync(join(tmpdir(), 'cluster-ahead-'));
    scope.defer(() => rmSync(directory, { recursive: true, force: true }));
    const { cluster, url, gone } = await start(scope, { env: { DIRECTORY: directory, MODE: 'ahead' } });
    const expired: unknown[] = [];
    const pids: number[] = [];
    let resumed = 0;
    let isOver = false;
    const talk = Array.from({ length: CLIENTS }, async (_, index) => {
      const { client, answers } = open(scope, url, {
        resumed: () => resumed++,
        expired: (_, expiry) => expired.push(expiry),
      });
      pids[index] = Number(/^hello from (\d+)$/u.exec(await answers.next())?.[1]);
      let sent = 0;
      let answered = 0;
      const say = (): void => void client.send(`echo ${++sent}`);
      // Four are on their way at a time.
      for (let at = 0; at < 4; at++) say();
      while (answered < sent) {
        const number = Number(/^echo (\d+)$/u.exec(await answers.next())?.[1]);
        assert.ok(number <= answered + 1, `${number} after ${answered}`);
        if (number <= answered) continue; // again
        answered = number;
        if (!isOver) say();
      }
      await client.close();
      return answered;
    });
    await until('all are open', () => pids.filter((pid) => pid > 0).length === CLIENTS);
    const [victim] = pids as [number];
    const moved = pids.filter((pid) => pid === victim).length;
    process.kill(victim, 'SIGKILL');
    assert.equal((await gone.next()).exit.signal, 'SIGKILL');
    await until('its clients have resumed', () => resumed >= moved);
    isOver = true;
    const counts = await Promise.all(talk);
    assert.deepEqual(expired, []);
    assert.ok(counts.every((count) => count >= 4));
    await until('another one is in its place', () => cluster.workers.every(({ state }) => state === 'listening'));
  }, 2 * CHILD_PATIENCE),
);
