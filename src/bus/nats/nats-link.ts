// What keeps a connection to NATS: ours, made again after each loss, or one that the application made and that the library
// makes again.
//
// Ours does not use the library's own reconnection. It would keep what is published meanwhile and send it late, tell no
// reason of failed attempts, and give up by itself.

import { hideCredentialsIn } from '../../core/credentials.ts';
import { type Attempt, attempt } from './attempt.ts';
import {
  isAuthorizationError,
  type NatsClient,
  type NatsConnectionLike,
  type NatsConnectOptions,
  type NatsStatus,
} from './nats-client.ts';
import { isAddress, shuffled } from './nats-servers.ts';

/** What a link tells. */
export interface LinkEvents {
  /** The connection can be used. The same again: the library has restored its subscriptions. */
  connected(connection: NatsConnectionLike): void;
  lost(error: Error): void;
  refused(error: Error): void;
  trouble(error: Error): void;
}

export interface NatsLink {
  open(events: LinkEvents): void;
  /** No event follows. */
  close(): Promise<void>;
}

/** What all attempts have in common. */
export type AttemptOptions = Omit<NatsConnectOptions, 'servers'>;

/** Milliseconds between attempts: the first pause, and the longest. The half of each is by chance. */
const PAUSES = { first: 100, longest: 2_000 };
/** A connection that lived less is counted as a failed attempt. */
const STABLE = 5_000;
/** Passes over all servers that end with refused credentials, before they are believed. */
const REFUSALS = 2;

/** The bus's own connection. */
export class OwnLink implements NatsLink {
  readonly #client: NatsClient;
  readonly #hosts: readonly string[];
  readonly #options: AttemptOptions;
  /** Other servers of the cluster, as the last one told. */
  #told: readonly string[] = [];
  /** The attempt that runs, or has led to the connection that is used. */
  #attempt: Attempt | undefined;
  #endPause: (() => void) | undefined;
  #isClosed = false;
  #running: Promise<void> | undefined;

  constructor(client: NatsClient, hosts: readonly string[], options: AttemptOptions) {
    this.#client = client;
    this.#hosts = hosts;
    this.#options = options;
  }

  open(events: LinkEvents): void {
    this.#running = this.#run(events);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#endPause?.();
    await this.#attempt?.end();
    await this.#running;
  }

  async #run(events: LinkEvents): Promise<void> {
    let failures = 0;
    let refusals = 0;
    let wasConnected = false;
    while (!this.#isClosed) {
      const result = await this.#pass();
      if (this.#isClosed) break;
      if ('error' in result) {
        failures++;
        refusals = isAuthorizationError(result.cause) ? refusals + 1 : 0;
        // Credentials that were right before may be so again: those of a running system are tried for ever.
        if (refusals === REFUSALS && !wasConnected) {
          events.refused(result.error);
          return;
        }
        events.lost(result.error);
      } else {
        wasConnected = true;
        refusals = 0;
        const start = performance.now();
        const error = await this.#live(result, events);
        if (this.#isClosed) break;
        failures = performance.now() - start < STABLE ? failures + 1 : 0;
        events.lost(error);
      }
      await this.#pause(failures);
    }
    await this.#attempt?.end();
  }

  /** Tries each server once. */
  async #pass(): Promise<NatsConnectionLike | { error: Error; cause: unknown }> {
    let failure: { error: Error; cause: unknown } | undefined;
    for (const host of this.#servers()) {
      if (this.#isClosed) break;
      try {
        this.#attempt = attempt(this.#client, { ...this.#options, servers: host });
        return await this.#attempt.connection;
      } catch (cause) {
        // A refusal tells more than a server that is not there.
        if (failure === undefined || isAuthorizationError(cause) || !isAuthorizationError(failure.cause)) {
          failure = { error: failedAttempt(host, cause), cause };
        }
      }
    }
    return failure ?? { error: new Error('closed'), cause: undefined };
  }

  /** The configured servers come first. A certificate rarely has the address by which a server tells of another. */
  #servers(): readonly string[] {
    const isEncrypted = this.#options.tls !== undefined;
    const others = this.#told.filter((host) => !(this.#hosts.includes(host) || (isEncrypted && isAddress(host))));
    return [...shuffled(this.#hosts), ...shuffled(others)];
  }

  async #live(connection: NatsConnectionLike, events: LinkEvents): Promise<Error> {
    const host = hostOf(connection);
    const ended = connection.closed();
    const note = (): void => {
      this.#told = connection.info?.connect_urls ?? this.#told;
    };
    note();
    void watch(connection, (status) => {
      if (this.#isClosed) return;
      note();
      const { type, error } = status;
      if (type === 'error' && error !== undefined) events.trouble(troubleOf(host, error));
    });
    events.connected(connection);
    const cause = await ended;
    return lostConnection(host, cause);
  }

  #pause(failures: number): Promise<void> {
    const length = failures === 0 ? 0 : Math.min(PAUSES.longest, PAUSES.first * 2 ** (failures - 1));
    const chance = Math.random() * Math.max(length, PAUSES.first);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, (length + chance) / 2);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#isClosed) this.#endPause();
    });
  }
}

/** A connection of the application, which closes it. */
export class BorrowedLink implements NatsLink {
  readonly #connection: NatsConnectionLike;
  #isClosed = false;

  constructor(connection: NatsConnectionLike) {
    this.#connection = connection;
  }

  open(events: LinkEvents): void {
    const connection = this.#connection;
    const host = hostOf(connection);
    void watch(connection, ({ type, error }) => {
      if (this.#isClosed) return;
      if (type === 'disconnect') events.lost(lostConnection(host, undefined));
      else if (type === 'reconnect') events.connected(connection);
      else if (type === 'error' && error !== undefined) events.trouble(troubleOf(host, error));
    });
    void connection.closed().then((cause) => {
      if (this.#isClosed) return;
      events.refused(isAuthorizationError(cause) ? failedAttempt(host, cause) : closedByApplication(cause));
    });
    if (!connection.isClosed()) events.connected(connection);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
  }
}

/** Reads what happens to a connection until it is closed. */
async function watch(connection: NatsConnectionLike, tell: (status: NatsStatus) => void): Promise<void> {
  for await (const status of connection.status()) tell(status);
}

/** Without credentials, which the library does not know by their place in a URL. */
function hostOf(connection: NatsConnectionLike): string {
  const info = connection.info as { host?: string; port?: number; server_name?: string } | undefined;
  return info?.server_name ?? 'the server';
}

function failedAttempt(host: string, cause: unknown): Error {
  return isAuthorizationError(cause)
    ? failure(`NATS at ${host} refuses the credentials of this node`, cause)
    : failure(`NATS at ${host} cannot be reached`, cause);
}

function lostConnection(host: string, cause: unknown): Error {
  return failure(`the connection to NATS (${host}) was lost`, cause);
}

function closedByApplication(cause?: unknown): Error {
  return failure('the connection to NATS that the application gave to the bus is closed', cause);
}

/** What a server told that did not end the connection, or is about to. */
function troubleOf(host: string, cause: Error): Error {
  return failure(`NATS (${host}) told an error`, cause);
}

function failure(what: string, cause: unknown): Error {
  const told = (cause as Error | undefined)?.message ?? '';
  // The library's words for a socket that closed before the server had said anything.
  const reason = told.includes('undefined error') ? 'the connection ended before the server said anything' : told;
  const text = reason === '' ? what : `${what}: ${reason}`;
  return new Error(hideCredentialsIn(text), cause === undefined ? undefined : { cause });
}
