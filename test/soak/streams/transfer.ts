// The two ends of the transfers of a run: a server, and a client that asks it for one transfer after the other. Both may be in
// one process, as in the short run of the tests.

import { setTimeout as delay } from 'node:timers/promises';
import { connect, createServer, type MessageStream, type Server } from '../../../src/engine/index.ts';
import { isStream, outcomeOf, type Sent, sink, source, type Task, taskOf, urlOf } from './end.ts';

/** Makes the server. @param violation  told of what must not be */
export function streamServer(violation: (text: string) => void): Server {
  return createServer({
    streamAbove: 0,
    compression: true,
    heartbeat: false,
    async open(connection) {
      const task = taskOf(connection.url);
      if (task.way !== 'down') return;
      const sent: Sent = { isEnded: false, position: 0 };
      const result = await connection.sendStream(source(task.size, sent)).then(
        () => 'sent',
        (error: { code: string }) => error.code,
      );
      const expected = task.stopAt === undefined ? 'sent' : 'ERR_WS_DROPPED';
      if (result !== expected) violation(`server sent ${sent.position} of ${task.size}: ${result}`);
      const end = await ended(sent);
      if (end !== 'ok') violation(`server: ${end}`);
    },
    async message(connection, data) {
      const task = taskOf(connection.url);
      if (!isStream(data)) return;
      if (task.way === 'echo') {
        await connection.sendStream(data).catch((error: { code: string }) => violation(`echo: ${error.code}`));
        return;
      }
      const outcome = outcomeOf(await sink(data, task.size), task);
      if (outcome !== 'ok') violation(`server: ${outcome}`);
      if (connection.isOpen) connection.send(outcome);
    },
  });
}

/** Makes one transfer. @returns `ok`, or what was wrong */
export async function transfer(task: Task, port: number, compression: boolean): Promise<string> {
  const connection = await connect(urlOf(task, port), { streamAbove: 64, compression, heartbeat: false });
  try {
    const { size, stopAt } = task;
    const sent: Sent = { isEnded: false, position: 0 };
    const parts = source(size, sent);
    const sending =
      task.way === 'down'
        ? undefined
        : connection.sendStream(stopAt === undefined ? parts : breaking(parts, stopAt, connection));
    if (stopAt !== undefined && sending !== undefined) {
      return await sending.then(
        () => 'sent although it was cut',
        () => ended(sent),
      );
    }
    let outcome = 'no answer';
    for await (const message of connection) {
      if (typeof message === 'string') outcome = message;
      else {
        const result = await sink(message as MessageStream, size, stopAt, () => connection.terminate());
        outcome = outcomeOf(result, task);
      }
      break;
    }
    await sending;
    return outcome;
  } finally {
    connection.terminate();
    await connection.closed;
  }
}

/** Waits for the end of a source, which is told of it at once, but may have to finish what it does. */
async function ended(sent: Sent): Promise<string> {
  for (let wait = 0; wait < 5_000 && !sent.isEnded; wait++) await delay(1);
  return sent.isEnded ? 'ok' : 'the source of a stream that was cut was not cancelled';
}

/** The same parts, until a position at which the connection is dropped. */
async function* breaking(
  parts: AsyncGenerator<Uint8Array>,
  stopAt: number,
  connection: { terminate(): void },
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const part of parts) {
    yield part;
    at += part.length;
    if (at >= stopAt) connection.terminate();
  }
}

/** All transfers of a run, by name. */
export function tasksOf(
  size: number,
): readonly { readonly name: string; readonly task: Task; readonly compression: boolean }[] {
  return [false, true].flatMap((compression) => {
    const suffix = compression ? ', compressed' : '';
    const task = (way: Task['way'], part = 1, stopAt?: number): Task => ({ way, size: size * part, stopAt });
    return [
      { name: `to the server${suffix}`, task: task('up'), compression },
      { name: `to the client${suffix}`, task: task('down'), compression },
      { name: `and back${suffix}`, task: task('echo', 0.25), compression },
      { name: `a client that dies sending${suffix}`, task: task('up', 1, size / 8), compression },
      { name: `a client that dies reading${suffix}`, task: task('down', 1, size / 8), compression },
    ];
  });
}
