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
  isStale,
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
  /** A claim waits for the owner. */
  asking?: Promise<void> | undefined;
  /** The generation whose owner was asked, and has had its time. */
  isDead?: number | undefined;
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
      const { tokens } = known;
      if (tokens.isKnown || isStale(tokens, attempt)) return STALE;
      this.#expireIfOver(known);
      if (known.tombstone === undefined) {
        return this.#whenFree(
          known,
          node,
          () => this.create(creation, keep),
          () => {
            renewToken(tokens, attempt, tokenHash);
            return { ...this.#take(known, node), isNew: false };
          },
        );
      }
      // It ended before its client knew it: another one takes its place.
      this.#entries.delete(known.id);
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
    // Before the token, which may be retired: then the client has another one, on a connection that it opened later.
    if (isStale(entry.tokens, attempt)) return STALE;
    const check = checkToken(entry.tokens, tokenHash);
    if (check !== 'valid') return { kind: 'unknown', isRetiredToken: check === 'retired' };
    this.#expireIfOver(entry);
    if (entry.tombstone !== undefined) return { kind: 'tombstone', tombstone: entry.tombstone };
    return this.#whenFree(
      entry,
      node,
      () => this.claim(request),
      () => {
        takeAttempt(entry.tokens, attempt);
        rotateToken(entry.tokens, tokenHash, nextHash);
        return this.#take(entry, node);
      },
    );
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

  /**
   * Takes a session once its owner has let go of it, one claim after the other. Nothing is changed before, since the owner may
   * still say something of it, and everything is looked at again after a wait.
   */
  #whenFree<Result>(
    entry: Entry,
    node: string,
    again: () => Answer<Result>,
    take: () => Answer<Result>,
  ): Answer<Result> {
    if (entry.asking !== undefined) return entry.asking.then(again);
    const { node: owner, generation } = entry;
    if (owner === undefined || owner === node || entry.isDead === generation) return take();
    const told = this.#fenced.get(owner)?.(entry.id, generation);
    if (!(typeof told === 'object' && told !== null && 'then' in told)) {
      entry.isDead = generation;
      return again();
    }
    const done = () => {
      entry.asking = undefined;
      // Unless it has released it, it does not answer for it any more.
      entry.isDead = generation;
    };
    entry.asking = Promise.resolve(told).then(done, done);
    return entry.asking.then(again);
  }

  #expireIfOver(entry: Entry): void {
    // An owner ends its sessions itself: only it knows their counts.
    if (entry.node !== undefined) return;
    if (entry.tombstone === undefined && entry.until <= this.#clock.now()) this.#expire(entry);
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
    const { state } = entry;
    const sent = state && (state.pieces.at(-1)?.sequence ?? state.acknowledged);
    this.#bury(entry, { why: 'expired', handledWhole: state?.handledWhole, sent }, TOMBSTONE);
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
      // An owner that is still there has ended its session by then.
      if (entry.until + (entry.node === undefined || entry.tombstone ? 0 : TOMBSTONE) <= now) {
        if (entry.tombstone === undefined) this.#expire(entry);
        else {
          const name = nonceName(entry.bind, entry.tokens.nonce);
          this.#entries.delete(entry.id);
          if (this.#nonces.get(name) === entry.id) this.#nonces.delete(name);
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
