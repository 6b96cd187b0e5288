// Where a script runs: one library, one WebSocket or server of it, and a bare socket at the other end.

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server as Listener, type Socket as NetSocket } from 'node:net';
import { Scope, turn } from '../../support/handles.ts';
import { switchingProtocols, upgradeRequest } from '../../support/handshake.ts';
import type { Library, Options, Server, Socket } from '../server-support.ts';
import { Recorder, shown } from './recorder.ts';
import { Wire } from './wire.ts';

export type ClientOptions = NonNullable<ConstructorParameters<Library['WebSocket']>[2]>;

const STATES = ['CONNECTING', 'OPEN', 'CLOSING', 'CLOSED'];

/** An open connection: the WebSocket that is looked at, and its peer. */
export interface Pair {
  readonly webSocket: Socket;
  readonly peer: Wire;
}

export interface Serving {
  readonly server: Server;
  readonly port: number;
}

export class World {
  readonly library: Library;
  readonly recorder = new Recorder();
  readonly scope = new Scope();
  /** Callbacks that have been made, by scripts that number them. */
  callbacks = 0;
  /** Turns of the event loop without news after which a step is over. */
  readonly #patience: number;

  constructor(library: Library, patience: number) {
    this.library = library;
    this.#patience = patience;
    const rejected = (reason: unknown): void => this.note('process', `rejection ${shown(reason)}`);
    process.setUncaughtExceptionCaptureCallback(null);
    process.setUncaughtExceptionCaptureCallback((error) => this.note('process', `uncaught ${shown(error)}`));
    this.#listenInstead('unhandledRejection', rejected);
    this.#listenInstead('warning', () => {});
    this.scope.defer(() => process.setUncaughtExceptionCaptureCallback(null));
  }

