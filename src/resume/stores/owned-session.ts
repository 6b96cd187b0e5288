// A session that a process owns by a file store: what its files say, without reading them at each call, and the log that it
// appends to.

import { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { join } from 'node:path';
import {
  newHead,
  type SessionHead,
  type SessionLog,
  type SessionProgress,
  type StoredPiece,
} from '../protocol/store.ts';
import { LogFile, type OpenFiles } from './log-file.ts';
import { gapBetween } from './piece-log.ts';
import {
  logBytes,
  pieceBytes,
  progressBytes,
  readLog,
  type SessionFile,
  type SessionLogs,
  trimBytes,
} from './session-file.ts';
import type { SessionFolders } from './session-folder.ts';
import type { SessionRecord } from './session-record.ts';

/** A log that is this large is written anew, without what is not needed any more; and then when it is twice as large. */
const SMALLEST_LOG = 64 * 1024;

export class OwnedSession {
  #file: SessionFile;
  #log: LogFile | undefined;
  #head: SessionHead;
  readonly #last: Record<SessionLog, number>;
  #limit = SMALLEST_LOG;
  readonly #folders: SessionFolders;
  readonly #open: OpenFiles;
  readonly #isSynced: boolean;

  /** @param logs  what its log says, if it has one */
  constructor(
    file: SessionFile,
    logs: SessionLogs | undefined,
    folders: SessionFolders,
    open: OpenFiles,
    isSynced: boolean,
  ) {
    this.#file = file;
    this.#head = logs?.head ?? file.head;
    this.#last = { outgoing: logs?.outgoing.last ?? 0, incoming: logs?.incoming.last ?? 0 };
    this.#folders = folders;
    this.#open = open;
    this.#isSynced = isSynced;
    if (file.log !== undefined && logs !== undefined) this.#log = new LogFile(this.#folder, file.log, logs.size, open);
  }

  get record(): SessionRecord {
    return this.#file.record;
  }

  get head(): SessionHead {
    return this.#head;
  }

  get #folder(): string {
    return this.#folders.folder(this.record.id);
  }

  /** Reads the log. `undefined`: it has none. */
  static logs(folders: SessionFolders, { record, log, size }: SessionFile): SessionLogs | undefined {
    if (log === undefined) return undefined;
    let bytes: Buffer;
    try {
      bytes = fs.readFileSync(join(folders.folder(record.id), log));
    } catch {
      bytes = Buffer.alloc(0);
    }
    return readLog(bytes, size);
  }

  logs(): SessionLogs | undefined {
    return OwnedSession.logs(this.#folders, this.#file);
  }

  append(log: SessionLog, pieces: readonly StoredPiece[]): void {
    const bytes: Buffer[] = [];
    let last = this.#last[log];
    for (const piece of pieces) {
      const { sequence } = piece;
      if (sequence <= last) continue;
      if (log === 'outgoing' && sequence !== last + 1) throw new Error(gapBetween(last, sequence));
      bytes.push(pieceBytes(log, piece));
      last = sequence;
    }
    if (bytes.length === 0) return;
    this.#write(bytes.length === 1 ? (bytes[0] as Buffer) : Buffer.concat(bytes));
    this.#last[log] = last;
  }

  trim(acknowledged: number, isContinuing: boolean): void {
    if (acknowledged <= this.#head.acknowledged) return;
    this.#write(trimBytes(acknowledged, isContinuing));
    this.#head = { ...this.#head, acknowledged, isContinuing };
    this.#last.outgoing = Math.max(this.#last.outgoing, acknowledged);
  }

  commit(progress: SessionProgress): void {
    const { acknowledged, isContinuing, data } = this.#head;
    // The application's data may be large, and seldom changes.
    this.#write(progressBytes(progress, progress.data !== data));
    this.#head = { ...progress, acknowledged, isContinuing };
    this.#last.incoming = Math.max(this.#last.incoming, progress.handledWhole);
    if (this.record.state !== 'current') this.replace({ ...this.record, state: 'current' });
  }

  /** Writes its file with this record. One that has no state any more loses its log. */
  replace(record: SessionRecord): void {
    const old = this.#log;
    const hasState = record.state !== 'none';
    if (!hasState) {
      this.#log = undefined;
      this.#head = newHead(this.#head.data);
      this.#last.outgoing = this.#last.incoming = 0;
    }
    this.#save(record);
    if (!hasState) old?.remove();
  }

  /** As {@link replace}, where only its time is another one: what was appended stays, committed or not. */
  keepUntil(until: number): void {
    this.#save({ ...this.record, until });
  }

  /** Goes on as this generation, which was written. */
  retaken(record: SessionRecord): void {
    this.#file = { ...this.#file, record };
  }

  /** Resolves when the log is on the disk; `undefined` where nobody waits for that. */
  synced(): Promise<void> | undefined {
    return this.#isSynced ? this.#log?.sync() : undefined;
  }

  close(): void {
    this.#log?.close();
  }

  #save(record: SessionRecord): void {
    const file: SessionFile = {
      record,
      log: this.#log?.name,
      size: this.#log?.size ?? 0,
      head: this.#head,
      last: this.#last.outgoing,
    };
    this.#folders.write(file);
    this.#file = file;
  }

  #write(bytes: Buffer): void {
    if (this.#log === undefined) this.#begin(logBytes(this.#head, [], []));
    else if (this.#log.size > this.#limit) this.#compactIfPossible();
    this.#log?.append(bytes);
  }

  /** On a disk that has no room for two of them, the log grows for now. */
  #compactIfPossible(): void {
    try {
      this.#compact();
    } catch {
      this.#limit = (this.#log?.size ?? 0) + SMALLEST_LOG;
    }
  }

  #compact(): void {
    const logs = this.logs();
    if (logs === undefined || logs.damage !== undefined) return;
    this.#begin(logBytes(logs.head, logs.outgoing.since(0), logs.incoming.since(0)));
  }

  /** Goes on with another log file. The one before it stays where another process has taken the session, which reads it. */
  #begin(bytes: Buffer): void {
    const { id, generation } = this.record;
    const old = this.#log;
    const number = old?.name.startsWith(`log-${generation}-`) ? Number(old.name.split('-')[2]) + 1 : 0;
    const made = LogFile.make(this.#folder, `log-${generation}-${number}`, bytes, this.#isSynced, this.#open);
    this.#log = made;
    try {
      this.#save(this.record);
    } catch (error) {
      // The file of the session names the one before it: what went into this one would be lost.
      this.#log = old;
      made.remove();
      throw error;
    }
    this.#limit = Math.max(SMALLEST_LOG, 2 * bytes.length);
    if (this.#folders.isNewest(id, generation)) old?.remove();
    else old?.close();
  }

  /** As the owner from now on: in another log, which the owner before it does not know. */
  adopt(logs: SessionLogs): void {
    this.#begin(logBytes(logs.head, logs.outgoing.since(0), logs.incoming.since(0)));
  }
}
