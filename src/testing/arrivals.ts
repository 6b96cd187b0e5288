// The queue of what has arrived at a scripted peer, and the wait for the next arrival. A wait that cannot succeed any more
// fails with an error that names what was expected and what was received.

import { AssertionError } from 'node:assert';
import { describeFrame, type Frame, show } from './frames.ts';
import type { Head } from './head.ts';
import type { Pace } from './pace.ts';

export type Arrival =
  | { readonly kind: 'head'; readonly head: Head }
  | { readonly kind: 'body'; readonly text: string }
  | { readonly kind: 'frame'; readonly frame: Frame }
  /** The other end broke the protocol. */
  | { readonly kind: 'violation'; readonly error: Error }
  /** TCP FIN. */
  | { readonly kind: 'end' }
  /** TCP RST. */
  | { readonly kind: 'reset' };

export class Arrivals {
  /** The name of the peer, for errors. */
  readonly #name: string;
  readonly #traffic: Pace;
  /** A script may wait as long as it needs. A wait of a test is given up when nothing more can arrive. */
  readonly #isScripted: boolean;
  readonly #waiting: Arrival[] = [];
  /** The arrival that ended the connection, once it has been taken. */
  #last: Arrival | undefined;
  readonly #history: string[] = [];
  #wake: (() => void) | undefined;
  #wanted: string | undefined;

  constructor(name: string, traffic: Pace, isScripted: boolean) {
    this.#name = name;
    this.#traffic = traffic;
    this.#isScripted = isScripted;
  }

  /** What a script waits for now, in words; `undefined` if it waits for nothing in particular. */
  get wanted(): string | undefined {
    return this.#wanted;
  }

  add(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#wake?.();
  }

  /**
   * Takes the next arrival. Once the connection has ended, each further call returns that end again.
   *
   * @param wanted   what is expected, for the error; absent: any arrival
   * @param pastEnd  whether to wait for a reset after a FIN
   * @throws (rejects) AssertionError if nothing arrives
   */
  async next(wanted: string | undefined, pastEnd = false): Promise<Arrival> {
    const isThere = () =>
      this.#waiting.length > 0 || (this.#last !== undefined && !(pastEnd && this.#last.kind === 'end'));
    this.#wanted = wanted;
    if (!isThere()) {
      if (this.#isScripted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#wake = undefined;
      } else await this.#traffic.wait(isThere);
    }
    const next = this.#waiting.shift();
    const arrival = next ?? this.#last;
    if (arrival === undefined) throw this.failure(wanted ?? 'something', undefined);
    this.#wanted = undefined;
    if (arrival.kind === 'end' || arrival.kind === 'reset' || arrival.kind === 'violation') this.#last = arrival;
    if (next !== undefined) this.#history.push(describe(next));
    return arrival;
  }

  /**
   * Takes the next arrival, which must be of this kind. See {@link next}.
   *
   * @throws (rejects) AssertionError if nothing arrives, or something of another kind
   */
  async nextOf<Kind extends Arrival['kind']>(
    kind: Kind,
    wanted: string,
    pastEnd = false,
  ): Promise<Extract<Arrival, { kind: Kind }>> {
    const arrival = await this.next(wanted, pastEnd);
    if (arrival.kind !== kind) throw this.failure(wanted, arrival);
    return arrival as Extract<Arrival, { kind: Kind }>;
  }

  /** Asserts that nothing has arrived that was not taken. @throws AssertionError */
  assertNothing(): void {
    const [arrival] = this.#waiting;
    if (arrival !== undefined) throw this.failure('nothing', arrival);
  }

  /** Returns the error for an arrival that is not the expected one. */
  failure(expected: string, arrival: Arrival | undefined): AssertionError {
    this.#traffic.hasFailed = true;
    const actual = arrival === undefined ? 'nothing, and nothing is on its way' : describe(arrival);
    // The last arrival taken is the unexpected one, unless nothing was taken.
    const isTaken = arrival !== undefined && arrival !== this.#waiting[0];
    const before = isTaken ? this.#history.slice(0, -1) : this.#history;
    return new AssertionError({
      message: `${this.#name}: expected ${expected}, received ${actual}\n  before that: ${before.join(', ') || 'nothing'}`,
      expected,
      actual,
      operator: 'receives',
    });
  }
}

function describe(arrival: Arrival): string {
  switch (arrival.kind) {
    case 'head':
      return `head ${show(arrival.head.startLine)}`;
    case 'body':
      return `body ${show(arrival.text)}`;
    case 'frame':
      return describeFrame(arrival.frame);
    case 'violation':
      return `a violation of the protocol: ${arrival.error.message}`;
    case 'end':
      return 'the end of TCP (FIN)';
    case 'reset':
      return 'a reset of TCP (RST)';
  }
}
