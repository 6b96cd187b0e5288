// The package `redis` (node-redis 5 and 6) as a source of links. Its cluster client is in node-redis-cluster.ts.

import { Buffer } from 'node:buffer';
import {
  type LinkEvents,
  type LinkPart,
  onlyEnd,
  type RedisArgument,
  type RedisCommand,
  type RedisCommands,
  type RedisLink,
  type RedisSource,
} from './redis-link.ts';
import type { RedisTarget } from './redis-target.ts';

export type Listener = (payload: Buffer, channel: Buffer) => void;

export interface NodeRedisCommon<Self> {
  duplicate(overrides: object): Self;
  connect(): Promise<unknown>;
  destroy(): void;
  on(event: string, listener: (error?: unknown) => void): unknown;
  sSubscribe(channels: string | string[], listener: Listener, asBuffers: true): Promise<unknown>;
  sUnsubscribe(channels: string | string[]): Promise<unknown>;
}

/** What is used of a client of node-redis. */
export interface NodeRedisClient extends NodeRedisCommon<NodeRedisClient> {
  readonly options?: NodeRedisOptions | undefined;
  sendCommand(command: RedisArgument[], options?: object): Promise<unknown>;
  subscribe(channels: string[], listener: Listener, asBuffers: true): Promise<unknown>;
  unsubscribe(channels: string[]): Promise<unknown>;
}

export interface NodeRedisOptions {
  readonly url?: string | undefined;
  readonly socket?: {
    readonly host?: string | undefined;
    readonly port?: number | undefined;
    readonly path?: string | undefined;
    readonly tls?: unknown;
  };
}

export interface NodeRedisModule {
  createClient(options: object): NodeRedisClient;
}

/** Whether a value is a client of node-redis; a cluster client has no `isReady` in version 5. */
export function isNodeRedis(client: object): boolean {
  return hasMethods(client, ['duplicate', 'sendCommand', 'sSubscribe']) && 'isOpen' in client && !isSentinel(client);
}

export function isNodeRedisCluster(client: object): boolean {
  return hasMethods(client, ['duplicate', 'sendCommand', 'sSubscribe', 'getRandomNode']);
}

/** Its commands take other arguments, and it picks a node by itself. */
function isSentinel(client: object): boolean {
  return 'getSentinelNode' in client || 'aquire' in client || 'acquire' in client;
}

function hasMethods(client: object, names: readonly string[]): boolean {
  return names.every((name) => typeof Reflect.get(client, name) === 'function');
}

/** How a client of ours differs from that of the application: no queue while it is not connected, and no coming back. */
export function overrides(options: NodeRedisOptions = {}): object {
  return {
    // An address in `url` would win over the socket's, and is in `socket` by now.
    socket: { ...options.socket, reconnectStrategy: false, socketTimeout: undefined },
    disableOfflineQueue: true,
    commandsQueueMaxLength: undefined,
    // A time limit for each command costs more than the rest of it; the driver has one of its own.
    commandOptions: { timeout: undefined },
    pingInterval: undefined,
    clientSideCache: undefined,
    emitInvalidate: false,
    keyPrefix: undefined,
    maintNotifications: 'disabled',
  };
}

/** Links from an address and options of the application. */
export function nodeRedisSource(
  library: NodeRedisModule,
  target: RedisTarget,
  given: NodeRedisOptions,
  isSharded: boolean,
): RedisSource {
  const { host, port, isTls, username, password, database } = target;
  const socket = { ...given.socket, ...(host !== undefined && { host, port, tls: isTls }) };
  const options = {
    ...given,
    ...(host !== undefined && { url: undefined }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    socket,
  };
  const make = () => library.createClient({ ...options, ...overrides(options) });
  return source(make, target.address, isSharded);
}

/** Links as duplicates of a client of the application, which is only read. */
export function nodeRedisClientSource(client: NodeRedisClient, address: string, isSharded: boolean): RedisSource {
  return source(() => client.duplicate(overrides(client.options)), address, isSharded);
}

function source(make: () => NodeRedisClient, address: string, isSharded: boolean): RedisSource {
  return {
    address,
    isCluster: false,
    isSharded,
    link: (events) => new NodeRedisLink(make(), make(), events, isSharded),
    commands: (ended) => new NodeRedisCommands(make(), ended),
  };
}

/** Of the protocol's bulk strings: 36 is their first byte, `$`. */
export const AS_BUFFERS = { typeMapping: { 36: Buffer } };

function listenerOf(events: LinkEvents): Listener {
  return (payload, channel) => events.message(channel.toString('latin1'), payload);
}

class NodeRedisCommands implements RedisCommands {
  readonly #client: NodeRedisClient;

  constructor(client: NodeRedisClient, ended: (error: unknown) => void) {
    this.#client = client;
    watch(client, 'publishing', onlyEnd(ended));
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  call(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#client.sendCommand(command as unknown as RedisArgument[], AS_BUFFERS);
  }

  destroy(): void {
    destroy(this.#client);
  }
}

class NodeRedisLink implements RedisLink {
  readonly #publisher: NodeRedisClient;
  readonly #subscriber: NodeRedisClient;
  readonly #isSharded: boolean;
  readonly #listener: Listener;

  constructor(publisher: NodeRedisClient, subscriber: NodeRedisClient, events: LinkEvents, isSharded: boolean) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#isSharded = isSharded;
    this.#listener = listenerOf(events);
    watch(publisher, 'publishing', events);
    watch(subscriber, 'subscribing', events);
  }

  connect(): Promise<unknown> {
    return Promise.all([this.#publisher.connect(), this.#subscriber.connect()]);
  }

  subscribe(channels: readonly string[]): Promise<unknown> {
    const list = [...channels];
    return this.#isSharded
      ? this.#subscriber.sSubscribe(list, this.#listener, true)
      : this.#subscriber.subscribe(list, this.#listener, true);
  }

  unsubscribe(channels: readonly string[]): Promise<unknown> {
    const list = [...channels];
    return this.#isSharded ? this.#subscriber.sUnsubscribe(list) : this.#subscriber.unsubscribe(list);
  }

  send(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#publisher.sendCommand(command as unknown as RedisArgument[]);
  }

  call(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#publisher.sendCommand(command as unknown as RedisArgument[], AS_BUFFERS);
  }

  destroy(): void {
    destroy(this.#publisher);
    destroy(this.#subscriber);
  }
}

function watch(client: NodeRedisClient, part: LinkPart, events: LinkEvents): void {
  client.on('error', (error) => events.ended(part, error));
  client.on('end', () => events.ended(part, undefined));
}

/** @param client  may never have been connected, or have ended: then it throws */
export function destroy(client: { destroy(): void }): void {
  try {
    client.destroy();
  } catch {
    // It has ended.
  }
}
