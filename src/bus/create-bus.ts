// Makes a bus of a driver: what `redisBus` and the others are made of, and what drivers of an application's own use.

import { webSocketError } from '../core/errors.ts';
import { readOptions, refuseArguments } from '../core/option-check.ts';
import { nodeHost } from '../node/environment.ts';
import type { BusDriver } from './bus-driver.ts';
import { BusNode } from './bus-node.ts';
import { GuardedDriver } from './guarded-driver.ts';
import { busSchema } from './option-rows.ts';
import type { BusOptions, BusSettings } from './options.ts';
import type { Bus, BusHost, BusLink, BusState } from './seam.ts';

/**
 * Makes a bus over any driver. It connects when its server listens, or its publisher is made.
 *
 * @param driver   keeps the promises of {@link BusDriver}; it is this bus's from here on
 * @param options  see {@link BusOptions}; they are read once, during the call
 * @throws WebSocketError ERR_WS_OPTION
 */
export function createBus(driver: BusDriver, options?: BusOptions): Bus;
export function createBus(driver: BusDriver, options?: BusOptions, ...rest: unknown[]): Bus {
  refuseArguments('createBus', rest, 'handlers are in its options');
  checkDriver(driver);
  checkFields(driver);
  return busOf(new GuardedDriver(driver), readOptions(busSchema, options));
}

/** As {@link createBus}, with options that the schema of a driver has checked; it may have more of them. */
export function busOf(driver: BusDriver, options: BusOptions): Bus {
  const { prefix = 'hws', node = 'node', required = true, timeout = 5_000, linger = 1_000 } = options;
  const { liveness = 2_000, deadline = 1_000, maxChannels = 50_000 } = options;
  const { lost, ready, failed, nodeJoined, nodeGone } = options;
  const id = `${node}-${randomName()}`;
  const handlers = { lost, ready, failed, nodeJoined, nodeGone };
  return new OwnBus(driver, {
    id,
    prefix,
    node,
    required,
    timeout,
    linger,
    liveness,
    deadline,
    maxChannels,
    ...handlers,
  });
}

class OwnBus implements Bus {
  readonly #driver: BusDriver;
  readonly #settings: BusSettings;
  #used: { readonly node?: BusNode; readonly by: string } | undefined;

  constructor(driver: BusDriver, settings: BusSettings) {
    this.#driver = driver;
    this.#settings = settings;
  }

  get id(): string {
    return this.#settings.id;
  }

  get driver(): string {
    return this.#driver.name;
  }

  get address(): string {
    return this.#driver.address;
  }

  get state(): BusState {
    return this.#used?.node?.state ?? 'idle';
  }

  async settled(): Promise<void> {
    await this.#used?.node?.settled();
  }

  use(host: BusHost): BusLink {
    if (this.#used !== undefined) throw webSocketError('ERR_WS_BUS_USED', this.#used.by);
    const node = new BusNode(this.#driver, this.#settings, host);
    this.#used = { node, by: `a ${host.role}` };
    return node;
  }

  give(by: string): { readonly driver: BusDriver; readonly settings: BusSettings } {
    if (this.#used !== undefined) throw webSocketError('ERR_WS_BUS_USED', this.#used.by);
    this.#used = { by };
    return { driver: this.#driver, settings: this.#settings };
  }
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Another one for each start of each process: 41 bits. */
function randomName(): string {
  const bytes = new Uint8Array(8);
  nodeHost.random.fill(bytes);
  return Array.from(bytes, (byte) => LETTERS.charAt(byte % LETTERS.length)).join('');
}

const METHODS = ['open', 'publish', 'subscribe', 'unsubscribe', 'flush', 'close'] as const;

/** @throws WebSocketError ERR_WS_OPTION */
function checkDriver(driver: unknown): void {
  const isDriver =
    typeof driver === 'object' &&
    driver !== null &&
    METHODS.every((name) => typeof Reflect.get(driver, name) === 'function');
  if (!isDriver) {
    throw webSocketError(
      'ERR_WS_OPTION',
      'first argument of createBus',
      driver,
      `a driver, with the methods ${METHODS.join(', ')}`,
    );
  }
}

/** @throws WebSocketError ERR_WS_OPTION: without them, a message of any size would go to the broker, and errors would name nothing */
function checkFields({ name, address, maxPayload, payloadBound }: BusDriver): void {
  const wrong = (field: string, value: unknown, expected: string): never => {
    throw webSocketError('ERR_WS_OPTION', `${field} of the driver`, value, expected);
  };
  if (typeof name !== 'string' || name === '') wrong('name', name, "a name such as 'redis'");
  if (typeof address !== 'string')
    wrong('address', address, "an address without credentials, such as 'redis://10.0.0.7:6379'");
  if (typeof maxPayload !== 'number' || !(maxPayload >= 0)) {
    wrong('maxPayload', maxPayload, 'the bytes of the largest payload, or Infinity');
  }
  if (typeof payloadBound !== 'string')
    wrong('payloadBound', payloadBound, "what sets maxPayload, such as 'max_payload of nats-server'");
}
