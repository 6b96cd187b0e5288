// The members of one topic, as one node sees them: its own members, and those that the other nodes have told of. Each node only
// changes its own part, so nobody can contradict anybody. Somebody is there as long as one part has him, and for some time after.

import type { Change, Entry, Told } from './wire.ts';

interface Own {
  data: unknown;
  /** Connections of this node. */
  connections: number;
}

/** The part of another node. */
interface Part {
  /** Number of the last change that it has told. */
  version: number;
  /** `key` and data. */
  members: Map<string, unknown>;
  /** When it has last been heard. */
  heard: number;
  /** A list that is arriving in pieces. */
  arriving: Entry[] | undefined;
  /** Pieces of it that have come. */
  pieces: number;
}

/** What has changed in what is seen. */
export interface Difference {
  readonly joined: Entry[];
  readonly left: Entry[];
  readonly changed: Entry[];
}

export function noDifference(): Difference {
  return { joined: [], left: [], changed: [] };
}

/** What to do with what another node has told. */
export type Taken =
  /** Nothing more. */
  | 'known'
  /** Something is missing: ask that node for all of it. */
  | 'missing';

/** Entries of one message with a list. */
const PIECE = 500;

export class Roster {
  readonly #own = new Map<string, Own>();
  readonly #parts = new Map<string, Part>();
  /** `key` and data of all members, and of those that have gone a moment ago. */
  readonly #seen = new Map<string, unknown>();
  /** Those who have gone, and when they count as gone: the earliest first, since all have the same time. */
  readonly #leaving = new Map<string, number>();
  readonly #debounce: number;
  readonly #maxMembers: number;
  /** Changes of this node that were not told yet: the last one of each key. */
  #pending = new Map<string, Change>();
  /** Number of the last change that was told. */
  version = 0;

  constructor(debounce: number, maxMembers: number) {
    this.#debounce = debounce;
    this.#maxMembers = maxMembers;
  }

  /** Whether this node has nobody there, and nobody of it waits to be gone. */
  get isIdle(): boolean {
    return this.#own.size === 0 && this.#pending.size === 0 && this.#leaving.size === 0;
  }

  get hasOwn(): boolean {
    return this.#own.size > 0;
  }

  /** Whether there is no room for one more. */
  isFull(key: string): boolean {
    return this.#seen.size >= this.#maxMembers && !this.#seen.has(key);
  }

