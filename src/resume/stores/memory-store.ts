// Sessions in the memory of this process. They are lost with it. Several servers of one process may share one store: a
// client may then come back to any of them.

import type { Clock, Timer } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
import {
  type Answer,
  type ClaimAnswer,
  type Claimed,
  type ClaimRequest,
  type Creation,
  newState,
  type SessionState,
  type SessionStore,
  type Stale,
  type Tombstone,
  type Written,
} from '../protocol/store.ts';
import {
  checkToken,
  confirmToken,
  newTokens,
  renewToken,
  rotateToken,
  type TokenRecord,
  takeAttempt,
} from '../protocol/tokens.ts';

/** Time that the store keeps a tombstone of a session that ended with nobody to end it. */
const TOMBSTONE = 60_000;

interface Entry {
  readonly id: string;
  readonly bind: string;
  readonly tokens: TokenRecord;
  generation: number;
  /** The process that owns it. */
  node: string | undefined;
  /** When it is over: a session without a client, or a tombstone. */
  until: number;
  /** Where it was released, and until the client of the next owner has shown that it is there. */
  state: SessionState | undefined;
  tombstone: Tombstone | undefined;
}

type New = Claimed & { readonly isNew: boolean };

const STALE: Stale = { kind: 'stale' };
const UNKNOWN: ClaimAnswer = { kind: 'unknown', isRetiredToken: false };

/**
 * Makes a store in memory: what `resume` uses without one.
 *
 * Give the same store to several servers of one process, and a client may come back to any of them.
 */
export function memoryStore(): SessionStore {
  return new MemoryStore(nodeHost.clock);
}

export class MemoryStore implements SessionStore {
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #nonces = new Map<string, string>();
  readonly #fenced = new Map<string, (id: string, generation: number) => unknown>();
  readonly #sweep: Timer;
  #isSweeping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#sweep = clock.timer({ expired: () => this.#removeOver() });
  }

  /** Sessions and tombstones. */
  get size(): number {
    return this.#entries.size;
  }

  create(creation: Creation, keep: number): Answer<New | Stale> {
    const { id, tokenHash, nonce, attempt, bind, node, data } = creation;
    const name = nonceName(bind, nonce);
    const known = this.#entries.get(this.#nonces.get(name) ?? '');
    if (known !== undefined) {
      if (known.tombstone !== undefined || !renewToken(known.tokens, attempt, tokenHash)) return STALE;
      // Meanwhile it may have ended.
      return this.#whenFenced(known, node, () =>
        known.tombstone === undefined ? { ...this.#take(known, node), isNew: false } : this.create(creation, keep),
      );
    }
    const entry: Entry = {
      id,
      bind,
      tokens: newTokens(tokenHash, nonce, attempt),
      generation: 1,
      node,
      until: Infinity,
      state: newState(data),
      tombstone: undefined,
    };
    this.#entries.set(id, entry);
    this.#nonces.set(name, id);
    return { kind: 'claimed', id, generation: 1, isOrphan: false, isNew: true };
  }

  claim(request: ClaimRequest): Answer<ClaimAnswer> {
    const { id, tokenHash, nextHash, attempt, bind, node } = request;
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.bind !== bind) return UNKNOWN;
    const check = checkToken(entry.tokens, tokenHash);
    if (check !== 'valid') return { kind: 'unknown', isRetiredToken: check === 'retired' };
    if (entry.tombstone === undefined && entry.until <= this.#clock.now()) this.#expire(entry);
    if (entry.tombstone !== undefined) return { kind: 'tombstone', tombstone: entry.tombstone };
    if (!takeAttempt(entry.tokens, attempt)) return STALE;
    rotateToken(entry.tokens, tokenHash, nextHash);
    return this.#whenFenced(entry, node, () => {
      const { tombstone } = entry;
      return tombstone === undefined ? this.#take(entry, node) : { kind: 'tombstone', tombstone };
    });
  }

  load(id: string, generation: number): SessionState | undefined {
    return this.#owned(id, generation)?.state;
  }

  confirm(id: string, generation: number): Written {
    const entry = this.#owned(id, generation);
    if (entry === undefined) return 'fenced';
    confirmToken(entry.tokens);
    entry.state = undefined;
    return 'written';
  }

  detach(id: string, generation: number, keep: number): Written {
    const entry = this.#owned(id, generation);
    if (entry === undefined) return 'fenced';
    this.#until(entry, keep);
    return 'written';
  }

  release(id: string, generation: number, keep: number, state: SessionState): Written {
    const entry = this.#owned(id, generation);
    if (entry === undefined) return 'fenced';
    entry.node = undefined;
    entry.state = state;
    this.#until(entry, keep);
    return 'written';
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Written {
    const entry = this.#owned(id, generation);
    if (entry === undefined) return 'fenced';
    this.#bury(entry, tombstone, keep);
    return 'written';
  }

  onFenced(node: string, fenced: (id: string, generation: number) => unknown): void {
    this.#fenced.set(node, fenced);
  }

  close(): void {
    this.#sweep.clear();
  }

  #owned(id: string, generation: number): Entry | undefined {
    const entry = this.#entries.get(id);
    const isOwned = entry?.generation === generation && entry.node !== undefined && entry.tombstone === undefined;
    return isOwned ? entry : undefined;
  }

  /** Tells the owner, if it is another process, and goes on when it has released what it has. */
  #whenFenced<Result>(entry: Entry, node: string, then: () => Result | Promise<Result>): Result | Promise<Result> {
    if (entry.node === undefined || entry.node === node) return then();
    const told = this.#fenced.get(entry.node)?.(entry.id, entry.generation);
    if (!(typeof told === 'object' && told !== null && 'then' in told)) return then();
    return Promise.resolve(told).then(then, then);
  }

  #take(entry: Entry, node: string): Claimed {
    const isOrphan = entry.node === undefined;
    const state = isOrphan ? entry.state : undefined;
    // What an owner that has died had released once is old.
    if (!isOrphan && entry.node !== node) entry.state = undefined;
    entry.node = node;
    entry.until = Infinity;
    const generation = ++entry.generation;
    return { kind: 'claimed', id: entry.id, generation, state, isOrphan };
  }

  #until(entry: Entry, keep: number): void {
    entry.until = this.#clock.now() + keep;
    this.#sweepLater();
  }

  #expire(entry: Entry): void {
    const { handledWhole, acknowledged, pieces } = entry.state ?? newState();
    const sent = pieces.at(-1)?.sequence ?? acknowledged;
    this.#bury(entry, { why: 'expired', handledWhole, sent }, TOMBSTONE);
  }

  #bury(entry: Entry, tombstone: Tombstone, keep: number): void {
    entry.tombstone = tombstone;
    entry.state = undefined;
    this.#until(entry, keep);
  }

  #sweepLater(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#sweep.set(TOMBSTONE);
  }

  #removeOver(): void {
    this.#isSweeping = false;
    const now = this.#clock.now();
    let isSomethingLeft = false;
    for (const entry of this.#entries.values()) {
      if (entry.until <= now) {
        if (entry.tombstone === undefined) this.#expire(entry);
        else {
          this.#entries.delete(entry.id);
          this.#nonces.delete(nonceName(entry.bind, entry.tokens.nonce));
        }
      }
      isSomethingLeft ||= entry.until !== Infinity;
    }
    if (isSomethingLeft) this.#sweepLater();
  }
}

function nonceName(bind: string, nonce: string): string {
  return `${nonce} ${bind}`;
}
