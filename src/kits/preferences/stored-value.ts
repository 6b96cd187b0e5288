// Values of preferences in the form in which they are kept: a text of JSON, the type and the value. Two values are the same
// if their texts are, and each reader gets its own object.

import { base64Of, bytesOfBase64, objectKinds, utf8Size } from '../host.ts';
import { parameterError, preferencesError } from './errors.ts';
import type { ValueType } from './types.ts';

/** Most bytes of a text. */
export const MAX_VALUE_LENGTH = 16 * 1024 * 1024;

/** A value in its kept form. */
export type StoredValue = string;

type Kind = 'number' | 'string' | 'boolean' | 'bigint' | 'bytes' | 'numbers' | 'strings' | 'booleans' | 'object';

/**
 * Encodes a value.
 *
 * @throws BusinessError 401 for what is not a `ValueType`
 */
export function storedValue(value: unknown): StoredValue {
  switch (typeof value) {
    case 'number':
      return text('number', String(value));
    case 'string':
      return text('string', value);
    case 'boolean':
      return text('boolean', value);
    case 'bigint':
      return text('bigint', String(value));
    case 'object':
      if (value !== null) return storedObject(value);
  }
  // The spelling is a device's.
  throw parameterError('The type of value mast be ValueType.');
}

function storedObject(value: object): StoredValue {
  if (objectKinds.isUint8Array(value)) return text('bytes', base64Of(value));
  if (Array.isArray(value)) {
    if (value.every((element) => typeof element === 'string')) return text('strings', value);
    if (value.every((element) => typeof element === 'number')) return text('numbers', value.map(String));
    if (value.every((element) => typeof element === 'boolean')) return text('booleans', value);
  }
  try {
    return text('object', value);
  } catch {
    // A cycle, a bigint in an object.
    throw parameterError('The type of value mast be ValueType.');
  }
}

/** Refuses a text that is too long. @throws BusinessError 15500000 */
export function requireFitting(stored: StoredValue): void {
  // Few values come near: their size is counted only then. A character has up to three bytes.
  if (stored.length * 3 <= MAX_VALUE_LENGTH) return;
  const value = decoded(stored);
  if (typeof value === 'string' && utf8Size(value) > MAX_VALUE_LENGTH) throw preferencesError('valueTooLong');
}

function text(kind: Kind, value: unknown): StoredValue {
  return JSON.stringify([kind, value]);
}

/** Decodes a value. @throws Error for a text that {@link storedValue} has not made */
export function decoded(stored: StoredValue): ValueType {
  const [kind, value] = JSON.parse(stored) as [Kind, never];
  switch (kind) {
    case 'number':
      return Number(value);
    case 'bigint':
      return BigInt(value);
    case 'bytes':
      return bytesOfBase64(value);
    case 'numbers':
      return (value as string[]).map(Number);
    case 'string':
    case 'boolean':
    case 'strings':
    case 'booleans':
    case 'object':
      return value;
    default:
      throw new Error(`${JSON.stringify(kind)} is not a type of preferences`);
  }
}
