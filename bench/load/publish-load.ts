// One publisher, many subscribers: all of them raw sockets. A publish is over when the last subscriber has it, and a new
// one follows. A slow subscriber reads nothing and is not waited for.

import type { Socket } from 'node:net';
import { answersOf } from './answers.ts';
import type { Round } from './echo-load.ts';
import { FrameRing, type MessageKind, OFFERS } from './frames.ts';
import { Latencies } from './latencies.ts';
import { Wait } from './patience.ts';
import { openRaw, sourceAddress } from './raw-client.ts';

export interface PublishKind extends MessageKind {
  readonly subscribers: number;
  /** Publishes on their way. */
  readonly inFlight: number;
}

const OPENING = 32;
/** Compressed deliveries that each subscriber inflates and compares. */
const TO_CHECK = 4;

export class PublishLoad {
  readonly #kind: PublishKind;
  readonly #ring: FrameRing;
  readonly #sockets: Socket[] = [];
  readonly #latencies = new Latencies();
  readonly #wait = new Wait();
  #publisher: Socket | undefined;
  #position = 0;
  #deliveries = 0;
  /** Publishes that all subscribers have; and of those behind them, how many have each, and when each was sent. */
  #complete = 0;
  readonly #reached: number[] = [];
  readonly #sent: number[] = [];
  #isRunning = false;

  constructor(kind: PublishKind) {
    this.#kind = kind;
    this.#ring = new FrameRing(kind, kind.inFlight);
  }

  async open(port: number): Promise<void> {
    const { subscribers, deflate } = this.#kind;
    const extensions = deflate && OFFERS[deflate];
    let next = 0;
    const openSome = async (): Promise<void> => {
      while (next < subscribers) {
        const from = sourceAddress(next++);
        this.#sockets.push(await openRaw({ port, from, extensions }, this.#subscriber()));
      }
    };
    await Promise.all(Array.from({ length: Math.min(OPENING, subscribers) }, openSome));
    const lost = (error: Error): void => this.#wait.fail(error);
    this.#publisher = await openRaw({ port, path: '/publish', extensions }, { received() {}, lost });
  }

  /** One more subscriber, which never reads again once it is open. */
  async openSlow(port: number): Promise<void> {
    const extensions = this.#kind.deflate && OFFERS[this.#kind.deflate];
    // A server may well end it.
    const socket = await openRaw({ port, extensions }, { received() {}, lost() {} });
    socket.pause();
    this.#sockets.push(socket);
  }

  /** @throws when a delivery is wrong or does not come */
  async run(milliseconds: number): Promise<Round> {
    this.#wait.check();
    this.#latencies.clear();
    const already = this.#deliveries;
    const start = performance.now();
    this.#isRunning = true;
    this.#publish(this.#kind.inFlight);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    this.#isRunning = false;
    if (this.#sent.length > 0) await this.#wait.wait(`${this.#sent.length} publishes at all subscribers`);
    this.#wait.check();
    const seconds = (performance.now() - start) / 1000;
    const latency = this.#kind.inFlight === 1 ? this.#latencies.quantiles() : undefined;
    return { count: this.#deliveries - already, seconds, latency };
  }

  close(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#publisher?.destroy();
  }

  #subscriber(): { received(size: number, chunk: Buffer): void; lost(error: Error): void } {
    const answers = answersOf(this.#kind, this.#ring, TO_CHECK);
    let messages = 0;
    return {
      received: (size, chunk) => {
        try {
          const count = answers.count(size, chunk);
          if (count > 0) this.#delivered(messages, count);
          messages += count;
        } catch (error) {
          this.#wait.fail(error as Error);
        }
      },
      lost: (error) => this.#wait.fail(error),
    };
  }

  /** A subscriber that had `before` messages has got some more. */
  #delivered(before: number, count: number): void {
    this.#deliveries += count;
    const reached = this.#reached;
    const first = before - this.#complete;
    for (let message = first; message < first + count; message++) reached[message] = (reached[message] ?? 0) + 1;
    let complete = 0;
    while (reached[0] === this.#kind.subscribers) {
      reached.shift();
      complete++;
    }
    if (complete === 0) return;
    this.#complete += complete;
    const now = performance.now();
    for (let index = 0; index < complete; index++) this.#latencies.add(now - (this.#sent.shift() as number));
    if (this.#isRunning) this.#publish(complete);
    else if (this.#sent.length === 0) this.#wait.done();
  }

  #publish(count: number): void {
    const now = performance.now();
    for (let index = 0; index < count; index++) this.#sent.push(now);
    this.#publisher?.write(this.#ring.take(this.#position, count));
    this.#position = (this.#position + count) % this.#ring.length;
  }
}
