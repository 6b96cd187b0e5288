// Sessions in a directory that the processes of one machine share. A file for what is known of a session (session-folder.ts),
// which is replaced as a whole, a name by which its client asks before it knows the id (nonce-names.ts), and a log for its state
// (owned-session.ts), which is appended to. A process that takes a session over begins another log: nobody sees what the owner
// before it still appends.
//
// ```
//  <directory>/node-<name>/alive                            the number of a process
//  <directory>/node-<name>/<hash of the id>-<generation>    another process wants this session of it
// ```
//
// Calls of the file system are short and synchronous; only the disk is waited for, where that is asked for.

import fs from 'node:fs';
import { join } from 'node:path';
import { readOptions, refuseArguments } from '../../core/option-check.ts';
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
import { OpenFiles } from './log-file.ts';
import { Mailbox } from './mailbox.ts';
import { NonceNames } from './nonce-names.ts';
import { fileStoreSchema } from './option-rows.ts';
import type { FileStoreOptions } from './options.ts';
import { OwnedSession } from './owned-session.ts';
import type { SessionFile } from './session-file.ts';
import { hashOf, SessionFolders } from './session-folder.ts';
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
  STALE,
  TOMBSTONE_KEEP,
  takenRecord,
  tombstoneOf,
  UNKNOWN,
} from './session-record.ts';

/** Time for the owner of a session to give it up. */
const PATIENCE = 2_000;
const SWEEP_EVERY = 30_000;

type New = Claimed & { readonly isNew: boolean };

/**
 * Makes a store of sessions in a directory, for `createServer({ resume: { store } })`: a restart of the process, or a rolling
 * deploy of several on one machine, then loses nothing.
 *
 * @throws the system's error if the directory cannot be made; WebSocketError ERR_WS_OPTION
 */
export function fileStore(options: FileStoreOptions): SessionStore;
export function fileStore(options: FileStoreOptions, ...rest: unknown[]): SessionStore {
  refuseArguments('fileStore', rest, 'all options are in the first one');
  return new FileStore(readOptions(fileStoreSchema, options));
}

export class FileStore implements SessionStore {
  readonly #directory: string;
  readonly #folders: SessionFolders;
  readonly #names: NonceNames;
  readonly #isSynced: boolean;
  readonly #failed: (error: Error) => void;
  readonly #now: () => number;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #open = new OpenFiles();
  /** Sessions that processes here own, by id. */
  readonly #owned = new Map<string, OwnedSession>();
  readonly #sweep: NodeJS.Timeout;

  /** @param now  milliseconds of a clock that all processes have in common */
  constructor({ directory, failed = warn, fsync = false }: FileStoreOptions, now: () => number = Date.now) {
    this.#directory = directory;
    this.#failed = failed;
    this.#isSynced = fsync;
    this.#now = now;
    this.#folders = new SessionFolders(directory, fsync, (text) => failed(problem(text)));
    this.#names = new NonceNames(directory);
    this.#sweep = setInterval(() => this.sweep(), SWEEP_EVERY);
    this.#sweep.unref();
  }

