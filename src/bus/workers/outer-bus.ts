// The bus to other machines of a cluster: the primary process has its one connection. It is subscribed there to what any worker is
// subscribed to, and publishes there what workers publish.
//
// Brokers send back what was published through the same connection. The workers have it already, so it is left out here, by the node
// that an envelope names.

import { type WebSocketError, webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import type { BusDriver, BusEvents } from '../bus-driver.ts';
import { Envelope } from '../envelope.ts';
import type { BusOptions } from '../options.ts';
import type { Bus, SharedSettings } from '../seam.ts';
import { Told, textOf } from '../told.ts';
import type { SharedState } from './shared-state.ts';

/** What the broker in the primary process hears. */
export interface OuterEvents {
  changed(state: SharedState): void;
  message(channel: string, payload: Uint8Array): void;
}

export class OuterBus implements BusEvents {
  readonly #driver: BusDriver;
  readonly #shared: SharedSettings;
  readonly #failed: (error: WebSocketError) => void;
  #events: OuterEvents | undefined;
  readonly #told = new Told();
  /** Nodes whose messages have gone out through here: one for each server that a worker has had. */
  readonly #own = new Set<string>();
  /** Settles when everything so far is subscribed. */
  #subscribed = Promise.resolve();
  /** Since when it is lost; 0 before it was ready. */
  #lostAt: number | undefined = 0;

  private constructor(driver: BusDriver, shared: SharedSettings, failed: (error: Error) => void) {
    this.#driver = driver;
    this.#shared = shared;
    this.#failed = shared.failed ?? failed;
  }

  /**
   * Takes a bus.
   *
   * @param failed  is told what the bus has no handler for
   * @throws WebSocketError ERR_WS_BUS_USED, ERR_WS_OPTION
   */
  static of(bus: Bus, failed: (error: Error) => void): OuterBus {
    const { driver, settings } = bus.give('a cluster');
    for (const name of ['nodeJoined', 'nodeGone'] as const) {
      if (settings[name] === undefined) continue;
      const expected = 'to be left out: the workers are the nodes, so pass it to workersBus() in them';
      throw webSocketError('ERR_WS_OPTION', name, settings[name], expected);
    }
    return new OuterBus(driver, settings, failed);
  }

  /** For the buses of workers. */
  get settings(): BusOptions {
    const { prefix, node, required, timeout, linger, liveness, deadline, maxChannels } = this.#shared;
    return { prefix, node, required, timeout, linger, liveness, deadline, maxChannels };
  }

  get state(): SharedState {
    return this.#stateOf('lost', 'it is not connected yet');
  }

  /** Begins to connect. */
  begin(events: OuterEvents): void {
    this.#events = events;
    this.#driver.open(this);
  }

  publish(channel: string, payload: Uint8Array): void {
    const publisher = publisherOf(payload);
    if (publisher !== undefined) this.#own.add(publisher);
    this.#driver.publish(channel, payload);
  }

  /**
   * @param added  what no worker was subscribed to before
   * @param all    those that a worker waits for: others may have asked for them, and not be answered yet
   */
  subscribe(added: readonly string[], all: readonly string[]): Promise<void> | undefined {
    if (all.length === 0) return undefined;
    if (added.length > 0) {
      const subscribed = this.#driver.subscribe(added);
      this.#subscribed = Promise.all([this.#subscribed, subscribed]).then(() => {});
    }
    return this.#subscribed;
  }

  unsubscribe(channels: readonly string[]): void {
    this.#driver.unsubscribe(channels);
  }

  async close(): Promise<void> {
    await this.#driver.flush();
    await this.#driver.close();
  }

  ready(): void {
    const gap = this.#lostAt === undefined || this.#lostAt === 0 ? 0 : Date.now() - this.#lostAt;
    this.#lostAt = undefined;
    this.#events?.changed(this.#stateOf('ready', ''));
    this.#told.tell(() => this.#shared.ready?.({ gap }));
  }

  lost(error: Error, silence = 0): void {
    this.#events?.changed(this.#stateOf('lost', textOf(error)));
    if (this.#lostAt !== undefined) return;
    this.#lostAt = Date.now() - silence;
    const reason = webSocketErrorFrom(error, 'ERR_WS_BUS_LOST', this.#driver.address, textOf(error));
    this.#told.tell(() => this.#shared.lost?.(reason));
  }

  refused(error: Error): void {
    this.#events?.changed(this.#stateOf('refused', textOf(error)));
    const reason = webSocketErrorFrom(error, 'ERR_WS_BUS_REFUSED', this.#driver.address, textOf(error));
    this.#told.tell(() => this.#failed(reason));
  }

  trouble(error: Error): void {
    const reason = webSocketErrorFrom(error, 'ERR_WS_BUS_TROUBLE', this.#driver.address, textOf(error));
    this.#told.tell(() => this.#failed(reason));
  }

  message(channel: string, payload: Uint8Array): void {
    const publisher = publisherOf(payload);
    if (publisher === undefined || !this.#own.has(publisher)) this.#events?.message(channel, payload);
  }

  #stateOf(kind: SharedState['kind'], reason: string): SharedState {
    const { address, maxPayload, payloadBound } = this.#driver;
    return { kind, reason, address, maxPayload, payloadBound };
  }
}

/** Which node has sent a message; `undefined`: it is not one of this package. */
function publisherOf(payload: Uint8Array): string | undefined {
  const envelope = Envelope.read(payload);
  return typeof envelope === 'string' ? undefined : envelope.node;
}
