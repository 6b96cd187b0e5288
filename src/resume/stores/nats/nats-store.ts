// Sessions in JetStream, for processes on many machines. Two streams: one has a document for each session, which is replaced
// if nobody else has replaced it meanwhile (expected last sequence of its subject), the other the logs.
//
// A claim writes the document of the next generation, then a mark into the log: what the owner before it still appends fails,
// for it does not know the mark. Then the document is looked at once more: of two claims, the mark of the first may come last.

import { Buffer } from 'node:buffer';
import {
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
} from '../../protocol/store.ts';
import {
  buriedRecord,
  claimed,
  confirmedRecord,
  newRecord,
  ownership,
  refusalOfClaim,
  refusalOfCreation,
  type SessionRecord,
  STALE,
  TOMBSTONE_KEEP,
  takenRecord,
  UNKNOWN,
} from '../session-record.ts';
import { type Document, Documents, type Found, type StreamSetup } from './documents.ts';
import type { JetStream } from './jetstream.ts';
import { type Owned, OwnedSessions } from './owned-sessions.ts';

/** Time for the owner of a session to give it up. */
const PATIENCE = 2_000;
const SWEEP_EVERY = 30_000;
/** Beside a piece in its message. */
const MESSAGE_OVERHEAD = 4_096;

type Answer = Claimed & { readonly isNew: boolean };

export class NatsStore implements SessionStore {
  readonly #jetStream: JetStream;
  readonly #documents: Documents;
  readonly #now: () => number;
  readonly #owned: OwnedSessions;
  /** The last call of each session, which the next one waits for. */
  readonly #calls = new Map<string, Promise<unknown>>();
  readonly #fenced = new Map<string, (id: string, generation: number) => unknown>();
  /** Sessions that have ended here, and when they need not be known any more. */
  #ended: { readonly record: SessionRecord; readonly until: number }[] = [];
  readonly #sweep: NodeJS.Timeout;

  /** @param now  milliseconds of a clock that all processes have in common */
  constructor(jetStream: JetStream, setup: StreamSetup, now: () => number = Date.now) {
    this.#jetStream = jetStream;
    this.#documents = new Documents(jetStream, setup, now);
    this.#owned = new OwnedSessions(this.#documents, now);
    this.#now = now;
    this.#sweep = setInterval(() => void this.sweep().catch(() => {}), SWEEP_EVERY);
    this.#sweep.unref();
  }

  get maxPiece(): number {
    return this.#jetStream.maxPayload - MESSAGE_OVERHEAD;
  }

  async create(creation: Creation, keep: number): Promise<Answer | Stale> {
    await this.#prepare(creation.node, keep);
    const { id, data, bind, nonce } = creation;
    const document: Document = {
      record: newRecord(creation, keep),
      head: newHead(data),
      start: { after: 0, generation: 1 },
      last: 0,
    };
    const sequence = await this.#documents.write(document, 0);
    if (sequence === undefined) throw new Error('there is a session of this id already');
    for (let after = 0; ; ) {
      if ((await this.#documents.name(bind, nonce, id, after)) !== undefined) break;
      const known = await this.#documents.named(bind, nonce);
      after = known?.sequence ?? 0;
      if (known === undefined) continue;
      const answer = await this.#claim(known.id, creation, keep, (record) => {
        if (record === undefined) return UNKNOWN;
        const refusal = refusalOfCreation(record, creation);
        // It ended before its client knew it: another one takes its place.
        return refusal === 'ended' ? UNKNOWN : refusal;
      });
      if (answer.kind !== 'claimed' && answer.kind !== 'stale') continue;
      await this.#documents.removeRecord(id);
      return answer.kind === 'stale' ? STALE : { ...answer, isNew: false };
    }
    this.#owned.own({ document, sequence }, this.#documents.log(id, document, 0, true));
    return { kind: 'claimed', id, generation: 1, isOrphan: false, isNew: true };
  }

  async claim(request: ClaimRequest, keep: number): Promise<ClaimAnswer> {
    await this.#prepare(request.node, keep);
    return this.#claim(request.id, request, keep, (record) => refusalOfClaim(record, request));
  }

