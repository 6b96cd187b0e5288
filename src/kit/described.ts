// Values of the application in the sentences of errors. No value makes this throw, and none makes a sentence long.

const MAX_SIZE = 80;

/** A value in a few words: `"text"`, `5`, `null`, `a function`, `an object of type Int8Array`. */
export function described(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoted(value);
    case 'function':
      return 'a function';
    case 'object':
      return value === null ? 'null' : `an object${typeOf(value)}`;
    default:
      // Numbers, booleans, `undefined`; symbols have a text only when asked.
      return String(value);
  }
}

/** A text in quotation marks. A long one is cut. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_SIZE ? `${text.slice(0, MAX_SIZE - 1)}…` : text);
}

/** A value that was thrown, in words: the text of an error. */
export function thrownText(thrown: unknown): string {
  try {
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  } catch {
    // Reading a proxy may throw.
  }
  return described(thrown);
}

function typeOf(value: object): string {
  try {
    const name = Object.prototype.toString.call(value).slice('[object '.length, -1);
    return name === 'Object' ? '' : ` of type ${name}`;
  } catch {
    return ' that cannot be read'; // a revoked proxy, a throwing getter
  }
}

/** A number with its noun: `1 argument`, `3 arguments`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
