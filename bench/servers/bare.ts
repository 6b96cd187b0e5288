// A bare Node socket, or one below TLS.

import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { bareSockets } from './bare-answers.ts';
import { pemOf, ready, task } from './child.ts';
import type { ServerTask } from './task.ts';

const given = task<ServerTask>();
const subscribers = new Set<Socket>();
const serve = bareSockets(
  given.message,
  given.kind === 'echo'
    ? { came: (socket, answers) => socket.write(answers) }
    : {
        opened(socket, path) {
          if (path === '/publish') return;
          subscribers.add(socket);
          socket.on('close', () => subscribers.delete(socket));
        },
        came(_, answers) {
          for (const subscriber of subscribers) subscriber.write(answers);
        },
      },
);
const pem = pemOf(given);
const server = pem === undefined ? createServer({ noDelay: true }) : createTlsServer({ ...pem, noDelay: true });
server.on(pem === undefined ? 'connection' : 'secureConnection', serve);
server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => ready((server.address() as AddressInfo).port));