  members(): Entry[] {
    return [...this.#seen];
  }

  /** A connection of this node is there. */
  enter(key: string, data: unknown, json: string, difference: Difference): void {
    const own = this.#own.get(key);
    if (own === undefined) this.#own.set(key, { data, connections: 1 });
    else {
      own.connections++;
      own.data = data;
    }
    if (this.#appear(key, data, json, difference) || own === undefined) this.#pending.set(key, { kind: 'in', data });
  }

  /**
   * A connection of this node is not there any more.
   *
   * @param isFinal  whether he left by himself, and is not waited for
   */
  leave(key: string, isFinal: boolean, now: number, difference: Difference): void {
    const own = this.#own.get(key);
    if (own === undefined || --own.connections > 0) return;
    this.#own.delete(key);
    this.#pending.set(key, { kind: isFinal ? 'left' : 'gone' });
    this.#disappear(key, isFinal, now, difference);
  }

  /** What there is to tell since the last call. `undefined`: nothing. @param next  the number of it */
  takePending(next: number): Told | undefined {
    if (this.#pending.size === 0) return undefined;
    const told: Told & { kind: 'changes' } = {
      kind: 'changes',
      before: this.version,
      version: next,
      entered: [],
      left: [],
      gone: [],
    };
    for (const [key, change] of this.#pending) {
      if (change.kind === 'in') told.entered.push([key, change.data]);
      else told[change.kind].push(key);
    }
    this.#pending = new Map();
    // Where nothing is left, both ends forget each other, and begin with 0 again.
    this.version = this.#own.size === 0 ? 0 : next;
    return told;
  }

  /** All that this node has, in pieces. */
  *list(): Generator<Told> {
    const entries = Array.from(this.#own, ([key, { data }]): Entry => [key, data]);
    const count = Math.max(1, Math.ceil(entries.length / PIECE));
    for (let index = 0; index < count; index++) {
      const piece = entries.slice(index * PIECE, (index + 1) * PIECE);
      yield { kind: 'list', version: this.version, index, count, entries: piece };
    }
  }

  /** Another node has told something. */
  take(node: string, told: Told, now: number, difference: Difference): Taken {
    const part = this.#parts.get(node);
    if (part !== undefined) part.heard = now;
    if (told.kind === 'version') return told.version === (part?.version ?? 0) ? 'known' : 'missing';
    if (told.kind === 'list') return this.#takeList(node, told, now, difference);
    if (told.before !== (part?.version ?? 0)) return 'missing';
    const known = part ?? this.#part(node, now);
    known.version = told.version;
    for (const [key, data] of told.entered) {
      if (this.isFull(key)) continue;
      known.members.set(key, data);
      this.#appear(key, data, JSON.stringify(data), difference);
    }
    for (const [keys, isFinal] of [
      [told.left, true],
      [told.gone, false],
    ] as const) {
      for (const key of keys) if (known.members.delete(key)) this.#disappear(key, isFinal, now, difference);
    }
    if (known.members.size === 0) this.#parts.delete(node);
    return 'known';
  }

  #takeList(node: string, told: Told & { kind: 'list' }, now: number, difference: Difference): Taken {
    const part = this.#part(node, now);
    if (told.index === 0) {
      part.arriving = [];
      part.pieces = 0;
    }
    // A piece before it is missing: the node repeats its number later, and is asked then.
    if (part.arriving === undefined || told.index !== part.pieces) {
      part.arriving = undefined;
      return 'known';
    }
    part.arriving.push(...told.entries.slice(0, this.#maxMembers));
    part.pieces++;
    if (part.pieces < told.count && part.arriving.length < this.#maxMembers) return 'known';
    const before = part.members;
    part.members = new Map();
    for (const [key, data] of part.arriving) {
      if (this.isFull(key)) continue;
      part.members.set(key, data);
      this.#appear(key, data, JSON.stringify(data), difference);
    }
    part.arriving = undefined;
    part.version = told.version;
    for (const key of before.keys()) if (!part.members.has(key)) this.#disappear(key, false, now, difference);
    if (part.members.size === 0) this.#parts.delete(node);
    return 'known';
  }

  /** Drops the parts of nodes. @param isGone  of a node, by its id and when it was last heard here */
  drop(isGone: (node: string, heard: number) => boolean, now: number, difference: Difference): void {
    for (const [node, { members, heard }] of this.#parts) {
      if (!isGone(node, heard)) continue;
      this.#parts.delete(node);
      for (const key of members.keys()) this.#disappear(key, false, now, difference);
    }
  }

  /** Those whose time to come back is over. */
  expire(now: number, difference: Difference): void {
    for (const [key, until] of this.#leaving) {
      if (until > now) return;
      this.#remove(key, difference);
    }
  }

  /** The earliest time at which `expire` has something to do; Infinity: never. */
  get nextExpiry(): number {
    for (const until of this.#leaving.values()) return until;
    return Infinity;
  }

  #part(node: string, now: number): Part {
    let part = this.#parts.get(node);
    if (part === undefined) {
      part = { version: 0, members: new Map(), heard: now, arriving: undefined, pieces: 0 };
      this.#parts.set(node, part);
    }
    return part;
  }

  /** @returns whether something is new */
  #appear(key: string, data: unknown, json: string, difference: Difference): boolean {
    this.#leaving.delete(key);
    const isNew = !this.#seen.has(key);
    if (!isNew && JSON.stringify(this.#seen.get(key)) === json) return false;
    this.#seen.set(key, data);
    difference[isNew ? 'joined' : 'changed'].push([key, data]);
    return true;
  }

  #disappear(key: string, isFinal: boolean, now: number, difference: Difference): void {
    if (!this.#seen.has(key) || this.#isThere(key)) return;
    if (isFinal || this.#debounce === 0) this.#remove(key, difference);
    else if (!this.#leaving.has(key)) this.#leaving.set(key, now + this.#debounce);
  }

  #remove(key: string, difference: Difference): void {
    difference.left.push([key, this.#seen.get(key)]);
    this.#seen.delete(key);
    this.#leaving.delete(key);
  }

  #isThere(key: string): boolean {
    if (this.#own.has(key)) return true;
    for (const { members } of this.#parts.values()) if (members.has(key)) return true;
    return false;
  }
}
