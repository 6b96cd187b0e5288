// A store in memory for the tests of the two ends: as plain as possible, and able to stand for several processes.

import type {
  Answer,
  ClaimAnswer,
  Claimed,
  ClaimRequest,
  Creation,
  SessionState,
  SessionStore,
  Stale,
  Tombstone,
  Written,
} from '../../../src/resume/protocol/store.ts';
import {
  checkToken,
  confirmToken,
  isStale,
  newTokens,
  renewToken,
  rotateToken,
  type TokenRecord,
  takeAttempt,
} from '../../../src/resume/protocol/tokens.ts';

interface Row {
  readonly bind: string;
  readonly nonceKey: string;
  readonly tokens: TokenRecord;
  generation: number;
  node: string | undefined;
  state: SessionState | undefined;
  tombstone: Tombstone | undefined;
  expiresAt: number;
  /** A claim that waits for the owner. */
  waits?: Promise<unknown> | undefined;
}

export class PlainStore implements SessionStore {
  readonly rows: Map<string, Row> = new Map();
  readonly #now: () => number;
  readonly #nodes: Map<string, (id: string, generation: number) => Answer<void>> = new Map();

  constructor(now: () => number) {
    this.#now = now;
  }

  create(creation: Creation): Answer<(Claimed & { readonly isNew: boolean }) | Stale> {
    const nonceKey = `${creation.bind} ${creation.nonce}`;
    for (const [id, row] of this.#alive()) {
      if (row.nonceKey !== nonceKey) continue;
      const { tokens } = row;
      return this.#whenFree<(Claimed & { readonly isNew: boolean }) | Stale>(
        id,
        row,
        creation.node,
        () => (tokens.isKnown || isStale(tokens, creation.attempt) ? { kind: 'stale' } : undefined),
        () => {
          renewToken(tokens, creation.attempt, creation.tokenHash);
          if (row.tombstone) return this.#make(creation, nonceKey);
          return { ...this.#own(id, row, creation.node), isNew: false };
        },
      );
    }
    return this.#make(creation, nonceKey);
  }

  claim(request: ClaimRequest): Answer<ClaimAnswer> {
    const row = new Map(this.#alive()).get(request.id);
    if (!row || row.bind !== request.bind) return { kind: 'unknown', isRetiredToken: false };
    return this.#whenFree<ClaimAnswer>(
      request.id,
      row,
      request.node,
      () => {
        if (isStale(row.tokens, request.attempt)) return { kind: 'stale' };
        const check = checkToken(row.tokens, request.tokenHash);
        if (check !== 'valid') return { kind: 'unknown', isRetiredToken: check === 'retired' };
        return row.tombstone && { kind: 'tombstone', tombstone: row.tombstone };
      },
      () => {
        takeAttempt(row.tokens, request.attempt);
        rotateToken(row.tokens, request.tokenHash, request.nextHash);
        return this.#own(request.id, row, request.node);
      },
    );
  }

  load(id: string, generation: number): SessionState | undefined {
    const row = this.#row(id, generation);
    return row?.state;
  }

  confirm(id: string, generation: number): Written {
    const row = this.#row(id, generation);
    if (row) confirmToken(row.tokens);
    return row ? 'written' : 'fenced';
  }

  detach(id: string, generation: number, keep: number): Written {
    const row = this.#row(id, generation);
    if (!row) return 'fenced';
    row.expiresAt = this.#now() + keep;
    return 'written';
  }

  release(id: string, generation: number, keep: number, state: SessionState): Written {
    const row = this.#row(id, generation);
    if (!row) return 'fenced';
    row.expiresAt = this.#now() + keep;
    row.state = state;
    row.node = undefined;
    return 'written';
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Written {
    const row = this.#row(id, generation);
    if (!row) return 'fenced';
    row.tombstone = tombstone;
    row.expiresAt = this.#now() + keep;
    return 'written';
  }

  onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void {
    this.#nodes.set(node, fenced);
  }

  /** The process is gone: nobody answers for its sessions. */
  forgetNode(node: string): void {
    this.#nodes.delete(node);
  }

  close(): void {}

  #make(creation: Creation, nonceKey: string): Claimed & { readonly isNew: boolean } {
    for (const [id, row] of this.rows) if (row.nonceKey === nonceKey) this.rows.delete(id);
    this.rows.set(creation.id, {
      bind: creation.bind,
      nonceKey,
      tokens: newTokens(creation.tokenHash, creation.nonce, creation.attempt),
      generation: 1,
      node: creation.node,
      state: undefined,
      tombstone: undefined,
      expiresAt: Infinity,
    });
    return { kind: 'claimed', id: creation.id, generation: 1, isOrphan: false, isNew: true };
  }

  /**
   * Decides when the owner has released the session, and no other claim waits for that. `refusal` is asked before anything is
   * done, the owner is told of nothing that is refused; and again after each wait.
   */
  #whenFree<Result>(
    id: string,
    row: Row,
    node: string,
    refusal: () => Result | undefined,
    decide: () => Result,
  ): Answer<Result> {
    const refused = refusal();
    if (refused !== undefined) return refused;
    const { waits } = row;
    if (waits) return waits.then(() => this.#whenFree(id, row, node, refusal, decide));
    const fence = row.node === undefined || row.node === node || row.tombstone ? undefined : this.#nodes.get(row.node);
    if (!fence) return decide();
    const decided = Promise.resolve(fence(id, row.generation)).then(() => {
      row.waits = undefined;
      return refusal() ?? decide();
    });
    row.waits = decided;
    return decided;
  }

  #own(id: string, row: Row, node: string): Claimed {
    const isOwn = row.node === node;
    const isOrphan = row.node === undefined;
    // Its owner has died: what it once released is old.
    if (!isOwn && !isOrphan) row.state = undefined;
    row.node = node;
    row.generation++;
    row.expiresAt = Infinity;
    return { kind: 'claimed', id, generation: row.generation, isOrphan, state: isOwn ? undefined : row.state };
  }

  #row(id: string, generation: number): Row | undefined {
    const row = this.rows.get(id);
    return row?.generation === generation ? row : undefined;
  }

  #alive(): [string, Row][] {
    for (const [id, row] of this.rows) if (row.expiresAt <= this.#now()) this.rows.delete(id);
    return [...this.rows];
  }
}
