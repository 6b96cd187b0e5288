// `hiAppEvent` (`@kit.PerformanceAnalysisKit`, `@ohos.hiviewdfx.hiAppEvent`): events that an application writes. Watchers get
// them, in the application and in its tests; nothing leaves the process.

import { type AsyncCallback, deviceState, later } from '../host.ts';
import { checkedEvent, checkedParams, requireDomain, requireName } from './checked-event.ts';
import { eventError } from './errors.ts';
import { EventHolder, forgetWaiting, limitWaiting } from './holder.ts';
import { eventTypes, type HiAppEventModule, names } from './module.ts';
import type * as types from './types.ts';
import type * as watcherTypes from './watcher-types.ts';
import { addWatcher, publish, removeWatcher } from './watchers.ts';

const KEY = /^[A-Za-z_$][A-Za-z0-9_$]{0,255}$/;
const STORAGE = /^(\d+)(?:b|([kmgt])b?)?$/i;
/** Characters. */
const MAX_USER_ID = 256;
const MAX_USER_PROPERTY = 1024;

let isDisabled = false;
let processors = 0;
/** By domain and name; the name `''` stands for all events of the domain. */
const customParams = new Map<string, Record<string, types.ParamType>>();
const userIds = new Map<string, string>();
const userProperties = new Map<string, string>();

/** The module. */
export const hiAppEvent: HiAppEventModule = {
  ...names,
  EventType: eventTypes,
  AppEventPackageHolder: EventHolder,
  write(info: unknown, callback?: unknown): never {
    if (callback !== undefined && typeof callback !== 'function') throw eventError('parameter');
    const checked = refusalOf(() => checkedEvent(info));
    if (checked.error?.code === 401) throw checked.error;
    const error = isDisabled ? eventError('disabled') : (checked.error ?? write(checked.value!));
    if (callback === undefined) return (error === undefined ? Promise.resolve() : Promise.reject(error)) as never;
    return void later(() => (callback as AsyncCallback<void>)(error as never, undefined)) as never;
  },
  addWatcher,
  removeWatcher,
  async setEventParam(params, domain, name = '') {
    if (isDisabled) throw eventError('disabled');
    if (typeof domain !== 'string' || typeof name !== 'string') throw eventError('parameter');
    const checked = checkedParams(params);
    requireDomain(domain);
    if (name !== '') requireName(name);
    const key = `${domain}/${name}`;
    customParams.set(key, { ...customParams.get(key), ...checked });
  },
  async setEventConfig(name, config) {
    if (typeof name !== 'string' || name === '' || !isObject(config)) throw eventError('parameter');
  },
  async configEventPolicy(policy) {
    if (!isObject(policy) || !Object.values(policy).every((value) => value === undefined || isObject(value))) {
      throw eventError('parameter');
    }
  },
  configure(config) {
    if (!isObject(config)) throw eventError('parameter');
    const { disable = isDisabled, maxStorage } = config;
    if (typeof disable !== 'boolean') throw eventError('parameter');
    if (maxStorage !== undefined) limitWaiting(bytesOf(maxStorage));
    isDisabled = disable;
  },
  clearData: () => forgetWaiting(),
  setUserId: (name, value) => setUser(userIds, name, value, MAX_USER_ID),
  getUserId: (name) => userOf(userIds, name),
  setUserProperty: (name, value) => setUser(userProperties, name, value, MAX_USER_PROPERTY),
  getUserProperty: (name) => userOf(userProperties, name),
  addProcessor(processor) {
    if (!isObject(processor) || typeof processor.name !== 'string') throw eventError('parameter');
    if (!KEY.test(processor.name)) return -1;
    processors += 1;
    return processors;
  },
  async addProcessorFromConfig(processorName, configName = 'SDK_OCG') {
    if (!KEY.test(processorName) || !KEY.test(configName)) throw eventError('processorName');
    processors += 1;
    return processors;
  },
  removeProcessor(id) {
    if (typeof id !== 'number') throw eventError('parameter');
  },
};

export declare namespace hiAppEvent {
  /** An event. */
  export type AppEventInfo = types.AppEventInfo;
  /** Which events a watcher gets. */
  export type AppEventFilter = watcherTypes.AppEventFilter;
  /** Events with one name. */
  export type AppEventGroup = watcherTypes.AppEventGroup;
  /** Events that a watcher takes together. */
  export type AppEventPackage = types.AppEventPackage;
  /** Takes the events that wait for a watcher. */
  export type AppEventPackageHolder = EventHolder;
  /** Which events a processor reports. */
  export type AppEventReportConfig = types.AppEventReportConfig;
  /** Settings of the events. */
  export type ConfigOption = types.ConfigOption;
  /** How events of the system are made. */
  export type EventPolicy = types.EventPolicy;
  /** The number of what events are about. */
  export type EventType = types.EventType;
  /** A parameter that `setEventParam` adds. */
  export type ParamType = types.ParamType;
  /** Reports events to a server. */
  export type Processor = types.Processor;
  /** When `onTrigger` is called. */
  export type TriggerCondition = watcherTypes.TriggerCondition;
  /** What gets events. */
  export type Watcher = watcherTypes.Watcher;
}

export default hiAppEvent;

/** Writes an event. @returns the error that the call reports, if parameters were left out */
function write({ event, error }: ReturnType<typeof checkedEvent>): typeof error {
  const { domain, name, params } = event;
  const added = { ...customParams.get(`${domain}/`), ...customParams.get(`${domain}/${name}`) };
  publish({ ...event, params: { ...params, ...added } }, (deviceState().systemDateTime.time ?? Date.now)());
  return error;
}

/** Bytes of a quota such as `10M`. @throws BusinessError 401, 11103001 */
function bytesOf(quota: unknown): number {
  if (typeof quota !== 'string') throw eventError('parameter');
  const [, number, unit = ''] = STORAGE.exec(quota) ?? [];
  if (number === undefined) throw eventError('maxStorage');
  return Number(number) * 1024 ** ' kmgt'.indexOf(unit.toLowerCase() || ' ');
}

interface Outcome<T> {
  readonly value?: T;
  readonly error?: ReturnType<typeof eventError>;
}

function refusalOf<T>(work: () => T): Outcome<T> {
  try {
    return { value: work() };
  } catch (error) {
    return { error: error as ReturnType<typeof eventError> };
  }
}

function setUser(values: Map<string, string>, name: unknown, value: unknown, longest: number): void {
  const isRight = typeof name === 'string' && KEY.test(name) && (typeof value === 'string' || value === null);
  if (!isRight || (value ?? '').length > longest) throw eventError('parameter');
  if (value === null || value === '') values.delete(name);
  else values.set(name, value);
}

function userOf(values: ReadonlyMap<string, string>, name: unknown): string {
  if (typeof name !== 'string' || !KEY.test(name)) throw eventError('parameter');
  return values.get(name) ?? '';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
