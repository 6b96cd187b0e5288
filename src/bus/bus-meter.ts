// What a node has done over its bus: plain numbers.

import { Histogram, LATENCY_BOUNDS } from '../core/histogram.ts';

export class BusMeter {
  readonly published = { messages: 0, bytes: 0 };
  readonly received = { messages: 0, bytes: 0 };
  readonly foreign = { other: 0, newer: 0 };
  readonly questions = { asked: 0, unanswered: 0 };
  readonly delay = new Histogram(LATENCY_BOUNDS);
  unpublished = 0;
  deliveries = 0;
  unwanted = 0;
  troubles = 0;
}
