// How the owner of a session hears that another process wants it: a channel for each process, on which others ask, and one for
// each store, on which they hear that it was given up.

import { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import type { BusDriver, BusEvents } from '../../../bus/bus-driver.ts';
import type { Clock } from '../../../core/ports.ts';
import type { Answer } from '../../protocol/store.ts';

/** Milliseconds for an owner to give a session up. */
const PATIENCE = 2_000;

type Fenced = (id: string, generation: number) => Answer<void>;

interface Question {
  readonly id: string;
  readonly generation: number;
  /** Where the answer goes, and its number. */
  readonly to: string;
  readonly number: number;
}

export class Fencing implements BusEvents {
  readonly #driver: BusDriver;
  readonly #clock: Clock;
  readonly #prefix: string;
  readonly #own: string;
  readonly #nodes = new Map<string, Fenced | undefined>();
  readonly #channels = new Map<string, string>();
  /** Nodes whose channel the broker has. */
  readonly #heard = new Map<string, Promise<void>>();
  readonly #asked = new Map<number, () => void>();
  readonly #told = new Map<string, Promise<void>>();
  #number = 0;
  #state: 'connecting' | 'ready' | 'lost' = 'connecting';
  #problem: Error | undefined;
  #waiting: (() => void)[] = [];

  constructor(driver: BusDriver, prefix: string, clock: Clock) {
    this.#driver = driver;
    this.#clock = clock;
    this.#prefix = `${prefix}.session`;
    this.#own = `${this.#prefix}.answer.${randomBytes(9).toString('hex')}`;
    void driver.subscribe([this.#own]);
    driver.open(this);
  }

  on(node: string, fenced: Fenced): void {
    this.#nodes.set(node, fenced);
  }

  /** Settles when others can ask this process as `node`. Rejects while Redis is out of reach. */
  async listen(node: string): Promise<void> {
    if (!this.#nodes.has(node)) this.#nodes.set(node, undefined);
    let heard = this.#heard.get(node);
    if (heard === undefined) {
      const channel = this.channelOf(node);
      this.#channels.set(channel, node);
      heard = this.#driver.subscribe([channel]);
      this.#heard.set(node, heard);
    }
    if (this.#state === 'connecting') await new Promise<void>((resolve) => this.#waiting.push(resolve));
    if (this.#state !== 'ready') throw this.#problem;
    await heard;
  }

  /** Where `node` is asked. */
  channelOf(node: string): string {
    return `${this.#prefix}.of.${createHash('sha256').update(node).digest('hex').slice(0, 32)}`;
  }

  isHere(node: string): boolean {
    return this.#nodes.has(node);
  }

  /** Tells a node of this process. Settles when it has given the session up. */
  tell(node: string, id: string, generation: number): Promise<void> {
    const name = `${generation} ${id}`;
    let told = this.#told.get(name);
    if (told === undefined) {
      told = this.#give(node, id, generation).finally(() => this.#told.delete(name));
      this.#told.set(name, told);
    }
    return told;
  }

  /** Asks a node of another process, and waits until it has answered or its time is over. */
  ask(node: string, id: string, generation: number): Promise<void> {
    const number = ++this.#number;
    return new Promise((resolve) => {
      const timer = this.#clock.timer({ expired: () => done() });
      const done = (): void => {
        timer.clear();
        this.#asked.delete(number);
        resolve();
      };
      this.#asked.set(number, done);
      timer.set(PATIENCE);
      const question: Question = { id, generation, to: this.#own, number };
      if (!this.#driver.publish(this.channelOf(node), Buffer.from(JSON.stringify(question)))) done();
    });
  }

  close(): Promise<void> {
    this.lost(new Error('the store of sessions is closed'));
    for (const done of this.#asked.values()) done();
    return this.#driver.close();
  }

  ready(): void {
    this.#state = 'ready';
    this.#wake();
  }

  lost(error: Error): void {
    this.#state = 'lost';
    this.#problem = error;
    this.#wake();
  }

  refused(error: Error): void {
    this.lost(error);
  }

  trouble(): void {
    // A question that did not come through counts as one to a dead owner.
  }

  message(channel: string, payload: Uint8Array): void {
    let said: Partial<Question>;
    try {
      said = JSON.parse(Buffer.from(payload).toString()) as Partial<Question>;
    } catch {
      return;
    }
    const { id, generation, to, number } = said ?? {};
    if (channel === this.#own) {
      this.#asked.get(number as number)?.();
      return;
    }
    const node = this.#channels.get(channel);
    if (node === undefined || typeof id !== 'string' || typeof generation !== 'number') return;
    if (typeof to !== 'string' || !to.startsWith(`${this.#prefix}.answer.`)) return;
    const answer = Buffer.from(JSON.stringify({ number }));
    void this.tell(node, id, generation).then(() => this.#driver.publish(to, answer));
  }

  async #give(node: string, id: string, generation: number): Promise<void> {
    try {
      await this.#nodes.get(node)?.(id, generation);
    } catch {
      // It stays there, and the process that wants it takes it as that of a dead one.
    }
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
