// One direction of an in-memory connection: when what is sent arrives, by the conditions of the moment. Nothing overtakes what
// was sent before it, as with TCP.
//
//   send ─▶ held, while offline ─▶ waits for the line (bandwidth) ─▶ on its way (latency, jitter) ─▶ delivered

import type { Conditions, LinkState } from './conditions.ts';
import type { Traffic } from './traffic.ts';

/** Bytes that travel together where bandwidth is scarce: the payload of a usual packet of TCP. */
export const SEGMENT = 1460;

export class Link {
  readonly #traffic: Traffic;
  readonly #conditions: Conditions;
  readonly #direction: 'up' | 'down';
  readonly #isHost: (host: string) => boolean;
  /** What is on its way, in order. */
  readonly #underWay: (() => void)[] = [];
  readonly #held: { readonly bytes: number; readonly delivery: () => void }[] = [];
  /** When the line has passed everything so far. */
  #free = 0;
  /** When the latest of it arrives. */
  #arrival = 0;

  constructor(traffic: Traffic, conditions: Conditions, direction: 'up' | 'down', isHost: (host: string) => boolean) {
    this.#traffic = traffic;
    this.#conditions = conditions;
    this.#direction = direction;
    this.#isHost = isHost;
  }

  /** What holds now. */
  get state(): LinkState {
    return this.#conditions.of(this.#direction, this.#isHost);
  }

  /** Delivers later. @param bytes  what it takes of the bandwidth */
  send(bytes: number, delivery: () => void): void {
    const { state } = this;
    if (state.offline || this.#held.length > 0) {
      this.#held.push({ bytes, delivery });
      this.#conditions.waiting.add(this);
    } else this.#depart(bytes, delivery, state);
  }

  /** Conditions have changed: sends what was held, if they allow it. */
  resume(): void {
    const { state } = this;
    if (state.offline) return;
    this.#conditions.waiting.delete(this);
    for (const { bytes, delivery } of this.#held.splice(0)) this.#depart(bytes, delivery, state);
  }

  #depart(bytes: number, delivery: () => void, { latency, jitter, bandwidth }: LinkState): void {
    const { clock } = this.#traffic;
    const now = clock.now();
    this.#free = Math.max(now, this.#free) + (bytes * 1000) / bandwidth;
    const delay = latency + (jitter > 0 ? jitter * this.#conditions.random() : 0);
    this.#arrival = Math.max(this.#free + delay, this.#arrival);
    if (this.#arrival <= now && this.#underWay.length === 0) {
      this.#traffic.later(delivery);
      return;
    }
    this.#underWay.push(delivery);
    clock.timer({ expired: () => this.#traffic.later(this.#underWay.shift()!) }).set(this.#arrival - now);
  }
}
