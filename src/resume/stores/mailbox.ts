// How processes on one directory ask each other for a session: a folder for each process, in which the others leave the
// name of a session that they want. Its owner looks often, and notices at once where the system tells of changes.

import fs from 'node:fs';
import { join } from 'node:path';

const LOOK_EVERY = 50;
const ALIVE = 'alive';

export class Mailbox {
  /** Called with the hash of the id of a session that another process wants. */
  wanted: ((hash: string) => unknown) | undefined;
  readonly #folder: string;
  readonly #looks: NodeJS.Timeout;
  readonly #told = new Set<string>();
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

  /** Another process, or another server of this one, wants a session. @returns whether somebody is there to hear it */
  tell(hash: string): boolean {
    if (this.wanted === undefined) return false;
    if (!this.#told.has(hash)) {
      this.#told.add(hash);
      Promise.resolve(this.wanted(hash)).then(
        () => this.#told.delete(hash),
        () => this.#told.delete(hash),
      );
    }
    return true;
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
      if (name === ALIVE) continue;
      fs.rmSync(join(this.#folder, name), { force: true });
      this.tell(name);
    }
  }

  /** Leaves word for the process `node`. @returns whether it is alive */
  static want(directory: string, node: string, hash: string): boolean {
    if (!Mailbox.isAlive(directory, node)) return false;
    try {
      fs.writeFileSync(join(folderOf(directory, node), hash), '');
      return true;
    } catch {
      return false;
    }
  }

  static unwant(directory: string, node: string, hash: string): void {
    fs.rmSync(join(folderOf(directory, node), hash), { force: true });
  }

  static isAlive(directory: string, node: string): boolean {
    try {
      const pid = Number(fs.readFileSync(join(folderOf(directory, node), ALIVE), 'utf8'));
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
