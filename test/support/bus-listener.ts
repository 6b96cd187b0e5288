// What a driver of the bus told a test, in order.

import type { BusDriver, BusEvents } from '../../src/bus/bus-driver.ts';

export class BusListener implements BusEvents {
  readonly driver: BusDriver;
  readonly told: { readonly event: string; readonly error?: Error }[] = [];
  /** Texts of messages, each with its channel before it. */
  readonly messages: string[] = [];
  /** Called after each event but `message`. */
  at: ((event: string) => void) | undefined;
  #wake: (() => void)[] = [];

  constructor(driver: BusDriver) {
    this.driver = driver;
  }

  open(): this {
    this.driver.open(this);
    return this;
  }

  ready(): void {
    this.#note('ready');
  }

  lost(error: Error): void {
    this.#note('lost', error);
  }

  refused(error: Error): void {
    this.#note('refused', error);
  }

  trouble(error: Error): void {
    this.#note('trouble', error);
  }

  message(channel: string, payload: Uint8Array): void {
    this.messages.push(`${channel} ${new TextDecoder().decode(payload)}`);
    this.#rouse();
  }

  /** The names of the events that were told. */
  get events(): string[] {
    return this.told.map(({ event }) => event);
  }

  /** Texts of all errors. */
  get errors(): string[] {
    return this.told.flatMap(({ error }) => (error === undefined ? [] : [error.message]));
  }

  publish(channel: string, text: string): boolean {
    return this.driver.publish(channel, new TextEncoder().encode(text));
  }

  /** Settles as soon as a condition is true after an event. */
  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await new Promise<void>((resolve) => this.#wake.push(resolve));
  }

  /** The next event of a name, of those to come. @returns its error */
  async next(name: string): Promise<Error | undefined> {
    const from = this.told.length;
    const found = () => this.told.slice(from).find(({ event }) => event === name);
    await this.until(() => found() !== undefined);
    return found()?.error;
  }

  #note(event: string, error?: Error): void {
    this.told.push(error === undefined ? { event } : { event, error });
    this.at?.(event);
    this.#rouse();
  }

  #rouse(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const one of wake) one();
  }
}
