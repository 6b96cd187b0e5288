// `createNetConnection`: listens to the default network, or to one with certain capabilities. From `register` to
// `unregister` it belongs to the network that was in place at `register`.
//
//   register ──▶ a net matches ──▶ netAvailable, netCapabilitiesChange, netConnectionPropertiesChange
//                    │  ├─ it changes ──▶ netCapabilitiesChange, netConnectionPropertiesChange, netBlockStatusChange
//                    │  └─ it goes, or another is used ──▶ netLost ──▶ again
//                    └─ none within the timeout ──▶ netUnavailable

import { setImmediate } from 'node:timers';
import { type AsyncCallback, type Callback, type Net, type NetSource, network } from '../host.ts';
import { connectionError, requirePermission, shown } from './errors.ts';
import { KitNetHandle } from './net-handle.ts';
import { defaultNet, netSource } from './nets.ts';
import { capabilitiesOf, propertiesOf } from './shapes.ts';
import type {
  NetBlockStatusInfo,
  NetCapabilities,
  NetCapabilityInfo,
  NetConnection,
  NetConnectionPropertyInfo,
  NetHandle,
  NetSpecifier,
} from './types.ts';

interface Listeners {
  netAvailable: Callback<NetHandle>;
  netBlockStatusChange: Callback<NetBlockStatusInfo>;
  netCapabilitiesChange: Callback<NetCapabilityInfo>;
  netConnectionPropertiesChange: Callback<NetConnectionPropertyInfo>;
  netLost: Callback<NetHandle>;
  netUnavailable: Callback<void>;
}

/** How many may be registered at once, as on a device. */
const MOST = 2000;
let registered = 0;

/** What `createNetConnection` is asked for. */
export interface Wanted {
  readonly capabilities: NetCapabilities | undefined;
  /** Milliseconds; 0: no bound. */
  readonly timeout: number;
}

