// What each end of a script noticed, in its order. Ends are apart in the kernel, so each has its own list; only the
// order within a list means something.

/** When something happened, seen from the call of the script that ran last. */
type Phase = 'now' | 'tick' | 'later';

export class Recorder {
  readonly #lists = new Map<string, string[]>();
  #phase: Phase = 'later';
  /** How many lines there are. */
  count = 0;

  /** Notes what happened at one end. */
  note(end: string, what: string): void {
    const list = this.#lists.get(end) ?? [];
    this.#lists.set(end, list);
    list.push(this.#phase === 'later' ? what : `${this.#phase}: ${what}`);
    this.count++;
  }

  /** Begins a step: its name goes to all lists. */
  step(name: string): void {
    for (const list of this.#lists.values()) list.push(`— ${name}`);
  }

  /** Runs `action` at the beginning of a turn. What happens during it, before the event loop goes on, and later is told apart. */
  turn(action: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#phase = 'now';
        try {
          action();
        } catch (error) {
          reject(error);
        }
        this.#phase = 'tick';
      });
      // Both are of one phase of the event loop: between them are ticks and microtasks only.
      setImmediate(() => {
        this.#phase = 'later';
        resolve();
      });
    });
  }

  /** Lists by their end. */
  get transcript(): Record<string, readonly string[]> {
    return Object.fromEntries([...this.#lists].map(([end, lines]) => [end, [...lines]]));
  }
}

/** A value as it stands in a transcript. */
export function shown(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 80 ? `${value.slice(0, 20)}… ${value.length}` : value);
  if (Buffer.isBuffer(value)) return `Buffer ${bytesShown(value)}`;
  if (value instanceof ArrayBuffer) return `ArrayBuffer ${bytesShown(Buffer.from(value))}`;
  if (ArrayBuffer.isView(value)) return value.constructor.name;
  if (value instanceof Blob) return `Blob ${value.size}`;
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (value instanceof Error) return errorShown(value);
  if (typeof value === 'function') return 'function';
  if (typeof value === 'object' && value !== null) return value.constructor?.name ?? 'object';
  return String(value);
}

function errorShown(error: Error & { code?: unknown }): string {
  const kind = Object.prototype.toString.call(error) === '[object Error]' ? error.constructor.name : 'Error';
  const code = error.code === undefined ? '' : ` ${String(error.code)}`;
  return `${kind}${code}: ${error.message.replace(/\b127\.0\.0\.1:\d+/gu, '127.0.0.1:port')}`;
}

/** Text where it is that, otherwise hex. */
export function bytesShown(bytes: Buffer): string {
  if (bytes.length > 80) return `${bytes.length} bytes`;
  const text = bytes.toString();
  return /^[\x20-\x7eà-ÿ]*$/u.test(text) ? JSON.stringify(text) : bytes.toString('hex');
}
