// How many clients a server takes: it counts what comes and goes, and says which is one too many. Each client is one
// slot, which counts from where it is first seen to the end of its socket or connection, whatever happens in between.
//
// ```
//  begin ──▶ identify ──▶ reserve ──▶ opened ──▶ leave
//  one of    one of its   one of all  no handshake    counts nowhere: from any
//  handshakes address     connections any more        of the states, once
// ```
//
// An HTTP request that is not a handshake ends the handshake of its slot (`requested`): the connection may then idle,
// and be used again, without a place among the handshakes. An upgrade that follows on it begins a handshake again.

import { type WebSocketError, webSocketError } from '../core/errors.ts';
import type { Clock } from '../core/ports.ts';
import { isOwnNetwork, networkOf } from '../node/ip-address.ts';
import { HandshakeRate } from './handshake-rate.ts';
import type { CompleteServerLimits } from './limits.ts';

/** Why a client is one too many. */
export interface Excess {
  /** Its `status` is the one to refuse with. */
  readonly error: WebSocketError;
  /** Seconds, where they can be told. */
  readonly retryAfter: number | undefined;
}

/** The field that tells a client when to come again (RFC 7231 §7.1.3): name and value, or nothing. */
export function retryFields({ retryAfter }: Excess): readonly string[] {
  return retryAfter === undefined ? [] : ['Retry-After', String(retryAfter)];
}

/** Seconds to ask of somebody whose other connections have to end first; nobody knows when they do. */
const WHILE_OTHERS_END = 10;

export class Admission {
  readonly #limits: CompleteServerLimits;
  readonly #rate: HandshakeRate;
  /** Slots by client, as long as there are any. */
  readonly #byClient = new Map<string, number>();
  #handshakes = 0;
  #connections = 0;

  constructor(limits: CompleteServerLimits, clock: Clock) {
    this.#limits = limits;
    this.#rate = new HandshakeRate(clock);
  }

  /** Handshakes in progress. */
  get handshakes(): number {
    return this.#handshakes;
  }

  /** Connections, and upgrades on their way to one. */
  get connections(): number {
    return this.#connections;
  }

  /** Clients (addresses, /64) that have a slot. */
  get clients(): number {
    return this.#byClient.size;
  }

  /** Clients of the last minutes that are remembered. */
  get remembered(): number {
    return this.#rate.size;
  }

  /** Somebody has come. The slot must `leave`, unless this was one handshake too many. */
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

  /** For slots. @returns what the slot counts as, to be given back to `unidentify`; or that it does not count */
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

/** One client of a server. */
export interface Slot {
  /** Whether it counts nowhere any more. */
  readonly hasLeft: boolean;
  /**
   * Counts the slot for an address, the first that is given.
   *
   * @param address  as `plainIp` gives it; `''`, where there is none, does not count
   */
  identify(address: string): Excess | undefined;
  /** Takes a place among all connections. */
  reserve(): Excess | undefined;
  /** A request has come that is not a handshake: it is not one of the handshakes until `upgrading`. */
  requested(): void;
  /** A handshake has come, maybe behind other requests. */
  upgrading(): Excess | undefined;
  /** The handshake is over, and has led to a connection, whose end is the slot's. */
  opened(): void;
  /** The socket that it came on is gone: it leaves, unless it is a connection, which may have let go of that socket. */
  socketClosed(): void;
  /** It counts nowhere any more. Harmless when repeated. */
  leave(): void;
}

export function isExcess(value: Slot | Excess): value is Excess {
  return 'error' in value;
}

class CountedSlot implements Slot {
  readonly #admission: Admission;
  /** What it counts as among the clients; `''`: a client without an address, which does not count. */
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

/** The slot of a client that there was no slot for. It counts nowhere, and takes nothing. */
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
