// The conditions of an in-memory network: how long data takes, how much passes, and when a connection is lost, for all hosts
// or one, in one direction or both.

/** Conditions of a network. Absent options stay as they are. */
export interface NetworkCondition {
  /** The host that they are for: a name or an address. Default: all hosts. */
  host?: string;
  /** `'up'`: from the client to the host. `'down'`: from the host to the client. Default `'both'`. */
  direction?: 'up' | 'down' | 'both';
  /** Milliseconds, in the network's time, that everything takes to arrive. */
  latency?: number;
  /** At most so many milliseconds more, differently for each piece. Data still arrives in order. */
  jitter?: number;
  /** Bytes per second that pass. */
  bandwidth?: number;
  /** Each connection is lost after so many bytes of the direction, its handshake included: both ends read a reset. */
  loseAt?: number;
  /** Whether nothing passes. TCP waits: what was sent arrives when this ends. */
  offline?: boolean;
}

/** What holds for one direction of a connection. */
export interface LinkState {
  readonly latency: number;
  readonly jitter: number;
  /** `Infinity`: no bound. */
  readonly bandwidth: number;
  /** `Infinity`: never. */
  readonly loseAt: number;
  readonly offline: boolean;
}

/** A link that holds data back. */
interface Waiting {
  /** Conditions have changed. */
  resume(): void;
}

export class Conditions {
  readonly #usual: LinkState;
  readonly #added: NetworkCondition[] = [];
  /** Links that hold data back. */
  readonly waiting = new Set<Waiting>();
  #seed = 1;

  /** @param latency  milliseconds, where no condition says otherwise */
  constructor(latency: number) {
    this.#usual = {
      latency,
      jitter: 0,
      bandwidth: Number.POSITIVE_INFINITY,
      loseAt: Number.POSITIVE_INFINITY,
      offline: false,
    };
  }

  /** @returns a function that takes the condition back */
  add(condition: NetworkCondition): () => void {
    this.#added.push(condition);
    this.#changed();
    return () => {
      const index = this.#added.indexOf(condition);
      if (index >= 0) this.#added.splice(index, 1);
      this.#changed();
    };
  }

  /** @param isHost  whether a host of a condition is the one that a connection leads to */
  of(direction: 'up' | 'down', isHost: (host: string) => boolean): LinkState {
    if (this.#added.length === 0) return this.#usual;
    const state: Record<string, unknown> = { ...this.#usual };
    for (const { host, direction: which = 'both', ...fields } of this.#added) {
      if ((which !== 'both' && which !== direction) || (host !== undefined && !isHost(host))) continue;
      for (const [name, value] of Object.entries(fields)) if (value !== undefined) state[name] = value;
    }
    return state as unknown as LinkState;
  }

  /** A number from 0 to 1, the same ones in each run (the generator of Lehmer). */
  random(): number {
    this.#seed = (this.#seed * 48271) % 2147483647;
    return this.#seed / 2147483647;
  }

  #changed(): void {
    for (const link of [...this.waiting]) link.resume();
  }
}
