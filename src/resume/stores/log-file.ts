// A file that is only appended to, and open while it is used. What could not be written whole is cut off again.

import type { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { join } from 'node:path';

/** Files of one store that are open at a time. */
const MOST_OPEN = 256;

/** The open files of a store: the one that was used longest ago is closed when there are too many. */
export class OpenFiles {
  readonly #files = new Set<LogFile>();

  used(file: LogFile): void {
    this.#files.delete(file);
    this.#files.add(file);
    if (this.#files.size <= MOST_OPEN) return;
    for (const oldest of this.#files) {
      if (oldest === file || !oldest.close()) continue;
      return;
    }
  }

  closed(file: LogFile): void {
    this.#files.delete(file);
  }

  closeAll(): void {
    for (const file of this.#files) file.close();
    this.#files.clear();
  }
}

export class LogFile {
  readonly name: string;
  readonly #path: string;
  readonly #open: OpenFiles;
  #fd: number | undefined;
  #size: number;
  #syncing = 0;
  #sync: Promise<void> | undefined;
  #isClosing = false;

  /** @param size  bytes of it that count: what follows them is written over */
  constructor(folder: string, name: string, size: number, open: OpenFiles) {
    this.name = name;
    this.#path = join(folder, name);
    this.#size = size;
    this.#open = open;
  }

  /** Makes a file with this content, instead of one with the same name. */
  static make(folder: string, name: string, bytes: Buffer, isSynced: boolean, open: OpenFiles): LogFile {
    writeWhole(join(folder, name), bytes, isSynced);
    return new LogFile(folder, name, bytes.length, open);
  }

  get size(): number {
    return this.#size;
  }

  /** @throws the system's error: then nothing of it counts */
  append(bytes: Buffer): void {
    const fd = this.#opened();
    try {
      let at = 0;
      while (at < bytes.length) at += fs.writeSync(fd, bytes, at, bytes.length - at, this.#size + at);
    } catch (error) {
      this.#cutOff(fd);
      throw error;
    }
    this.#size += bytes.length;
  }

  /** Resolves when all that was appended is on the disk. Calls that come meanwhile share the next one. */
  sync(): Promise<void> {
    this.#sync ??= Promise.resolve().then(() => {
      this.#sync = undefined;
      return this.#syncNow();
    });
    return this.#sync;
  }

  /** @returns whether it is closed: not while the disk is waited for, but then after that */
  close(): boolean {
    if (this.#syncing > 0) {
      this.#isClosing = true;
      return false;
    }
    this.#open.closed(this);
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
    this.#isClosing = false;
    return true;
  }

  remove(): void {
    this.close();
    fs.rmSync(this.#path, { force: true });
  }

  #syncNow(): Promise<void> {
    const fd = this.#opened();
    this.#syncing++;
    return new Promise((resolve, reject) => {
      fs.fdatasync(fd, (error) => {
        this.#syncing--;
        if (this.#isClosing) this.close();
        if (error) reject(error);
        else resolve();
      });
    });
  }

  #opened(): number {
    this.#fd ??= fs.openSync(this.#path, 'r+');
    this.#open.used(this);
    return this.#fd;
  }

  #cutOff(fd: number): void {
    try {
      fs.ftruncateSync(fd, this.#size);
    } catch {
      // The next record is written over it, and its rest at the end is not a whole record.
    }
  }
}

/** Writes a file. One that cannot be written whole is removed: a full disk would be full of them. @throws the system's error */
export function writeWhole(path: string, bytes: Buffer, isSynced: boolean): void {
  try {
    fs.writeFileSync(path, bytes, { mode: 0o600, flush: isSynced });
  } catch (error) {
    fs.rmSync(path, { force: true });
    throw error;
  }
}
