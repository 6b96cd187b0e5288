// The file with the credentials of a user of NATS.

import { readFileSync } from 'node:fs';
import { webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import type { Check } from '../../core/option-check.ts';

const EXPECTED = 'the path of a credentials file that can be read';

/** @throws WebSocketError ERR_WS_OPTION */
export function readCredentials(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw webSocketErrorFrom(error, 'ERR_WS_OPTION', 'creds', path, EXPECTED);
  }
}

/** The option `creds`. */
export const credentialsRow: Check<string> = {
  expected: EXPECTED,
  read(value, path) {
    // A number would be a descriptor.
    if (typeof value !== 'string') throw webSocketError('ERR_WS_OPTION', path, value, EXPECTED);
    readCredentials(value);
    return value;
  },
};
