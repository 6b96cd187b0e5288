// Values in the order in which they came, for a test that waits for them.

/** A queue between a callback and a test. */
export class Inbox<Value> {
  readonly #values: Value[] = [];
  readonly #waiting: ((value: Value) => void)[] = [];

  readonly push = (value: Value): void => {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#values.push(value);
    else waiting(value);
  };

  /** The next value, when it has come. */
  next(): Promise<Value> {
    if (this.#values.length > 0) return Promise.resolve(this.#values.shift() as Value);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  async take(count: number): Promise<Value[]> {
    const values: Value[] = [];
    while (values.length < count) values.push(await this.next());
    return values;
  }

  /** What has come and was not asked for. */
  get rest(): readonly Value[] {
    return this.#values;
  }
}
