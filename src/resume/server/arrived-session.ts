// A session that another node of the bus had until now, until it has what was published on its way (../../bus/handovers.ts). What is
// published to it here waits meanwhile, so that the messages of each node to each topic stay in order, and none comes twice.

import type { HandedOver, SessionMoves } from '../../bus/seam.ts';
import type { PreparedMessage } from '../../core/message/prepared-message.ts';

/** Messages that wait, at most. More are a sign that waiting is worse than losing one. */
const MOST_HELD = 10_000;

/** The session. */
export interface ArrivedSessionOwner {
  isSubscribed(topic: string): boolean;
  take(message: PreparedMessage): void;
  /** It goes on as any other. */
  done(): void;
}

export class ArrivedSession {
  /** That had it before, as its token says. `''`: nobody knows. */
  node = '';
  readonly #moves: SessionMoves;
  readonly #key: string;
  readonly #owner: ArrivedSessionOwner;
  readonly #departed: () => void;
  #held: PreparedMessage[] = [];
  #isOver = false;

  /** @param key  names the session on all nodes */
  constructor(moves: SessionMoves, key: string, owner: ArrivedSessionOwner) {
    this.#moves = moves;
    this.#key = key;
    this.#owner = owner;
    this.#departed = moves.arriving();
  }

  /** Keeps a message until the others have come. Not after `done`. */
  hold(message: PreparedMessage): void {
    this.#held.push(message);
    if (this.#held.length > MOST_HELD) this.#finish(undefined);
  }

  /** It is live, and its application has subscribed it. Once. */
  async catchUp(): Promise<void> {
    const { node } = this;
    if (node === '' || node === this.#moves.id) {
      this.#finish(undefined);
      return;
    }
    this.#finish(await this.#moves.catchUp(this.#key, node));
  }

  /** The session is over. */
  giveUp(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#held = [];
    this.#departed();
    this.#owner.done();
  }

  #finish(handed: HandedOver | undefined): void {
    if (this.#isOver) return;
    const held = this.#held;
    this.giveUp();
    for (const message of handed?.messages ?? []) {
      const topic = message.origin?.topic ?? '';
      if (topic === '' || this.#owner.isSubscribed(topic)) this.#owner.take(message);
    }
    for (const message of held) {
      const { origin } = message;
      if (origin === undefined || handed?.covers(origin) !== true) this.#owner.take(message);
    }
  }
}
