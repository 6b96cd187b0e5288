// Clients in the shape of `ws` against a peer that does what a test says: this package's, and `ws` itself, which shows that
// a test expects what `ws` does.

import { once } from 'node:events';
import type { Scope } from '../support/handles.ts';
import { acceptHandshake } from '../support/handshake.ts';
import { Inbox } from '../support/inbox.ts';
import { listenRaw, type RawPeer } from '../support/raw-peer.ts';
import type { Library, Socket } from './server-support.ts';

export { type Library, libraries, type Socket } from './server-support.ts';

export type ClientOptions = NonNullable<ConstructorParameters<Library['WebSocket']>[2]>;

export interface Client {
  readonly webSocket: Socket;
  readonly peer: RawPeer;
  /** The head of the request. */
  readonly request: string;
  /** Events in their order: `open`, `message hi`, `close 1000 bye` … */
  readonly events: Inbox<string>;
}

/** A client that has not been answered yet. */
export async function connecting(
  scope: Scope,
  { WebSocket }: Library,
  options: ClientOptions = {},
  protocols: string[] = [],
): Promise<Client & { readonly request: '' }> {
  const server = await listenRaw(scope);
  const webSocket = new WebSocket(server.url, protocols, options);
  scope.defer(() => ended(webSocket).then(() => {}));
  const events = eventsOf(webSocket);
  return { webSocket, peer: await server.accepted(), request: '', events };
}

/** A client that is open. */
export async function opened(
  scope: Scope,
  library: Library,
  options: ClientOptions = {},
  protocols: string[] = [],
  fields: string[] = [],
): Promise<Client> {
  const client = await connecting(scope, library, options, protocols);
  const open = once(client.webSocket, 'open');
  const request = await acceptHandshake(client.peer, ...fields);
  await open;
  return { ...client, request };
}

/** Waits for the end of a WebSocket, whatever errors come before. */
export function closed(webSocket: Socket): Promise<number> {
  return new Promise((resolve) => {
    if (webSocket.readyState === webSocket.CLOSED) resolve(1006);
    webSocket.on('error', () => {});
    webSocket.on('close', resolve);
  });
}

/** Ends a WebSocket, and waits for that. */
export function ended(webSocket: Socket): Promise<number> {
  const end = closed(webSocket);
  webSocket.terminate();
  return end;
}

/** Notes the events of a WebSocket. */
export function eventsOf(webSocket: Socket): Inbox<string> {
  const events = new Inbox<string>();
  const note = (name: string, ...values: unknown[]): void => events.push([name, ...values.map(String)].join(' '));
  webSocket.on('open', () => note('open'));
  webSocket.on('message', (data, isBinary) => note(isBinary ? 'binary' : 'text', data));
  webSocket.on('ping', (data) => note('ping', data));
  webSocket.on('pong', (data) => note('pong', data));
  webSocket.on('upgrade', () => note('upgrade'));
  webSocket.on('error', (error) => note('error', error.message));
  webSocket.on('close', (code, reason) => note('close', code, reason));
  return events;
}
