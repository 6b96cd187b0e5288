// Sessions in the memory of this process. They are lost with it. Several servers of one process may share one store: a
// client may then come back to any of them.

import { refuseArguments } from '../../core/option-check.ts';
import type { Clock, Timer } from '../../core/ports.ts';
import { nodeHost } from '../../node/environment.ts';
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
} from '../protocol/store.ts';
import { PieceLog } from './piece-log.ts';
import {
  buriedRecord,
  claimed,
  confirmedRecord,
  isOver,
  newRecord,
  ownership,
  refusalOfClaim,
  refusalOfCreation,
  type SessionRecord,
  TOMBSTONE_KEEP,
  takenRecord,
  tombstoneOf,
  UNKNOWN,
} from './session-record.ts';

interface Entry {
  record: SessionRecord;
  head: SessionHead;
  logs: Readonly<Record<SessionLog, PieceLog>>;
  /** A claim waits for the owner. */
  asking?: Promise<void> | undefined;
  /** The generation whose owner was asked, and has had its time. */
  isDead?: number | undefined;
}

type New = Claimed & { readonly isNew: boolean };

/**
 * Makes a store in memory: what `resume` uses without one.
 *
 * Give the same store to several servers of one process, and a client may come back to any of them.
 */
export function memoryStore(): SessionStore;
export function memoryStore(...rest: unknown[]): SessionStore {
  refuseArguments('memoryStore', rest, 'bounds are options of resume: createServer({ resume: { replayBytes } })');
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
    const { id, nonce, bind, node, data } = creation;
    const name = nonceName(bind, nonce);
    const known = this.#entries.get(this.#nonces.get(name) ?? '');
    if (known !== undefined) {
      this.#expireIfOver(known);
      const refusal = refusalOfCreation(known.record, creation);
      if (refusal === undefined) {
        return this.#whenFree(
          known,
          node,
          () => this.create(creation, keep),
          () => ({ ...this.#take(known, creation, keep), isNew: false }),
        );
      }
      if (refusal !== 'ended') return refusal;
      // It ended before its client knew it: another one takes its place.
      this.#entries.delete(known.record.id);
    }
    const record = newRecord(creation, keep);
    this.#entries.set(id, { record, head: newHead(data), logs: newLogs() });
    this.#nonces.set(name, id);
    return { kind: 'claimed', id, generation: 1, isOrphan: false, isNew: true };
  }

  claim(request: ClaimRequest, keep: number): Answer<ClaimAnswer> {
    const entry = this.#entries.get(request.id);
    if (entry === undefined) return UNKNOWN;
    this.#expireIfOver(entry);
    const refusal = refusalOfClaim(entry.record, request);
    if (refusal !== undefined) return refusal;
    return this.#whenFree(
      entry,
      request.node,
      () => this.claim(request, keep),
      () => this.#take(entry, request, keep),
    );
  }

  load(id: string, generation: number): SessionHead | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || ownership(entry.record, generation) !== 'written') return undefined;
    return entry.record.state === 'none' ? undefined : entry.head;
  }

  since(id: string, generation: number, log: SessionLog, after: number): ReturnType<SessionStore['since']> {
    const entry = this.#entries.get(id);
    const answer = ownership(entry?.record, generation);
    return answer === 'written' && entry !== undefined ? entry.logs[log].since(after) : (answer as 'fenced' | 'lost');
  }

  append(id: string, generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Written {
    return this.#change(id, generation, ({ logs }) => logs[log].append(pieces, log === 'outgoing'));
  }

  trim(id: string, generation: number, acknowledged: number, isContinuing: boolean): Written {
    return this.#change(id, generation, (entry) => {
      if (acknowledged <= entry.head.acknowledged) return;
      entry.head = { ...entry.head, acknowledged, isContinuing };
      entry.logs.outgoing.drop(acknowledged);
    });
  }

  commit(id: string, generation: number, progress: SessionProgress): Written {
    return this.#change(id, generation, (entry) => {
      const { acknowledged, isContinuing } = entry.head;
      entry.head = { ...progress, acknowledged, isContinuing };
      entry.logs.incoming.drop(progress.handledWhole);
      entry.record = { ...entry.record, state: 'current' };
    });
  }

  confirm(id: string, generation: number): Written {
    return this.#change(id, generation, (entry) => this.#replace(entry, confirmedRecord(entry.record)));
  }

  detach(id: string, generation: number, keep: number): Written {
    return this.#change(id, generation, (entry) => this.#until(entry, entry.record.node, keep));
  }

  release(id: string, generation: number, keep: number): Written {
    return this.#change(id, generation, (entry) => this.#until(entry, undefined, keep));
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Written {
    return this.#change(id, generation, (entry) => this.#bury(entry, tombstone, keep));
  }

  onFenced(node: string, fenced: (id: string, generation: number) => unknown): void {
    this.#fenced.set(node, fenced);
  }

  close(): void {
    this.#sweep.clear();
  }

  /** A change by the owner. */
  #change(id: string, generation: number, change: (entry: Entry) => void): Written {
    const entry = this.#entries.get(id);
    const answer = ownership(entry?.record, generation);
    if (entry !== undefined && answer === 'written') change(entry);
    return answer;
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
    const { node: owner, generation, id } = entry.record;
    if (owner === undefined || owner === node || entry.isDead === generation) return take();
    const told = this.#fenced.get(owner)?.(id, generation);
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
    if (isOver(entry.record, this.#clock.now())) this.#expire(entry);
  }

  #take(entry: Entry, asking: Creation | ClaimRequest, keep: number): Claimed {
    const before = entry.record;
    this.#replace(entry, takenRecord(before, asking, keep));
    return claimed(before, entry.record, entry.head);
  }

  #replace(entry: Entry, record: SessionRecord): void {
    entry.record = record;
    if (record.state !== 'none') return;
    entry.head = newHead(entry.head.data);
    entry.logs = newLogs();
  }

  #until(entry: Entry, node: string | undefined, keep: number): void {
    entry.record = { ...entry.record, node, until: this.#clock.now() + keep };
    this.#sweepLater();
  }

  #expire(entry: Entry): void {
    const head = entry.record.state === 'current' ? entry.head : undefined;
    this.#bury(entry, tombstoneOf('expired', head, entry.logs.outgoing.last), TOMBSTONE_KEEP);
  }

  #bury(entry: Entry, tombstone: Tombstone, keep: number): void {
    this.#replace(entry, buriedRecord(entry.record, tombstone, this.#clock.now() + keep));
    this.#sweepLater();
  }

  #sweepLater(): void {
    if (this.#isSweeping) return;
    this.#isSweeping = true;
    this.#sweep.set(TOMBSTONE_KEEP);
  }

  #removeOver(): void {
    this.#isSweeping = false;
    const now = this.#clock.now();
    let isSomethingLeft = false;
    for (const entry of this.#entries.values()) {
      const { until, node, tombstone } = entry.record;
      // An owner that is still there has ended its session by then.
      if (until !== 0 && until + (node === undefined ? 0 : TOMBSTONE_KEEP) <= now) {
        if (tombstone === undefined) this.#expire(entry);
        else this.#remove(entry.record);
      }
      isSomethingLeft ||= until !== 0;
    }
    if (isSomethingLeft) this.#sweepLater();
  }

  #remove({ id, bind, tokens }: SessionRecord): void {
    const name = nonceName(bind, tokens.nonce);
    this.#entries.delete(id);
    if (this.#nonces.get(name) === id) this.#nonces.delete(name);
  }
}

function newLogs(): Entry['logs'] {
  return { outgoing: new PieceLog(), incoming: new PieceLog() };
}

function nonceName(bind: string, nonce: string): string {
  return `${nonce} ${bind}`;
}
