// How the objects look in logs and debuggers of Node. Without this, `console.log` shows an Event without its data, and a
// WebSocket as an empty object.

const CUSTOM = Symbol.for('nodejs.util.inspect.custom');

interface InspectOptions {
  readonly depth?: number | null;
}

/**
 * Gives an object, or all objects with a prototype, a form for `util.inspect`.
 *
 * @param name     of the class
 * @param members  returns what is shown
 */
export function inspectAs<Shown extends object>(object: object, name: string, members: (shown: Shown) => object): void {
  const value = function (
    this: Shown,
    depth: number,
    options: InspectOptions,
    inspect: (value: unknown, options: object) => string,
  ): string {
    if (depth < 0) return `[${name}]`;
    let shown: object;
    try {
      shown = members(this);
    } catch {
      return `${name} {}`; // an object that only inherits from it
    }
    const within = typeof options.depth === 'number' ? options.depth - 1 : options.depth;
    return `${name} ${inspect(shown, { ...options, depth: within })}`;
  };
  Object.defineProperty(object, CUSTOM, { value, configurable: true, writable: true });
}
