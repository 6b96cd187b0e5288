// An application's own HTTP server, with and without TLS, that a WebSocket server is attached to.

import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { serverCertificate } from './engine.ts';
import type { Scope } from './handles.ts';

export interface HttpSite {
  readonly http: HttpServer;
  readonly port: number;
  /** `ws:` or `wss:`, without a path. */
  readonly url: string;
}

/** Listens on 127.0.0.1, until the end of the scope. */
export async function httpSite(scope: Scope, listener: RequestListener, isTls = false): Promise<HttpSite> {
  const http = isTls ? createHttpsServer(serverCertificate(), listener) : createHttpServer(listener);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  scope.defer(async () => {
    http.closeAllConnections();
    if (http.listening) await new Promise((resolve) => http.close(resolve));
  });
  const { port } = http.address() as AddressInfo;
  return { http, port, url: `${isTls ? 'wss' : 'ws'}://127.0.0.1:${port}` };
}
