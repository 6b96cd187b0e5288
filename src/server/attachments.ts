// The servers that are attached to one HTTP server, beside other listeners for upgrades. It decides which of them gets a
// request, and answers a request that none of them takes. Listeners of one event do not know of each other: the `ws`
// package answers 400 to all paths but its own; Socket.IO looks after a second whether anything was written. So a request
// for one of our paths does not reach them, and a request that they may have taken is left alone.
//
// ```
//  path of an attachment ──yes──▶ taken, nobody else is told
//        │ no
//  other listeners, in their order ──▶ one has taken or answered it: nothing more
//        │ none did
//  an attachment of all paths ──yes──▶ taken
//        │ none
//  404: at once; if there are other listeners, which may be slow, when their time is over
// ```

import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocketError, webSocketError } from '../core/errors.ts';
import { nodeHost } from '../node/environment.ts';
import { afterEarlierResponses } from './earlier-responses.ts';
import { Http1Answer } from './http1-answer.ts';
import { hasLeft } from './node-request.ts';
import { RefusedSockets } from './refused-sockets.ts';
import { pathOf } from './target-path.ts';
import { offersWebSocket, selectUpgrades } from './upgrade-selection.ts';

export interface Attachment {
  /** Absent: all paths. */
  readonly path: string | undefined;
  /** Milliseconds for the other listeners to take a request before it is answered. */
  readonly othersTimeout: number;
  take(request: IncomingMessage, socket: Duplex, head: Uint8Array): void;
}

type UpgradeArguments = [request: IncomingMessage, socket: Duplex, head: Uint8Array];

/** Requests that a server of this package has taken or answered. */
const taken = new WeakSet<object>();

/** Marks a request as taken. @returns `false` if it was taken before */
export function takeOnce(request: object): boolean {
  if (taken.has(request)) return false;
  taken.add(request);
  return true;
}

const byServer = new WeakMap<HttpServer, Attachments>();

/**
 * Gives the upgrade requests of an HTTP server to an attachment.
 *
 * @returns a function that stops this
 * @throws WebSocketError ERR_WS_OPTION where the path is attached already
 */
export function attachTo(httpServer: HttpServer, attachment: Attachment): () => void {
  let attachments = byServer.get(httpServer);
  if (attachments === undefined) {
    attachments = new Attachments(httpServer);
    byServer.set(httpServer, attachments);
  }
  return attachments.add(attachment);
}

class Attachments {
  readonly #server: HttpServer;
  readonly #list: Attachment[] = [];
  /** Requests that have been routed, so that none is routed twice. */
  readonly #routed = new WeakSet<IncomingMessage>();
  readonly #refusedSockets = new RefusedSockets();
  #uninstall: (() => void) | undefined;

  constructor(server: HttpServer) {
    this.#server = server;
  }

