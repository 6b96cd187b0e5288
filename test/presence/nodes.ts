// Several nodes with presence in one process: a bus that a test can cut, a clock that it moves, and what each node's
// handlers were told.

import type { PresenceNode, PresenceOptions, PresenceServer } from '../../src/presence/options.ts';
import { type Presence, presenceOf } from '../../src/presence/presence.ts';
import { ManualClock, ManualTurn } from '../support/manual-clock.ts';

export interface Data {
  readonly name: string;
}

export class FakeConnection {
  isOpen = true;
  readonly closed: Promise<void>;
  #end: () => void = () => {};

  constructor() {
    this.closed = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Ends it. Resolves when everybody who waited for that has been told. */
  async end(): Promise<void> {
    this.isOpen = false;
    this.#end();
    await this.closed;
    await Promise.resolve();
  }
}

export class System {
  readonly turn = new ManualTurn();
  readonly clock = new ManualClock(this.turn);
  readonly nodes = new Map<string, TestNode>();
  /** What was said, oldest first. */
  readonly said: string[] = [];
  /** Whether a message from one node to another is lost. */
  loses: (from: string, to: string, text: string) => boolean = () => false;

  node(id: string, options: PresenceOptions<Data> = {}): TestNode {
    const node = new TestNode(this, id, options);
    this.nodes.set(id, node);
    return node;
  }

  /** Lets changes be told, and be answered. */
  settle(): void {
    for (let round = 0; round < 3; round++) this.clock.advance(25);
  }

  /** The process has died, and the others know it. */
  kill(id: string): void {
    this.nodes.get(id)!.isDead = true;
    this.nodes.delete(id);
  }
}

export class TestNode implements PresenceServer {
  readonly presence: Presence<Data>;
  /** `+ann`, `-ann`, `~ann`, oldest first; several at once are one entry. */
  readonly events: string[] = [];
  isDead = false;
  readonly #system: System;
  readonly #id: string;
  readonly #listeners = new Map<string, (data: string) => void>();

  constructor(system: System, id: string, options: PresenceOptions<Data>) {
    this.#system = system;
    this.#id = id;
    const told = (sign: string) => (_topic: string, members: readonly { key: string }[]) => {
      this.events.push(members.map(({ key }) => sign + key).join(' '));
    };
    const handlers = { joined: told('+'), left: told('-'), changed: told('~') };
    this.presence = presenceOf<Data>(this, { ...handlers, ...options }, system.clock, system.turn);
  }

  nodes(): PresenceNode[] {
    return [...this.#system.nodes.keys()].map((id) => ({ id, isSelf: id === this.#id }));
  }

  tell(topic: string, data: string): void {
    if (this.isDead) return;
    this.#system.said.push(data);
    for (const [id, node] of this.#system.nodes) {
      if (id === this.#id || !this.#system.loses(this.#id, id, data)) node.#listeners.get(topic)?.(data);
    }
  }

  hear(topic: string, listener: (data: string) => void): () => void {
    this.#listeners.set(topic, listener);
    return () => this.#listeners.delete(topic);
  }

  /** The topics that it hears. */
  get hears(): string[] {
    return [...this.#listeners.keys()];
  }

  /** Somebody comes in. */
  enter(key: string, topic = 'tea', name = key): FakeConnection {
    const connection = new FakeConnection();
    this.presence.enter(connection, topic, key, { name });
    return connection;
  }

  /** The keys of the members, sorted. */
  there(topic = 'tea'): string {
    return this.presence
      .members(topic)
      .map(({ key }) => key)
      .sort()
      .join(' ');
  }

  takeEvents(): string[] {
    return this.events.splice(0);
  }
}
