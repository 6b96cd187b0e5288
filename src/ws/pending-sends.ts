// What waits behind a Blob, which is read before it can be sent: later messages, pings and the closing handshake keep their
// place.

type Task = () => void | Promise<void>;

export class PendingSends {
  readonly #tasks: Task[] = [];
  readonly #done: () => void;
  /** Bytes that wait. */
  size = 0;

  /** @param done  called when nothing waits any more */
  constructor(done: () => void) {
    this.#done = done;
  }

  /** @param task  does not reject */
  add(task: Task, size = 0): void {
    this.#tasks.push(async () => {
      await task(); // a Blob counts while it is read
      this.size -= size;
    });
    this.size += size;
    if (this.#tasks.length === 1) void this.#run();
  }

  async #run(): Promise<void> {
    // The first one stays in the list while it runs: what is added meanwhile waits.
    for (let task = this.#tasks[0]; task !== undefined; task = this.#tasks[0]) {
      await task();
      this.#tasks.shift();
    }
    this.#done();
  }
}
