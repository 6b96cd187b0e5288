// The messages that each subscriber should have got: a row for each accepted message, a window for each subscription, and the deliveries. At the end
// each pair of them is judged: delivered, lost within a gap that a node reported, lost without one, twice, or out of order.

import type { Gaps } from './gaps.ts';

/** Milliseconds after a subscription in which the broker may not know it yet. Messages that it misses meanwhile are counted apart. */
const SETTLE = 1_000;
/** Milliseconds before a connection's end in which a message may have been on its way to it. */
const ON_THE_WAY = 1_000;

interface Row {
  readonly publisher: string;
  readonly number: number;
  /** The node that published it. */
  readonly node: string;
  /** When the node published it. */
  readonly at: number;
}

interface Window {
  readonly subscriber: string;
  readonly node: string;
  readonly from: number;
  to: number;
}

/** What one subscriber got of one publisher in one topic. */
interface Received {
  readonly numbers: Set<number>;
  last: number;
}

export interface Judgement {
  /** Messages that a node took. */
  accepted: number;
  refused: number;
  /** Pairs of a message and a subscriber that was there. */
  expected: number;
  /** Of these, between two nodes: the broker is needed. */
  across: number;
  delivered: number;
  /** Lost, and a node had reported a gap at that time. */
  lostInGaps: number;
  /** Lost, and nobody reported it. */
  lostUntold: number;
  /** Of these, between two clients of one node, which needs no broker. */
  lostLocally: number;
  /** Missed shortly after a subscription, or on its way when a connection ended. */
  missedAtEdges: number;
  /** Milliseconds after its subscription at which a subscriber still missed something. */
  slowestSubscription: number;
  doubled: number;
  outOfOrder: number;
  /** Delivered, though its publisher was told that it was refused. */
  deliveredAfterRefusal: number;
  /** The first few, for a reader. */
  readonly examples: string[];
}

export class Ledger {
  readonly #rows = new Map<string, Row[]>();
  readonly #refused = new Set<string>();
  readonly #windows = new Map<string, Window[]>();
  readonly #open = new Map<string, Window>();
  readonly #received = new Map<string, Received>();
  accepted = 0;
  delivered = 0;
  #doubled = 0;
  #outOfOrder = 0;
  #deliveredAfterRefusal = 0;
  readonly #examples: string[] = [];
  /** Milliseconds from publish to delivery, of all deliveries. */
  readonly latencies: number[] = [];

  /** A node took a message. */
  accept(topic: string, row: Row): void {
    this.accepted++;
    const rows = this.#rows.get(topic);
    if (rows === undefined) this.#rows.set(topic, [row]);
    else rows.push(row);
  }

  /** A node refused a message. */
  refuse(publisher: string, number: number): void {
    this.#refused.add(`${publisher} ${number}`);
  }

  /** A subscription is in place at its node. */
  subscribe(subscriber: string, topic: string, node: string, at: number): void {
    const window: Window = { subscriber, node, from: at, to: Infinity };
    this.#open.set(`${subscriber} ${topic}`, window);
    const windows = this.#windows.get(topic);
    if (windows === undefined) this.#windows.set(topic, [window]);
    else windows.push(window);
  }

  /** A subscription has ended, or the connection that had it. */
  unsubscribe(subscriber: string, topic: string, at: number): void {
    const window = this.#open.get(`${subscriber} ${topic}`);
    if (window === undefined) return;
    window.to = at;
    this.#open.delete(`${subscriber} ${topic}`);
  }

  /** A subscriber got a message. @param delay  milliseconds since its node published it */
  deliver(subscriber: string, topic: string, publisher: string, number: number, delay: number): void {
    this.delivered++;
    this.latencies.push(delay);
    const key = `${subscriber} ${topic} ${publisher}`;
    let received = this.#received.get(key);
    if (received === undefined) {
      received = { numbers: new Set(), last: -1 };
      this.#received.set(key, received);
    }
    if (received.numbers.has(number)) {
      this.#doubled++;
      this.#show(`${subscriber} got ${number} of ${publisher} in ${topic} twice`);
      return;
    }
    if (number < received.last) {
      this.#outOfOrder++;
      this.#show(`${subscriber} got ${number} of ${publisher} in ${topic} after ${received.last}`);
    }
    received.numbers.add(number);
    received.last = number;
    if (this.#refused.has(`${publisher} ${number}`)) {
      this.#deliveredAfterRefusal++;
      this.#show(`${subscriber} got ${number} of ${publisher}, which was refused`);
    }
  }

  /** Compares everything. */
  judge(gaps: Gaps): Judgement {
    const judgement: Judgement = {
      accepted: this.accepted,
      refused: this.#refused.size,
      expected: 0,
      across: 0,
      delivered: 0,
      lostInGaps: 0,
      lostUntold: 0,
      lostLocally: 0,
      missedAtEdges: 0,
      slowestSubscription: 0,
      doubled: this.#doubled,
      outOfOrder: this.#outOfOrder,
      deliveredAfterRefusal: this.#deliveredAfterRefusal,
      examples: this.#examples,
    };
    for (const [topic, windows] of this.#windows) {
      for (const row of this.#rows.get(topic) ?? []) {
        for (const window of windows) {
          if (window.from > row.at || window.to <= row.at) continue;
          judgement.expected++;
          if (window.node !== row.node) judgement.across++;
          const received = this.#received.get(`${window.subscriber} ${topic} ${row.publisher}`);
          if (received?.numbers.has(row.number) === true) judgement.delivered++;
          else this.#lost(judgement, gaps, topic, row, window);
        }
      }
    }
    return judgement;
  }

  #lost(judgement: Judgement, gaps: Gaps, topic: string, row: Row, window: Window): void {
    const age = row.at - window.from;
    const isLocal = window.node === row.node;
    if (!isLocal && gaps.around([window.node, row.node], row.at) !== undefined) {
      judgement.lostInGaps++;
    } else if (window.to - row.at < ON_THE_WAY) {
      judgement.missedAtEdges++;
    } else if (!isLocal && age < SETTLE) {
      judgement.missedAtEdges++;
      judgement.slowestSubscription = Math.max(judgement.slowestSubscription, age);
    } else {
      judgement.lostUntold++;
      if (isLocal) judgement.lostLocally++;
      this.#show(
        `${window.subscriber} on ${window.node} did not get ${row.number} of ${row.publisher} on ${row.node} in ${topic}, published at ${row.at.toFixed(0)}${gaps.near([window.node, row.node], row.at)}`,
      );
    }
  }

  #show(text: string): void {
    if (this.#examples.length < 8) this.#examples.push(text);
  }
}
