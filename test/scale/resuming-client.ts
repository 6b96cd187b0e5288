// A client that resumes: it asks and publishes all the time, over whatever node has its session, and checks that each question was
// answered once and in order.

import { connect, type ResumableConnection } from 'harmony-websocket/engine';
import type { Ledger } from './ledger.ts';
import { now } from './moment.ts';

export class ResumingClient {
  readonly name: string;
  node = '';
  asked = 0;
  answered = 0;
  resumed = 0;
  published = 0;
  accepted = 0;
  /** What must not happen: an answer out of turn, a lost session. */
  readonly faults: string[] = [];
  readonly #topic: string;
  readonly #ledger: Ledger;
  readonly #connection: ResumableConnection;
  #isSubscribed = false;

  constructor(name: string, topic: string, port: number, ledger: Ledger) {
    this.name = name;
    this.#topic = topic;
    this.#ledger = ledger;
    this.#connection = connect(`ws://127.0.0.1:${port}/`, {
      resume: { answerTimeout: 20_000 },
      reconnect: { initial: 20, max: 1000 },
      heartbeat: false,
      handlers: {
        message: (_, data) => this.#received(data as string),
        resumed: (_, { lost }) => {
          this.resumed++;
          if (lost !== undefined) this.faults.push(`${name}: messages ${lost[0]} to ${lost[1]} are lost`);
        },
        expired: (_, { why }) => this.faults.push(`${name}: its session ended: ${why}`),
        close: (_, { code }) => {
          if (code !== 1000) this.faults.push(`${name} ended by ${code}`);
        },
      },
    });
    this.#connection.send(`S ${topic}`);
  }

  get isSettled(): boolean {
    return this.#isSubscribed;
  }

  get isDone(): boolean {
    return this.answered === this.asked && this.accepted === this.published;
  }

  ask(): void {
    this.#connection.send(`E ${this.asked++}`);
  }

  publish(): void {
    this.#connection.send(`P ${this.#topic} ${this.name} ${this.published++} `);
  }

  close(): void {
    void this.#connection.close(1000);
  }

  #received(text: string): void {
    const [kind, first = '', second = '', third = '', moment = ''] = text.slice(0, 200).split(' ');
    switch (kind) {
      case 'h':
        this.node = first;
        break;
      case 's':
        this.#isSubscribed = true;
        // Its losses are those of the session, whichever node has it.
        this.#ledger.subscribe(this.name, first, this.name, now());
        break;
      case 'e':
        if (Number(first) !== this.answered)
          this.faults.push(`${this.name} got answer ${first} as number ${this.answered}`);
        this.answered++;
        break;
      case 'a':
        if (Number(second) !== this.accepted)
          this.faults.push(`${this.name}: ${second} was accepted as number ${this.accepted}`);
        this.accepted++;
        this.#ledger.accept(this.#topic, {
          publisher: this.name,
          number: Number(second),
          node: moment,
          at: Number(third),
        });
        break;
      case 'M':
        if (third !== 'trial') this.#ledger.deliver(this.name, first, second, Number(third), now() - Number(moment));
        break;
    }
  }
}
