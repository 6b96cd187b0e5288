// The names that clients have for sessions whose ids they do not know yet, in the directory of a file store.
//
// ```
//  <directory>/nonce-<hash>/<number>   the id of the session that it names; the highest number is the one that counts
// ```
//
// A name goes on to another session by the file of the next number, which is made by a hard link: that succeeds for one process
// only, and nobody sees half of it. So a process that was slow cannot take away what another one has named meanwhile.

import fs from 'node:fs';
import { join } from 'node:path';
import { hashOf, highest } from './session-folder.ts';

/** What a nonce names. */
export interface Named {
  readonly id: string;
  readonly number: number;
}

export class NonceNames {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  read(bind: string, nonce: string): Named | undefined {
    const folder = this.#folder(bind, nonce);
    for (let attempt = 0; attempt < 3; attempt++) {
      const number = highest(folder);
      if (number === 0) return undefined;
      try {
        return { id: fs.readFileSync(join(folder, String(number)), 'utf8'), number };
      } catch {
        // The next one has just taken its place.
      }
    }
    return undefined;
  }

  /**
   * Names a session.
   *
   * @param before  what was read; `undefined`: nothing
   * @param aside   a path that nobody else uses, on the same file system: a file is made there for a moment
   * @returns `false`: another process has named one since
   */
  write(bind: string, nonce: string, id: string, before: Named | undefined, aside: string): boolean {
    const folder = this.#folder(bind, nonce);
    const number = before?.number ?? 0;
    fs.mkdirSync(folder, { recursive: true });
    try {
      fs.writeFileSync(aside, id, { mode: 0o600 });
      fs.linkSync(aside, join(folder, String(number + 1)));
    } catch (error) {
      // ENOENT: it was removed a moment ago, as that of a session that is over.
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || (code === 'ENOENT' && fs.existsSync(aside))) return false;
      throw error;
    } finally {
      fs.rmSync(aside, { force: true });
    }
    if (number > 0) fs.rmSync(join(folder, String(number)), { force: true });
    if (highest(folder) === number + 1) return true;
    // Others came and went since it was read.
    fs.rmSync(join(folder, String(number + 1)), { force: true });
    return false;
  }

  /** Removes the name of a session that has been over for a minute, unless it names another one by now. */
  remove(bind: string, nonce: string, id: string): void {
    const named = this.read(bind, nonce);
    if (named?.id !== id) return;
    const folder = this.#folder(bind, nonce);
    try {
      // With those that a process has left that died before it removed them.
      for (const name of fs.readdirSync(folder)) if (Number(name) <= named.number) fs.rmSync(join(folder, name));
      fs.rmdirSync(folder);
    } catch {
      // It names another one, or another process removes it.
    }
  }

  /** Nonces come from clients: they are not used as names of files. */
  #folder(bind: string, nonce: string): string {
    return join(this.#directory, `nonce-${hashOf(`${nonce} ${bind}`)}`);
  }
}
