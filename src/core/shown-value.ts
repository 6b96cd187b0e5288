// Values of users and peers, as error texts show them.

/** Words that an error text shows instead of a value. */
export class Described {
  readonly words: string;

  constructor(words: string) {
    this.words = words;
  }
}

/**
 * A value for an error text. A string is quoted; a long one is cut; an object is named by its kind. This never throws,
 * whatever the value is.
 */
export function show(value: unknown): string {
  if (typeof value === 'string') return cut(JSON.stringify(value));
  if (typeof value === 'bigint') return cut(`${value}n`);
  if (typeof value === 'function') return 'a function';
  if (typeof value !== 'object' || value === null) return cut(String(value));
  try {
    // Even `instanceof` throws for a revoked proxy.
    return value instanceof Described ? value.words : cut(showObject(value));
  } catch {
    return 'an object that cannot be read'; // a revoked proxy, or one whose parts throw
  }
}

function showObject(value: object): string {
  if (Array.isArray(value)) return value.length === 0 ? '[]' : `an array of ${value.length}`;
  const name: unknown = Object.getPrototypeOf(value)?.constructor?.name;
  if (typeof name === 'string' && name !== '' && name !== 'Object') return `an object of class ${name}`;
  const keys = Object.keys(value);
  return keys.length === 0 ? '{}' : `{ ${keys.join(', ')} }`;
}

function cut(text: string): string {
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
