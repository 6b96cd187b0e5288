// The members of topics, over all nodes of a system: `createPresence`. A node only keeps the topics that its connections have
// entered; in each of them every node tells of its own members, by the changes, with numbers. A node that misses one asks for the
// whole list, so a bus that loses messages costs time and not truth. Nothing of it is written anywhere: members of a node that dies
// are gone as soon as the others know that it is.

import { readOptions, refuseArguments } from '../core/option-check.ts';
import type { Clock, Scheduler, Timer } from '../core/ports.ts';
import { nodeHost } from '../node/environment.ts';
import type { Entered, Topic } from './kept.ts';
import { checkMember, checkServer, tooMany } from './member-check.ts';
import { presenceSchema } from './option-rows.ts';
import {
  type PresenceBounds,
  type PresenceConnection,
  type PresenceHandlers,
  type PresenceMember,
  type PresenceOptions,
  type PresenceServer,
  presenceBounds,
} from './options.ts';
import { asMember, report } from './report.ts';
import { type Difference, noDifference, Roster } from './roster.ts';
import { type Message, read, type Told, write } from './wire.ts';

/** Milliseconds in which changes are collected. */
const BATCH = 20;
/** Milliseconds between looks at which nodes are alive. */
const LOOK = 1_000;

/**
 * Begins to keep who is in which topic, over all nodes.
 *
 * @typeParam Data  of each member: any value that JSON can write
 * @param server   with or without a bus. Several nodes must all have a presence, with the same options
 * @param options  the handlers, and bounds
 * @throws WebSocketError ERR_WS_OPTION
 */
export function createPresence<Data = undefined>(
  server: PresenceServer,
  options?: PresenceOptions<Data>,
): Presence<Data>;
export function createPresence<Data = undefined>(
  server: PresenceServer,
  options?: PresenceOptions<Data>,
  ...rest: unknown[]
): Presence<Data> {
  refuseArguments('createPresence', rest, 'handlers are in its options');
  checkServer(server);
  const checked = readOptions(presenceSchema, options);
  return presenceOf(server, checked as PresenceOptions<Data>, nodeHost.clock, nodeHost.scheduler);
}

/** Makes one with a clock and turns of the caller's. */
export let presenceOf: <Data>(
  server: PresenceServer,
  options: PresenceOptions<Data>,
  clock: Clock,
  scheduler: Scheduler,
) => Presence<Data>;

/** The members of topics. Made by {@link createPresence}. */
export class Presence<Data = undefined> {
  readonly #server: PresenceServer;
  readonly #handlers: PresenceHandlers<Data>;
  readonly #bounds: PresenceBounds;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #topics = new Map<string, Topic>();
  readonly #connections = new Map<PresenceConnection, Entered>();
  /** Topics with something to tell. */
  readonly #dirty = new Set<string>();
  readonly #batch: Timer;
  readonly #look: Timer;
  readonly #expiry: Timer;
  #expiresAt = Infinity;
  /** Nodes that were seen alive. */
  #alive = new Set<string>();
  #lastVersion = 0;
  #isClosed = false;

  static {
    presenceOf = (...given) => new Presence(...given);
  }

  private constructor(server: PresenceServer, options: PresenceOptions<Data>, clock: Clock, scheduler: Scheduler) {
    this.#server = server;
    this.#handlers = options;
    this.#bounds = presenceBounds(options as PresenceOptions<never>);
    this.#clock = clock;
    this.#scheduler = scheduler;
    this.#batch = clock.timer({ expired: () => this.#tell() });
    this.#look = clock.timer({ expired: () => this.#lookAround() });
    this.#expiry = clock.timer({ expired: () => this.#expire() });
  }

  /**
   * A connection is in a topic from now on, until {@link leave} or its end. Call it in `open`, and in `resumed` where the
   * session `isRestored`. Called again, it changes the data.
   *
   * @param key   identifies the member: 1 to 256 characters. Several connections may have the same
   * @param data  what others are told of it. As JSON, at most `maxData` characters
   * @returns `false` for a connection that has ended
   * @throws WebSocketError ERR_WS_TOPIC, and ERR_WS_PRESENCE for a key or data that cannot be, and above a bound
   */
  enter(
    connection: PresenceConnection,
    topic: string,
    key: string,
    ...rest: Data extends undefined ? [] : [data: Data]
  ): boolean;
  enter(connection: PresenceConnection, topic: string, key: string, data?: unknown): boolean {
    const json = this.#check(topic, key, data);
    if (!connection.isOpen || this.#isClosed) return false;
    const entered = this.#connections.get(connection) ?? this.#follow(connection);
    const before = entered.keys.get(topic);
    if (before !== undefined && before.key !== key) this.leave(connection, topic);
    const isThere = before?.key === key && !entered.isAway;
    entered.keys.set(topic, { key, data, json });
    if (entered.isAway) return true;
    this.#change(this.#open(topic), topic, ({ roster }, difference) => {
      roster.enter(key, data, json, difference);
      if (isThere) roster.leave(key, false, this.#clock.now(), difference);
    });
    return true;
  }