  add(attachment: Attachment): () => void {
    // The later one would never get a request.
    if (this.#find(attachment.path) !== undefined) throw repeatedPath(attachment.path);
    this.#list.push(attachment);
    this.#uninstall ??= this.#install();
    return () => {
      const index = this.#list.indexOf(attachment);
      if (index >= 0) this.#list.splice(index, 1);
      if (this.#list.length > 0) return;
      this.#uninstall?.();
      this.#uninstall = undefined;
    };
  }

  #find(path: string | undefined): Attachment | undefined {
    return this.#list.find((attachment) => attachment.path === path);
  }

  #install(): () => void {
    const server = this.#server;
    // Node emits `upgrade` only if there is a listener. Where `emit` is not called on the object, this one routes.
    const listener = (...event: UpgradeArguments): void => {
      if (!this.#routed.has(event[0])) this.#route(event, () => {});
    };
    server.on('upgrade', listener);
    const emit = server.emit;
    const route = (event: UpgradeArguments, others: () => void): void => this.#route(event, others);
    const isAttached = (): boolean => this.#list.length > 0;
    const routingEmit = function (this: HttpServer, ...parameters: [string, ...UpgradeArguments]): boolean {
      if (parameters[0] !== 'upgrade' || !isAttached()) return Reflect.apply(emit, this, parameters) as boolean;
      const [, ...event] = parameters;
      route(event, () => void Reflect.apply(emit, this, parameters));
      return true;
    };
    server.emit = routingEmit as HttpServer['emit'];
    const deselect = selectUpgrades(server, (request) => this.#hasOthers || offersWebSocket(request.rawHeaders));
    return () => {
      deselect();
      server.off('upgrade', listener);
      // Another library may have wrapped it since.
      if (server.emit === routingEmit) server.emit = emit;
    };
  }

  /** Whether there are other listeners for upgrades. */
  get #hasOthers(): boolean {
    return this.#server.listenerCount('upgrade') > 1;
  }

  #route(event: UpgradeArguments, others: () => void): void {
    const [request, socket] = event;
    this.#routed.add(request);
    const { url = '', rawHeaders = [] } = request;
    const hasOthers = this.#hasOthers;
    // A request for another protocol is for the other listeners, if there are any.
    const isOurs = !hasOthers || offersWebSocket(rawHeaders);
    const owner = isOurs ? this.#find(pathOf(url)) : undefined;
    if (owner !== undefined) {
      owner.take(...event);
      return;
    }
    const untouched = new Untouched(socket);
    others();
    if (taken.has(request) || !untouched.isStill) return;
    const general = isOurs ? this.#find(undefined) : undefined;
    const last = this.#list.at(-1);
    if (general !== undefined) general.take(...event);
    else if (last === undefined)
      return; // detached by one of the others
    else if (!hasOthers) this.#decline(event, last.path);
    else afterEarlierResponses(request, socket, undefined, () => this.#declineLater(event, last));
  }

  /** Answers a request when the others' time is over, unless one of them takes it. */
  #declineLater(event: UpgradeArguments, { othersTimeout, path }: Attachment): void {
    const [request, socket] = event;
    const gone = (): void => timer.clear();
    // An error without a listener ends the process.
    socket.on('error', gone);
    socket.on('close', gone);
    const untouched = new Untouched(socket);
    const timer = nodeHost.clock.timer({
      expired: () => {
        if (!taken.has(request) && untouched.isStill) this.#decline(event, path);
        socket.off('close', gone);
      },
    });
    timer.set(othersTimeout);
  }

  /** Answers 404. @param path  one that would have been taken */
  #decline([request, socket, head]: UpgradeArguments, path: string | undefined): void {
    if (!takeOnce(request)) return;
    afterEarlierResponses(request, socket, undefined, () => {
      if (hasLeft(socket)) {
        socket.on('error', () => {});
        socket.destroy();
        return;
      }
      const expected = path === undefined ? '' : `; expected path ${path}`;
      const answer = new Http1Answer({ socket, head, isOurs: false }, this.#refusedSockets);
      answer.refuse(404, [], `no WebSocket here${expected}\n`);
    });
  }
}

function repeatedPath(path: string | undefined): WebSocketError {
  const expected =
    path === undefined
      ? 'a path: a server without one is attached to this HTTP server already'
      : 'a path that is not attached to this HTTP server yet';
  const remedy = 'to replace that server, first call the function that its attach() returned';
  return webSocketError('ERR_WS_OPTION', 'path of attach', path, `${expected}; ${remedy}`);
}

/**
 * Tells whether a listener has taken a socket: it wrote to it, read it, paused it, ended or destroyed it. Listening for its
 * errors or its end does not count: code that only watches a socket does that too.
 */
class Untouched {
  readonly #socket: Duplex;
  readonly #trace: string;

  constructor(socket: Duplex) {
    this.#socket = socket;
    this.#trace = traceOf(socket);
  }

  get isStill(): boolean {
    const socket = this.#socket;
    return !socket.destroyed && socket.writable && traceOf(socket) === this.#trace;
  }
}

function traceOf(socket: Duplex): string {
  const { bytesWritten } = socket as { bytesWritten?: unknown };
  const readers = socket.listenerCount('data') + socket.listenerCount('readable');
  return [bytesWritten, socket.writableLength, socket.readableFlowing, readers].join();
}
