// How messages leave for Redis: what goes together, in which order, and what keeps a channel of a cluster from being stuck.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { PublishQueue } from '../../src/bus/redis/publish-queue.ts';
import type { RedisCommand } from '../../src/bus/redis/redis-link.ts';
import { turn } from '../support/handles.ts';
import { ManualTurn } from '../support/manual-clock.ts';

interface Sent {
  readonly command: RedisCommand;
  readonly answer: (value?: unknown) => void;
  readonly fail: (error: Error) => void;
}

async function queueFor(isCluster: boolean) {
  const scheduler = new ManualTurn();
  const sent: Sent[] = [];
  const failures: number[] = [];
  const queue = new PublishQueue({
    isCluster,
    isSharded: isCluster,
    scheduler,
    send: (_, command) => new Promise((answer, fail) => sent.push({ command, answer, fail })),
    answered() {},
    failed: (_, count) => failures.push(count),
  });
  const prepared = queue.prepare('own');
  sent.shift()?.answer();
  await prepared;
  const push = (channel: string, size: number): boolean => queue.push(channel, new Uint8Array(size));
  /** Each command by its name, its first channel and how many payloads it has. */
  const shapes = (): string[] =>
    sent.map(({ command }) => {
      const [name, , keys] = command;
      if (name !== 'EVAL') return `${name} ${command[1]} ${command.length - 2}`;
      return keys === '0'
        ? `EVAL ${command[3]} ${(command.length - 3) / 2}`
        : `EVAL ${command[3]} ${command.length - 4}`;
    });
  return { queue, scheduler, sent, failures, push, shapes };
}

describe('messages for one Redis', () => {
  test('those of a turn leave together, large ones by themselves, and all in order', async () => {
    const { scheduler, push, shapes } = await queueFor(false);
    for (const [channel, size] of [
      ['a', 1],
      ['b', 2],
      ['c', 20_000],
      ['d', 3],
    ] as const)
      push(channel, size);
    assert.deepEqual(shapes(), []);
    scheduler.end();
    assert.deepEqual(shapes(), ['EVAL a 2', 'PUBLISH c 1', 'PUBLISH d 1']);
  });

  test('a call of the script has at most 256 messages and 64 KiB', async () => {
    const { scheduler, push, shapes } = await queueFor(false);
    for (let at = 0; at < 300; at++) push('a', 1);
    for (let at = 0; at < 9; at++) push('b', 16_000);
    scheduler.end();
    assert.deepEqual(shapes(), ['EVAL a 256', 'EVAL a 48', 'EVAL b 4', 'PUBLISH b 1']);
  });

  test('flush waits for the messages before it only', async () => {
    const { queue, scheduler, sent, push } = await queueFor(false);
    push('a', 1);
    scheduler.end();
    let isFlushed = false;
    void queue.flush().then(() => {
      isFlushed = true;
    });
    push('b', 1);
    scheduler.end();
    await turn();
    assert.equal(isFlushed, false);
    sent[0]?.answer();
    await turn();
    assert.equal(isFlushed, true);
  });
});

describe('messages for a cluster', () => {
  test('a channel has one command on its way; later messages leave together', async () => {
    const { scheduler, sent, push, shapes } = await queueFor(true);
    push('a', 1);
    push('b', 1);
    scheduler.end();
    for (let at = 0; at < 3; at++) push('a', 1);
    scheduler.end();
    assert.deepEqual(shapes(), ['SPUBLISH a 1', 'SPUBLISH b 1']);
    sent[0]?.answer();
    await turn();
    assert.deepEqual(shapes().slice(2), ['EVAL a 3']);
  });

  test('a failure is told with its number of messages, and the channel goes on', async () => {
    const { scheduler, sent, failures, push, shapes } = await queueFor(true);
    push('a', 1);
    push('a', 1);
    scheduler.end();
    push('a', 1);
    sent[0]?.fail(new Error('MOVED'));
    await turn();
    assert.deepEqual(failures, [2]);
    assert.deepEqual(shapes(), ['EVAL a 2', 'SPUBLISH a 1']);
  });

  test('a command without an answer over two heartbeats is noticed', async () => {
    const { queue, scheduler, sent, push } = await queueFor(true);
    push('a', 1);
    scheduler.end();
    assert.equal(queue.isStuck(), false);
    assert.equal(queue.isStuck(), true);
    sent[0]?.answer();
    await turn();
    assert.equal(queue.isStuck(), false);
  });
});
