// An HTTP proxy that knows CONNECT and nothing else, on loopback.

import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export class ConnectProxy {
  readonly #server: Server;
  /** A line for each request: target, `Host`, and the credentials in clear, if any. */
  readonly requests: string[] = [];

  private constructor(status: number) {
    this.#server = createServer();
    this.#server.on('connect', (request, socket, head) => {
      const { host, 'proxy-authorization': basic } = request.headers;
      const credentials = basic === undefined ? '' : ` ${Buffer.from(basic.slice(6), 'base64').toString()}`;
      this.requests.push(`CONNECT ${request.url} Host: ${host}${credentials}`);
      socket.on('error', () => {});
      if (status !== 200) {
        socket.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      const { hostname, port } = new URL(`http://${request.url}`);
      const onward = connect(Number(port), hostname.replace(/^\[(.*)\]$/, '$1'), () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.write(head);
        onward.pipe(socket).pipe(onward);
      });
      onward.on('error', () => {}).on('close', () => socket.destroy());
      socket.on('close', () => onward.destroy());
    });
  }

  /** @param status  what it answers */
  static async listen(status = 200): Promise<ConnectProxy> {
    const proxy = new ConnectProxy(status);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }
}
