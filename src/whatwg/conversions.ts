// Values as WebIDL converts them: of arguments and dictionary members.

import { toUSVString } from 'node:util';

/** A string without lone surrogates: they become U+FFFD (WebIDL, USVString). @throws TypeError for a symbol */
export function scalarString(value: unknown): string {
  return toUSVString(`${value as string}`);
}

/** An integer from 0 to 65,535 (WebIDL, `[Clamp] unsigned short`): others become the nearest, NaN becomes 0. */
export function clampedShort(value: unknown): number {
  const number = +(value as number);
  if (Number.isNaN(number)) return 0;
  const clamped = Math.min(Math.max(number, 0), 65535);
  const floor = Math.floor(clamped);
  const part = clamped - floor;
  // A half goes to the even neighbour.
  return part > 0.5 || (part === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}

/** An integer from 0 to 65,535 (WebIDL, `[EnforceRange] unsigned short`). @throws TypeError for others */
export function enforcedShort(value: unknown, name: string): number {
  const number = Math.trunc(+(value as number));
  if (number >= 0 && number <= 65535) return number === 0 ? 0 : number;
  throw new TypeError(`${name} is ${String(value)}; expected an integer from 0 to 65535`);
}

/**
 * @param given     the arguments of a call
 * @param required  how many it needs
 * @throws TypeError if there are fewer
 */
export function requireArguments(call: string, given: readonly unknown[], required: number): void {
  if (given.length >= required) return;
  throw new TypeError(`${call} needs ${required} argument${required === 1 ? '' : 's'}; it was given ${given.length}`);
}

/** Whether a value is an object whose elements make a sequence (WebIDL): it has a method `Symbol.iterator`. */
export function isSequence(value: unknown): value is Iterable<unknown> {
  if (!isObject(value)) return false;
  const method = (value as Partial<Iterable<unknown>>)[Symbol.iterator];
  return method !== undefined && method !== null;
}

/** Whether a value is an object, functions included. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
