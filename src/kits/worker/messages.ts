// What a worker and its host send each other, and the events that the application gets of it.

import { fileURLToPath } from 'node:url';
import { isArrayBuffer, isError } from '../../core/brands.ts';
import { objectKinds } from '../host.ts';
import { isConfined } from '../sendable.ts';
import { workerError } from './errors.ts';
import type { OwnFiles } from './own-files.ts';
import type { ErrorEvent, MessageEvents, PostMessageOptions } from './types.ts';

/** What a worker is told when it is made. */
export interface WorkerSetup extends OwnFiles {
  /** URL of its file. */
  readonly file: string;
  readonly name: string;
}

/** From the host. */
export interface HostMessage {
  readonly data: unknown;
}

/** From the worker, beside its global calls. */
export type ThreadMessage =
  | { readonly kind: 'message'; readonly data: unknown }
  | { readonly kind: 'error'; readonly error: unknown; readonly details: Readonly<Record<string, unknown>> }
  | { readonly kind: 'closing' };

/** The last parameter of `postMessage`: memory to move. Throws 401, with `text`, for another type. */
export function transferOf(given: unknown, text = 'the type of the transfer list must be an array.'): ArrayBuffer[] {
  const isOptions = typeof given === 'object' && given !== null && !Array.isArray(given);
  const list: unknown = isOptions ? (given as PostMessageOptions).transfer : given;
  if (list === undefined || (list === null && isOptions)) return [];
  if (!Array.isArray(list)) throw workerError('parameter', text);
  if (!list.every((entry) => isArrayBuffer(entry))) {
    throw workerError('parameter', 'the elements of the transfer list must be ArrayBuffers.');
  }
  return list as ArrayBuffer[];
}

/**
 * Sends.
 *
 * @param data  what the application gave
 * @param failed  called before the error is thrown: on a device, `onmessageerror` gets an event, too
 * @throws BusinessError 10200006 for what cannot be copied
 */
export function send(data: unknown, post: () => void, failed?: () => void): void {
  try {
    requirePassable(data);
    post();
  } catch (error) {
    failed?.();
    throw workerError('serialization', 'failed to serialize message.', error);
  }
}

/** Refuses containers of `@kit.ArkTS`, which Node.js would copy as objects without content. */
function requirePassable(data: unknown): void {
  const seen = new Set<unknown>([data]);
  // The loop visits the parts that it adds, too.
  for (const value of seen) {
    if (typeof value !== 'object' || value === null) continue;
    // Proxies are refused by Node.js; to look into them would call the application.
    if (ArrayBuffer.isView(value) || objectKinds.isProxy(value)) continue;
    if (isConfined(value)) throw new TypeError(`a ${value.constructor.name} cannot pass; pass an array or a Map`);
    for (const part of partsOf(value)) if (typeof part === 'object') seen.add(part);
  }
}

function partsOf(value: object): Iterable<unknown> {
  if (objectKinds.isMap(value)) return [...value.keys(), ...value.values()];
  if (objectKinds.isSet(value)) return value;
  return Object.values(value);
}

/** The event of a message. */
export function messageEvent(type: 'message' | 'messageerror', data: unknown): MessageEvents {
  return { type, timeStamp: Date.now(), data };
}

/** The event of an error. */
export function errorEvent(error: unknown): ErrorEvent {
  const stack = isError(error) ? (error.stack ?? '') : '';
  const [, name = '', line = '0', column = '0'] =
    /\(?((?:file:|\/|[A-Za-z]:)[^()\n]*):(\d+):(\d+)\)?$/m.exec(stack) ?? [];
  return {
    type: 'error',
    timeStamp: Date.now(),
    message: String(error),
    filename: name.startsWith('file:') && URL.canParse(name) ? fileURLToPath(name) : name,
    lineno: Number(line),
    colno: Number(column),
    error: error as object,
  };
}

/** The message of an error. Properties such as `code` are sent beside it, since copying an error leaves them out. */
export function errorMessage(error: unknown): ThreadMessage {
  const details: Record<string, unknown> = {};
  if (isError(error)) {
    for (const [key, value] of Object.entries(error)) if (typeof value !== 'object') details[key] = cloneable(value);
    if (error.name !== 'Error') details.name = error.name;
  }
  try {
    return { kind: 'error', error: structuredClone(error), details };
  } catch {
    return { kind: 'error', error: new Error(String(error)), details };
  }
}

/** The error of {@link errorMessage}. */
export function receivedError(error: unknown, details: Readonly<Record<string, unknown>>): unknown {
  if (!isError(error)) return error;
  for (const [key, value] of Object.entries(details)) {
    Object.defineProperty(error, key, { value, configurable: true, writable: true, enumerable: key !== 'name' });
  }
  return error;
}

function cloneable(value: unknown): unknown {
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value;
}
