// Where a trial listens: an HTTP server on a free port of this machine, and a client of `ws` that collects its messages.

import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientOptions, type RawData, WebSocket } from 'ws';
import type { Scope } from '../support/handles.ts';
import { Inbox } from '../support/inbox.ts';

export interface Place {
  readonly server: Server;
  readonly port: number;
  /** `127.0.0.1:port` */
  readonly host: string;
}

/** Listens; at the end of the trial the server and what it has open are closed. */
export async function place(scope: Scope, listener?: RequestListener): Promise<Place> {
  const server = createServer(listener);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  scope.defer(() => closed(server));
  return placeOf(server);
}

/** The place of a server that listens already. */
export function placeOf(server: Server): Place {
  const { port } = server.address() as AddressInfo;
  return { server, port, host: `127.0.0.1:${port}` };
}

/** Closes an HTTP server with its idle connections. */
export async function closed(server: Server): Promise<void> {
  if (!server.listening) return;
  const end = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await end;
}

/** A client, with what it received in order: a string for a text message, a Buffer for a binary one. */
export interface Caller {
  readonly socket: WebSocket;
  readonly messages: Inbox<string | Buffer>;
  /** Resolves with code and reason: `1000 bye`. */
  readonly end: Promise<string>;
}

/** Opens a connection; it is cut at the end of the trial. */
export async function call(
  scope: Scope,
  url: string,
  protocols?: string | string[],
  options?: ClientOptions,
): Promise<Caller> {
  const socket = new WebSocket(url, protocols, options);
  scope.defer(() => socket.terminate());
  const messages = new Inbox<string | Buffer>();
  socket.on('message', (data: RawData, isBinary: boolean) => {
    messages.push(isBinary ? (data as Buffer) : String(data));
  });
  const end = new Promise<string>((resolve) => {
    socket.on('close', (code: number, reason: Buffer) => resolve(`${code} ${reason}`.trim()));
  });
  await once(socket, 'open');
  return { socket, messages, end };
}

/** Where the programs of a page run: beside the installed packages, so that they find them by name. */
export const programs = new URL('.programs/', import.meta.url);
