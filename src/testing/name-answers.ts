// The names of an in-memory network: their addresses, how long a lookup takes, and which lookups fail.

import type { Clock } from '../core/ports.ts';
import { ownAddresses } from '../node/net-source.ts';
import { isLoopback, plainAddress } from './port-table.ts';
import { lookupError } from './system-error.ts';

/** How a lookup of a name is answered. */
export interface NameAnswer {
  /** Its addresses; connections use the first. Absent: as without this answer. */
  addresses?: readonly string[];
  /** Milliseconds, in the network's time, until the answer. Default 0. */
  delay?: number;
  /** The error of every lookup. `'ENOTFOUND'`: the name does not exist. `'EAI_AGAIN'`: no name server answers. */
  fails?: 'ENOTFOUND' | 'EAI_AGAIN';
}

export class NameAnswers {
  /** Host names (lower case) and their addresses. */
  readonly names = new Map<string, string>([['localhost', '127.0.0.1']]);
  readonly #answers = new Map<string, NameAnswer>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param answer  already checked; `undefined` takes the previous one back */
  set(host: string, answer: NameAnswer | undefined): void {
    const name = plainAddress(host);
    if (answer === undefined) this.#answers.delete(name);
    else this.#answers.set(name, answer);
  }

  /** The address that connections to a name use; `undefined` for an unknown name. */
  addressOf(host: string): string | undefined {
    return this.#addressesOf(plainAddress(host))[0];
  }

  /** Calls `found` with the addresses or with the system's error, perhaps at once. */
  find(host: string, isOnline: boolean, found: (error: Error | undefined, addresses: readonly string[]) => void): void {
    const name = plainAddress(host);
    const given: NameAnswer = this.#answers.get(name) ?? {};
    const { delay = 0, fails } = given;
    const answer = (): void => {
      const addresses = this.#addressesOf(name);
      // Without a net no server answers; the device's own names are known.
      if (!isOnline && !addresses.some(isLoopback)) found(lookupError(host, 'EAI_AGAIN'), []);
      else if (fails !== undefined) found(lookupError(host, fails), []);
      else if (addresses.length === 0) found(lookupError(host), []);
      else found(undefined, addresses);
    };
    if (delay === 0) answer();
    else this.#clock.timer({ expired: answer }).set(delay);
  }

  #addressesOf(name: string): readonly string[] {
    const address = this.names.get(name);
    return ownAddresses.get(name) ?? this.#answers.get(name)?.addresses ?? (address === undefined ? [] : [address]);
  }
}
