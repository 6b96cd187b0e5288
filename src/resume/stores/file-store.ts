// Sessions in a directory that the processes of one machine share. The state that another process needs to go on with a
// session is written when its owner drains or gives it up. So a restart and a rolling deploy lose nothing; a process that is
// killed loses the sessions that it owned.
//
// ```
//  <directory>/<hash of the id>/<generation>   a session; the highest generation is the one that counts
//  <directory>/nonce-<hash>                    the id of a session whose client does not know it yet
//  <directory>/node-<name>/alive               the number of a process
//  <directory>/node-<name>/<hash of the id>    another process wants this session of it
// ```
//
// A file is written under another name and then gets its own, so nobody sees half of one. A claim makes the file of the next
// generation by a hard link, which succeeds for one process only. Calls of the file system are short and synchronous.

import type { Buffer } from 'node:buffer';
import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../../core/option-check.ts';
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
import { Mailbox } from './mailbox.ts';
import { fileStoreSchema } from './option-rows.ts';
import type { FileStoreOptions } from './options.ts';
import { readSession, type SessionRecord, type StoredSession, sessionBytes } from './session-file.ts';

/** Time that a tombstone of a session is kept that ended with nobody to end it. */
const TOMBSTONE = 60_000;
/** Time for the owner of a session to give it up. */
const PATIENCE = 2_000;
const SWEEP_EVERY = 30_000;

type New = Claimed & { readonly isNew: boolean };

const STALE: Stale = { kind: 'stale' };
const UNKNOWN: ClaimAnswer = { kind: 'unknown', isRetiredToken: false };

/**
 * Makes a store of sessions in a directory, for `createServer({ resume: { store } })`: a restart of the process, or a rolling
 * deploy of several on one machine, then loses nothing.
 *
 * @throws the system's error if the directory cannot be made; WebSocketError ERR_WS_OPTION
 */
export function fileStore(options: FileStoreOptions): SessionStore {
  return new FileStore(readOptions(fileStoreSchema, options));
}

export class FileStore implements SessionStore {
  readonly #directory: string;
  readonly #failed: (error: Error) => void;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #sweep: NodeJS.Timeout;
  #number = 0;

  constructor({ directory, failed = warn }: FileStoreOptions) {
    this.#directory = directory;
    this.#failed = failed;
    fs.mkdirSync(directory, { recursive: true });
    this.#sweep = setInterval(() => this.sweep(), SWEEP_EVERY);
    this.#sweep.unref();
  }

