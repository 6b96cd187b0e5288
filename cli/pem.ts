// Certificate and key files given on the command line, checked before anything is opened with them: OpenSSL's own
// errors (`PEM routines::no start line`) name neither the file nor the remedy.

import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CommandError } from './exit.ts';

/**
 * Reads a PEM file.
 *
 * @param option  the option that named it, for the error
 * @param label   what must be inside
 * @throws CommandError when the file cannot be read or holds no such PEM block
 */
export function readPem(option: string, path: string, label: 'CERTIFICATE' | 'PRIVATE KEY'): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${option} ${path}: ${fileProblem(error)}`);
  }
  // `RSA PRIVATE KEY`, `EC PRIVATE KEY` and `ENCRYPTED PRIVATE KEY` are private keys as well.
  if (new RegExp(`-----BEGIN [A-Z ]*${label}-----`).test(text)) return text;
  const other = /-----BEGIN ([A-Z0-9 ]+)-----/.exec(text)?.[1];
  const found = other === undefined ? 'is not a PEM file' : `contains a ${other}`;
  throw new CommandError(`${option} ${path} ${found}; expected a PEM file with -----BEGIN ${label}-----`);
}

/** What the system said about a file, in words. */
export function fileProblem(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES') return 'permission denied';
  if (code === 'EISDIR') return 'it is a directory';
  return (error as Error).message;
}

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/**
 * A certificate and its key, or nothing when neither option was given.
 *
 * @throws CommandError when one of them is missing, unreadable, not PEM, or they do not belong together
 */
export function readKeyPair(cert: string | undefined, key: string | undefined): KeyPair | undefined {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined) throw new CommandError('--key needs --cert: TLS needs a certificate and its private key');
  if (key === undefined) throw new CommandError('--cert needs --key: TLS needs a certificate and its private key');
  const pair = { cert: readPem('--cert', cert, 'CERTIFICATE'), key: readPem('--key', key, 'PRIVATE KEY') };
  try {
    createSecureContext(pair);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const problem =
      code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH' ? 'the private key does not belong to the certificate' : message;
    throw new CommandError(`cannot use --cert ${cert} with --key ${key}: ${problem}`);
  }
  return pair;
}
