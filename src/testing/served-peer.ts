// A scripted server on a real port, so that programs outside this process can meet it: an app on a phone, a browser, a
// device in a test rig. Its time is real.

import { createServer, isIP, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { isError } from '../core/brands.ts';
import { webSocketError } from '../core/errors.ts';
import { readOptions } from '../core/option-check.ts';
import { hostAndPort } from '../node/address.ts';
import { serverTls } from '../node/tls.ts';
import type { ServeOptions } from './network-options.ts';
import { port as portCheck, serveSchema } from './option-rows.ts';
import { RealPace } from './pace.ts';
import type { Peer } from './peer.ts';
import { type PeerScript, PeerServer } from './peer-server.ts';

/** How long a wait takes at most, unless the options say otherwise. */
const PATIENCE = 30_000;

/** A scripted server on a real port. Made by {@link servePeer}. */
export class ServedPeer {
  /** The port that the server listens on. */
  readonly port: number;
  /** The URLs that clients can use: of this machine, and of each of its addresses if the server listens on all. */
  readonly urls: readonly string[];
  readonly #peers: PeerServer;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  /** @internal */
  constructor(parts: { peers: PeerServer; server: Server; sockets: ReadonlySet<Socket>; urls: readonly string[] }) {
    this.#peers = parts.peers;
    this.#server = parts.server;
    this.#sockets = parts.sockets;
    this.port = parts.peers.port;
    this.urls = parts.urls;
  }

  /** The first of {@link urls}. */
  get url(): string {
    return this.urls[0]!;
  }

  /** All clients so far whose request has arrived, the oldest first. */
  get connections(): readonly Peer[] {
    return this.#peers.connections;
  }

  /**
   * Waits for the next client of a server without a script. Each client is returned once.
   *
   * @throws (rejects) AssertionError if none comes in time
   */
  next(): Promise<Peer> {
    return this.#peers.next();
  }

  /**
   * Waits until at least one client has connected and all scripts have ended.
   *
   * @throws (rejects) the error that a script threw, or an AssertionError that names what a script still waits for
   */
  finished(): Promise<void> {
    return this.#peers.finished();
  }

  /**
   * Stops listening, and drops the clients that are still there. Resolves when the port is free.
   *
   * @throws (rejects) the error of a script that was not reported before
   */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
    const [failure] = this.#peers.takeFailures();
    if (failure !== undefined) throw failure;
  }

  /** Calls {@link close} at the end of an `await using` block. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch((error: unknown) => {
      // A failed assertion was the test's own failure already.
      if (!(isError(error) && error.name === 'AssertionError')) throw error;
    });
  }
}

/**
 * Starts a scripted server on a port of this machine, for clients outside the in-memory network.
 *
 * @param port    0 takes any free port
 * @param script  runs for each client. Absent: clients wait for `next()`.
 * @throws (rejects) the system's error, such as EADDRINUSE; WebSocketError ERR_WS_OPTION
 */
export async function servePeer(port: number, script?: PeerScript, given?: ServeOptions): Promise<ServedPeer> {
  const options = readOptions(serveSchema, given);
  portCheck.read(port, 'first argument of servePeer', {});
  if (script !== undefined && typeof script !== 'function') {
    throw webSocketError('ERR_WS_OPTION', 'second argument of servePeer', script, 'a function that takes a peer');
  }
  const { host, tls, path, patience = PATIENCE } = options;
  if (tls !== undefined) serverTls(tls);
  const sockets = new Set<Socket>();
  let peers: PeerServer | undefined;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    peers?.accept(socket);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, resolve);
  });
  const { port: realPort } = server.address() as { port: number };
  const scheme = tls === undefined ? 'ws' : 'wss';
  const urls = hostsOf(host).map((name) => `${scheme}://${hostAndPort(name, realPort)}${path ?? '/'}`);
  peers = new PeerServer({
    url: urls[0]!,
    address: host ?? '::',
    port: realPort,
    path: path === '/' ? undefined : path,
    traffic: new RealPace(patience),
    script,
    tls,
    stopped: () => void server.close(),
  });
  return new ServedPeer({ peers, server, sockets, urls });
}

/** The names by which clients reach a server that listens on `host`. */
function hostsOf(host: string | undefined): string[] {
  if (host !== undefined && host !== '::' && host !== '0.0.0.0') return [host];
  const addresses = Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ internal, address }) => !internal && isIP(address) === 4).map(({ address }) => address),
  );
  return ['127.0.0.1', ...addresses];
}
