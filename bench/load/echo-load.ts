// Echo load over raw sockets: each connection keeps a number of messages in flight and sends a new one for each that
// comes back. Answers are counted by bytes, or by frame headers where compression makes them differ in size; the first
// ones of each connection are compared in full.

import type { Socket } from 'node:net';
import { type Answers, answersOf } from './answers.ts';
import { FrameRing, type MessageKind, OFFERS } from './frames.ts';
import { Latencies, type Quantiles } from './latencies.ts';
import { Wait } from './patience.ts';
import { openRaw, sourceAddress } from './raw-client.ts';

export interface EchoKind extends MessageKind {
  readonly connections: number;
  /** Messages that each connection has on their way. */
  readonly inFlight: number;
  readonly isEncrypted?: boolean | undefined;
}

export interface Round {
  /** Messages that came back. */
  readonly count: number;
  readonly seconds: number;
  /** Milliseconds from a message to its answer, where one is in flight. */
  readonly latency?: Quantiles | undefined;
  /** Milliseconds from the time when a message was to be sent to its sending, in 99 % of cases; where there is a plan. */
  readonly late?: number | undefined;
}

/** Connections opened at a time. */
const OPENING = 32;

/** Connections to one server, idle until they are run. */
export class EchoLoad {
  readonly #kind: EchoKind;
  readonly #ring: FrameRing;
  readonly #connections: EchoConnection[] = [];
  readonly #progress: Progress;

  constructor(kind: EchoKind) {
    this.#kind = kind;
    this.#ring = new FrameRing(kind, kind.inFlight);
    this.#progress = new Progress(kind.inFlight === 1);
  }

  async open(port: number): Promise<void> {
    const { connections, deflate, isEncrypted } = this.#kind;
    const extensions = deflate && OFFERS[deflate];
    let next = 0;
    const openSome = async (): Promise<void> => {
      while (next < connections) {
        const from = sourceAddress(next++);
        const connection = new EchoConnection(this.#kind, this.#ring, this.#progress);
        connection.socket = await openRaw({ port, from, isEncrypted, extensions }, connection);
        this.#connections.push(connection);
      }
    };
    await Promise.all(Array.from({ length: Math.min(OPENING, connections) }, openSome));
  }

  /** Runs for some milliseconds, and until all answers are there. @throws when they are wrong, or do not come */
  async run(milliseconds: number): Promise<Round> {
    const progress = this.#progress;
    progress.begin(this.#connections.length * this.#kind.inFlight);
    const start = performance.now();
    for (const connection of this.#connections) connection.send(this.#kind.inFlight);
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    await progress.finish();
    const seconds = (performance.now() - start) / 1000;
    return { count: progress.received, seconds, latency: progress.latencies?.quantiles() };
  }

  close(): void {
    for (const { socket } of this.#connections) socket?.destroy();
  }
}

/** What all connections of a load count together. */
class Progress {
  received = 0;
  isRunning = false;
  readonly latencies: Latencies | undefined;
  readonly #answers = new Wait();
  #outstanding = 0;

  constructor(isTimed: boolean) {
    this.latencies = isTimed ? new Latencies() : undefined;
  }

  begin(outstanding: number): void {
    this.#answers.check();
    this.received = 0;
    this.latencies?.clear();
    this.#outstanding = outstanding;
    this.isRunning = true;
  }

  /** Nothing new is sent from now on. */
  async finish(): Promise<void> {
    this.isRunning = false;
    if (this.#outstanding > 0) await this.#answers.wait(`${this.#outstanding} answers`);
    this.#answers.check();
  }

  /** Answers to messages that no others follow. */
  settle(count: number): void {
    this.#outstanding -= count;
    if (this.#outstanding === 0) this.#answers.done();
  }

  fail(error: Error): void {
    this.#outstanding = -1;
    this.#answers.fail(error);
  }
}

class EchoConnection {
  socket: Socket | undefined;
  readonly #ring: FrameRing;
  readonly #progress: Progress;
  readonly #answers: Answers;
  #position = 0;
  #sentAt = 0;

  constructor(kind: EchoKind, ring: FrameRing, progress: Progress) {
    this.#ring = ring;
    this.#progress = progress;
    this.#answers = answersOf(kind, ring, ring.payloads.length);
  }

  send(count: number): void {
    const { latencies } = this.#progress;
    if (latencies !== undefined) this.#sentAt = performance.now();
    this.socket?.write(this.#ring.take(this.#position, count));
    this.#position = (this.#position + count) % this.#ring.length;
  }

  received(size: number, chunk: Buffer): void {
    const progress = this.#progress;
    let count: number;
    try {
      count = this.#answers.count(size, chunk);
    } catch (error) {
      this.lost(error as Error);
      return;
    }
    if (count === 0) return;
    progress.latencies?.add(performance.now() - this.#sentAt);
    progress.received += count;
    if (progress.isRunning) this.send(count);
    else progress.settle(count);
  }

  lost(error: Error): void {
    this.#progress.fail(error);
    this.socket?.destroy();
  }
}
