// When each phase of a request has ended, in milliseconds since its call, by the clock of the network.

import { network } from '../host.ts';
import type { PerformanceTiming } from './types.ts';

/** The phases of a request. A later exchange, after a redirect, replaces the times of the one before. */
export class Timing {
  readonly #clock = network().clock;
  readonly #start = this.#clock.now();
  readonly #times: PerformanceTiming = {
    dnsTiming: 0,
    tcpTiming: 0,
    tlsTiming: 0,
    firstSendTiming: 0,
    firstReceiveTiming: 0,
    totalFinishTiming: 0,
    redirectTiming: 0,
    responseHeaderTiming: 0,
    responseBodyTiming: 0,
    totalTiming: 0,
  };

  /** Notes that a phase has ended now. */
  mark(...phases: (keyof PerformanceTiming)[]): void {
    for (const phase of phases) this.#times[phase] = this.#clock.now() - this.#start;
  }

  /** All times so far. */
  all(): PerformanceTiming {
    return { ...this.#times };
  }
}