  /** Takes an event of the process from its other listeners, until the end. */
  #listenInstead(event: string, listener: (value: unknown) => void): void {
    const others = process.listeners(event as 'exit');
    process.removeAllListeners(event);
    process.on(event, listener);
    this.scope.defer(() => {
      process.removeAllListeners(event);
      for (const one of others) process.on(event, one);
    });
  }

  note(end: string, what: string): void {
    this.recorder.note(end, what);
  }

  /** One step: calls in one turn of the event loop, and everything that follows from them. */
  async step(name: string, action: () => void): Promise<void> {
    this.recorder.step(name);
    await this.recorder.turn(action);
    await this.settle();
  }

  /** Waits until nothing new happens. */
  async settle(): Promise<void> {
    for (let quiet = 0, { count } = this.recorder; quiet < this.#patience; quiet++) {
      await turn();
      if (this.recorder.count === count) continue;
      ({ count } = this.recorder);
      quiet = 0;
    }
  }

  /** Waits until something has been noted at an end, then until nothing new happens. */
  async until(end: string, what: string | RegExp): Promise<void> {
    const deadline = performance.now() + 20_000;
    const isIt = (line: string): boolean => (typeof what === 'string' ? line.includes(what) : what.test(line));
    while (!(this.recorder.transcript[end] ?? []).some(isIt)) {
      if (performance.now() > deadline) {
        this.note(end, `did not come: ${what}`);
        break;
      }
      await turn();
    }
    await this.settle();
  }

  /** Notes what a call returns or throws. */
  call(end: string, name: string, action: () => unknown): void {
    let what: string;
    try {
      what = `returns ${shown(action())}`;
    } catch (error) {
      what = `throws ${shown(error)}`;
    }
    this.note(end, `${name} ${what}`);
  }

  /** A callback that notes its call. */
  callback(end: string, name: string): (error?: Error) => void {
    return (...values) => this.note(end, `${name} called with ${values.map(shown).join(', ')}`);
  }

  /** Notes the events of a WebSocket. */
  watch(webSocket: Socket, end = 'webSocket', hasError = true): void {
    const on = (name: string): void => {
      webSocket.on(name, (...values: unknown[]) => {
        this.note(end, `${name} ${values.map(shown).join(', ')} [${STATES[webSocket.readyState]}]`);
      });
    };
    for (const name of ['open', 'message', 'ping', 'pong', 'close', 'upgrade', 'redirect']) on(name);
    if (hasError) on('error');
  }

  /** Notes the attributes of a WebSocket. */
  look(webSocket: Socket, end = 'webSocket'): void {
    const { readyState, bufferedAmount, isPaused, protocol, extensions, binaryType } = webSocket;
    const url = webSocket.url?.replace(/:\d+/u, ':port');
    const values = { bufferedAmount, isPaused, protocol, extensions, binaryType, url };
    const list = Object.entries(values).map(([name, value]) => `${name} ${shown(value)}`);
    this.note(end, `${STATES[readyState]}, ${list.join(', ')}`);
  }

  /** A port of this machine whose connections are bare. */
  async listen(accepted: (peer: Wire) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => accepted(new Wire(this.recorder, socket, false)));
    this.cutAtEnd(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  /**
   * A client, and the peer that answers its request.
   *
   * @param answer  what the peer writes. Default: it accepts. Several strings are several writes
   */
  async client(
    options: ClientOptions = {},
    protocols: string | string[] = [],
    answer: (request: string, peer: Wire) => string | Buffer | undefined = (request) => switchingProtocols(request),
    path = '/',
  ): Promise<Pair> {
    let peer: Wire | undefined;
    let accepted: () => void = () => {};
    const answered = new Promise<void>((resolve) => {
      accepted = resolve;
    });
    const port = await this.listen((wire) => {
      peer = wire;
      wire.onHead = (head) => {
        const bytes = answer(head, wire);
        if (bytes !== undefined) wire.write(bytes);
        accepted();
      };
    });
    let webSocket!: Socket;
    await this.recorder.turn(() => {
      webSocket = new this.library.WebSocket(`ws://127.0.0.1:${port}${path}`, protocols, options);
      this.watch(webSocket);
      this.#endsWithScope(webSocket);
    });
    await answered;
    await this.settle();
    return { webSocket, peer: peer as Wire };
  }

  /** Cuts the connections of a listener at the end, even those that an upgrade took. Call it before anything that closes the listener. */
  cutAtEnd(listener: Listener): void {
    const sockets = new Set<NetSocket>();
    listener.on('connection', (socket) => sockets.add(socket));
    this.scope.defer(async () => {
      if (!listener.listening) return;
      const closed = once(listener, 'close');
      listener.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    });
  }

  #endsWithScope(webSocket: Socket): void {
    this.scope.defer(() => {
      webSocket.on('error', () => {});
      webSocket.terminate();
    });
  }

  /** A server. */
  async server(options: Options = {}, hasPort = true): Promise<Serving> {
    const given = hasPort ? { port: 0, host: '127.0.0.1', ...options } : options;
    const server = new this.library.WebSocketServer(given);
    for (const name of ['listening', 'error', 'close', 'headers'] as const) {
      server.on(name, (...values: unknown[]) => {
        this.note(
          'server',
          `${name} ${values
            .map(shown)
            .join(', ')
            .replace(/Accept: [^"]+/u, 'Accept: …')}`,
        );
      });
    }
    server.on('connection', (webSocket, request) => {
      this.note(
        'server',
        `connection ${STATES[webSocket.readyState]}, ${request.url}, ${server.clients?.size} clients`,
      );
      this.#endsWithScope(webSocket as Socket);
    });
    if (hasPort) this.cutAtEnd(server._server as Listener);
    this.scope.defer(() => {
      for (const client of server.clients ?? []) client.terminate();
    });
    if (hasPort) await once(server, 'listening');
    return { server: server as Server, port: hasPort ? (server.address() as AddressInfo).port : 0 };
  }

  /** A bare client of a port. It has connected, and sent nothing. */
  async peerOf(port: number): Promise<Wire> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const peer = new Wire(this.recorder, socket, true);
    this.scope.defer(() => {
      socket.destroy();
    });
    await once(socket, 'connect');
    return peer;
  }

  /**
   * A WebSocket that a server has accepted, and its peer.
   *
   * @param fields     of the request
   * @param following  frames that come with the request
   */
  async accepted(
    options: Options = {},
    fields: Record<string, string | undefined> = {},
    following: (peer: Wire) => Uint8Array = () => new Uint8Array(),
  ): Promise<Pair & Serving> {
    const serving = await this.server(options);
    let webSocket: Socket | undefined;
    serving.server.on('connection', (one) => {
      webSocket = one as Socket;
      this.watch(webSocket);
    });
    const peer = await this.peerOf(serving.port);
    peer.write(Buffer.concat([Buffer.from(upgradeRequest(fields)), following(peer)]));
    await this.until('peer', 'HTTP/1.1');
    return { ...serving, webSocket: webSocket as Socket, peer };
  }
}

export interface Script {
  readonly title: string;
  run(world: World): Promise<void>;
}

export type Role = 'client' | 'server';

/** Scripts for an open WebSocket of each role. */
export function forBoth(
  title: string,
  run: (world: World, pair: Pair, role: Role) => Promise<void>,
  options: ClientOptions & Options = {},
): Script[] {
  return [
    { title: `client: ${title}`, run: async (world) => run(world, await world.client(options), 'client') },
    { title: `server: ${title}`, run: async (world) => run(world, await world.accepted(options), 'server') },
  ];
}