  /** A connection leaves a topic. A member without another one there has left at once, without `debounce`. */
  leave(connection: PresenceConnection, topic: string): void {
    const entered = this.#connections.get(connection);
    const one = entered?.keys.get(topic);
    if (entered === undefined || one === undefined) return;
    entered.keys.delete(topic);
    if (!entered.isAway) this.#leave(topic, one.key, true);
  }

  /**
   * The client of a connection is away, but may come back to it: for `interrupted` of a server with sessions. It counts as gone
   * after `debounce`, unless {@link back} is called.
   */
  away(connection: PresenceConnection): void {
    const entered = this.#connections.get(connection);
    if (entered === undefined || entered.isAway) return;
    entered.isAway = true;
    for (const [topic, { key }] of entered.keys) this.#leave(topic, key, false);
  }

  /** The client is back: for `resumed`. */
  back(connection: PresenceConnection): void {
    const entered = this.#connections.get(connection);
    if (entered === undefined || !entered.isAway || this.#isClosed) return;
    entered.isAway = false;
    for (const [topic, { key, data, json }] of entered.keys) {
      this.#change(this.#open(topic), topic, ({ roster }, difference) => roster.enter(key, data, json, difference));
    }
  }

  /**
   * The members of a topic now, in the order of coming as this node has seen it. Includes those who have been gone for less than `debounce`.
   *
   * @returns a copy; empty for a topic that no connection of this node has entered
   */
  members(topic: string): PresenceMember<Data>[] {
    return (
      this.#topics
        .get(topic)
        ?.roster.members()
        .map(asMember<Data>) ?? []
    );
  }

  /** The topics that connections of this node are in. */
  get topics(): readonly string[] {
    return [...this.#topics.keys()];
  }

  /**
   * Asks all nodes for what they have, in each topic: for `ready` of the bus, which may have lost messages. Without it the same
   * happens within `refresh`.
   */
  refresh(): void {
    for (const [topic, { roster, isAsked }] of this.#topics) {
      this.#say(topic, { node: this.#self, ask: '', isBrief: false });
      if (!isAsked && roster.hasOwn) this.#answer(topic);
    }
  }

  /** Ends: the others learn at once that the members of this node have gone. No handler is called any more. */
  close(): void {
    if (this.#isClosed) return;
    const now = this.#clock.now();
    for (const { keys, isAway } of this.#connections.values()) {
      if (isAway) continue;
      for (const [topic, { key }] of keys) this.#topics.get(topic)?.roster.leave(key, false, now, noDifference());
    }
    for (const topic of this.#topics.keys()) this.#dirty.add(topic);
    this.#isClosed = true;
    this.#tell();
    for (const { unhear } of this.#topics.values()) unhear();
    for (const timer of [this.#batch, this.#look, this.#expiry]) timer.clear();
    this.#topics.clear();
    this.#connections.clear();
  }

  get #self(): string {
    return this.#server.nodes().find(({ isSelf }) => isSelf)?.id ?? '';
  }

  /** @returns the data as JSON */
  #check(topic: string, key: string, data: unknown): string {
    const { maxData, maxMembers, maxTopics } = this.#bounds;
    const json = checkMember(topic, key, data, maxData);
    const known = this.#topics.get(topic);
    if (known === undefined && this.#topics.size >= maxTopics) tooMany('topics', 'maxTopics', maxTopics);
    if (known?.roster.isFull(key) ?? maxMembers === 0) tooMany('members', 'maxMembers', maxMembers);
    return json as string;
  }

  #follow(connection: PresenceConnection): Entered {
    const entered: Entered = { keys: new Map(), isAway: false };
    this.#connections.set(connection, entered);
    void connection.closed.then(() => {
      this.away(connection);
      this.#connections.delete(connection);
    });
    return entered;
  }

  #leave(topic: string, key: string, isFinal: boolean): void {
    const known = this.#topics.get(topic);
    if (known === undefined) return;
    this.#change(known, topic, ({ roster }, difference) => roster.leave(key, isFinal, this.#clock.now(), difference));
  }

  /** The topic, which this node enters if it has not yet. */
  #open(topic: string): Topic {
    let known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const { debounce, maxMembers, refresh } = this.#bounds;
    const unhear = this.#server.hear(topic, (text) => this.#heard(topic, text));
    const refreshAt = this.#clock.now() + refresh;
    known = { roster: new Roster(debounce, maxMembers), unhear, refreshAt, isAsked: false, hasAskedAgain: false };
    if (this.#topics.size === 0) this.#look.set(LOOK);
    this.#topics.set(topic, known);
    this.#say(topic, { node: this.#self, ask: '', isBrief: false });
    return known;
  }

  #heard(topic: string, text: string): void {
    const known = this.#topics.get(topic);
    const message = read(text);
    const self = this.#self;
    if (known === undefined || message === undefined || message.node === self) return;
    if ('ask' in message) {
      const { roster } = known;
      // A node that asks only this one may know of members that have left.
      if (!message.isBrief && (message.ask === self || (message.ask === '' && roster.hasOwn))) this.#answer(topic);
      if (message.isBrief && roster.hasOwn) {
        this.#say(topic, { node: self, told: { kind: 'version', version: roster.version } });
      }
      return;
    }
    this.#change(known, topic, ({ roster }, difference) => {
      const taken = roster.take(message.node, message.told, this.#clock.now(), difference);
      if (taken === 'missing') this.#say(topic, { node: self, ask: message.node, isBrief: false });
    });
  }

  /** Changes a roster, and tells the application and the other nodes of the difference. */
  #change(known: Topic, topic: string, change: (known: Topic, difference: Difference) => void): void {
    const difference = noDifference();
    change(known, difference);
    this.#later(topic);
    this.#await(known);
    this.#report(topic, difference);
  }

  #report(topic: string, difference: Difference): void {
    if (!this.#isClosed) report(this.#handlers, this.#scheduler, topic, difference);
  }

  #later(topic: string): void {
    if (this.#dirty.size === 0) this.#batch.set(BATCH);
    this.#dirty.add(topic);
  }

  #answer(topic: string): void {
    (this.#topics.get(topic) as Topic).isAsked = true;
    this.#later(topic);
  }

  /** Tells the other nodes what has changed here. */
  #tell(): void {
    const node = this.#self;
    for (const topic of this.#dirty) {
      const known = this.#topics.get(topic);
      if (known === undefined) continue;
      const told = known.roster.takePending(this.#lastVersion + 1);
      if (told !== undefined) {
        this.#lastVersion++;
        this.#say(topic, { node, told });
      }
      if (known.isAsked && !this.#isClosed) {
        for (const piece of known.roster.list()) this.#say(topic, { node, told: piece });
      }
      if (told !== undefined || known.isAsked) known.refreshAt = this.#clock.now() + this.#bounds.refresh;
      known.isAsked = false;
      if (!this.#isClosed) this.#closeIfIdle(topic, known);
    }
    this.#dirty.clear();
  }

  #say(topic: string, message: Message): void {
    this.#server.tell(topic, write(message));
  }

  #closeIfIdle(topic: string, { roster, unhear }: Topic): void {
    if (!roster.isIdle) return;
    unhear();
    this.#topics.delete(topic);
    if (this.#topics.size === 0) this.#look.clear();
  }

  /** Sets the timer for those who have gone and may come back. */
  #await({ roster }: Topic): void {
    const next = roster.nextExpiry;
    if (next >= this.#expiresAt) return;
    this.#expiresAt = next;
    this.#expiry.set(Math.max(0, next - this.#clock.now()));
  }

  #expire(): void {
    this.#expiresAt = Infinity;
    const now = this.#clock.now();
    for (const [topic, known] of [...this.#topics]) {
      const difference = noDifference();
      known.roster.expire(now, difference);
      this.#await(known);
      if (difference.left.length === 0) continue;
      this.#report(topic, difference);
      this.#closeIfIdle(topic, known);
    }
  }

  /** Looks which nodes are alive, and repeats where this one stands. */
  #lookAround(): void {
    this.#look.set(LOOK);
    const now = this.#clock.now();
    const { refresh } = this.#bounds;
    const nodes = this.#server.nodes();
    const node = nodes.find(({ isSelf }) => isSelf)?.id ?? '';
    const before = this.#alive;
    this.#alive = new Set(nodes.map(({ id }) => id));
    // A node may be heard here before the bus knows it: it has three looks for that.
    const isSilent = (id: string, heard: number): boolean =>
      this.#alive.has(id) ? now - heard > 3 * refresh + LOOK : before.has(id) || now - heard > 3 * LOOK;
    for (const [topic, known] of [...this.#topics]) {
      const difference = noDifference();
      known.roster.drop(isSilent, now, difference);
      this.#await(known);
      this.#report(topic, difference);
      if (!known.hasAskedAgain) this.#say(topic, { node, ask: '', isBrief: true });
      known.hasAskedAgain = true;
      if (known.refreshAt > now || !known.roster.hasOwn) continue;
      known.refreshAt = now + refresh;
      const told: Told = { kind: 'version', version: known.roster.version };
      this.#say(topic, { node, told });
    }
  }
}