  load(id: string, generation: number): Promise<SessionHead | undefined> {
    return this.#inTurn(id, async () => {
      const document = (await this.#documents.read(id))?.document;
      if (ownership(document?.record, generation) !== 'written') return undefined;
      return document?.record.state === 'none' ? undefined : document?.head;
    });
  }

  since(
    id: string,
    generation: number,
    log: SessionLog,
    after: number,
  ): Promise<readonly StoredPiece[] | 'fenced' | 'lost'> {
    return this.#inTurn(id, async () => {
      const owned = await this.#owned.find(id, generation);
      if (typeof owned === 'string') return owned;
      const { head } = owned.found.document;
      const first = log === 'outgoing' ? head.acknowledged : head.handledWhole;
      const pieces = await owned.log.since(log, Math.max(after, first));
      // Another process may have claimed it meanwhile.
      const answer = ownership((await this.#documents.read(id))?.document.record, generation);
      return answer === 'written' ? pieces : answer;
    });
  }

  append(id: string, generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Promise<Written> {
    return this.#inTurn(id, async () => {
      for (;;) {
        const owned = await this.#owned.find(id, generation);
        if (typeof owned === 'string') return owned;
        if (await owned.log.append(log, pieces, owned.found.document.head.acknowledged)) return 'written';
        const answer = await this.#owned.lookAgain(id, generation);
        if (answer !== 'written') return answer;
      }
    });
  }

  trim(id: string, generation: number, acknowledged: number, isContinuing: boolean): Promise<Written> {
    return this.#change(
      id,
      generation,
      ({ head, ...rest }) =>
        acknowledged <= head.acknowledged ? undefined : { ...rest, head: { ...head, acknowledged, isContinuing } },
      trimmed,
    );
  }

  commit(id: string, generation: number, progress: SessionProgress): Promise<Written> {
    return this.#change(
      id,
      generation,
      ({ record, head: { acknowledged, isContinuing }, ...rest }) => ({
        ...rest,
        record: { ...record, state: 'current' },
        head: { ...progress, acknowledged, isContinuing },
      }),
      trimmed,
    );
  }

  confirm(id: string, generation: number): Promise<Written> {
    return this.#inTurn(id, async () => {
      const owned = await this.#owned.find(id, generation);
      if (typeof owned === 'string') return owned;
      const isDropped = confirmedRecord(owned.found.document.record).state === 'none';
      const start = isDropped ? await owned.log.drop() : undefined;
      const answer = await this.#owned.replace(id, generation, (document) => ({
        ...document,
        record: confirmedRecord(document.record),
        ...(start !== undefined && { start, head: newHead(document.head.data), last: 0 }),
      }));
      if (isDropped && answer === 'written') await owned.log.purge();
      return answer;
    });
  }

  detach(id: string, generation: number, keep: number): Promise<Written> {
    return this.#change(id, generation, (document) => ({
      ...document,
      record: { ...document.record, until: this.#now() + keep },
    }));
  }

  async release(id: string, generation: number, keep: number): Promise<Written> {
    const answer = await this.#change(id, generation, (document) => ({
      ...document,
      record: { ...document.record, node: undefined, until: this.#now() + keep },
    }));
    this.#owned.disown(id, generation);
    return answer;
  }

  async end(id: string, generation: number, tombstone: Tombstone, keep: number): Promise<Written> {
    const until = this.#now() + keep;
    const answer = await this.#change(
      id,
      generation,
      ({ record, start, last }) => {
        this.#ended.push({ record, until: until + TOMBSTONE_KEEP });
        return { start, last, head: newHead(), record: buriedRecord(record, tombstone, until) };
      },
      ({ log }) => log.purge(),
    );
    this.#owned.disown(id, generation);
    return answer;
  }

  onFenced(node: string, fenced: (id: string, generation: number) => unknown): void {
    this.#fenced.set(node, fenced);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweep);
    await this.#jetStream.close();
    this.#owned.clear();
  }

  /** Writes documents anew that JetStream would forget, and removes sessions that ended. It is called from time to time. */
  async sweep(): Promise<void> {
    const now = this.#now();
    for (const { record } of this.#owned.writtenBefore(now - this.#documents.maxAge / 4)) {
      await this.#change(record.id, record.generation, (document) => document);
    }
    const over = this.#ended.filter(({ until }) => until <= now);
    this.#ended = this.#ended.filter(({ until }) => until > now);
    for (const { record } of over) await this.#documents.remove(record.id, record.bind, record.tokens.nonce);
  }

  /** Takes a session over. @param refusal  decides by what is known of it; `undefined`: it may be taken */
  async #claim(
    id: string,
    asking: Creation | ClaimRequest,
    keep: number,
    refusal: (record: SessionRecord | undefined) => ClaimAnswer | undefined,
  ): Promise<ClaimAnswer> {
    for (let asked = 0; ; ) {
      const found = await this.#documents.read(id);
      const refused = refusal(found && this.#documents.asOfNow(found.document));
      if (refused !== undefined) return refused;
      if (found === undefined) return UNKNOWN;
      const { record } = found.document;
      const { node: owner, generation } = record;
      if (owner !== undefined && owner !== asking.node && asked !== generation) {
        asked = generation;
        await this.#jetStream.ask(this.#documents.nodeSubject(owner), JSON.stringify({ id, generation }), PATIENCE);
        continue;
      }
      const answer = await this.#take(id, found, takenRecord(record, asking, keep));
      if (answer !== undefined) return answer;
    }
  }

  /** @returns `undefined`: another claim was faster */
  async #take(id: string, { document, sequence }: Found, record: SessionRecord): Promise<ClaimAnswer | undefined> {
    const isDropped = record.state === 'none';
    const { generation } = record;
    const next: Document = {
      record,
      head: isDropped ? newHead(document.head.data) : document.head,
      start: isDropped ? { ...document.start, generation } : document.start,
      last: isDropped ? 0 : document.last,
    };
    const written = await this.#documents.write(next, sequence);
    if (written === undefined) return undefined;
    const tail = await this.#documents.mark(id, generation);
    if ((await this.#documents.read(id))?.document.record.generation !== generation) return undefined;
    const log = this.#documents.log(id, next, tail, isDropped);
    this.#owned.own({ document: next, sequence: written }, log);
    if (isDropped) log.purge().catch(() => {}); // it is not read in any case, and goes with its time
    return claimed(document.record, record, next.head);
  }

  /** A change of the document by the owner. @param make  `undefined`: nothing changes */
  #change(
    id: string,
    generation: number,
    make: (document: Document) => Document | undefined,
    after?: (owned: Owned) => Promise<void>,
  ): Promise<Written> {
    return this.#inTurn(id, async () => {
      const answer = await this.#owned.replace(id, generation, make);
      const owned = this.#owned.get(id);
      if (answer === 'written' && after !== undefined && owned !== undefined) await after(owned);
      return answer;
    });
  }

  /** The streams are there, and this process answers for the node. */
  async #prepare(node: string, keep: number): Promise<void> {
    await this.#documents.ready();
    if (keep > this.#documents.maxAge / 2) {
      throw new Error(
        `JetStream keeps sessions for ${this.#documents.maxAge} ms (max_age of ${this.#documents.stream}): keep of ${keep} ms may be half of that`,
      );
    }
    await this.#jetStream.hear(this.#documents.nodeSubject(node), (message) => {
      const { id, generation } = JSON.parse(Buffer.from(message.data).toString()) as { id: string; generation: number };
      const answer = async (): Promise<void> => {
        try {
          await this.#fenced.get(node)?.(id, generation);
        } finally {
          message.respond();
        }
      };
      answer().catch(() => {}); // it cannot let go in order: its client is told that something is lost
    });
  }

  /** One call of a session after the other. */
  #inTurn<Value>(id: string, run: () => Promise<Value>): Promise<Value> {
    const ready = async (): Promise<Value> => {
      await this.#documents.ready();
      return run();
    };
    const before = this.#calls.get(id);
    const call = before === undefined ? ready() : before.then(ready);
    const settled = call.catch(() => {});
    this.#calls.set(id, settled);
    void settled.then(() => {
      if (this.#calls.get(id) === settled) this.#calls.delete(id);
    });
    return call;
  }
}

function trimmed({ found, log }: Owned): Promise<void> {
  const { acknowledged, handledWhole } = found.document.head;
  return log.trim(acknowledged, handledWhole);
}
