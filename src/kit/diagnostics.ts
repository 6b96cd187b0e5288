// Warnings and the debug log of the kit, line by line. The host decides where the lines go: to standard error under Node
// (host-diagnostics.ts), to the console in a page (src/browser/diagnostics.ts).

/** How a host shows lines, and what it knows about unhandled rejections. */
export interface Diagnostics {
  /** Shows a line to the person who runs the program. */
  warn(line: string): void;
  /** Adds a line to the debug log. Absent unless the user has turned the log on. */
  readonly debug: ((line: string) => void) | undefined;
  /**
   * Asks `isOurs` about each later rejection that nobody handles. If the answer is `true`, the rejection does not end the
   * program. Called once, when the kit makes its first error.
   */
  guard(isOurs: (reason: unknown) => boolean): void;
  /**
   * Shows a rejection to the application's own listeners for unhandled rejections.
   *
   * @returns whether there are such listeners
   */
  isObserved(reason: unknown, promise: Promise<unknown>): boolean;
}

/** Used until a host is set, for example when a test imports a single file of the kit. */
let current: Diagnostics = { warn: () => {}, debug: undefined, guard: () => {}, isObserved: () => false };

/** The diagnostics of the host. */
export function diagnostics(): Diagnostics {
  return current;
}

/** Sets the diagnostics of the host. Each public entry calls this once, when it is loaded. */
export function setDiagnostics(host: Diagnostics): void {
  current = host;
}

const PREFIX = 'harmony-websocket: ';
/** How many warnings of one kind are printed; after them only the 10th, the 100th and so on. */
const EACH = 3;
/** Milliseconds without a warning of one kind after which its count starts again. */
const PAUSE = 60_000;

/** By kind. There are few kinds: a call or an event with a code. */
const counts = new Map<string, { count: number; last: number }>();

/**
 * Prints a warning. Thousands of one kind, such as sends to a peer that has left, become a few lines.
 *
 * @param kind  warnings with the same kind are counted together
 * @param text  a sentence
 */
export function warn(kind: string, text: string): void {
  const now = Date.now();
  const before = counts.get(kind);
  const count = before === undefined || now - before.last > PAUSE ? 1 : before.count + 1;
  counts.set(kind, { count, last: now });
  if (count <= EACH) current.warn(`${PREFIX}${text}`);
  else if (/^10*$/.test(String(count)))
    current.warn(`${PREFIX}${text} (${count} times so far; others were not printed)`);
}
