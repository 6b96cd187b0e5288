// A TCP proxy on 127.0.0.1 that passes bytes on at a given rate, as a slow link does. The systems at both of its ends hold
// megabytes, as they do anywhere.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Scope } from './handles.ts';

const TICK = 10;

export interface SlowProxy {
  readonly port: number;
  /** Bytes passed on to clients, and to the server. */
  readonly passed: { toClients: number; toServer: number };
}

/**
 * @param toClients  bytes in a second, for each connection; Infinity: as they come
 * @param toServer   the same, the other way
 */
export async function slowProxy(
  scope: Scope,
  target: number,
  { toClients = Infinity, toServer = Infinity }: { toClients?: number; toServer?: number },
): Promise<SlowProxy> {
  const passed = { toClients: 0, toServer: 0 };
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        sockets.delete(socket);
        (socket === client ? upstream : client).destroy();
      });
    }
    pass(upstream, client, toClients, (size) => {
      passed.toClients += size;
    });
    pass(client, upstream, toServer, (size) => {
      passed.toServer += size;
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: (server.address() as AddressInfo).port, passed };
}

function pass(from: Socket, to: Socket, rate: number, count: (size: number) => void): void {
  from.on('end', () => to.end());
  if (rate === Infinity) {
    from.on('data', (chunk: Buffer) => {
      count(chunk.length);
      to.write(chunk);
    });
    return;
  }
  let credit = 0;
  let last = performance.now();
  from.on('readable', () => {});
  const timer = setInterval(() => {
    const now = performance.now();
    credit = Math.min(rate / 5, credit + ((now - last) * rate) / 1000);
    last = now;
    for (let size = Math.min(Math.floor(credit), from.readableLength); size > 0; ) {
      const chunk = from.read(size) as Buffer | null;
      if (chunk === null) break;
      credit -= chunk.length;
      count(chunk.length);
      to.write(chunk);
      size = Math.min(Math.floor(credit), from.readableLength);
    }
    from.read(0);
  }, TICK);
  from.on('close', () => clearInterval(timer));
}
