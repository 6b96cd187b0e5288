// How many clients a server takes: it counts them, and refuses the ones that are too many. Each client has a slot, which
// counts from where the client is first seen to the end of its socket or connection, whatever happens in between.
//
// ```
//  begin ─────▶ identify ─────▶ reserve ─────▶ opened ──────▶ leave
//  counts as    and for its     and as a       no longer as   counts nowhere: from any
//  a handshake  address         connection     a handshake    of the states, once
// ```
//
// An HTTP request that is not a handshake ends the handshake of its slot (`requested`): the connection may then idle, and
// serve further requests, without counting as a handshake. An upgrade on it begins a handshake again (`upgrading`).

import { type WebSocketError, webSocketError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { isOwnNetwork, networkOf } from '../node/ip-address.ts';
import { HandshakeRate } from './handshake-rate.ts';
import type { CompleteServerLimits } from './limits.ts';

/** Why a client is one too many. */
export interface Excess {
  /** Names the bound. Its `status` is that of the response. */
  readonly error: WebSocketError;
  /** Seconds after which the client may come again. `undefined`: not known. */
  readonly retryAfter: number | undefined;
}

/** The field that tells a client when to come again (RFC 7231 §7.1.3): its name and value, or an empty list. */
export function retryFields({ retryAfter }: Excess): readonly string[] {
  return retryAfter === undefined ? [] : ['Retry-After', String(retryAfter)];
}

/** Seconds to ask of a client whose other connections have to end first. When they end is unknown. */
const WHILE_OTHERS_END = 10;

export class Admission {
  readonly #limits: CompleteServerLimits;
  readonly #rate: HandshakeRate;
  /** Number of slots of each client that has one. */
  readonly #byClient = new Map<string, number>();
  #handshakes = 0;
  #connections = 0;

  constructor(limits: CompleteServerLimits, clock: Clock) {
    this.#limits = limits;
    this.#rate = new HandshakeRate(clock);
  }

  /** Number of handshakes in progress. */
  get handshakes(): number {
    return this.#handshakes;
  }

  /** Number of connections, including upgrades that are being decided on. */
  get connections(): number {
    return this.#connections;
  }

  /** Number of clients (IPv4 addresses, IPv6 /64) that have a slot. */
  get clients(): number {
    return this.#byClient.size;
  }

  /** Number of clients that are remembered for the bound per minute. */
  get remembered(): number {
    return this.#rate.size;
  }

  /** Whether no client is one too many, so that none need be counted. */
  get isUnbounded(): boolean {
    const { server, ownNetwork } = this.#limits;
    return [
      server.maxConnections,
      server.maxHandshakes,
      server.maxConnectionsPerAddress,
      server.maxConnectionsPerMinute,
      ownNetwork.maxConnectionsPerAddress,
      ownNetwork.maxConnectionsPerMinute,
    ].every((bound) => bound === Infinity);
  }

  /** A client has come. The caller must let its slot `leave`. @returns why it has no slot: it is one too many */
  begin(): Slot | Excess {
    return this.beginHandshake() ?? new CountedSlot(this);
  }

  /** For slots. */
  beginHandshake(): Excess | undefined {
    const { maxHandshakes } = this.#limits.server;
    if (this.#handshakes >= maxHandshakes) return excess(webSocketError('ERR_WS_TOO_MANY_HANDSHAKES', maxHandshakes));
    this.#handshakes++;
    return undefined;
  }

  /** For slots. */
  handshakeEnded(): void {
    this.#handshakes--;
  }

  /** For slots. @returns the client to give back to `unidentify`, or why it is one too many */
  identify(address: string): string | Excess {
    const { maxConnectionsPerAddress, maxConnectionsPerMinute } = isOwnNetwork(address)
      ? this.#limits.ownNetwork
      : this.#limits.server;
    const client = networkOf(address);
    const count = this.#byClient.get(client) ?? 0;
    if (count >= maxConnectionsPerAddress) {
      const error = webSocketError('ERR_WS_TOO_MANY_CONNECTIONS_OF_ADDRESS', client, maxConnectionsPerAddress);
      return excess(error, WHILE_OTHERS_END);
    }
    if (maxConnectionsPerMinute !== Infinity) {
      const wait = this.#rate.take(client, maxConnectionsPerMinute);
      if (wait > 0) {
        const error = webSocketError('ERR_WS_TOO_MANY_CONNECTIONS_PER_MINUTE', client, maxConnectionsPerMinute, wait);
        return excess(error, wait);
      }
    }
    this.#byClient.set(client, count + 1);
    return client;
  }

  /** For slots. */
  unidentify(client: string): void {
    const count = (this.#byClient.get(client) ?? 0) - 1;
    if (count > 0) this.#byClient.set(client, count);
    else this.#byClient.delete(client);
  }

  /** For slots. */
  reserve(): Excess | undefined {
    const { maxConnections } = this.#limits.server;
    if (this.#connections >= maxConnections)
      return excess(webSocketError('ERR_WS_TOO_MANY_CONNECTIONS', maxConnections));
    this.#connections++;
    return undefined;
  }

  /** For slots. */
  release(): void {
    this.#connections--;
  }
}

/** The place of one client in the counts of a server. */
export interface Slot {
  /** Whether it no longer counts anywhere. */
  readonly hasLeft: boolean;
  /**
   * Counts the slot for an address. Further calls do nothing.
   *
   * @param address  as `plainIp` gives it. `''`, if there is none, does not count
   */
  identify(address: string): Excess | undefined;
  /** Counts it as a connection. */
  reserve(): Excess | undefined;
  /** A request has come that is not a handshake. It does not count as one until `upgrading`. */
  requested(): void;
  /** A handshake has come, maybe behind other requests. It counts as one from here on. */
  upgrading(): Excess | undefined;
  /** The handshake has led to a connection. The slot now ends with the connection. */
  opened(): void;
  /** The socket is gone: the slot leaves, unless it is a connection, which may have let go of that socket. */
  socketClosed(): void;
  /** It no longer counts anywhere. Further calls do nothing. */
  leave(): void;
}

export function isExcess(value: Slot | Excess): value is Excess {
  return 'error' in value;
}

class CountedSlot implements Slot {
  readonly #admission: Admission;
  /** Name in the count of clients. `''`: without an address, and not counted. */
  #client: string | undefined;
  #state: 'handshake' | 'requests' | 'connection' | 'gone' = 'handshake';
  #hasPlace = false;

  constructor(admission: Admission) {
    this.#admission = admission;
  }

  get hasLeft(): boolean {
    return this.#state === 'gone';
  }

  identify(address: string): Excess | undefined {
    if (this.hasLeft || this.#client !== undefined) return undefined;
    const client = address === '' ? '' : this.#admission.identify(address);
    if (typeof client !== 'string') return client;
    this.#client = client;
    return undefined;
  }

  reserve(): Excess | undefined {
    if (this.hasLeft || this.#hasPlace) return undefined;
    const excess = this.#admission.reserve();
    this.#hasPlace = excess === undefined;
    return excess;
  }

  requested(): void {
    if (this.#state === 'handshake') this.#become('requests');
  }

  upgrading(): Excess | undefined {
    if (this.#state !== 'requests') return undefined;
    const excess = this.#admission.beginHandshake();
    if (excess === undefined) this.#state = 'handshake';
    return excess;
  }

  opened(): void {
    if (!this.hasLeft) this.#become('connection');
  }

  socketClosed(): void {
    if (this.#state !== 'connection') this.leave();
  }

  leave(): void {
    if (this.hasLeft) return;
    this.#become('gone');
    if (this.#hasPlace) this.#admission.release();
    if (this.#client !== undefined && this.#client !== '') this.#admission.unidentify(this.#client);
  }

  #become(state: 'requests' | 'connection' | 'gone'): void {
    if (this.#state === 'handshake') this.#admission.handshakeEnded();
    this.#state = state;
  }
}

/** The slot of a client that got none. It counts nowhere. */
export const uncountedSlot: Slot = {
  hasLeft: false,
  identify: () => undefined,
  reserve: () => undefined,
  requested: () => {},
  upgrading: () => undefined,
  opened: () => {},
  socketClosed: () => {},
  leave: () => {},
};

function excess(error: WebSocketError, retryAfter?: number): Excess {
  return { error, retryAfter };
}
