// What a node has done over its bus: plain numbers.

import { Histogram, LATENCY_BOUNDS } from '../core/histogram.ts';
import type { BusMetrics } from '../core/meter.ts';

export class BusMeter {
  readonly published = { messages: 0, bytes: 0 };
  readonly received = { messages: 0, bytes: 0 };
  readonly foreign = { other: 0, newer: 0 };
  readonly questions = { asked: 0, unanswered: 0 };
  readonly delay = new Histogram(LATENCY_BOUNDS);
  unpublished = 0;
  /** Those among them that the driver did not take, though the bus was there, since {@link takeOverflow}. */
  #overflow = 0;
  deliveries = 0;
  unwanted = 0;
  troubles = 0;

  /** A message is not handed on. @param isReady  whether the bus is there */
  unpublish(isReady: boolean): void {
    this.unpublished++;
    if (isReady) this.#overflow++;
  }

  takeOverflow(): number {
    const count = this.#overflow;
    this.#overflow = 0;
    return count;
  }

  snapshot(): Omit<BusMetrics, 'driver' | 'node' | 'isReady' | 'nodes' | 'channels' | 'lost'> {
    return {
      published: { ...this.published },
      unpublished: this.unpublished,
      received: { ...this.received },
      deliveries: this.deliveries,
      unwanted: this.unwanted,
      foreign: { ...this.foreign },
      troubles: this.troubles,
      questions: { ...this.questions },
      delay: this.delay.snapshot(),
    };
  }
}