  async create(creation: Creation, keep: number): Promise<New | Stale> {
    const { id, tokenHash, nonce, attempt, bind, node, data } = creation;
    this.#mailbox(node);
    const known = this.#readNonce(bind, nonce);
    if (known !== undefined) {
      const claimed = await this.#claim(known, node, (tokens, { tombstone }) => {
        if (tokens.isKnown || isStale(tokens, attempt)) return STALE;
        // It ended before its client knew it: another one takes its place.
        if (tombstone !== undefined) return UNKNOWN;
        renewToken(tokens, attempt, tokenHash);
        return undefined;
      });
      if (claimed.kind === 'claimed') return { ...claimed, isNew: false };
      if (claimed.kind !== 'unknown') return STALE;
      this.#removeNonce(bind, nonce); // of a session that is gone
    }
    const record: SessionRecord = {
      id,
      generation: 1,
      bind,
      tokens: newTokens(tokenHash, nonce, attempt),
      node,
      until: 0,
      tombstone: undefined,
    };
    fs.mkdirSync(this.#folder(id), { recursive: true });
    this.#write(record, newState(data));
    if (!this.#writeNonce(bind, nonce, id)) {
      // Another process was faster with the same nonce.
      this.#remove(id);
      return this.create(creation, keep);
    }
    return { kind: 'claimed', id, generation: 1, isOrphan: false, isNew: true };
  }

  claim({ id, tokenHash, nextHash, attempt, bind, node }: ClaimRequest): Promise<ClaimAnswer> {
    this.#mailbox(node);
    return this.#claim(id, node, (tokens, record) => {
      if (record.bind !== bind) return UNKNOWN;
      // Before the token, which may be retired: then the client has another one, on a connection that it opened later.
      if (isStale(tokens, attempt)) return STALE;
      const check = checkToken(tokens, tokenHash);
      if (check !== 'valid') return { kind: 'unknown', isRetiredToken: check === 'retired' };
      if (record.tombstone !== undefined) return { kind: 'tombstone', tombstone: record.tombstone };
      takeAttempt(tokens, attempt);
      rotateToken(tokens, tokenHash, nextHash);
      return undefined;
    });
  }

  load(id: string, generation: number): SessionState | undefined {
    return this.#owned(id, generation)?.state;
  }

  confirm(id: string, generation: number): Written {
    return this.#change(id, generation, ({ record }) => {
      const tokens = { ...record.tokens };
      confirmToken(tokens);
      this.#write({ ...record, tokens }, undefined);
    });
  }

  detach(id: string, generation: number, keep: number): Written {
    return this.#change(id, generation, ({ record, state }) => {
      this.#write({ ...record, until: Date.now() + keep }, state);
    });
  }

  release(id: string, generation: number, keep: number, state: SessionState): Written {
    return this.#change(id, generation, ({ record }) => {
      this.#write({ ...record, node: undefined, until: Date.now() + keep }, state);
    });
  }

  end(id: string, generation: number, tombstone: Tombstone, keep: number): Written {
    return this.#change(id, generation, ({ record }) => this.#bury(record, tombstone, keep));
  }

  onFenced(node: string, fenced: (id: string, generation: number) => Answer<void>): void {
    this.#mailbox(node).wanted = (hash) => {
      const stored = this.#readFolder(join(this.#directory, hash));
      if (stored?.record.node === node) return fenced(stored.record.id, stored.record.generation);
      return undefined;
    };
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const mailbox of this.#mailboxes.values()) mailbox.close();
    this.#mailboxes.clear();
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
    const stored = this.#readFolder(folder);
    const { record } = stored ?? {};
    const now = Date.now();
    if (record === undefined) {
      // Half made, or damaged: of no use, and old enough that nobody is still writing it.
      const { mtimeMs } = fs.statSync(folder);
      if (now - mtimeMs > TOMBSTONE) fs.rmSync(folder, { recursive: true, force: true });
    } else if (record.until === 0) {
      // Its owner died before it could say when it is over.
      const isLost = record.node !== undefined && !Mailbox.isAlive(this.#directory, record.node);
      if (isLost) this.#write({ ...record, node: undefined, until: now + TOMBSTONE }, stored?.state);
    } else if (record.until + TOMBSTONE < now) {
      if (this.#readNonce(record.bind, record.tokens.nonce) === record.id)
        this.#removeNonce(record.bind, record.tokens.nonce);
      fs.rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Takes a session over. @param check  decides, and changes the tokens; `undefined`: it may be taken */
  async #claim(
    id: string,
    node: string,
    check: (tokens: TokenRecord, record: SessionRecord) => ClaimAnswer | undefined,
  ): Promise<ClaimAnswer> {
    let asked = 0;
    for (;;) {
      const stored = this.#read(id);
      if (stored === undefined) return UNKNOWN;
      const record = this.#expired(stored) ?? stored.record;
      const tokens = { ...record.tokens };
      const refusal = check(tokens, record);
      if (refusal !== undefined) return refusal;
      const { node: owner } = record;
      if (owner !== undefined && owner !== node && asked !== record.generation) {
        asked = record.generation;
        await this.#ask(id, owner);
        continue;
      }
      if (stored.damage !== undefined) {
        const tombstone = tombstoneOf('regressed', stored.state);
        this.#bury(record, tombstone, TOMBSTONE);
        return { kind: 'tombstone', tombstone };
      }
      const generation = record.generation + 1;
      if (!this.#writeNext({ ...record, tokens, generation, node, until: 0 }, stored.state)) continue;
      const state = owner === undefined ? stored.state : undefined;
      return { kind: 'claimed', id, generation, state, isOrphan: owner === undefined };
    }
  }

  /** Asks the owner to give it up, and waits until it has answered. One that is dead does not. */
  #ask(id: string, owner: string): Promise<void> {
    const here = this.#mailboxes.get(owner); // another server of this process
    return here === undefined ? Mailbox.ask(this.#directory, owner, hashOf(id), PATIENCE) : here.tell(hashOf(id));
  }

  #expired({ record, state }: StoredSession): SessionRecord | undefined {
    // An owner ends its sessions itself: only it knows their counts.
    if (record.tombstone !== undefined || record.node !== undefined) return undefined;
    if (record.until === 0 || record.until > Date.now()) return undefined;
    return { ...record, tombstone: tombstoneOf('expired', state) };
  }

  #bury(record: SessionRecord, tombstone: Tombstone, keep: number): void {
    this.#write({ ...record, tombstone, node: undefined, until: Date.now() + keep }, undefined);
  }

  #owned(id: string, generation: number): StoredSession | undefined {
    const stored = this.#read(id);
    if (stored === undefined) return undefined;
    const { record } = stored;
    const isOwned = record.generation === generation && record.node !== undefined && record.tombstone === undefined;
    return isOwned ? stored : undefined;
  }

  /** A change by the owner. What cannot be written is told; the owner still has it. */
  #change(id: string, generation: number, change: (stored: StoredSession) => void): Written {
    const stored = this.#owned(id, generation);
    if (stored === undefined) return 'fenced';
    change(stored);
    // Another process may have claimed it meanwhile: then what was written does not count.
    return this.#newest(this.#folder(id)) === generation ? 'written' : 'fenced';
  }

  #folder(id: string): string {
    return join(this.#directory, hashOf(id));
  }

  #newest(folder: string): number {
    let newest = 0;
    try {
      for (const name of fs.readdirSync(folder)) if (/^\d{1,15}$/.test(name)) newest = Math.max(newest, Number(name));
    } catch {
      // There is no such session.
    }
    return newest;
  }

  #read(id: string): StoredSession | undefined {
    const stored = this.#readFolder(this.#folder(id));
    return stored?.record.id === id ? stored : undefined;
  }

  #readFolder(folder: string): StoredSession | undefined {
    for (let attempt = 0; attempt < 3; attempt++) {
      const generation = this.#newest(folder);
      if (generation === 0) return undefined;
      const path = join(folder, String(generation));
      let file: Buffer;
      try {
        file = fs.readFileSync(path);
      } catch {
        continue; // the next generation has just taken its place
      }
      const stored = readSession(file);
      if (typeof stored !== 'string') {
        if (stored.damage !== undefined) this.#failed(problem(`the session file ${path} is damaged: ${stored.damage}`));
        return stored;
      }
      this.#failed(problem(`the session file ${path} cannot be used: ${stored}`));
      return undefined;
    }
    return undefined;
  }

  /** In place of the file of the same generation. */
  #write(record: SessionRecord, state: SessionState | undefined): void {
    const folder = this.#folder(record.id);
    const path = this.#writeAside(folder, record, state);
    fs.renameSync(path, join(folder, String(record.generation)));
  }

  /** @returns `false`: another process was faster */
  #writeNext(record: SessionRecord, state: SessionState | undefined): boolean {
    const folder = this.#folder(record.id);
    const path = this.#writeAside(folder, record, state);
    try {
      fs.linkSync(path, join(folder, String(record.generation)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      fs.rmSync(path, { force: true });
    }
    fs.rmSync(join(folder, String(record.generation - 1)), { force: true });
    return true;
  }

  #writeAside(folder: string, record: SessionRecord, state: SessionState | undefined): string {
    const path = join(folder, `new-${process.pid}-${OWN}-${++this.#number}`);
    fs.writeFileSync(path, sessionBytes(record, state), { mode: 0o600 });
    return path;
  }

  #remove(id: string): void {
    fs.rmSync(this.#folder(id), { recursive: true, force: true });
  }

  #noncePath(bind: string, nonce: string): string {
    return join(this.#directory, `nonce-${hashOf(`${nonce} ${bind}`)}`);
  }

  #readNonce(bind: string, nonce: string): string | undefined {
    try {
      return fs.readFileSync(this.#noncePath(bind, nonce), 'utf8');
    } catch {
      return undefined;
    }
  }

  #writeNonce(bind: string, nonce: string, id: string): boolean {
    try {
      fs.writeFileSync(this.#noncePath(bind, nonce), id, { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #removeNonce(bind: string, nonce: string): void {
    fs.rmSync(this.#noncePath(bind, nonce), { force: true });
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

function tombstoneOf(why: 'expired' | 'regressed', state: SessionState | undefined): Tombstone {
  if (state === undefined) return { why }; // nobody knows its counts
  const { handledWhole, acknowledged, pieces } = state;
  return { why, handledWhole, sent: pieces.at(-1)?.sequence ?? acknowledged };
}

/** Tells the stores of one process apart. */
const OWN = randomBytes(4).toString('hex');

/** Ids and nonces come from clients: they are not used as names of files. */
function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function problem(text: string, cause?: unknown): Error {
  return new Error(text, { cause });
}

function warn(error: Error): void {
  process.emitWarning(error.message, 'SessionStoreWarning');
}
