// A store in memory for the tests of the two ends: as plain as possible, and able to stand for several processes.

import type {
  ClaimAnswer,
  Claimed,
  ClaimRequest,
  Creation,
  SessionState,
  SessionStore,
  Tombstone,
  Written,
} from '../../../src/resume/protocol/store.ts';
import {
  checkToken,
  confirmToken,
  newTokens,
  replaceToken,
  rotateToken,
  type TokenRecord,
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
}

export class PlainStore implements SessionStore {
  readonly mode: 'memory' | 'spill';
  readonly rows: Map<string, Row> = new Map();
  readonly #now: () => number;
  readonly #nodes: Map<string, (id: string, generation: number) => unknown> = new Map();

  constructor(now: () => number, mode: 'memory' | 'spill' = 'spill') {
    this.#now = now;
    this.mode = mode;
  }

  create(creation: Creation, keep: number): Claimed & { readonly isNew: boolean } {
    const nonceKey = `${creation.bind} ${creation.nonce}`;
    for (const [id, row] of this.#alive()) {
      if (row.tombstone || row.tokens.nonce === undefined || row.nonceKey !== nonceKey) continue;
      replaceToken(row.tokens, creation.tokenHash);
      return { ...this.#own(id, row, creation.node), isNew: false };
    }
    this.rows.set(creation.id, {
      bind: creation.bind,
      nonceKey,
      tokens: newTokens(creation.tokenHash, creation.nonce),
      generation: 1,
      node: creation.node,
      state: undefined,
      tombstone: undefined,
      expiresAt: this.#now() + keep * 1000,
    });
    return { kind: 'claimed', id: creation.id, generation: 1, isOrphan: false, isNew: true };
  }

  claim(request: ClaimRequest): ClaimAnswer | Promise<ClaimAnswer> {
    const row = new Map(this.#alive()).get(request.id);
    if (!row || row.bind !== request.bind) return { kind: 'unknown', isRetiredToken: false };
    const check = checkToken(row.tokens, request.tokenHash);
    if (check !== 'valid') return { kind: 'unknown', isRetiredToken: check === 'retired' };
    if (row.tombstone) return { kind: 'tombstone', tombstone: row.tombstone };
    const owner = row.node === undefined || row.node === request.node ? undefined : this.#nodes.get(row.node);
    rotateToken(row.tokens, request.tokenHash, request.nextHash);
    if (!owner) return this.#own(request.id, row, request.node);
    const { generation } = row;
    return Promise.resolve(owner(request.id, generation)).then(() => this.#own(request.id, row, request.node));
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

  detach(id: string, generation: number, keep: number, state: SessionState | undefined): Written {
    const row = this.#row(id, generation);
    if (!row) return 'fenced';
    row.expiresAt = this.#now() + keep;
    if (state) row.state = state;
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

  onFenced(node: string, fenced: (id: string, generation: number) => unknown): void {
    this.#nodes.set(node, fenced);
  }

  /** The process is gone: nobody answers for its sessions. */
  forgetNode(node: string): void {
    this.#nodes.delete(node);
  }

  close(): void {}

  #own(id: string, row: Row, node: string): Claimed {
    const { state } = row;
    const isOwn = row.node === node;
    const isOrphan = row.node === undefined;
    row.node = node;
    row.generation++;
    row.expiresAt = Infinity;
    return { kind: 'claimed', id, generation: row.generation, isOrphan, state: isOwn ? undefined : state };
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