export class KitNetConnection implements NetConnection {
  readonly #wanted: Wanted;
  readonly #listeners: { [Type in keyof Listeners]: Listeners[Type] | undefined } = {
    netAvailable: undefined,
    netBlockStatusChange: undefined,
    netCapabilitiesChange: undefined,
    netConnectionPropertiesChange: undefined,
    netLost: undefined,
    netUnavailable: undefined,
  };
  /** Ends what `register` began; present while registered. */
  #stop: (() => void) | undefined;
  /** The net that was last reported. */
  #net: Net | undefined;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  on<Type extends keyof Listeners>(type: Type, callback: Listeners[Type]): void {
    if (typeof type !== 'string' || typeof callback !== 'function') {
      throw connectionError(
        'parameter',
        `on got ${shown(type)} and ${shown(callback)}; expected an event and a function`,
      );
    }
    if (Object.hasOwn(this.#listeners, type)) this.#listeners[type] = callback;
  }

  onNetAvailable(callback: Callback<NetHandle>): void {
    this.on('netAvailable', callback);
  }

  onNetBlockStatusChange(callback: Callback<NetBlockStatusInfo>): void {
    this.on('netBlockStatusChange', callback);
  }

  onNetCapabilitiesChange(callback: Callback<NetCapabilityInfo>): void {
    this.on('netCapabilitiesChange', callback);
  }

  onNetConnectionPropertiesChange(callback: Callback<NetConnectionPropertyInfo>): void {
    this.on('netConnectionPropertiesChange', callback);
  }

  onNetLost(callback: Callback<NetHandle>): void {
    this.on('netLost', callback);
  }

  onNetUnavailable(callback: Callback<void>): void {
    this.on('netUnavailable', callback);
  }

  register(callback: AsyncCallback<void>): void {
    this.#answer('register', callback, () => {
      requirePermission('GET_NETWORK_INFO');
      if (this.#stop !== undefined) throw connectionError('registered', 'register was called before');
      if (registered >= MOST) throw connectionError('tooMany', `${MOST} are registered; call unregister`);
      return () => this.#start(netSource());
    });
  }

  unregister(callback: AsyncCallback<void>): void {
    this.#answer('unregister', callback, () => {
      if (this.#stop === undefined) throw connectionError('notRegistered', 'register was not called before');
      this.#stop();
      return undefined;
    });
  }

  /** Calls the callback later. `act` returns the work that follows it. */
  #answer(call: string, callback: unknown, act: () => (() => void) | undefined): void {
    if (typeof callback !== 'function') {
      throw connectionError('parameter', `${call} got ${shown(callback)}; expected a function`);
    }
    let error: unknown;
    let after: (() => void) | undefined;
    try {
      after = act();
    } catch (thrown) {
      error = thrown;
    }
    setImmediate(() => (callback as AsyncCallback<unknown>)(error as never, undefined));
    after?.();
  }

  #start(source: NetSource): void {
    registered++;
    const unwatch = source.watch((nets) => this.#changed(nets));
    const timer = network().clock.timer({ expired: () => this.#expired() });
    this.#stop = () => {
      registered--;
      unwatch();
      timer.clear();
      this.#stop = undefined;
      this.#net = undefined;
    };
    this.#changed(source.nets());
    if (this.#net === undefined && this.#wanted.timeout > 0) timer.set(this.#wanted.timeout);
  }

  #expired(): void {
    if (this.#net === undefined) this.#emit('netUnavailable', undefined);
  }

  #changed(nets: readonly Net[]): void {
    const before = this.#net;
    const now = this.#match(nets);
    this.#net = now;
    if (before !== undefined && before.id !== now?.id) this.#emit('netLost', new KitNetHandle(before.id));
    if (now === undefined) return;
    const netHandle = (): NetHandle => new KitNetHandle(now.id);
    const isNew = before?.id !== now.id;
    if (isNew) this.#emit('netAvailable', netHandle());
    const netCap = capabilitiesOf(now);
    if (isNew || !isEqual(netCap, capabilitiesOf(before))) {
      this.#emit('netCapabilitiesChange', { netHandle: netHandle(), netCap });
    }
    const connectionProperties = propertiesOf(now);
    if (isNew || !isEqual(connectionProperties, propertiesOf(before))) {
      this.#emit('netConnectionPropertiesChange', { netHandle: netHandle(), connectionProperties });
    }
    if (now.isBlocked !== (isNew ? false : before.isBlocked)) {
      this.#emit('netBlockStatusChange', { netHandle: netHandle(), blocked: now.isBlocked });
    }
  }

  /** The net to report; the one that is reported stays it as long as it matches. */
  #match(nets: readonly Net[]): Net | undefined {
    const { capabilities } = this.#wanted;
    if (capabilities === undefined) return defaultNet(nets);
    const matching = nets.filter((net) => hasAll(net, capabilities));
    return matching.find(({ id }) => id === this.#net?.id) ?? matching[0];
  }

  #emit<Type extends keyof Listeners>(type: Type, value: Parameters<Listeners[Type]>[0]): void {
    const stop = this.#stop;
    setImmediate(() => {
      // Nothing comes after `unregister`. The listener is the one of this moment.
      if (this.#stop === stop) (this.#listeners[type] as ((value: unknown) => void) | undefined)?.(value);
    });
  }
}

/** Whether a net has one of the bearers, if any is named, and all of the capabilities. */
function hasAll(net: Net, { bearerTypes, networkCap = [] }: NetCapabilities): boolean {
  const own = capabilitiesOf(net);
  const isCarried = bearerTypes.length === 0 || own.bearerTypes.some((type) => bearerTypes.includes(type));
  return isCarried && networkCap.every((capability) => own.networkCap?.includes(capability));
}

function isEqual(one: object, other: object): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** The arguments of `createNetConnection`. @throws BusinessError 401 */
export function readWanted(specifier: unknown, timeout: unknown): Wanted {
  if (specifier === undefined) return { capabilities: undefined, timeout: 0 };
  const wanted = (specifier as Partial<NetSpecifier> | null)?.netCapabilities;
  if (typeof wanted !== 'object' || wanted === null || !Array.isArray(wanted.bearerTypes)) {
    throw connectionError('parameter', 'the network to listen to needs netCapabilities with an array bearerTypes');
  }
  if (
    timeout !== undefined &&
    !(Number.isInteger(timeout) && (timeout as number) >= 0 && (timeout as number) < 2 ** 32)
  ) {
    throw connectionError('parameter', `the timeout is ${shown(timeout)}; expected milliseconds from 0 to 4294967295`);
  }
  const { bearerTypes, networkCap } = wanted;
  // Later changes of the application's object have no effect.
  return {
    capabilities: { bearerTypes: [...bearerTypes], networkCap: Array.isArray(networkCap) ? [...networkCap] : [] },
    timeout: (timeout as number | undefined) ?? 0,
  };
}
