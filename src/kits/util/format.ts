// `util.format` and `util.printf`: placeholders, and how each of them writes a value. The layout of `%o` and `%O` is that of a
// device, which differs from Node's.

import { isError } from '../../core/brands.ts';
import { parameterError, textOf, typeError } from '../parameter-error.ts';

/**
 * Replaces the placeholders of a format by values. `%s`: the value as a string. `%d`: a number, or NaN. `%i`: an
 * integer. `%f`: a floating point number. `%j`: JSON, or `[Circular]`. `%o`: an object with the lengths of its arrays and the
 * properties of its functions. `%O`: an object. `%c` prints nothing. `%%`: a percent sign, if there is any value.
 *
 * @param pattern  text with placeholders; placeholders without a value stay
 * @param args     values; those without a placeholder are appended, each after a space. As on a device, the first is dropped
 *                 if there are no placeholders
 * @throws BusinessError 401 if the format is not a string
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function format(pattern: string, ...args: Object[]): string {
  if (typeof pattern !== 'string') throw typeError(pattern, 'string or array');
  return formatted(pattern, args);
}

/**
 * The same as `format`, under its first name.
 *
 * @deprecated use `format`
 */
// biome-ignore lint/complexity/noBannedTypes: declared like this by the SDK
export function printf(pattern: string, ...args: Object[]): string {
  if (typeof pattern !== 'string') throw parameterError('The type of Parameter must be string.');
  return formatted(pattern, args);
}

function formatted(pattern: string, args: readonly unknown[]): string {
  if (args.length === 0) return pattern;
  // A device drops the first value where nothing is to be replaced.
  let next = /%[cdfijoOs]/.test(pattern) ? 0 : 1;
  const text = pattern.replace(/%[cdfijoOs%]/g, (placeholder) => {
    if (placeholder === '%%') return '%';
    if (next >= args.length) return placeholder;
    return conversions[placeholder[1] as keyof typeof conversions](args[next++]);
  });
  return [text, ...args.slice(next).map(textOf)].join(' ');
}

const conversions: Readonly<Record<'c' | 'd' | 'f' | 'i' | 'j' | 'o' | 'O' | 's', (value: unknown) => string>> = {
  c: () => '',
  d: (value: unknown) => numberText(value, Number),
  f: (value: unknown) => (typeof value === 'bigint' ? String(value) : numberText(firstOf(value), parseFloat)),
  i: (value: unknown) => numberText(firstOf(value), (text) => parseInt(text, 10)),
  j: json,
  o: (value: unknown) => inspect(value, { showsHidden: true, seen: [] }, '\n  '),
  O: (value: unknown) => inspect(value, { showsHidden: false, seen: [] }, '\n  '),
  s: stringOf,
};

function stringOf(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  return Object.is(value, -0) ? '-0' : textOf(value);
}

/** `%i` and `%f` take the first element of an array. */
function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}

function numberText(value: unknown, parse: (text: string) => number): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(Object.is(value, -0) ? '-0' : parse(String(value)));
  if (typeof value === 'boolean') return String(Number(value));
  // Text that is only partly a number is not a number.
  if (typeof value !== 'string' || Number.isNaN(Number(value))) return 'NaN';
  return String(parse(value));
}

function json(value: unknown): string {
  try {
    return String(JSON.stringify(value));
  } catch (error) {
    if (isError(error) && error.name === 'TypeError' && /circular/i.test(error.message)) return '[Circular]';
    throw error;
  }
}

interface Inspection {
  /** `%o`: lengths and the properties of functions are printed. */
  readonly showsHidden: boolean;
  /** Objects around the one that is printed. */
  readonly seen: readonly object[];
}

/**
 * Prints a value.
 *
 * @param newline  a line break with the indentation of the value's members
 */
function inspect(value: unknown, inspection: Inspection, newline: string): string {
  if (typeof value === 'string') return `'${value}'`;
  if (typeof value === 'function') return inspectFunction(value, inspection, newline, true);
  if (typeof value !== 'object' || value === null) return textOf(value);
  if (inspection.seen.includes(value)) return '[Circular]';
  const inner = { ...inspection, seen: [...inspection.seen, value] };
  if (Array.isArray(value)) return `[ ${inspectItems(value, inner, newline)} ]`;
  const members = Object.keys(value).map((key) => inspectMember(key, value, inner, newline));
  if (members.length > 0) return `{ ${members.join(`,${newline}`)} }`;
  return Object.getPrototypeOf(value) === Object.prototype ? '{}' : textOf(value);
}

function inspectMember(key: string, owner: object, inspection: Inspection, newline: string): string {
  const value: unknown = (owner as Record<string, unknown>)[key];
  if (typeof value === 'function') {
    if (!inspection.showsHidden) return `${key}: ${inspectFunction(value, inspection, newline, false)}`;
    return `${key}:${newline}${inspectFunction(value, inspection, `${newline}  `, true)}`;
  }
  if (typeof value !== 'object' || value === null || inspection.seen.includes(value)) {
    return `${key}: ${inspect(value, inspection, newline)}`;
  }
  return `${key}:${newline}${inspect(value, inspection, `${newline}  `)}`;
}

function inspectItems(values: readonly unknown[], inspection: Inspection, newline: string): string {
  const isLarge = (value: unknown): boolean =>
    (typeof value === 'object' && value !== null) || (inspection.showsHidden && typeof value === 'function');
  const separator = inspection.seen.length <= 2 && values.some(isLarge) ? `, ${newline}` : ', ';
  const items = values.map((value) =>
    typeof value === 'function'
      ? inspectFunction(value, inspection, `${newline}  `, inspection.showsHidden)
      : inspect(value, inspection, `${newline}  `),
  );
  if (inspection.showsHidden) items.push(`[length]: ${values.length}`);
  return items.join(separator);
}

function inspectFunction(
  value: { readonly name: string; readonly length: number },
  { showsHidden }: Inspection,
  newline: string,
  isAlone: boolean,
): string {
  const head = value.name === '' ? '[Function]' : `[Function: ${value.name}]`;
  if (!showsHidden) return isAlone ? `{ ${head} }` : head;
  const prototype = value.name === '' ? '{ [constructor]: [Circular] }' : `${value.name} { [constructor]: [Circular] }`;
  const name = value.name;
  return `{ ${head}${newline}[length]: ${value.length},${newline}[name] :'${name}',${newline}[prototype]: ${prototype} }`;
}
