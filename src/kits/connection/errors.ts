// The errors of `connection`: codes of the declaration, texts of a device. `cause` holds what was wrong.

import { BusinessError, own, policy } from '../host.ts';

const table = {
  permission: [201, 'Permission denied'],
  parameter: [401, 'Parameter error'],
  unsupported: [801, 'Capability not supported.'],
  value: [2100001, 'Invalid parameter value'],
  proxy: [2100001, 'Invalid http proxy'],
  service: [2100002, 'Failed to connect to the service'],
  internal: [2100003, 'System internal error'],
  notRegistered: [2101007, 'The callback does not exist'],
  registered: [2101008, 'The callback already exists'],
  tooMany: [2101022, 'The number of requests exceeded the maximum allowed'],
} as const satisfies Record<string, readonly [code: number, text: string]>;

/** @param cause  a sentence with the value and what was expected, or the error behind it */
export function connectionError(kind: keyof typeof table, cause: string | Error): BusinessError {
  const [code, text] = table[kind];
  const reason = typeof cause === 'string' ? new Error(cause) : cause;
  return own(new BusinessError(code, text, undefined, { cause: reason }));
}

/** @throws BusinessError 201 unless the application has all of the permissions, whose names are given without their prefix */
export function requirePermission(...names: readonly string[]): void {
  for (const name of names) {
    const permission = `ohos.permission.${name}`;
    if (policy().isGranted(permission)) continue;
    throw connectionError(
      'permission',
      `the application does not have the permission ${permission}; add it to permissions of configure, or leave that setting out`,
    );
  }
}

/** The error of a member that only a device can have. */
export function unsupported(call: string): BusinessError {
  return connectionError('unsupported', `connection.${call} is not there off the device`);
}

/** @throws BusinessError 401 unless the value is a string that is not empty */
export function checkText(value: unknown, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw connectionError('parameter', `${what} is ${shown(value)}; expected a string that is not empty`);
}

/** A value in an error's text, without its content. */
export function shown(value: unknown): string {
  if (value === null || value === undefined || typeof value === 'number' || typeof value === 'boolean') {
    return String(value);
  }
  if (typeof value === 'string') return value === '' ? 'empty' : 'a string';
  return Array.isArray(value) ? 'an array' : `of type ${typeof value}`;
}
