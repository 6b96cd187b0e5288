// Checks of events. As on a device, parameters beyond a bound are left out of the event, which is written all the same; the
// call then fails with the error of the first one.

import type { BusinessError } from '../host.ts';
import { eventError } from './errors.ts';
import type { AppEventInfo, ParamType } from './types.ts';

const DOMAIN = /^[A-Za-z](?:[A-Za-z0-9_]{0,30}[A-Za-z0-9])?$/;
const NAME = /^[A-Za-z$](?:[A-Za-z0-9_$]{0,46}[A-Za-z0-9])?$/;
const PARAM_NAME = /^[A-Za-z$](?:[A-Za-z0-9_$]{0,30}[A-Za-z0-9])?$/;
const MAX_PARAMS = 32;
const MAX_CUSTOM_PARAMS = 64;
/** Characters. */
const MAX_TEXT = 8 * 1024;
const MAX_CUSTOM_TEXT = 1024;
const MAX_ELEMENTS = 100;

/** An event as it is written, and the error that the call reports. */
export interface CheckedEvent {
  readonly event: AppEventInfo;
  readonly error: BusinessError | undefined;
}

/** Checks an event. @throws BusinessError 401, 11101001, 11101002: it is not written */
export function checkedEvent(info: unknown): CheckedEvent {
  if (typeof info !== 'object' || info === null) throw eventError('parameter');
  const { domain, name, eventType, params } = info as Partial<Record<keyof AppEventInfo, unknown>>;
  const isComplete = typeof domain === 'string' && typeof name === 'string' && isType(eventType);
  if (!isComplete || typeof params !== 'object' || params === null) throw eventError('parameter');
  requireDomain(domain);
  requireName(name);
  let error: BusinessError | undefined;
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params)) {
    if (!PARAM_NAME.test(key)) error ??= eventError('paramName');
    else if (!isParam(value)) throw eventError('parameter');
    else if (typeof value === 'string' && value.length > MAX_TEXT) error ??= eventError('textLength');
    else if (Object.keys(kept).length === MAX_PARAMS) error ??= eventError('paramCount');
    else if (Array.isArray(value) && value.length > MAX_ELEMENTS) {
      error ??= eventError('arrayLength');
      kept[key] = value.slice(0, MAX_ELEMENTS);
    } else kept[key] = Array.isArray(value) ? [...value] : value;
  }
  return { event: { domain, name, eventType, params: kept }, error };
}

/** Checks parameters for `setEventParam`. @throws BusinessError 401, 11101004, 11101005, 11101007 */
export function checkedParams(params: unknown): Record<string, ParamType> {
  if (typeof params !== 'object' || params === null) throw eventError('parameter');
  const entries = Object.entries(params);
  for (const [key, value] of entries) {
    if (!PARAM_NAME.test(key)) throw eventError('paramName');
    if (!isParam(value)) throw eventError('parameter');
    if (typeof value === 'string' && value.length > MAX_CUSTOM_TEXT) throw eventError('textLength');
  }
  if (entries.length > MAX_CUSTOM_PARAMS) throw eventError('customCount');
  return Object.fromEntries(entries) as Record<string, ParamType>;
}

/** @throws BusinessError 11101001 */
export function requireDomain(domain: string): void {
  if (!isDomain(domain)) throw eventError('domain');
}

/** @throws BusinessError 11101002 */
export function requireName(name: string): void {
  if (!NAME.test(name)) throw eventError('name');
}

/** Whether a text may be a domain of events. */
export function isDomain(domain: string): boolean {
  return DOMAIN.test(domain);
}

function isType(type: unknown): type is AppEventInfo['eventType'] {
  return type === 1 || type === 2 || type === 3 || type === 4;
}

function isParam(value: unknown): boolean {
  return isSimple(value) || (Array.isArray(value) && value.every(isSimple));
}

function isSimple(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
