// Both ends of one TCP connection over loopback, in this process.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Scope } from './handles.ts';

export interface TcpPair {
  /** The server that accepted; a test may close it before its end. */
  readonly server: Server;
  /** The end that connected. */
  readonly client: Socket;
  /** The end that was accepted. */
  readonly accepted: Socket;
}

/** Connects two sockets; what is left of them at the end of the scope is destroyed. */
export async function tcpPair(scope: Scope): Promise<TcpPair> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const accepting = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  await once(client, 'connect');
  const [accepted] = await accepting;
  scope.defer(async () => {
    client.destroy();
    accepted.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  });
  return { server, client, accepted };
}
