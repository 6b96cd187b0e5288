// The calls of the `hiAppEvent` namespace, as the SDK declares them, and its constants.

import type { AsyncCallback } from '../host.ts';
import type { EventHolder } from './holder.ts';
import type * as types from './types.ts';
import type * as watcherTypes from './watcher-types.ts';

/** What events are about, by name. */
export const eventTypes = { FAULT: 1, STATISTIC: 2, SECURITY: 3, BEHAVIOR: 4 } as const;

/** Names of domains, events and parameters. Events of the system do not happen off the device. */
export const names = {
  domain: { OS: 'OS' },
  event: {
    USER_LOGIN: 'hiappevent.user_login',
    USER_LOGOUT: 'hiappevent.user_logout',
    DISTRIBUTED_SERVICE_START: 'hiappevent.distributed_service_start',
    APP_CRASH: 'APP_CRASH',
    APP_FREEZE: 'APP_FREEZE',
    APP_LAUNCH: 'APP_LAUNCH',
    SCROLL_JANK: 'SCROLL_JANK',
    CPU_USAGE_HIGH: 'CPU_USAGE_HIGH',
    BATTERY_USAGE: 'BATTERY_USAGE',
    RESOURCE_OVERLIMIT: 'RESOURCE_OVERLIMIT',
    ADDRESS_SANITIZER: 'ADDRESS_SANITIZER',
    MAIN_THREAD_JANK: 'MAIN_THREAD_JANK',
    APP_KILLED: 'APP_KILLED',
    APP_HICOLLIE: 'APP_HICOLLIE',
    AUDIO_JANK_FRAME: 'AUDIO_JANK_FRAME',
  },
  param: {
    USER_ID: 'user_id',
    DISTRIBUTED_SERVICE_NAME: 'ds_name',
    DISTRIBUTED_SERVICE_INSTANCE_ID: 'ds_instance_id',
  },
} as const;

type Names<Group extends keyof typeof names> = { readonly [Name in keyof (typeof names)[Group]]: string };

/** The module `@ohos.hiviewdfx.hiAppEvent`. */
export interface HiAppEventModule {
  /** What events are about, by name. */
  readonly EventType: typeof eventTypes;
  /**
   * Names of domains.
   * Off the device: no event of the system happens.
   */
  readonly domain: Names<'domain'>;
  /** Names of events. */
  readonly event: Names<'event'>;
  /** Names of parameters. */
  readonly param: Names<'param'>;
  /** Takes the events that wait for a watcher. */
  readonly AppEventPackageHolder: typeof EventHolder;
  /**
   * Writes an event: watchers get it.
   *
   * @throws BusinessError 401 for wrong arguments; to the callback: 11100001 while `disable` is set, 11101001 and 11101002
   *   for a wrong domain or name, and 11101003 to 11101006 for parameters, which are left out of the event
   */
  write(info: types.AppEventInfo, callback: AsyncCallback<void>): void;
  /** Writes an event. @throws BusinessError 401; (rejects) 11100001, 11101001 to 11101006 */
  write(info: types.AppEventInfo): Promise<void>;
  /**
   * Adds a watcher, which gets the events that are written afterwards.
   *
   * @returns takes the events that wait, if the watcher has no `onReceive`
   * @throws BusinessError 401, 11102001 to 11102005
   */
  addWatcher(watcher: watcherTypes.Watcher): EventHolder;
  /** Removes a watcher by its name. @throws BusinessError 401, 11102001 */
  removeWatcher(watcher: watcherTypes.Watcher): void;
  /** Adds parameters to the events of a domain, and of a name if one is given. @throws BusinessError (rejects) 401, 111… */
  setEventParam(params: Record<string, types.ParamType>, domain: string, name?: string): Promise<void>;
  /**
   * Sets how an event of the system is made.
   * Off the device: checked, and not used.
   *
   * @throws BusinessError (rejects) 401
   */
  setEventConfig(name: string, config: Record<string, types.ParamType>): Promise<void>;
  /**
   * Sets how events of the system are made.
   * Off the device: checked, and not used.
   *
   * @throws BusinessError (rejects) 401
   */
  configEventPolicy(policy: types.EventPolicy): Promise<void>;
  /** Settings of the events. @throws BusinessError 401, 11103001 */
  configure(config: types.ConfigOption): void;
  /** Forgets the events that wait. */
  clearData(): void;
  /** Sets an ID of the user, or removes it by `''`. @throws BusinessError 401 */
  setUserId(name: string, value: string): void;
  /** The ID that `setUserId` has set, or `''`. @throws BusinessError 401 */
  getUserId(name: string): string;
  /** Sets a property of the user, or removes it by `''`. @throws BusinessError 401 */
  setUserProperty(name: string, value: string): void;
  /** The property that `setUserProperty` has set, or `''`. @throws BusinessError 401 */
  getUserProperty(name: string): string;
  /**
   * Adds a processor.
   * Off the device: nothing is reported.
   *
   * @returns its ID, from 1; -1 for a wrong name @throws BusinessError 401
   */
  addProcessor(processor: types.Processor): number;
  /**
   * Adds a processor by its configuration.
   * Off the device: nothing is reported.
   *
   * @throws BusinessError (rejects) 11105001
   */
  addProcessorFromConfig(processorName: string, configName?: string): Promise<number>;
  /** Removes a processor. @throws BusinessError 401 */
  removeProcessor(id: number): void;
}
