// What companions take of Node, where a page has it in another way: package.json puts src/browser/platform.ts, with the same
// names, in the place of this file where a bundler builds for a page. Companions reach it through host.ts.

import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers';
import { getSystemErrorMap, types } from 'node:util';

/** Which built-in class an object is of, in every realm. */
export const objectKinds: ObjectKinds = types;

/** A check for each class. */
export type ObjectKinds = Omit<typeof types, 'isArrayBufferView' | 'isCryptoKey' | 'isKeyObject' | 'isBigIntObject'>;

/** Runs a task in a later turn: Node's own function, which tests do not replace, and which pages that are simulated do not lack. */
export const later: (task: () => void) => unknown = setImmediate;

/** A value that holds in a call, and in everything that the call begins. */
export class ValueOfCall<Value> extends AsyncLocalStorage<Value> {
  /** Tells that the call with this value has ended. Node needs no such hint. */
  ended(_value: Value): void {}
}

/** Milliseconds since the machine was started: with the time that it slept, and without. */
export function runningTimes(): { readonly all: number; readonly awake: number } {
  const seconds = process.getBuiltinModule('node:os').uptime();
  return { all: Math.floor(seconds * 1_000), awake: Number(process.hrtime.bigint() / 1_000_000n) };
}

/** The number of the thread, as `taskpool` shows it. */
export function threadNumber(): number {
  return process.getBuiltinModule('node:worker_threads').threadId;
}

/** The number of the process, and the bytes that its objects take. */
export function heap(): { readonly process: number; readonly size: number } {
  return { process: process.pid, size: process.memoryUsage().heapUsed };
}

/** The text of an error number of the system; `undefined` for an unknown one. */
export function systemErrorText(errno: number): string | undefined {
  return getSystemErrorMap().get(errno)?.[1];
}

/** The bytes as Base64, with padding; as Base64URL without. */
export function base64Of(bytes: Uint8Array, isUrlSafe = false): string {
  return bufferOf(bytes).toString(isUrlSafe ? 'base64url' : 'base64');
}

/** The bytes of Base64 or Base64URL, in memory of their own. */
export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  // A part of Node's pool would have the bytes of others in its buffer.
  return Uint8Array.from(Buffer.from(text, 'base64'));
}

/** A character for each byte. */
export function latin1Of(bytes: Uint8Array): string {
  return bufferOf(bytes).toString('latin1');
}

/** A byte for each character, in memory of their own. */
export function bytesOfLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, 'latin1'));
}

/** Files by folders and a path in them. */
export const files = {
  /** The text of a file; `undefined` if there is none. */
  read(folder: string, path: string): string | undefined {
    try {
      return readFileSync(join(folder, path), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  },
  /** Writes a file, and makes its folder. A reader does not see half of it. */
  write(folder: string, path: string, text: string): void {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.tmp`, text);
    renameSync(`${file}.tmp`, file);
  },
  /** Removes a file, if there is one. */
  remove(folder: string, path: string): void {
    rmSync(join(folder, path), { force: true });
  },
  /** Makes a folder below another. @returns its path */
  makeFolder(folder: string, path: string): string {
    const whole = join(folder, path);
    mkdirSync(whole, { recursive: true });
    return whole;
  },
};

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
