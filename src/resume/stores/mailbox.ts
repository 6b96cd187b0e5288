// How processes on one directory ask each other for a session: a folder for each process, in which the others leave the
// name of a session that they want, with its generation: what was asked of an earlier one says nothing of this one. Its owner
// looks often, and notices at once where the system tells of changes.

import fs from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY = 50;
const LOOK_AGAIN = 5;
const ALIVE = 'alive';

export class Mailbox {
  /** Called with the hash of the id of a session that another process wants. */
  wanted: ((hash: string) => unknown) | undefined;
  readonly #folder: string;
  readonly #looks: NodeJS.Timeout;
  readonly #told = new Map<string, Promise<void>>();
  #watcher: fs.FSWatcher | undefined;

  constructor(directory: string, node: string) {
    this.#folder = folderOf(directory, node);
    fs.mkdirSync(this.#folder, { recursive: true });
    fs.writeFileSync(join(this.#folder, ALIVE), String(process.pid));
    this.#looks = setInterval(() => this.#look(), LOOK_EVERY);
    this.#looks.unref();
    try {
      this.#watcher = fs.watch(this.#folder, { persistent: false }, () => this.#look());
      this.#watcher.on('error', () => {});
    } catch {
      // Looking from time to time will do.
    }
  }

  /** Another process, or another server of this one, wants a session. Resolves when it was given up, or is not here. */
  tell(hash: string, generation: number): Promise<void> {
    return this.#tell(wordOf(hash, generation));
  }

  #tell(word: string): Promise<void> {
    let told = this.#told.get(word);
    if (told === undefined) {
      told = this.#give(word.split('-')[0] as string).finally(() => this.#told.delete(word));
      this.#told.set(word, told);
    }
    return told;
  }

  async #give(hash: string): Promise<void> {
    try {
      await this.wanted?.(hash);
    } catch {
      // It stays here, and the process that wants it takes it as that of a dead one.
    }
  }

  close(): void {
    clearInterval(this.#looks);
    this.#watcher?.close();
    fs.rmSync(this.#folder, { recursive: true, force: true });
  }

  #look(): void {
    let names: string[];
    try {
      names = fs.readdirSync(this.#folder);
    } catch {
      return;
    }
    for (const name of names) {
      if (name === ALIVE || this.#told.has(name)) continue;
      void this.#tell(name).then(() => fs.rmSync(join(this.#folder, name), { force: true }));
    }
  }

  /** Leaves word for the process `node`, and waits until it has taken that away, is dead, or `patience` milliseconds are over. */
  static async ask(directory: string, node: string, hash: string, generation: number, patience: number): Promise<void> {
    const word = join(folderOf(directory, node), wordOf(hash, generation));
    const deadline = performance.now() + patience;
    try {
      if (Mailbox.isAlive(directory, node)) fs.writeFileSync(word, '');
      while (fs.existsSync(word) && performance.now() < deadline && Mailbox.isAlive(directory, node)) {
        await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
      }
    } catch (error) {
      // Its folder is gone: it has ended meanwhile. One that cannot be asked, as on a full disk, may live.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    } finally {
      fs.rmSync(word, { force: true });
    }
  }

  static isAlive(directory: string, node: string): boolean {
    try {
      const pid = Number(fs.readFileSync(join(folderOf(directory, node), ALIVE), 'utf8'));
      if (pid <= 0) return false; // written on a full disk: its process has given up, and 0 would ask this one
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'EPERM'; // alive, and of another user
    }
  }
}

function folderOf(directory: string, node: string): string {
  return join(directory, `node-${node}`);
}

function wordOf(hash: string, generation: number): string {
  return `${hash}-${generation}`;
}
