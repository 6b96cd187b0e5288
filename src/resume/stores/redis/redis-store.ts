// Sessions in Redis or Valkey: a client may come back to any process that uses the same Redis. The record of a session is a
// hash, its logs are streams, and one script reads and changes them (session-script.ts).
//
// A key lives as long as its session: an owner that lives makes that longer from time to time, and the keys of a dead one go.

import { createHash } from 'node:crypto';
import { RedisDriver } from '../../../bus/redis/redis-driver.ts';
import type { RedisSource } from '../../../bus/redis/redis-link.ts';
import { lostError, textOf } from '../../../bus/redis/redis-problem.ts';
import { sourceOf } from '../../../bus/redis/redis-source.ts';
import { refuseArguments } from '../../../core/option-check.ts';
import type { Timer } from '../../../core/ports.ts';
import { nodeHost } from '../../../node/environment.ts';
import type {
  Answer,
  ClaimAnswer,
  Claimed,
  ClaimRequest,
  Creation,
  SessionHead,
  SessionLog,
  SessionProgress,
  SessionStore,
  Stale,
  StoredPiece,
  Tombstone,
  Written,
} from '../../protocol/store.ts';
import { gapBetween } from '../piece-log.ts';
import {
  claimed,
  isOver,
  newRecord,
  refusalOfClaim,
  refusalOfCreation,
  type SessionRecord,
  STALE,
  TOMBSTONE_KEEP,
  takenRecord,
  tombstoneOf,
  UNKNOWN,
} from '../session-record.ts';
import { Fencing } from './fencing.ts';
import { type RedisStoreOptions, readStoreOptions } from './options.ts';
import { RedisCalls } from './redis-calls.ts';
import { type Fields, fieldsOf, headOf, pieceField, pieceOf, recordFields, recordOf } from './session-fields.ts';
import { NO_PROGRESS } from './session-script.ts';

/** Milliseconds between two times that an owner makes its keys live longer, and how long they outlive that. */
const REFRESH_EVERY = 60_000;
const MARGIN = 3 * REFRESH_EVERY;
/** Entries of one answer of `since`. */
const MOST_PIECES = 32;
/** Milliseconds that a nonce outlives `keep`. */
const NONCE_MARGIN = 600_000;

type New = Claimed & { readonly isNew: boolean };
type Refusal = (record: SessionRecord | undefined) => ClaimAnswer | undefined;

/**
 * Makes a store of sessions in Redis (7 or newer) or Valkey, for `createServer({ resume: { store } })`: a client then comes back
 * to any process that uses it.
 *
 * @param options  a URL, or `{ url | client | options, prefix }`
 * @throws WebSocketError ERR_WS_OPTION; ERR_WS_PACKAGE_MISSING if neither `redis` nor `ioredis` is installed
 */
export function redisStore(options: string | RedisStoreOptions): SessionStore;
export function redisStore(options: string | RedisStoreOptions, ...rest: unknown[]): SessionStore {
  refuseArguments('redisStore', rest, 'all options are in the first one: { url, prefix }');
  return new RedisStore(readStoreOptions(options));
}

export class RedisStore implements SessionStore {
  readonly #source: RedisSource;
  readonly #calls: RedisCalls;
  readonly #fencing: Fencing;
  readonly #prefix: string;
  readonly #ahead: () => number;
  /** Sessions that processes here own: generation and keep. */
  readonly #owned = new Map<string, readonly [generation: number, keep: number]>();
  readonly #refresh: Timer;
  /** Claims here of one session wait for each other. */
  readonly #claiming = new Map<string, Promise<unknown>>();

