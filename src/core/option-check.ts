// Checks the objects with options that users pass, before anything happens: every name must be known, and every value must
// be one that its option accepts, at every depth. The result is a copy: an option is read once, and stays as it was checked.
//
// To add an option:
//
// 1. Give it its place in the options type, with docstring, unit and default.
// 2. Give it its row in the table next to that type (`satisfies Rows<…>` does not compile without): a check from
//    option-kinds.ts, or one of its own. The tables are in
//      src/core/connection/option-rows.ts  limits, heartbeat and what else a connection of either role takes
//      src/core/extension/compression-rows.ts  compression
//      src/server/option-rows.ts           createServer, listen, attach, drain, publish, accept; limits of a server
//      src/client/option-rows.ts           connect and its handlers
//      src/node/option-rows.ts             tls and proxy
//      src/kit/option-rows.ts              configure
//      src/testing/option-rows.ts          networks in memory and their peers
// 3. Use it from the copy, where its default is filled in. test/options/values.test.ts finds it and tries wrong values.
//
// Names from other libraries, and names that belong to another call, are in the tables as `elsewhere` (foreign-options.ts),
// with the name to use here.

import { WebSocketError, webSocketError, webSocketErrorFrom } from './errors.ts';
import { nearestName } from './nearest-name.ts';
import { Described, show } from './shown-value.ts';

/** How the value of one option is checked. */
export interface Check<Value> {
  /** Describes a right value: the end of an error's text, after "expected". */
  readonly expected: string;
  /**
   * Checks a value.
   *
   * @param value  never `undefined`, which is the same as absent
   * @param path   the whole name of the option: `heartbeat.interval`
   * @param owner  the object that has the option: `this` of a handler
   * @returns the value to use
   * @throws WebSocketError ERR_WS_OPTION. Any other exception becomes one.
   */
  read(value: unknown, path: string, owner: object): Value;
  /** Given if the value is an object with options of its own. */
  readonly schema?: AnySchema | undefined;
}

/** A check for each option. */
export type Rows<Options> = { readonly [Name in keyof Options]-?: Check<Exclude<Options[Name], undefined>> };

/** An object with options. */
export interface Schema<Options> {
  /** The call or option that accepts it, as error texts name it: `createServer`, `heartbeat`. */
  readonly of: string;
  readonly rows: Rows<Options>;
  /** A right object, for error texts. */
  readonly example: string;
  /** Names that must be there. If this is given, the object itself is required. */
  readonly required?: readonly (keyof Options)[];
  /** Names that are not options here, each with the text that names the right one. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /**
   * It may be an instance of the application's own class, whose methods are the handlers. Other fields and methods of that
   * class are not looked at, except for methods that have another library's name of a handler which is absent.
   */
  readonly mayBeInstance?: boolean;
  /** Values are not shown in errors: they may be keys and passwords. */
  readonly isSecret?: boolean;
}

type Row = Check<unknown>;

/** A schema of any options. */
export interface AnySchema extends Omit<Schema<unknown>, 'rows' | 'required'> {
  readonly required?: readonly string[];
  readonly rows: Readonly<Record<string, Row>>;
}

/**
 * Checks an object with options, at every depth.
 *
 * @param given  `undefined`: no option
 * @param path   the name of the object, if it is an option itself: `heartbeat`
 * @returns a copy of the options that are not `undefined`; it inherits nothing
 * @throws WebSocketError ERR_WS_OPTION naming the option, its value and the expected value
 */
export function readOptions<Options>(schema: Schema<Options>, given: unknown, path = ''): Options {
  return read(schema as unknown as AnySchema, given, path) as Options;
}

