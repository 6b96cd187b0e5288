// Which stream carries a TLS connection, and which connections of an HTTPS server are still in their TLS handshake. Node
// tells neither: a server reports the raw socket and later, in another event, the TLS socket above it.
//
// Node keeps the stream below in `socket._handle._parentWrap`; where that stream is not one of the system's, it wraps
// the stream once more, as `stream`. Detection: a TLS socket above a stream in memory is made and looked at, when the
// first HTTPS server is watched. Fallback: an `AsyncLocalStorage` carries the raw socket from its `connection` event to
// the events of its TLS socket. That is public, but on Node 20 and 22 it makes each `await` of the process slower.

import { AsyncLocalStorage } from 'node:async_hooks';
import type { Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import { isTlsServer, isTlsSocket, lateTls } from '../late-modules.ts';
import { streamInMemory } from '../stream-in-memory.ts';

/** A TLS socket, as far as this reaches below its public interface. */
interface LayeredSocket {
  readonly _handle?: { readonly _parentWrap?: { readonly stream?: unknown } | null } | null;
}

/** By TLS socket: the streams of connections whose maker has noted them, and those that the fallback found. */
const carriers = new WeakMap<Socket, Socket>();
/** The connections of each watched server whose TLS handshake is not over. */
const handshakes = new WeakMap<HttpServer, Set<Socket>>();
const none: ReadonlySet<Socket> = new Set();

/** `undefined`: not tried out yet. */
let isTold: boolean | undefined;

/** Notes which stream carries a TLS connection, for {@link carrierOf}. */
export function setCarrier(encrypted: Socket, carrier: Socket): void {
  carriers.set(encrypted, carrier);
}

/**
 * Returns the stream that carries a TLS connection: a TCP or Unix socket, or whatever stream was given to TLS.
 *
 * @param encrypted  while it is open: Node forgets the stream with the end of the connection
 * @returns `undefined` for a socket without TLS, and where Node does not tell
 */
export function carrierOf(encrypted: Socket): Socket | undefined {
  return carriers.get(encrypted) ?? (isTlsSocket(encrypted) ? streamBelow(encrypted) : undefined);
}

function streamBelow(encrypted: object): Socket | undefined {
  const wrap = (encrypted as LayeredSocket)._handle?._parentWrap;
  const stream: unknown = wrap?.stream ?? wrap;
  const isStream =
    typeof stream === 'object' && stream !== null && typeof Reflect.get(stream, 'destroy') === 'function';
  return isStream ? (stream as Socket) : undefined;
}

/**
 * Watches the TLS handshakes of a server, which must not have a connection yet. Harmless when repeated.
 *
 * @returns the raw sockets whose TLS handshake is not over; empty for a server without TLS. The set changes
 */
export function watchTlsHandshakes(server: HttpServer): ReadonlySet<Socket> {
  if (!isTlsServer(server)) return none;
  const watched = handshakes.get(server);
  if (watched !== undefined) return watched;
  const unfinished = new Set<Socket>();
  handshakes.set(server, unfinished);
  server.prependListener('connection', (socket: Socket) => {
    unfinished.add(socket);
    socket.once('close', () => unfinished.delete(socket));
  });
  server.prependListener('secureConnection', (encrypted) => {
    const carrier = carrierOf(encrypted);
    if (carrier !== undefined) unfinished.delete(carrier);
  });
  isTold ??= tellsCarrier();
  if (!isTold) carryByContext(server);
  return unfinished;
}

/** Whether Node tells which stream is below a TLS socket, tried out. */
function tellsCarrier(): boolean {
  const stream = streamInMemory();
  const encrypted = new (lateTls().TLSSocket)(stream, { isServer: true });
  encrypted.on('error', () => {});
  const isFound = streamBelow(encrypted) === stream;
  encrypted.destroy();
  stream.destroy();
  return isFound;
}

/**
 * Runs what follows from a `connection` event in a context that knows its socket, and notes which TLS socket it
 * carries.
 */
function carryByContext(server: HttpServer): void {
  const storage = new AsyncLocalStorage<Socket>();
  const emit = server.emit;
  server.emit = function (this: HttpServer, ...event: [string, ...unknown[]]): boolean {
    const pass = (): boolean => Reflect.apply(emit, this, event) as boolean;
    if (event[0] === 'connection') return storage.run(event[1] as Socket, pass);
    const carrier = storage.getStore();
    const encrypted = event[0] === 'secureConnection' ? event[1] : event[0] === 'tlsClientError' ? event[2] : undefined;
    if (carrier !== undefined && isTlsSocket(encrypted)) carriers.set(encrypted, carrier);
    return pass();
  } as HttpServer['emit'];
}
