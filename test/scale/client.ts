// A client of the system under test: it subscribes and publishes through the balancer, tells the ledger, and comes back when its
// connection ends.

import { type ClientConnection, connect } from 'harmony-websocket/engine';
import type { Ledger } from './ledger.ts';
import { now } from './moment.ts';

/** Milliseconds before another attempt. */
const PAUSE = 50;

export class Client {
  readonly name: string;
  /** The node that has it, or had it last. */
  node = '';
  /** Publishes that were refused, by code. */
  readonly refusals: string[] = [];
  /** Publishes whose answer never came, since the connection ended. */
  unanswered = 0;
  returns = 0;
  /** By topic: the nodes whose trial messages have come. */
  readonly trials = new Map<string, Set<string>>();
  readonly #ledger: Ledger;
  readonly #port: number;
  readonly #topics = new Set<string>();
  readonly #pending = new Map<number, string>();
  readonly #confirmed = new Set<string>();
  #connection: ClientConnection | undefined;
  #number = 0;
  #isClosing = false;

  constructor(name: string, port: number, ledger: Ledger) {
    this.name = name;
    this.#port = port;
    this.#ledger = ledger;
  }

  /** Resolves when it is connected. It tries until it is. */
  async open(): Promise<void> {
    while (!this.#isClosing) {
      try {
        this.#connection = await connect(`ws://127.0.0.1:${this.#port}/`, {
          heartbeat: false,
          limits: { maxQueuedBytes: 256 * 1024 * 1024 },
          handlers: { message: (_, data) => this.#received(data as string), close: () => this.#lost() },
        });
        for (const topic of this.#topics) this.#connection.send(`S ${topic}`);
        return;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, PAUSE));
      }
    }
  }

  get isOpen(): boolean {
    return this.#connection?.state.kind === 'open';
  }

  /** Whether its node has confirmed every subscription. */
  get isSettled(): boolean {
    return this.isOpen && this.#confirmed.size === this.#topics.size;
  }

  /** Publishes whose answer has not come. */
  get waiting(): number {
    return this.#pending.size;
  }

  get topics(): ReadonlySet<string> {
    return this.#topics;
  }

  subscribe(topic: string): void {
    this.#topics.add(topic);
    if (this.isOpen) this.#connection?.send(`S ${topic}`);
  }

  unsubscribe(topic: string): void {
    this.#topics.delete(topic);
    this.#confirmed.delete(topic);
    this.#ledger.unsubscribe(this.name, topic, now());
    if (this.isOpen) this.#connection?.send(`U ${topic}`);
  }

  /** @param padding  bytes in addition to the head */
  publish(topic: string, padding = ''): void {
    if (!this.isOpen) return;
    const number = this.#number++;
    this.#pending.set(number, topic);
    this.#connection?.send(`P ${topic} ${this.name} ${number} ${padding}`);
  }

  close(): void {
    this.#isClosing = true;
    this.#connection?.terminate();
  }

  #received(text: string): void {
    const [kind, topic = '', publisher = '', number = '', moment = ''] = text.slice(0, 200).split(' ');
    switch (kind) {
      case 'M':
        if (number === 'trial') {
          const nodes = this.trials.get(topic) ?? new Set();
          this.trials.set(topic, nodes.add(publisher));
        } else {
          this.#ledger.deliver(this.name, topic, publisher, Number(number), now() - Number(moment));
        }
        break;
      case 'h':
        this.node = topic;
        break;
      case 's':
        if (!this.#topics.has(topic) || this.#confirmed.has(topic)) break;
        this.#confirmed.add(topic);
        this.#ledger.subscribe(this.name, topic, this.node, now());
        break;
      case 'a':
        this.#accepted(Number(publisher), Number(number));
        break;
      case 'r':
        this.#pending.delete(Number(publisher));
        this.refusals.push(number);
        this.#ledger.refuse(this.name, Number(publisher));
        break;
    }
  }

  #accepted(number: number, at: number): void {
    const topic = this.#pending.get(number);
    this.#pending.delete(number);
    if (topic !== undefined) this.#ledger.accept(topic, { publisher: this.name, number, node: this.node, at });
  }

  #lost(): void {
    const at = now();
    for (const topic of this.#confirmed) this.#ledger.unsubscribe(this.name, topic, at);
    this.#confirmed.clear();
    this.unanswered += this.#pending.size;
    this.#pending.clear();
    this.#connection = undefined;
    if (this.#isClosing) return;
    this.returns++;
    setTimeout(() => void this.open(), PAUSE);
  }
}