function read(schema: AnySchema, given: unknown, path: string): unknown {
  const copy: Record<string, unknown> = new Options();
  if (given === undefined && schema.required === undefined) return copy;
  const name = path === '' ? `argument with the options of ${schema.of}` : path;
  let isObject: boolean;
  let names: string[];
  let isPlain: boolean;
  try {
    isObject = isRecord(given);
    names = isObject ? Object.getOwnPropertyNames(given) : [];
    isPlain = isObject && isPlainObject(given as object);
  } catch (error) {
    throw webSocketErrorFrom(error, 'ERR_WS_OPTION', name, UNREADABLE, expectation(schema));
  }
  if (!isObject) {
    const shown = schema.isSecret === true ? new Described(kindOf(given)) : given;
    throw webSocketError('ERR_WS_OPTION', name, shown, expectation(schema));
  }
  const object = given as Record<string, unknown>;
  const { rows } = schema;
  for (const own of names) {
    if (Object.hasOwn(rows, own)) readRow(rows[own] as Row, object, own, path, copy);
    else if (!(isPlain || schema.mayBeInstance !== true) || !isEnumerable(object, own)) continue;
    else throw unknownOption(schema, object, own, path);
  }
  if (!isPlain) {
    readInherited(schema, object, path, copy);
    // Perhaps an AbortSignal was passed instead of the object that has one. Options of a class may all be undefined.
    const hasNone = Object.keys(copy).length === 0 && !names.some((own) => Object.hasOwn(rows, own));
    if (hasNone) throw webSocketError('ERR_WS_OPTION', name, given, expectation(schema));
  }
  for (const needed of schema.required ?? []) {
    if (Object.hasOwn(copy, needed)) continue;
    throw webSocketError('ERR_WS_OPTION', nameIn(path, needed), undefined, (rows[needed] as Row).expected);
  }
  return copy;
}

/** Has no prototype: a property that somebody put on all objects must not count as an option. */
class Options {
  [name: string]: unknown;
}
Object.setPrototypeOf(Options.prototype, null);

/** Quotes a name that is not an identifier: it must not read like a part of the error's text. */
function nameIn(path: string, name: string): string {
  const shown = /^[\w$]{1,80}$/.test(name) ? name : show(name);
  return path === '' ? shown : `${path}.${shown}`;
}

const UNREADABLE = new Described('a value that cannot be read');

function expectation({ example }: AnySchema): string {
  return `an object such as ${example}`;
}

function readRow(
  row: Row,
  object: Record<string, unknown>,
  name: string,
  path: string,
  copy: Record<string, unknown>,
): void {
  const whole = path === '' ? name : `${path}.${name}`;
  let checked: unknown;
  try {
    const value = object[name];
    if (value === undefined) return;
    checked = row.read(value, whole, object);
  } catch (error) {
    // A getter that throws, a revoked proxy.
    if (error instanceof WebSocketError) throw error;
    throw webSocketErrorFrom(error, 'ERR_WS_OPTION', whole, UNREADABLE, row.expected);
  }
  copy[name] = checked;
}

/** Options that are not the object's own: methods and accessors of its class. Members of all objects do not count. */
function readInherited(
  schema: AnySchema,
  object: Record<string, unknown>,
  path: string,
  copy: Record<string, unknown>,
): void {
  const { rows } = schema;
  for (const name of Object.keys(rows)) {
    if (!Object.hasOwn(object, name) && hasInherited(object, name))
      readRow(rows[name] as Row, object, name, path, copy);
  }
  if (schema.mayBeInstance !== true) {
    // Defaults that were made by `{ … }` and inherited from; methods of a class are not enumerable.
    for (let at = Object.getPrototypeOf(object); at !== null && !isBase(at); at = Object.getPrototypeOf(at)) {
      const unknown = Object.keys(at).find((name) => !Object.hasOwn(rows, name));
      if (unknown !== undefined) throw unknownOption(schema, object, unknown, path);
    }
    return;
  }
  for (const [name, handler] of Object.entries(handlersElsewhere)) {
    const isAbsent = Object.hasOwn(rows, handler) && !Object.hasOwn(copy, handler);
    if (isAbsent && isMethod(object, name)) throw unknownOption(schema, object, name, path);
  }
}

function hasInherited(object: object, name: string): boolean {
  for (let at = Object.getPrototypeOf(object); at !== null && !isBase(at); at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, name)) return true;
  }
  return false;
}

function isMethod(object: Record<string, unknown>, name: string): boolean {
  if (!Object.hasOwn(object, name) && !hasInherited(object, name)) return false;
  try {
    return typeof object[name] === 'function';
  } catch {
    return false; // an accessor of the application's own
  }
}

function isEnumerable(object: object, name: string): boolean {
  return Object.prototype.propertyIsEnumerable.call(object, name);
}

/**
 * Refuses arguments beyond those that a call accepts, such as a callback that would never be called.
 *
 * @param call    name of the call
 * @param remedy  where these values belong
 * @throws WebSocketError ERR_WS_OPTION
 */
