// A server with sessions for tests of the client: the protocol's end for servers over the engine, as plain as it can be. Each
// session keeps what it got, and tests can cut its connection, end the process and start it again with the same store.

import { createHash } from 'node:crypto';
import { accept, createServer, type Server, type ServerConnection } from '../../../src/engine/index.ts';
import { nodeHost, nodeRandom } from '../../../src/node/environment.ts';
import { isControl } from '../../../src/resume/protocol/control.ts';
import type { Delivery, Link, LinkPort, Payload, ServerHost } from '../../../src/resume/protocol/ports.ts';
import { Reception } from '../../../src/resume/protocol/reception.ts';
import type { ServerEnd } from '../../../src/resume/protocol/server-end.ts';
import type { ServerEvents, ServerSettings } from '../../../src/resume/protocol/server-events.ts';
import type { SessionStore } from '../../../src/resume/protocol/store.ts';
import type { Scope } from '../../support/handles.ts';
import { Inbox } from '../../support/inbox.ts';
import { PlainStore } from '../protocol/plain-store.ts';
import { serverSettings } from '../protocol/wires.ts';

const host: ServerHost = {
  clock: nodeHost.clock,
  random: nodeRandom,
  textSize: (text) => Buffer.byteLength(text),
  sha256: (text) => createHash('sha256').update(text).digest('base64url'),
};

/** A session as the test sees it. */
export class TestSession {
  readonly end: ServerEnd;
  readonly inbox = new Inbox<string | Uint8Array>();
  readonly received: (string | Uint8Array)[] = [];
  /** Deliveries that the test acknowledges itself. */
  readonly unhandled: Delivery[] = [];
  readonly events: string[] = [];

  constructor(end: ServerEnd) {
    this.end = end;
  }
}

export interface ReceptionServer {
  readonly url: string;
  readonly port: number;
  readonly server: Server<string>;
  readonly reception: Reception<string>;
  readonly store: SessionStore;
  /** Sessions as they began in this process. */
  readonly sessions: Inbox<TestSession>;
  /** Connections that are open, in their order. */
  readonly connections: Set<ServerConnection<string>>;
  /** Cuts all connections. */
  cut(): void;
  /** Ends at once, as a killed process. */
  stop(): Promise<void>;
}

export interface ReceptionOptions {
  readonly settings?: Partial<ServerSettings>;
  readonly store?: SessionStore;
  readonly port?: number;
  /** Whether messages count as handled when they arrive. Default `true`. */
  readonly handles?: boolean;
  readonly echoes?: boolean;
  readonly isPlain?: () => boolean;
  readonly listen?: object;
  readonly compression?: boolean;
  readonly upgraded?: (url: string) => void;
}

export async function receptionServer(
  scope: Pick<Scope, 'defer'>,
  given: ReceptionOptions = {},
): Promise<ReceptionServer> {
  const {
    handles = true,
    echoes = false,
    store = new PlainStore(() => host.clock.now()),
    isPlain = () => false,
  } = given;
  const sessions = new Inbox<TestSession>();
  const links = new WeakMap<ServerConnection<string>, Link>();
  const connections = new Set<ServerConnection<string>>();
  const reception = new Reception<string>(store, 'node', { ...serverSettings, ...given.settings }, host, {
    session(end): ServerEvents {
      const session = new TestSession(end);
      const { events } = session;
      queueMicrotask(() => sessions.push(session));
      return {
        message(delivery) {
          session.received.push(delivery.data);
          session.inbox.push(delivery.data);
          if (echoes) end.send(delivery.data);
          if (handles) end.handled(delivery);
          else session.unhandled.push(delivery);
        },
        live: ({ isResumed }) => void events.push(isResumed ? 'resumed' : 'new'),
        detached: ({ code }) => void events.push(`detached ${code}`),
        writable() {},
        flushed() {},
        ended: ({ why, code, isByClient }) => void events.push(`ended ${why} ${code} ${isByClient}`),
        released: () => void events.push('released'),
      };
    },
    mayResume: () => true,
    busyFor: () => undefined,
    refused() {},
    storeFailed: (error) => {
      throw error;
    },
  });
  const server: Server<string> = createServer<string>({
    compression: given.compression ?? false,
    upgrade(request) {
      given.upgraded?.(request.url);
      const subprotocol = request.subprotocols.find((name) => name.endsWith('wsr1') !== isPlain());
      return accept({ context: '', subprotocol });
    },
    open(connection) {
      connections.add(connection);
      if (connection.subprotocol.endsWith('wsr1')) links.set(connection, reception.accept(portOf(connection), '', ''));
    },
    message(connection, data) {
      const link = links.get(connection);
      if (link === undefined) connection.send(data);
      else link.received(data);
    },
    close(connection, { code, reason }) {
      connections.delete(connection);
      links.get(connection)?.closed(code, reason);
    },
  });
  const { port } = await server.listen({ host: '127.0.0.1', port: given.port ?? 0, ...given.listen });
  scope.defer(() => server.close());
  return {
    url: `ws://127.0.0.1:${port}/`,
    port,
    server,
    reception,
    store,
    sessions,
    connections,
    cut() {
      for (const connection of connections) connection.terminate();
    },
    stop: () => server.close(),
  };
}

function portOf(connection: ServerConnection<string>): LinkPort {
  return {
    control(text: string) {
      if (!isControl(text)) throw new Error(`not a control message: ${text}`);
      connection.send(text, { compress: false });
    },
    data: (data: Payload) => void connection.send(data),
    close: (code, reason) => void connection.close(code, reason),
    abandon: () => connection.terminate(),
  };
}
