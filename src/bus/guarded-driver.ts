// A driver of the application's own, which may break the promises of bus-driver.ts: it throws, its methods are `async` and reject, it
// delivers other things than bytes, it never closes. What it does wrong is told as a trouble of the bus, and ends nothing.

import type { BusDriver, BusEvents } from './bus-driver.ts';

const NOTHING = new Uint8Array(0);

export class GuardedDriver implements BusDriver {
  readonly #driver: BusDriver;
  #events: BusEvents | undefined;
  /** From before `open`. */
  readonly #early: Error[] = [];

  constructor(driver: BusDriver) {
    this.#driver = driver;
  }

  get name(): string {
    return this.#driver.name;
  }

  get address(): string {
    return this.#driver.address;
  }

  get maxPayload(): number {
    return this.#driver.maxPayload;
  }

  get payloadBound(): string {
    return this.#driver.payloadBound;
  }

  open(events: BusEvents): void {
    this.#events = events;
    for (const error of this.#early) events.trouble(error);
    const given: BusEvents = {
      ready: () => events.ready(),
      lost: (error, silence) => events.lost(error, silence),
      refused: (error) => events.refused(error),
      trouble: (error) => events.trouble(error),
      // Without bytes it counts as a message of somebody else.
      message: (channel, payload) => events.message(channel, payload?.byteLength === undefined ? NOTHING : payload),
    };
    settling(() => this.#driver.open(given)).catch((error: Error) => events.refused(error));
  }

  publish(channel: string, payload: Uint8Array): boolean {
    try {
      const isHanded: unknown = this.#driver.publish(channel, payload);
      if (typeof isHanded === 'object') settling(() => isHanded).catch(this.#trouble);
      return Boolean(isHanded);
    } catch (error) {
      this.#trouble(error as Error);
      return false;
    }
  }

  subscribe(channels: readonly string[]): Promise<void> {
    return settling(() => this.#driver.subscribe(channels)).catch(this.#trouble);
  }

  unsubscribe(channels: readonly string[]): void {
    settling(() => this.#driver.unsubscribe(channels)).catch(this.#trouble);
  }

  flush(): Promise<void> {
    return settling(() => this.#driver.flush()).catch(this.#trouble);
  }

  close(): Promise<void> {
    return settling(() => this.#driver.close()).catch(this.#trouble);
  }

  readonly #trouble = (error: Error): void => {
    if (this.#events === undefined) this.#early.push(error);
    else this.#events.trouble(error);
  };
}

/** Calls what may throw, or return a promise that rejects. */
async function settling(call: () => unknown): Promise<void> {
  await call();
}
