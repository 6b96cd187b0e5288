// A process whose only connection is paused: `client URL`, `reader URL` (a loop that does not go on), `server` or
// `server unref`. It prints what its connection is told, after `still here` has shown that it did not end by itself: a
// timer that keeps no process alive.

import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Connection, connect, createServer } from '../../../src/engine/index.ts';

const [, , role, argument = ''] = process.argv;

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function pauseForAWhile(connection: Connection): void {
  connection.pause();
  setTimeout(() => {
    say('still here');
    connection.resume();
  }, 300).unref();
}

async function readOn(messages: AsyncIterator<string | Uint8Array>): Promise<void> {
  say('still here');
  for (let next = await messages.next(); next.done !== true; next = await messages.next()) {
    if (next.value === 'last') say('message last');
  }
}

const message = (_: unknown, data: string | Uint8Array): void => say(`message ${data}`);
const options = { heartbeat: false, tls: { rejectUnauthorized: false } } as const;

if (role === 'client') {
  pauseForAWhile(await connect(argument, { ...options, handlers: { message } }));
  say('paused');
} else if (role === 'reader') {
  const connection = await connect(argument, options);
  const messages = connection[Symbol.asyncIterator]();
  await messages.next();
  say('paused');
  setTimeout(() => void readOn(messages), 300).unref();
} else {
  const http = createHttpServer();
  const server = createServer({
    heartbeat: false,
    message,
    upgrade: (request) => {
      if (argument === 'unref') request.message.socket.unref();
    },
    open(connection) {
      pauseForAWhile(connection);
      http.close();
      say('paused');
    },
  });
  server.attach(http);
  http.listen(0, '127.0.0.1', () => say(`ready ${(http.address() as AddressInfo).port}`));
}
