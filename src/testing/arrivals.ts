// What has arrived at a scripted peer, in order, and waiting for the next of it. A wait that cannot succeed any more
// fails with what was expected and what there was instead.

import { AssertionError } from 'node:assert';
import { describeFrame, type Frame, show } from './frames.ts';
import type { Head } from './head.ts';
import type { Traffic } from './traffic.ts';

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
  /** Of the peer, for texts. */
  readonly #name: string;
  readonly #traffic: Traffic;
  /** Waits of a script last as long as they need; those of a test are given up when nothing can follow. */
  readonly #isScripted: boolean;
  readonly #waiting: Arrival[] = [];
  /** What has ended the connection, once it has been taken. */
  #last: Arrival | undefined;
  readonly #history: string[] = [];
  #wake: (() => void) | undefined;
  #wanted: string | undefined;

  constructor(name: string, traffic: Traffic, isScripted: boolean) {
    this.#name = name;
    this.#traffic = traffic;
    this.#isScripted = isScripted;
  }

  /** What a script waits for now, in words; absent when it waits for nothing in particular. */
  get wanted(): string | undefined {
    return this.#wanted;
  }

  add(arrival: Arrival): void {
    this.#waiting.push(arrival);
    this.#wake?.();
  }

  /**
   * Takes the next arrival. The end of a connection stays: each further call returns it again.
   *
   * @param wanted   what is expected, for the text of the failure; absent: anything, or nothing
   * @param pastEnd  whether something may follow a FIN: a reset
   * @throws (rejects) AssertionError when nothing comes
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
   * As {@link next}, for an arrival that must be of this kind.
   *
   * @throws (rejects) AssertionError when nothing comes, or another kind
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

  /** @throws AssertionError when something has arrived */
  assertNothing(): void {
    const [arrival] = this.#waiting;
    if (arrival !== undefined) throw this.failure('nothing', arrival);
  }

  /** Expected this, got that. */
  failure(expected: string, arrival: Arrival | undefined): AssertionError {
    this.#traffic.hasFailed = true;
    const actual = arrival === undefined ? 'nothing, and nothing is on its way' : describe(arrival);
    // The last one taken is the one that was not expected, unless nothing was taken.
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
