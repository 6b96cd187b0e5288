// The types of watchers of the `hiAppEvent` namespace, as the SDK declares them. Nothing here exists at run time.

import type { EventHolder } from './holder.ts';
import type { AppEventInfo, EventType } from './types.ts';

/** When `onTrigger` is called. A value of 0, or none, does not count. */
export interface TriggerCondition {
  /** When so many events wait. */
  row?: number;
  /** When the events that wait have so many bytes. */
  size?: number;
  /**
   * When an event has waited for so many times 30 seconds.
   * Off the device: the time is that of the network.
   */
  timeOut?: number;
}

/** Which events a watcher gets. */
export interface AppEventFilter {
  /** Their domain. */
  domain: string;
  /** What they are about. Default: anything. */
  eventTypes?: EventType[];
  /** Their names. Default: any. */
  names?: string[];
}

/** Events with one name. */
export interface AppEventGroup {
  /** Their name. */
  name: string;
  /** The events. */
  appEventInfos: Array<AppEventInfo>;
}

/** What gets events. */
export interface Watcher {
  /** Its name: 1 to 32 letters, digits and `_`; begins with a letter, ends with a letter or digit. A second one replaces it. */
  name: string;
  /** When `onTrigger` is called. */
  triggerCondition?: TriggerCondition;
  /** Which events it gets. Default: all. */
  appEventFilters?: AppEventFilter[];
  /** Called when the condition is met, with the number and bytes of the events that wait. */
  onTrigger?: (curRow: number, curSize: number, holder: EventHolder) => void;
  /** Called with each event. `onTrigger` is then not called. */
  onReceive?: (domain: string, appEventGroups: Array<AppEventGroup>) => void;
}
