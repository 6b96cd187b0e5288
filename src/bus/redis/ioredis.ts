// The package `ioredis` (5 and 6) as a source of links. Its cluster client is in ioredis-cluster.ts.

import type { Buffer } from 'node:buffer';
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

export interface IoRedisCommon {
  connect(): Promise<unknown>;
  disconnect(): void;
  call(name: string, ...parts: RedisArgument[]): Promise<unknown>;
  callBuffer(name: string, ...parts: RedisArgument[]): Promise<unknown>;
  ssubscribe(...channels: string[]): Promise<unknown>;
  sunsubscribe(...channels: string[]): Promise<unknown>;
  on(event: 'error' | 'node error' | 'nodeError' | 'end' | 'moved', listener: (error?: unknown) => void): unknown;
  on(event: 'messageBuffer' | 'smessageBuffer', listener: (channel: Buffer, payload: Buffer) => void): unknown;
}

/** What is used of a client of ioredis. */
export interface IoRedisClient extends IoRedisCommon {
  readonly options: IoRedisOptions;
  duplicate(overrides: object): IoRedisClient;
  subscribe(...channels: string[]): Promise<unknown>;
  unsubscribe(...channels: string[]): Promise<unknown>;
}

interface IoRedisOptions {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly path?: string | undefined;
  readonly name?: string | undefined;
  readonly sentinels?: readonly { readonly host?: string; readonly port?: number }[] | null | undefined;
  readonly tls?: unknown;
}

export interface IoRedisModule {
  readonly Redis: new (options: object) => IoRedisClient;
}

export function isIoRedis(client: object): boolean {
  return (
    ['duplicate', 'call', 'ssubscribe', 'disconnect'].every(
      (name) => typeof Reflect.get(client, name) === 'function',
    ) && typeof Reflect.get(client, 'status') === 'string'
  );
}

export function isIoRedisCluster(client: object): boolean {
  return isIoRedis(client) && Reflect.get(client, 'isCluster') === true;
}

/** How a client of ours differs from that of the application: no queue while it is not connected, and no coming back. */
export const OVERRIDES = {
  lazyConnect: true,
  enableOfflineQueue: false,
  // It asks INFO, which an account may lack, and then prints that.
  enableReadyCheck: false,
  retryStrategy: () => null,
  reconnectOnError: null,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: null,
  enableAutoPipelining: false,
  // Otherwise the socket stays for two seconds.
  disconnectTimeout: 0,
  commandTimeout: undefined,
  socketTimeout: undefined,
  keyPrefix: '',
};

/** Links from an address and options of the application. */
export function ioRedisSource(
  library: IoRedisModule,
  target: RedisTarget,
  given: IoRedisOptions,
  isSharded: boolean,
): RedisSource {
  const { host, port, isTls, username, password, database } = target;
  const options = {
    ...given,
    ...(host !== undefined && { host, port, path: undefined, sentinels: null }),
    ...(isTls && { tls: given.tls ?? {} }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { db: database }),
    ...OVERRIDES,
  };
  return source(() => new library.Redis(options), target.address, isSharded);
}

/** Links as duplicates of a client of the application, which is only read. */
export function ioRedisClientSource(client: IoRedisClient, address: string, isSharded: boolean): RedisSource {
  return source(() => client.duplicate(OVERRIDES), address, isSharded);
}

function source(make: () => IoRedisClient, address: string, isSharded: boolean): RedisSource {
  return {
    address,
    isCluster: false,
    isSharded,
    link: (events) => new IoRedisLink(make(), make(), events, isSharded),
    commands: (ended) => new IoRedisCommands(make(), ended),
  };
}

class IoRedisCommands implements RedisCommands {
  readonly #client: IoRedisClient;

  constructor(client: IoRedisClient, ended: (error: unknown) => void) {
    this.#client = client;
    watch(client, 'publishing', onlyEnd(ended));
  }

  connect(): Promise<unknown> {
    return this.#client.connect();
  }

  call(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#client.callBuffer(...command);
  }

  destroy(): void {
    end(this.#client);
  }
}

class IoRedisLink implements RedisLink {
  readonly #publisher: IoRedisClient;
  readonly #subscriber: IoRedisClient;
  readonly #isSharded: boolean;

  constructor(publisher: IoRedisClient, subscriber: IoRedisClient, events: LinkEvents, isSharded: boolean) {
    this.#publisher = publisher;
    this.#subscriber = subscriber;
    this.#isSharded = isSharded;
    subscriber.on(isSharded ? 'smessageBuffer' : 'messageBuffer', (channel, payload) =>
      events.message(channel.toString('latin1'), payload),
    );
    watch(publisher, 'publishing', events);
    watch(subscriber, 'subscribing', events);
  }

  connect(): Promise<unknown> {
    return Promise.all([this.#publisher.connect(), this.#subscriber.connect()]);
  }

  subscribe(channels: readonly string[]): Promise<unknown> {
    return this.#isSharded ? this.#subscriber.ssubscribe(...channels) : this.#subscriber.subscribe(...channels);
  }

  unsubscribe(channels: readonly string[]): Promise<unknown> {
    return this.#isSharded ? this.#subscriber.sunsubscribe(...channels) : this.#subscriber.unsubscribe(...channels);
  }

  send(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#publisher.call(...command);
  }

  call(_key: string, command: RedisCommand): Promise<unknown> {
    return this.#publisher.callBuffer(...command);
  }

  destroy(): void {
    end(this.#publisher);
    end(this.#subscriber);
  }
}

function watch(client: IoRedisClient, part: LinkPart, events: LinkEvents): void {
  client.on('error', (error) => events.ended(part, error));
  client.on('end', () => events.ended(part, undefined));
}

interface Stream {
  on(event: 'error', listener: () => void): unknown;
  destroy(): unknown;
}

/**
 * Ends a client and its socket. ioredis listens to the first error of a socket only: a second one, such as an alert of TLS that
 * follows on a refused certificate, would be uncaught and end the process.
 */
export function end(client: IoRedisClient): void {
  const { stream, connector } = client as { stream?: Stream | null; connector?: { stream?: Stream | null } };
  for (const socket of [stream, connector?.stream]) socket?.on('error', () => {});
  client.disconnect();
  stream?.destroy();
  connector?.stream?.destroy();
}
