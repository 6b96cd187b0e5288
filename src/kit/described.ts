// Values of the application in sentences: what was given where something else is expected. Nothing that an application
// can give makes this throw, and no value makes a sentence long.

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

/** A text in quotation marks, cut when it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > MAX_SIZE ? `${text.slice(0, MAX_SIZE - 1)}…` : text);
}

/** What was thrown, as words: of an error its text. */
export function thrownText(thrown: unknown): string {
  try {
    if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  } catch {
    // A proxy may throw again.
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

/** A number of things: `1 argument`, `3 arguments`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
