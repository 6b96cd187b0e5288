// A store in memory for the tests of the two ends: as plain as possible, and able to stand for several processes.

import {
  type Answer,
  type ClaimAnswer,
  type Claimed,
  type ClaimRequest,
  type Creation,
  newHead,
  type SessionHead,
  type SessionLog,
  type SessionProgress,
  type SessionStore,
  type Stale,
  type StoredPiece,
  type Tombstone,
  type Written,
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
  isAhead: boolean;
  state: 'current' | 'old' | 'none';
  head: SessionHead;
  outgoing: StoredPiece[];
  incoming: StoredPiece[];
  /** Number of the last message of `outgoing`. */
  last: number;
  tombstone: Tombstone | undefined;
  expiresAt: number;
  /** Where its time is over, it is a tombstone for so long. */
  buriedUntil: number;
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
          // It ended while the owner was asked, and another one has taken its place: that one is what the nonce names.
          if (this.rows.get(id) !== row) return this.create(creation);
          renewToken(tokens, creation.attempt, creation.tokenHash);
          if (row.tombstone) return this.#make(creation, nonceKey);
          return { ...this.#own(id, row, creation), isNew: false };
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
        return this.#own(request.id, row, request);
      },
    );
  }

  load(id: string, generation: number): SessionHead | undefined {
    const row = this.#row(id, generation);
    return typeof row === 'string' || row.state === 'none' ? undefined : row.head;
  }

  since(id: string, generation: number, log: SessionLog, after: number): readonly StoredPiece[] | 'fenced' | 'lost' {
    const row = this.#row(id, generation);
    // A few at a time: callers must go on.
    return typeof row === 'string' ? row : row[log].filter(({ sequence }) => sequence > after).slice(0, 3);
  }

  append(id: string, generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    for (const piece of pieces) {
      const last = log === 'outgoing' ? row.last : (row.incoming.at(-1)?.sequence ?? 0);
      if (piece.sequence <= last) continue;
      if (log === 'outgoing' && piece.sequence > last + 1) throw new Error('the store has lost messages');
      row[log].push(piece);
      if (log === 'outgoing') row.last = piece.sequence;
    }
    return 'written';
  }

  trim(id: string, generation: number, acknowledged: number, isContinuing: boolean): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    if (acknowledged > row.head.acknowledged) {
      row.head = { ...row.head, acknowledged, isContinuing };
      row.outgoing = row.outgoing.filter(({ sequence }) => sequence > acknowledged);
      row.last = Math.max(row.last, acknowledged);
    }
    return 'written';
  }

  commit(id: string, generation: number, progress: SessionProgress): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    const { acknowledged, isContinuing } = row.head;
    row.head = { ...progress, acknowledged, isContinuing };
    row.incoming = row.incoming.filter(({ sequence }) => sequence > progress.handledWhole);
    row.state = 'current';
    return 'written';
  }

  confirm(id: string, generation: number): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    confirmToken(row.tokens);
    if (row.state !== 'current') this.#drop(row);
    return 'written';
  }

  detach(id: string, generation: number, keep: number): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    row.expiresAt = this.#now() + keep;
    return 'written';
  }

  release(id: string, generation: number, keep: number): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    row.expiresAt = this.#now() + keep;
    row.node = undefined;
    return 'written';
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Written {
    const row = this.#row(id, generation);
    if (typeof row === 'string') return row;
    row.tombstone = tombstone;
    row.buriedUntil = this.#now() + keep;
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
      isAhead: creation.isAhead,
      state: creation.isAhead ? 'current' : 'none',
      head: newHead(creation.data),
      outgoing: [],
      incoming: [],
      last: 0,
      tombstone: undefined,
      expiresAt: Infinity,
      buriedUntil: Infinity,
    });
    return { kind: 'claimed', id: creation.id, generation: 1, isOrphan: false, isNew: true };
  }

  #drop(row: Row): void {
    row.state = 'none';
    row.head = newHead(row.head.data);
    row.outgoing = [];
    row.incoming = [];
    row.last = 0;
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
    decide: () => Answer<Result>,
  ): Answer<Result> {
    const refused = refusal();
    if (refused !== undefined) return refused;
    const { waits } = row;
    if (waits) return waits.then(() => this.#whenFree(id, row, node, refusal, decide));
    const fence = row.node === undefined || row.node === node || row.tombstone ? undefined : this.#nodes.get(row.node);
    if (!fence) return decide();
    const decided: Promise<Result> = Promise.resolve(fence(id, row.generation)).then(() => {
      row.waits = undefined;
      return refusal() ?? decide();
    });
    row.waits = decided;
    return decided;
  }

  #own(id: string, row: Row, asking: Creation | ClaimRequest): Claimed {
    const isOwn = row.node === asking.node;
    // Its owner has died: what it once began with is old.
    if (row.state !== 'current' && !isOwn) this.#drop(row);
    else if (row.state === 'current' && !asking.isAhead) row.state = 'old';
    row.isAhead = asking.isAhead;
    row.node = asking.node;
    row.generation++;
    row.expiresAt = Infinity;
    const head = isOwn || row.state === 'none' ? undefined : row.head;
    return { kind: 'claimed', id, generation: row.generation, isOrphan: !isOwn, head };
  }

  #row(id: string, generation: number): Row | 'fenced' | 'lost' {
    const row = this.rows.get(id);
    if (!row) return 'lost';
    return row.generation === generation && row.node !== undefined && !row.tombstone ? row : 'fenced';
  }

  #alive(): [string, Row][] {
    const now = this.#now();
    for (const [id, row] of this.rows) {
      if (row.buriedUntil <= now) this.rows.delete(id);
      if (row.tombstone || row.expiresAt > now || row.node !== undefined) continue;
      const { handledWhole, acknowledged } = row.head;
      const counts = row.state === 'current' && { handledWhole, sent: Math.max(row.last, acknowledged) };
      row.tombstone = { why: 'expired', ...counts };
      row.buriedUntil = now + 60_000;
    }
    return [...this.rows];
  }
}