export function refuseArguments(call: string, rest: readonly unknown[], remedy: string): void {
  const wrong = rest.find((value) => value !== undefined);
  if (wrong === undefined) return;
  throw webSocketError('ERR_WS_OPTION', `a further argument of ${call}`, wrong, `none: ${remedy}`);
}

/** Names of the handlers in other libraries and the browser. */
export const handlersElsewhere: Readonly<Record<string, string>> = {
  onMessage: 'message',
  onmessage: 'message',
  onOpen: 'open',
  onopen: 'open',
  onClose: 'close',
  onclose: 'close',
  onError: 'error',
  onerror: 'error',
  onPing: 'ping',
  onPong: 'pong',
  onDrain: 'drain',
  onUpgrade: 'upgrade',
  onConnection: 'open',
  onConnect: 'open',
  onDisconnect: 'close',
};

function unknownOption(schema: AnySchema, object: object, name: string, path: string): WebSocketError {
  const whole = nameIn(path, name);
  let value: unknown = UNREADABLE;
  let cause: unknown;
  try {
    value = (object as Record<string, unknown>)[name];
  } catch (error) {
    cause = error;
  }
  const shown = isSecret(schema, name, value) ? new Described(kindOf(value)) : value;
  return webSocketErrorFrom(cause, 'ERR_WS_OPTION', whole, shown, instead(schema, name, path), false);
}

/** The advice for a name that the schema does not have. */
function instead(schema: AnySchema, name: string, path: string): string {
  const { rows } = schema;
  const prefix = path === '' ? '' : `${path}.`;
  const { elsewhere = {} } = schema;
  if (Object.hasOwn(elsewhere, name)) return elsewhere[name] as string;
  const handler = Object.hasOwn(handlersElsewhere, name) ? (handlersElsewhere[name] as string) : '';
  const wanted = handler === '' ? name : handler;
  if (handler !== '' && Object.hasOwn(rows, handler)) return `use ${prefix}${handler}`;
  for (const [outer, row] of Object.entries(rows)) {
    if (row.schema !== undefined && Object.hasOwn(row.schema.rows, wanted)) {
      return `use ${prefix}${outer}.${wanted}`;
    }
  }
  const names = Object.keys(rows);
  const nearest = nearestName(name, names);
  if (nearest !== undefined) return `did you mean ${prefix}${nearest}?`;
  const own = schema.mayBeInstance === true ? '; an application keeps its own values in an instance of a class' : '';
  return `the options are ${names.join(', ')}${own}`;
}

/** Names whose values errors never show. */
const SECRET = /pass|pw|secret|token|auth|bearer|jwt|key|creds|cookie|credential|cert|pfx|^ca$|header|^ur[il]$/i;

function isSecret(schema: AnySchema, name: string, value: unknown): boolean {
  if (schema.isSecret === true) return true;
  if (typeof value === 'number' || typeof value === 'boolean') return false;
  // A misspelt password is one, too.
  return SECRET.test(name) || SECRET.test(nearestName(name, Object.keys(schema.rows)) ?? '');
}

/** Describes a value without its content: a string may be a key or a password. */
export function kindOf(value: unknown): string {
  return typeof value === 'string' ? `a string of ${value.length} characters` : show(value);
}

/** Kinds of objects that cannot be options. */
const OTHER = new Set(
  'Array Map Set WeakMap WeakSet Date RegExp Promise Error URL URLSearchParams Headers String Number Boolean Symbol BigInt ArrayBuffer SharedArrayBuffer DataView'
    .split(' ')
    .map((name) => `[object ${name}]`),
);

/** Whether a value can be an object with options. @throws TypeError for a revoked proxy */
export function isRecord(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || ArrayBuffer.isView(value)) return false;
  return !OTHER.has(Object.prototype.toString.call(value));
}

/** Whether an object was made by `{ … }`, here or in another realm, or has no prototype. */
export function isPlainObject(object: object): boolean {
  const prototype: object | null = Object.getPrototypeOf(object);
  return prototype === null || isBase(prototype);
}

/** Whether it is what all objects have: `Object.prototype`, of this realm or another. Copies of options have their own. */
function isBase(prototype: object): boolean {
  if (prototype === Object.prototype || prototype === Options.prototype) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf');
}
