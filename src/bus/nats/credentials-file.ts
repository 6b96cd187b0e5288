// The file with the credentials of a user of NATS.

import { readFileSync } from 'node:fs';
import { webSocketError, webSocketErrorFrom } from '../../core/errors.ts';
import { type Check, kindOf } from '../../core/option-check.ts';
import { Described } from '../../core/shown-value.ts';

const EXPECTED = 'the path of a credentials file that can be read';
const BOTH = 'the path of a credentials file, with the JWT of a user and the seed of its key, as `nsc` writes it';
/** A line of dashes, what it announces, and another line of dashes. */
const BLOCK = /^\s*-{3,}[^\n]*-{3,}\s*\n.+\n\s*-{3,}/gm;
/** Of a file of nsc, of a JWT, and of the seed of a key. */
const CONTENT = /-----|[\r\n]|^eyJ|^S[ACNOUX][A-Z2-7]{56}$/;

/** @throws WebSocketError ERR_WS_OPTION, which shows nothing of the file */
export function readCredentials(path: string): Uint8Array {
  // The content of the file instead of its path: it must not be shown, nor the error of the system, which has it.
  if (CONTENT.test(path)) {
    throw webSocketError('ERR_WS_OPTION', 'creds', new Described(kindOf(path)), `${EXPECTED}, not what is in it`);
  }
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw webSocketErrorFrom(error, 'ERR_WS_OPTION', 'creds', path, EXPECTED);
  }
  const blocks = new TextDecoder().decode(bytes).match(BLOCK) ?? [];
  if (blocks.length < 2) throw webSocketError('ERR_WS_OPTION', 'creds', path, BOTH);
  return bytes;
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