  async create(creation: Creation, keep: number): Promise<New | Stale> {
    const { id, nonce, bind, node, data } = creation;
    this.#mailbox(node);
    const known = this.#names.read(bind, nonce);
    if (known !== undefined) {
      const answer = await this.#claim(known.id, creation, keep, (record) => {
        if (record === undefined) return UNKNOWN;
        const refusal = refusalOfCreation(record, creation);
        // It ended before its client knew it: another one takes its place.
        return refusal === 'ended' ? UNKNOWN : refusal;
      });
      if (answer.kind === 'claimed') return { ...answer, isNew: false };
      if (answer.kind === 'stale') return STALE;
    }
    this.#folders.make(id);
    const file = { record: newRecord(creation, keep), size: 0, head: newHead(data), last: 0 };
    let isMine = false;
    try {
      this.#folders.write(file);
      isMine = this.#names.write(bind, nonce, id, known, this.#folders.aside(id));
    } finally {
      // Another process was faster with the same nonce; or the disk is full, and nobody would ever end what is half made.
      if (!isMine) this.#folders.remove(id);
    }
    if (!isMine) return this.create(creation, keep);
    this.#own(file);
    return { kind: 'claimed', id, generation: 1, isOrphan: false, isNew: true };
  }

  claim(request: ClaimRequest, keep: number): Promise<ClaimAnswer> {
    this.#mailbox(request.node);
    return this.#claim(request.id, request, keep, (record) => refusalOfClaim(record, request));
  }

  load(id: string, generation: number): SessionHead | undefined {
    const owned = this.#find(id, generation);
    return typeof owned === 'string' || owned.record.state === 'none' ? undefined : owned.head;
  }

  since(id: string, generation: number, log: SessionLog, after: number): readonly StoredPiece[] | 'fenced' | 'lost' {
    const owned = this.#find(id, generation);
    if (typeof owned === 'string') return owned;
    return owned.logs()?.[log].since(after) ?? [];
  }

  append(id: string, generation: number, log: SessionLog, pieces: readonly StoredPiece[]): Answer<Written> {
    return this.#change(id, generation, (owned) => owned.append(log, pieces));
  }

  trim(id: string, generation: number, acknowledged: number, isContinuing: boolean): Answer<Written> {
    return this.#change(id, generation, (owned) => owned.trim(acknowledged, isContinuing));
  }

  commit(id: string, generation: number, progress: SessionProgress): Answer<Written> {
    return this.#change(id, generation, (owned) => owned.commit(progress));
  }

  confirm(id: string, generation: number): Answer<Written> {
    return this.#change(id, generation, (owned) => owned.replace(confirmedRecord(owned.record)));
  }

  detach(id: string, generation: number, keep: number): Answer<Written> {
    return this.#change(id, generation, (owned) => owned.keepUntil(this.#now() + keep));
  }

  release(id: string, generation: number, keep: number): Answer<Written> {
    return this.#change(id, generation, (owned) => {
      owned.replace({ ...owned.record, node: undefined, until: this.#now() + keep });
      this.#disown(id);
    });
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Answer<Written> {
    return this.#change(id, generation, (owned) => {
      owned.replace(buriedRecord(owned.record, tombstone, this.#now() + keep));
      this.#disown(id);
    });
  }

  onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void {
    this.#mailbox(node).wanted = (hash) => {
      const file = this.#folders.readFolder(join(this.#directory, hash));
      if (file?.record.node === node) return fenced(file.record.id, file.record.generation);
      return undefined;
    };
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const mailbox of this.#mailboxes.values()) mailbox.close();
    this.#mailboxes.clear();
    this.#open.closeAll();
    this.#owned.clear();
  }

  /** Removes what is over. It is called from time to time. */
  sweep(): void {
    try {
      for (const name of fs.readdirSync(this.#directory)) {
        if (/^[0-9a-f]{64}$/.test(name)) this.#sweepOne(join(this.#directory, name));
        else if (name.startsWith('node-') && !Mailbox.isAlive(this.#directory, name.slice('node-'.length))) {
          fs.rmSync(join(this.#directory, name), { recursive: true, force: true });
        }
      }
    } catch (error) {
      this.#failed(problem(`the directory of sessions ${this.#directory} cannot be read`, error));
    }
  }

  #sweepOne(folder: string): void {
    const file = this.#folders.readFolder(folder);
    const now = this.#now();
    if (file === undefined) {
      // Half made, or damaged: of no use, and old enough that nobody is still writing it.
      const { mtimeMs } = fs.statSync(folder);
      if (now - mtimeMs > TOMBSTONE_KEEP) fs.rmSync(folder, { recursive: true, force: true });
      return;
    }
    const { record } = file;
    if (record.until === 0) {
      // Its owner died before it could say when it is over.
      const isLost = record.node !== undefined && !Mailbox.isAlive(this.#directory, record.node);
      if (isLost) this.#folders.write({ ...file, record: { ...record, until: now + record.keep } });
    } else if (record.until + TOMBSTONE_KEEP < now) {
      const { bind, tokens, id } = record;
      this.#names.remove(bind, tokens.nonce, id);
      fs.rmSync(folder, { recursive: true, force: true });
      this.#disown(id);
    }
  }

  /** Takes a session over. @param refusal  decides by what is known of it; `undefined`: it may be taken */
  async #claim(
    id: string,
    asking: Creation | ClaimRequest,
    keep: number,
    refusal: (record: SessionRecord | undefined) => ClaimAnswer | undefined,
  ): Promise<ClaimAnswer> {
    let asked = 0;
    for (;;) {
      const file = this.#folders.read(id);
      const refused = refusal(file && this.#asOfNow(file));
      if (refused !== undefined) return refused;
      if (file === undefined) return UNKNOWN;
      const { record } = file;
      const { node: owner, generation } = record;
      if (owner !== undefined && owner !== asking.node && asked !== generation) {
        asked = generation;
        await this.#ask(id, owner, generation);
        continue;
      }
      const taken = takenRecord(record, asking, keep);
      if (this.#folders.writeNext({ ...file, record: taken })) return this.#taken(file, taken);
    }
  }

  /** The file of the next generation is written: nobody else goes on from the one before it. */
  #taken(before: SessionFile, record: SessionRecord): ClaimAnswer {
    const { id, generation, node } = before.record;
    const mine = this.#owned.get(id);
    if (node === record.node && mine?.record.generation === generation) {
      mine.retaken(record);
      if (record.state === 'none') mine.replace(record);
      this.#folders.removeGeneration(id, generation);
      return claimed(before.record, record, undefined);
    }
    // Until now, the owner before may have gone on with another log.
    const last = this.#folders.readGeneration(this.#folders.folder(id), generation);
    const file: SessionFile = { ...(typeof last === 'object' ? last : before), record };
    this.#disown(id);
    const logs = OwnedSession.logs(this.#folders, file);
    const owned = new OwnedSession(file, logs, this.#folders, this.#open, this.#isSynced);
    if (logs?.damage !== undefined && record.state !== 'none') {
      this.#failed(problem(`the log ${file.log} of the session ${hashOf(id)} is damaged: ${logs.damage}`));
      // After its release nothing was written any more: the counts of that time are the last ones.
      const head = node === undefined ? file.head : undefined;
      const tombstone = tombstoneOf('regressed', head, file.last);
      owned.replace(buriedRecord(record, tombstone, this.#now() + TOMBSTONE_KEEP));
      return { kind: 'tombstone', tombstone };
    }
    if (record.state === 'none') owned.replace(record);
    else if (logs !== undefined) owned.adopt(logs);
    this.#folders.removeGeneration(id, generation);
    this.#owned.set(id, owned);
    return claimed(before.record, record, owned.head);
  }

  /** Asks the owner to give it up, and waits until it has answered. One that is dead does not. */
  #ask(id: string, owner: string, generation: number): Promise<void> {
    const here = this.#mailboxes.get(owner); // another server of this process
    if (here !== undefined) return here.tell(hashOf(id), generation);
    return Mailbox.ask(this.#directory, owner, hashOf(id), generation, PATIENCE);
  }

  #asOfNow({ record, head, last }: SessionFile): SessionRecord {
    if (!isOver(record, this.#now())) return record;
    return { ...record, tombstone: tombstoneOf('expired', record.state === 'current' ? head : undefined, last) };
  }

  #find(id: string, generation: number): OwnedSession | Exclude<Written, 'written'> {
    const known = this.#owned.get(id);
    if (known?.record.generation === generation && this.#folders.isNewest(id, generation)) return known;
    const file = this.#folders.read(id);
    const answer = ownership(file?.record, generation);
    if (answer === 'written' && file !== undefined) return this.#own(file);
    return answer === 'lost' ? 'lost' : 'fenced';
  }

  #own(file: SessionFile): OwnedSession {
    const { id } = file.record;
    this.#disown(id);
    const logs = OwnedSession.logs(this.#folders, file);
    const owned = new OwnedSession(file, logs, this.#folders, this.#open, this.#isSynced);
    this.#owned.set(id, owned);
    return owned;
  }

  #disown(id: string): void {
    this.#owned.get(id)?.close();
    this.#owned.delete(id);
  }

  /** A change by the owner. What cannot be written throws; the owner still has it. */
  #change(id: string, generation: number, change: (owned: OwnedSession) => void): Answer<Written> {
    const owned = this.#find(id, generation);
    if (typeof owned === 'string') return owned;
    change(owned);
    // Another process may have claimed it meanwhile: then what was written does not count.
    const answer = this.#folders.isNewest(id, generation) ? 'written' : 'fenced';
    return owned.synced()?.then((): Written => answer) ?? answer;
  }

  #mailbox(node: string): Mailbox {
    let mailbox = this.#mailboxes.get(node);
    if (mailbox === undefined) {
      mailbox = new Mailbox(this.#directory, node);
      this.#mailboxes.set(node, mailbox);
    }
    return mailbox;
  }
}

function problem(text: string, cause?: unknown): Error {
  return new Error(text, { cause });
}

function warn(error: Error): void {
  process.emitWarning(error.message, 'SessionStoreWarning');
}
