// Header fields as logs and inspectors show them: without the values that are secrets.

import { hideCredentialsIn } from '../core/credentials.ts';

/** Shown instead of a secret. */
const MASK = '***';
const SECRET_FIELDS: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization', 'set-cookie']);

/** @param fields  name, value, name, value … @returns the same with `***` for secrets, and for credentials in URLs */
export function withoutSecrets(fields: readonly string[]): string[] {
  return fields.map((text, index) => {
    if (index % 2 === 0) return text;
    return SECRET_FIELDS.has((fields[index - 1] as string).toLowerCase()) ? MASK : hideCredentialsIn(text);
  });
}
