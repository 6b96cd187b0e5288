// Open loop: messages are sent at the times of a plan, whether answers have come or not, and each latency is counted from
// the time that the plan had. A server that stalls therefore meets the messages of its stall, which a load that waits for
// answers would not have sent (coordinated omission).

import type { Socket } from 'node:net';
import { type Answers, answersOf } from './answers.ts';
import type { EchoKind, Round } from './echo-load.ts';
import { FrameRing } from './frames.ts';
import { Latencies } from './latencies.ts';
import { Wait } from './patience.ts';
import { openRaw, sourceAddress } from './raw-client.ts';

/** Messages of a connection in one write; more go in several. */
const LONGEST = 64;
/** Messages without an answer that a connection may have. A power of two. */
const PENDING = 1 << 16;

/** When each message is due: number `n` at `n / rate` seconds. */
export class Plan {
  readonly #rate: number;
  readonly #total: number;

  /** @param rate  messages per second @param milliseconds  until the last */
  constructor(rate: number, milliseconds: number) {
    this.#rate = rate / 1000;
    this.#total = Math.max(1, Math.floor(this.#rate * milliseconds));
  }

  /** Messages of the whole plan. */
  get total(): number {
    return this.#total;
  }

  /** How many are due, `milliseconds` after the start. */
  due(milliseconds: number): number {
    return Math.min(this.#total, Math.floor(milliseconds * this.#rate) + 1);
  }

  /** Milliseconds after the start at which number `index`, from 0, is due. */
  timeOf(index: number): number {
    return index / this.#rate;
  }
}

export class PacedLoad {
  readonly #kind: EchoKind;
  readonly #rate: number;
  readonly #ring: FrameRing;
  readonly #connections: PacedConnection[] = [];
  readonly #latencies = new Latencies();
  readonly #lateness = new Latencies();
  readonly #wait = new Wait();
  #outstanding = 0;
  #answered = 0;

  /** @param rate  messages per second, over all connections */
  constructor(kind: EchoKind, rate: number) {
    this.#kind = kind;
    this.#rate = rate;
    this.#ring = new FrameRing(kind, LONGEST);
  }

  async open(port: number): Promise<void> {
    for (let index = 0; index < this.#kind.connections; index++) {
      const answered = (planned: number): void => this.#answer(planned);
      const lost = (error: Error): void => this.#wait.fail(error);
      const connection = new PacedConnection(answersOf(this.#kind, this.#ring, 1), this.#ring, answered, lost);
      connection.socket = await openRaw({ port, from: sourceAddress(index) }, connection);
      this.#connections.push(connection);
    }
  }

  /** Sends all of a plan of that length, and waits for the answers. @throws when they are wrong, or do not come */
  async run(milliseconds: number): Promise<Round> {
    this.#wait.check();
    this.#latencies.clear();
    this.#lateness.clear();
    this.#answered = 0;
    const plan = new Plan(this.#rate, milliseconds);
    this.#outstanding = plan.total;
    const start = performance.now();
    await this.#send(plan, start);
    if (this.#outstanding > 0) await this.#wait.wait(`${this.#outstanding} answers`);
    this.#wait.check();
    const seconds = (performance.now() - start) / 1000;
    const late = this.#lateness.quantiles()?.p99;
    return { count: this.#answered, seconds, latency: this.#latencies.quantiles(), late };
  }

  close(): void {
    for (const { socket } of this.#connections) socket?.destroy();
  }

  /** Turns without a pause: a timer would be a millisecond late, a turn takes some microseconds. */
  #send(plan: Plan, start: number): Promise<void> {
    const connections = this.#connections;
    let sent = 0;
    return new Promise((resolve) => {
      const turn = (): void => {
        const now = performance.now();
        const due = plan.due(now - start);
        const first = sent;
        for (; sent < due; sent++) {
          const planned = start + plan.timeOf(sent);
          this.#lateness.add(now - planned);
          (connections[sent % connections.length] as PacedConnection).plan(planned);
        }
        // Each connection that got some writes them at once.
        const touched = Math.min(due - first, connections.length);
        for (let index = 0; index < touched; index++) {
          (connections[(first + index) % connections.length] as PacedConnection).flush();
        }
        if (sent < plan.total) setImmediate(turn);
        else resolve();
      };
      turn();
    });
  }

  #answer(planned: number): void {
    this.#latencies.add(performance.now() - planned);
    this.#answered++;
    if (--this.#outstanding === 0) this.#wait.done();
  }
}

class PacedConnection {
  socket: Socket | undefined;
  readonly #answers: Answers;
  readonly #ring: FrameRing;
  readonly #answered: (planned: number) => void;
  readonly lost: (error: Error) => void;
  /** Planned times of messages without an answer, the oldest at `#first`. */
  readonly #planned = new Float64Array(PENDING);
  #first = 0;
  #next = 0;
  #unsent = 0;
  #position = 0;

  constructor(answers: Answers, ring: FrameRing, answered: (planned: number) => void, lost: (error: Error) => void) {
    this.#answers = answers;
    this.#ring = ring;
    this.#answered = answered;
    this.lost = lost;
  }

  plan(time: number): void {
    if (this.#next - this.#first >= PENDING) this.lost(new Error(`more than ${PENDING} messages have no answer`));
    this.#planned[this.#next++ % PENDING] = time;
    this.#unsent++;
  }

  flush(): void {
    while (this.#unsent > 0) {
      const count = Math.min(this.#unsent, LONGEST);
      this.socket?.write(this.#ring.take(this.#position, count));
      this.#position = (this.#position + count) % this.#ring.length;
      this.#unsent -= count;
    }
  }

  received(size: number, chunk: Buffer): void {
    try {
      for (let count = this.#answers.count(size, chunk); count > 0; count--) {
        this.#answered(this.#planned[this.#first++ % PENDING] as number);
      }
    } catch (error) {
      this.lost(error as Error);
    }
  }
}
