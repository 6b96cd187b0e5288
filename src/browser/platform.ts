// What companions take of their host, in a page: the names of src/kits/platform.ts, with what a browser has for them.

export { objectKinds } from './object-kinds.ts';

interface Sender {
  postMessage(message: unknown): void;
}

/** Tasks that {@link later} has sent to itself. */
const waiting: Array<() => void> = [];
let sender: Sender | undefined;

/** Runs a task in a later turn. Browsers slow timers down where one begins another, and in pages that are hidden. */
export const later: (task: () => void) => unknown =
  // A page that is simulated under Node, whose message ports would keep the process alive.
  (Reflect.get(globalThis, 'setImmediate') as ((task: () => void) => unknown) | undefined) ?? inMessage;

function inMessage(task: () => void): void {
  waiting.push(task);
  sender ??= openSender();
  sender.postMessage(undefined);
}

function openSender(): Sender {
  const { port1, port2 } = new MessageChannel();
  Object.assign(port1, { onmessage: () => waiting.shift()?.() });
  return port2;
}

/**
 * A value that holds in a call. A browser cannot hold it beyond an `await`: after that it is the value of the only call that
 * has not ended, and there is none while several have not.
 */
export class ValueOfCall<Value> {
  #current: Value | undefined;
  #isInCall = false;
  readonly #open = new Set<Value>();

  /** The value that holds now. */
  getStore(): Value | undefined {
    if (this.#isInCall) return this.#current;
    const [only] = this.#open;
    return this.#open.size === 1 ? only : undefined;
  }

  /** Makes a call with a value; `undefined`: with none. */
  run<Result>(value: Value, call: () => Result): Result {
    const [before, wasInCall] = [this.#current, this.#isInCall];
    this.#current = value;
    this.#isInCall = true;
    if (value !== undefined) this.#open.add(value);
    try {
      return call();
    } finally {
      this.#current = before;
      this.#isInCall = wasInCall;
    }
  }

  /** Tells that the call with this value has ended, with all that it has begun. */
  ended(value: Value): void {
    this.#open.delete(value);
  }
}

/** Milliseconds since the page was started. */
export function runningTimes(): { readonly all: number; readonly awake: number } {
  const all = Math.floor(performance.now());
  return { all, awake: all };
}

/** A page does not know the number of its thread. */
export function threadNumber(): number {
  return 0;
}

/** A page knows neither its process nor, in most browsers, its memory. */
export function heap(): { readonly process: number; readonly size: number } {
  const memory: unknown = Reflect.get(performance, 'memory');
  const size = typeof memory === 'object' && memory !== null ? Number(Reflect.get(memory, 'usedJSHeapSize')) : 0;
  return { process: 0, size };
}

/** A page does not know the errors of the system. */
export function systemErrorText(_errno: number): string | undefined {
  return undefined;
}

/** The bytes as Base64, with padding; as Base64URL without. */
export function base64Of(bytes: Uint8Array, isUrlSafe = false): string {
  const text = btoa(latin1Of(bytes));
  return isUrlSafe ? text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '') : text;
}

/** The bytes of Base64 or Base64URL. A character that is left over at the end is dropped, as Node does. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const plain = text.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return bytesOfLatin1(atob(plain.length % 4 === 1 ? plain.slice(0, -1) : plain));
}

/** Characters that one call of `fromCharCode` takes. */
const PART = 8 * 1024;

/** A character for each byte. */
export function latin1Of(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PART) text += String.fromCharCode(...bytes.subarray(at, at + PART));
  return text;
}

/** A byte for each character. */
export function bytesOfLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A page has no files. */
export const files = {
  read: (folder: string): never => refuse(folder),
  write: (folder: string): never => refuse(folder),
  remove: (folder: string): never => refuse(folder),
  /** The path, without a folder behind it. */
  makeFolder: (folder: string, path: string): string => `${folder}/${path}`,
};

function refuse(folder: string): never {
  throw new Error(`a page has no files, so preferences cannot be in the folder ${folder}; use preferences: 'memory'`);
}
