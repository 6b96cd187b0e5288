// A TCP balancer for a few nodes: each new connection goes to the next node in turn that takes it.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export class Balancer {
  readonly #server: Server;
  readonly #nodes = new Map<string, number>();
  readonly #sockets = new Set<Socket>();
  #turn = 0;

  static async start(): Promise<Balancer> {
    const server = createServer({ noDelay: true, pauseOnConnect: true });
    server.listen(0, '127.0.0.1', 4096);
    await once(server, 'listening');
    return new Balancer(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (client) => {
      this.#keep(client);
      this.#forward(client, this.#nodes.size);
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** New connections may go to this node. */
  add(name: string, port: number): void {
    this.#nodes.set(name, port);
  }

  /** New connections do not go to this node any more. Open ones stay. */
  remove(name: string): void {
    this.#nodes.delete(name);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  /** @param attempts  nodes that may still be asked */
  #forward(client: Socket, attempts: number): void {
    const ports = [...this.#nodes.values()];
    const port = ports[this.#turn++ % ports.length];
    if (port === undefined || attempts <= 0) {
      client.destroy();
      return;
    }
    const upstream = connect({ port, host: '127.0.0.1', noDelay: true });
    this.#keep(upstream);
    let isConnected = false;
    upstream.on('connect', () => {
      isConnected = true;
      client.pipe(upstream);
      upstream.pipe(client);
    });
    upstream.on('close', () => {
      if (isConnected) client.destroy();
      else this.#forward(client, attempts - 1);
    });
    client.on('close', () => upstream.destroy());
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