  /** @param ahead  milliseconds by which the store's time is ahead of Redis's */
  constructor(options: RedisStoreOptions, ahead: () => number = () => 0) {
    this.#source = sourceOf(options, 'redisStore');
    this.#prefix = options.prefix ?? 'hws';
    this.#ahead = ahead;
    this.#calls = new RedisCalls(this.#source, nodeHost.clock);
    const driver = new RedisDriver({ ...options, ...(this.#source.isSharded && { sharded: true }) }, 'redisStore');
    this.#fencing = new Fencing(driver, this.#prefix, nodeHost.clock);
    this.#refresh = nodeHost.clock.timer({ expired: () => this.#refreshAll() });
    this.#refresh.set(REFRESH_EVERY);
  }

  async create(creation: Creation, keep: number): Promise<New | Stale> {
    const { id, nonce, bind, node, data } = creation;
    await this.#fencing.listen(node);
    const nonceKey = `${this.#prefix}:n:${hashOf(`${nonce} ${bind}`)}`;
    for (;;) {
      const known = await this.#calls.send(nonceKey, ['GET', nonceKey]);
      if (known !== null) {
        const answer = await this.#claim(String(known), creation, keep, (record) => {
          if (record === undefined) return UNKNOWN;
          const refusal = refusalOfCreation(record, creation);
          // It ended before its client knew it: another one takes its place.
          return refusal === 'ended' ? UNKNOWN : refusal;
        });
        if (answer.kind === 'claimed') return { ...answer, isNew: false };
        if (answer.kind === 'stale') return STALE;
        // Unless another process has named its own by it meanwhile.
        await this.#calls.script([nonceKey], 'unname', String(known));
      }
      const fields = [...recordFields(newRecord(creation, keep)), ...NEW_FIELDS, 'd', data];
      await this.#calls.script(this.#keys(id), 'create', '0', String(keep + MARGIN), ...fields);
      const lifetime = String(keep + NONCE_MARGIN);
      const isOurs = await this.#calls.send(nonceKey, ['SET', nonceKey, id, 'NX', 'PX', lifetime]);
      if (isOurs !== null) break;
      // Another process was faster with the same nonce.
      await this.#calls.script(this.#keys(id), 'forget', '0');
    }
    this.#owned.set(id, [1, keep]);
    return { kind: 'claimed', id, generation: 1, isOrphan: false, isNew: true };
  }

  async claim(request: ClaimRequest, keep: number): Promise<ClaimAnswer> {
    await this.#fencing.listen(request.node);
    return this.#claim(request.id, request, keep, (record) => refusalOfClaim(record, request));
  }

  async load(id: string, generation: number): Promise<SessionHead | undefined> {
    const answer = await this.#own(id, generation, 'load');
    const fields = Array.isArray(answer) ? fieldsOf(answer as (Buffer | null)[]) : undefined;
    return fields === undefined || fields.s === 'none' ? undefined : headOf(fields);
  }

  async since(
    id: string,
    generation: number,
    log: SessionLog,
    after: number,
  ): Promise<readonly StoredPiece[] | 'fenced' | 'lost'> {
    const answer = await this.#own(id, generation, 'since', log, String(after + 1), String(MOST_PIECES));
    if (!Array.isArray(answer)) return this.#written(id, answer) as 'fenced' | 'lost';
    return (answer as Parameters<typeof pieceOf>[0][]).map(pieceOf);
  }

  async append(id: string, generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Promise<Written> {
    const parts: (string | Buffer)[] = [];
    for (const piece of pieces) {
      const { data } = piece;
      const bytes =
        typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.length);
      parts.push(String(piece.sequence), pieceField(piece), bytes);
    }
    const answer = String(await this.#own(id, generation, 'append', log, ...parts));
    if (!answer.startsWith('gap ')) return this.#written(id, answer);
    const [, last, next] = answer.split(' ').map(Number) as [number, number, number];
    throw new Error(gapBetween(last, next));
  }

  trim(id: string, generation: number, acknowledged: number, isContinuing: boolean): Promise<Written> {
    return this.#change(id, generation, 'trim', String(acknowledged), isContinuing ? '1' : '0');
  }

  commit(id: string, generation: number, { data, ...progress }: SessionProgress): Promise<Written> {
    return this.#change(id, generation, 'commit', JSON.stringify(progress), data, String(progress.handledWhole));
  }

  confirm(id: string, generation: number): Promise<Written> {
    return this.#change(id, generation, 'confirm');
  }

  detach(id: string, generation: number, keep: number): Promise<Written> {
    return this.#change(id, generation, 'detach', String(keep), String(keep + MARGIN));
  }

  release(id: string, generation: number, keep: number): Promise<Written> {
    this.#owned.delete(id);
    return this.#change(id, generation, 'release', String(keep), String(keep + TOMBSTONE_KEEP));
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Promise<Written> {
    this.#owned.delete(id);
    return this.#change(id, generation, 'end', String(keep), String(keep), JSON.stringify(tombstone));
  }

  onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void {
    this.#fencing.on(node, fenced);
  }

  async close(): Promise<void> {
    this.#refresh.clear();
    this.#owned.clear();
    this.#calls.close();
    await this.#fencing.close();
  }

  /** Takes a session over. @param refusal  decides by what is known of it; `undefined`: it may be taken */
  async #claim(id: string, asking: Creation | ClaimRequest, keep: number, refusal: Refusal): Promise<ClaimAnswer> {
    const before = this.#claiming.get(id) ?? Promise.resolve();
    const claim = before.then(() => this.#claimNow(id, asking, keep, refusal));
    const settled = claim.catch(() => {});
    this.#claiming.set(id, settled);
    try {
      return await claim;
    } finally {
      if (this.#claiming.get(id) === settled) this.#claiming.delete(id);
    }
  }

  async #claimNow(id: string, asking: Creation | ClaimRequest, keep: number, refusal: Refusal): Promise<ClaimAnswer> {
    const keys = this.#keys(id);
    for (let asked = 0; ; ) {
      const answer = (await this.#calls.script(keys, 'read', '0')) as [Buffer, (Buffer | null)[]];
      const now = Number(String(answer[0])) + this.#ahead();
      const fields = fieldsOf(answer[1]);
      const record = fields && asOfNow(recordOf(id, fields), fields, now);
      const refused = refusal(record);
      if (refused !== undefined) return refused;
      if (fields === undefined || record === undefined) return UNKNOWN;
      const { node: owner, generation } = record;
      if (owner !== undefined && owner !== asking.node && asked !== generation) {
        asked = generation;
        await this.#ask(owner, id, generation);
        continue;
      }
      const taken = takenRecord(record, asking, keep);
      const parts = recordFields(taken);
      if (taken.state === 'none') parts.push('p', NO_PROGRESS);
      const old = await this.#calls.script(keys, 'take', fields.v, String(keep + MARGIN), ...parts);
      if (!Array.isArray(old)) continue; // something was changed meanwhile
      this.#owned.set(id, [taken.generation, keep]);
      return claimed(record, taken, headOf(fieldsOf(old as (Buffer | null)[]) as Fields));
    }
  }

  /** Asks the owner to give it up, and waits until it has answered. One that is dead does not. */
  async #ask(owner: string, id: string, generation: number): Promise<void> {
    if (this.#fencing.isHere(owner)) return this.#fencing.tell(owner, id, generation);
    if (await this.#isGone(owner)) return;
    await this.#fencing.ask(owner, id, generation);
  }

  /** Whether nobody listens as this node any more. In a cluster each node knows only its own subscribers. */
  async #isGone(node: string): Promise<boolean> {
    if (this.#source.isCluster) return false;
    const channel = this.#fencing.channelOf(node);
    const command = this.#source.isSharded ? 'SHARDNUMSUB' : 'NUMSUB';
    try {
      const answer = await this.#calls.send(channel, ['PUBSUB', command, channel]);
      return countOf(answer) === 0;
    } catch (error) {
      if (/^NOPERM/.test(textOf(error))) return false;
      throw error;
    }
  }

  async #change(id: string, generation: number, operation: string, ...parts: string[]): Promise<Written> {
    return this.#written(id, await this.#own(id, generation, operation, ...parts));
  }

  /** A call of the owner. */
  #own(id: string, generation: number, operation: string, ...parts: (string | Buffer)[]): Promise<unknown> {
    return this.#calls.script(this.#keys(id), operation, String(generation), ...parts);
  }

  #written(id: string, answer: unknown): Written {
    const written = String(answer);
    if (written === 'written') return 'written';
    if (written === 'fenced' || written === 'lost') {
      // Another generation may be owned here.
      if (written === 'lost') this.#owned.delete(id);
      return written;
    }
    throw lostError(this.#source.address, new Error(`answer ${written.slice(0, 80)} of the script`));
  }

  #keys(id: string): [string, string, string] {
    // Ids come from clients too: a brace would take the keys apart.
    const name = /^[\w-]{1,64}$/.test(id) ? id : hashOf(id);
    const start = `${this.#prefix}:{${name}}`;
    return [`${start}:m`, `${start}:q`, `${start}:p`];
  }

  #refreshAll(): void {
    this.#refresh.set(REFRESH_EVERY);
    for (const [id, [generation, keep]] of this.#owned) {
      this.#own(id, generation, 'refresh', String(keep + MARGIN)).then(
        (answer) => {
          const isOurs = String(answer) === 'written' || this.#owned.get(id)?.[0] !== generation;
          if (!isOurs) this.#owned.delete(id);
        },
        () => {}, // the next time, or a call of the owner, will tell
      );
    }
  }
}

const NEW_FIELDS = ['v', '1', 'a', '0', 'c', '0', 'p', NO_PROGRESS, 'lq', '0', 'lp', '0'];

/** As its client is told of it: one whose time is over has ended. */
function asOfNow(record: SessionRecord, fields: Fields, now: number): SessionRecord {
  if (!isOver(record, now)) return record;
  const head = record.state === 'current' ? headOf(fields) : undefined;
  return { ...record, tombstone: tombstoneOf('expired', head, Number(fields.lq)) };
}

/** The one number in an answer of NUMSUB: a list, or a map in the newer protocol. */
function countOf(answer: unknown): number {
  if (Array.isArray(answer)) return Number(answer[1]);
  if (typeof answer !== 'object' || answer === null) return Number.NaN;
  const values =
    'values' in answer && typeof answer.values === 'function' ? [...answer.values()] : Object.values(answer);
  return Number(values[0]);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
