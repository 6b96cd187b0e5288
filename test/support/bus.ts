// Servers of one system in this process, over a local bus that tests can stop, freeze and cut.

import type { BusDriver, BusEvents } from '../../src/bus/bus-driver.ts';
import { createBus } from '../../src/bus/create-bus.ts';
import { LocalDriver } from '../../src/bus/local/local-driver.ts';
import { LocalExchange } from '../../src/bus/local/local-exchange.ts';
import type { BusOptions } from '../../src/bus/options.ts';
import type { Bus } from '../../src/bus/seam.ts';
import {
  type ClientConnection,
  connect,
  createServer,
  type Server,
  type ServerConnection,
} from '../../src/engine/index.ts';
import type { ServerHandlers, ServerSettings } from '../../src/server/options.ts';
import type { Scope } from './handles.ts';

/** A server of the system. */
export interface SystemNode {
  readonly server: Server<undefined>;
  readonly bus: Bus;
  readonly driver: LocalDriver;
  readonly url: string;
  /** What the bus has told, in order. */
  readonly told: string[];
}

/** A client and what it has got. */
export interface SystemClient {
  readonly client: ClientConnection;
  /** Its connection at the server. */
  readonly connection: ServerConnection<undefined>;
  readonly received: (string | Buffer)[];
}

/** Several servers over one exchange. */
export class System {
  readonly exchange = new LocalExchange();
  readonly #scope: Scope;
  readonly #opened = new Map<Server<undefined>, ServerConnection<undefined>[]>();

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  /** A bus that is not used yet. */
  bus(options: BusOptions = {}, told: string[] = [], maxPayload?: number): { bus: Bus; driver: LocalDriver } {
    const driver = new LocalDriver(() => this.exchange, 'local:test', maxPayload);
    const bus = createBus(driver, {
      lost: ({ code }) => told.push(`lost ${code}`),
      ready: ({ gap }) => told.push(`ready ${gap}`),
      failed: ({ code }) => told.push(`failed ${code}`),
      nodeJoined: ({ name }) => told.push(`joined ${name}`),
      nodeGone: ({ name }, why) => told.push(`gone ${name} ${why}`),
      ...options,
    });
    return { bus, driver };
  }

  async node(
    name: string,
    options: BusOptions & { maxPayload?: number } = {},
    handlers: ServerHandlers<undefined> & ServerSettings = {},
  ): Promise<SystemNode> {
    const { maxPayload, ...busOptions } = options;
    const told: string[] = [];
    const { bus, driver } = this.bus({ node: name, ...busOptions }, told, maxPayload);
    const opened: ServerConnection<undefined>[] = [];
    const server = createServer({
      ...handlers,
      bus,
      open(connection) {
        opened.push(connection);
        return handlers.open?.(connection);
      },
    });
    this.#opened.set(server, opened);
    this.#scope.defer(() => server.close());
    const { port } = await server.listen({ host: '127.0.0.1' });
    return { server, bus, driver, url: `ws://127.0.0.1:${port}/`, told };
  }

  async client({ server, url }: SystemNode, ...topics: string[]): Promise<SystemClient> {
    const received: (string | Buffer)[] = [];
    const handlers = { message: (_: unknown, data: string | Buffer) => void received.push(data) };
    const client = await connect(url, { handlers });
    this.#scope.defer(async () => {
      client.terminate();
      await client.closed;
    });
    const opened = this.#opened.get(server) as ServerConnection<undefined>[];
    while (opened.length === 0) await later();
    const connection = opened.shift() as ServerConnection<undefined>;
    for (const topic of topics) connection.subscribe(topic);
    return { client, connection, received };
  }
}

/** A driver that only notes what is asked of it, and has it told what a test likes. */
export class ScriptedDriver implements BusDriver {
  readonly name = 'scripted';
  readonly address = 'scripted:1';
  readonly maxPayload = 2 ** 20;
  readonly payloadBound = 'the test';
  readonly calls: string[] = [];
  readonly published: { channel: string; payload: Uint8Array }[] = [];
  events!: BusEvents;

  open(events: BusEvents): void {
    this.events = events;
    this.calls.push('open');
  }

  publish(channel: string, payload: Uint8Array): boolean {
    this.published.push({ channel, payload });
    return true;
  }

  async subscribe(channels: readonly string[]): Promise<void> {
    this.calls.push(`subscribe ${channels.join(' ')}`);
  }

  unsubscribe(channels: readonly string[]): void {
    this.calls.push(`unsubscribe ${channels.join(' ')}`);
  }

  async flush(): Promise<void> {
    this.calls.push('flush');
  }

  async close(): Promise<void> {
    this.calls.push('close');
  }
}

export function later(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
