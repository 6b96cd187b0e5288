// The errors of `preferences`. The texts are those of a device.

import { BusinessError } from '../host.ts';

/** A call with wrong arguments. */
export function parameterError(text: string): BusinessError {
  return new BusinessError(401, `Parameter error. ${text}`);
}

/** A call with a wrong number of arguments. @param expected  such as `2 or 3` */
export function countError(expected: string): BusinessError {
  return parameterError(`Need ${expected} parameters!`);
}

const texts = {
  notSupported: [801, 'Capability not supported.'],
  keyEmpty: [15500000, 'The key is empty.'],
  nameEmpty: [15500000, 'The file name is empty.'],
  nameWrong: [15500000, 'Invalid file path.'],
  nameTooLong: [15500000, 'The file path length exceeds the limit.'],
  valueTooLong: [15500000, 'The value length exceeds 16 MB.'],
  fileUnreadable: [15500000, 'Inner error.'],
  deletionFailed: [15500010, 'Failed to delete the user preferences persistence file.'],
  stageOnly: [15501001, 'The operations is supported in stage mode only.'],
  groupInvalid: [15501002, 'Invalid dataGroupId.'],
} as const;

/** An error of the module. @param cause  what failed, for the developer */
export function preferencesError(kind: keyof typeof texts, cause?: unknown): BusinessError {
  const [code, text] = texts[kind];
  return new BusinessError(code, text, undefined, { cause });
}
