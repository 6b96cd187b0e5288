// The files of sessions in the directory of a file store: which file is the one that counts, replacing it, and taking the next
// generation.
//
// ```
//  <directory>/<hash of the id>/<generation>   a session; the highest generation is the one that counts
//  <directory>/<hash of the id>/log-…          its log (log-file.ts)
// ```
//
// A file is written under another name and then gets its own, so nobody sees half of one. A claim makes the file of the next
// generation by a hard link, which succeeds for one process only.

import type { Buffer } from 'node:buffer';
import fs from 'node:fs';
import { join } from 'node:path';
import { lateCrypto } from '../../node/late-modules.ts';
import { writeWhole } from './log-file.ts';
import { readSession, type SessionFile, sessionBytes } from './session-file.ts';

/** Tells the stores of one process apart. */
let own: string | undefined;

export class SessionFolders {
  readonly directory: string;
  readonly #isSynced: boolean;
  readonly #damaged: (text: string) => void;
  #number = 0;

  /**
   * @param isSynced  waits for the disk
   * @param damaged   is told of each file that cannot be used
   */
  constructor(directory: string, isSynced: boolean, damaged: (text: string) => void) {
    this.directory = directory;
    this.#isSynced = isSynced;
    this.#damaged = damaged;
    fs.mkdirSync(directory, { recursive: true });
  }

  folder(id: string): string {
    return join(this.directory, hashOf(id));
  }

  make(id: string): void {
    fs.mkdirSync(this.folder(id), { recursive: true });
  }

  remove(id: string): void {
    fs.rmSync(this.folder(id), { recursive: true, force: true });
  }

  /** Whether this generation is the one that counts: two looks at the file system. */
  isNewest(id: string, generation: number): boolean {
    const folder = this.folder(id);
    return fs.existsSync(join(folder, String(generation))) && !fs.existsSync(join(folder, String(generation + 1)));
  }

  read(id: string): SessionFile | undefined {
    const file = this.readFolder(this.folder(id));
    return file?.record.id === id ? file : undefined;
  }

  readFolder(folder: string): SessionFile | undefined {
    for (let attempt = 0; attempt < 3; attempt++) {
      const generation = highest(folder);
      if (generation === 0) return undefined;
      const file = this.readGeneration(folder, generation);
      if (file !== 'gone') return file; // or the next generation has just taken its place
    }
    return undefined;
  }

  readGeneration(folder: string, generation: number): SessionFile | 'gone' | undefined {
    const path = join(folder, String(generation));
    let bytes: Buffer;
    try {
      bytes = fs.readFileSync(path);
    } catch {
      return 'gone';
    }
    const file = readSession(bytes);
    if (typeof file !== 'string') return file;
    this.#damaged(`the session file ${path} cannot be used: ${file}`);
    return undefined;
  }

  /** In place of the file of the same generation. */
  write(file: SessionFile): void {
    const { id, generation } = file.record;
    fs.renameSync(this.#writeAside(file), join(this.folder(id), String(generation)));
  }

  /** @returns `false`: another process was faster */
  writeNext(file: SessionFile): boolean {
    const { id, generation } = file.record;
    const path = this.#writeAside(file);
    try {
      fs.linkSync(path, join(this.folder(id), String(generation)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      fs.rmSync(path, { force: true });
    }
    return true;
  }

  removeGeneration(id: string, generation: number): void {
    fs.rmSync(join(this.folder(id), String(generation)), { force: true });
  }

  /** A path in the folder of a session that nobody else uses. */
  aside(id: string): string {
    own ??= lateCrypto().randomBytes(4).toString('hex');
    return join(this.folder(id), `new-${process.pid}-${own}-${++this.#number}`);
  }

  #writeAside(file: SessionFile): string {
    const path = this.aside(file.record.id);
    writeWhole(path, sessionBytes(file), this.#isSynced);
    return path;
  }
}

/** Ids come from clients: they are not used as names of files. */
export function hashOf(text: string): string {
  return lateCrypto().createHash('sha256').update(text).digest('hex');
}

/** The highest number among the names of files. 0: none. */
export function highest(folder: string): number {
  let found = 0;
  try {
    for (const name of fs.readdirSync(folder)) if (/^\d{1,15}$/.test(name)) found = Math.max(found, Number(name));
  } catch {
    // There is no such session.
  }
  return found;
}
