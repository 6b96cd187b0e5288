// The errors of `worker`: codes, and the texts of a device, most of which a detail follows.

import { BusinessError } from '../host.ts';

const table = {
  parameter: [401, 'Parameter error. The input parameters are invalid, '],
  initialization: [10200003, 'Worker initialization failed, '],
  notRunning: [10200004, 'The Worker instance is not running, '],
  serialization: [10200006, 'An exception occurred during serialization, '],
  path: [10200007, 'The worker file path is invalid, '],
  notRegistered: [10200019, 'The globalCallObject is not registered'],
  notCallable: [10200020, 'The method to be called is not callable or is an async method or a generator.'],
  timeout: [10200021, 'Waiting for a global call timed out'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

/** The rows of the table. */
export type WorkerErrorKind = keyof typeof table;

/** Makes an error of the table. @param cause  what a device does not tell: the text stays that of the device */
export function workerError(kind: WorkerErrorKind, detail = '', cause?: unknown): BusinessError {
  const [code, text] = table[kind];
  return new BusinessError(code, `${text}${detail}`.replace(/, $/, ''), undefined, { cause });
}
