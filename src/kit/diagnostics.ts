// What the kit tells a developer besides its errors and events: warnings and a debug log, a line each. Where the lines go
// depends on the host: standard error under Node (host-diagnostics.ts), the console in a page (src/browser/diagnostics.ts).

/** What a host does with lines, and with rejections that only it can see. */
export interface Diagnostics {
  /** Shows a line to whoever runs the program. */
  warn(line: string): void;
  /** Adds a line to the debug log. Absent unless the log is asked for. */
  readonly debug: ((line: string) => void) | undefined;
  /**
   * From now on asks `isOurs` about each rejection that nobody handles, and keeps those from ending the program that
   * it says `true` to. Called once, when the first error of the kit is made.
   */
  guard(isOurs: (reason: unknown) => boolean): void;
  /**
   * Shows a rejection to listeners that the application has for unhandled ones.
   *
   * @returns whether they have handled it
   */
  isObserved(reason: unknown, promise: Promise<unknown>): boolean;
}

/** Until a host is set, as where a file of the kit is imported by itself. */
let current: Diagnostics = { warn: () => {}, debug: undefined, guard: () => {}, isObserved: () => false };

/** The host's. */
export function diagnostics(): Diagnostics {
  return current;
}

/** Sets the host's. Each public entry does so once, when it is loaded. */
export function setDiagnostics(host: Diagnostics): void {
  current = host;
}

const PREFIX = 'harmony-websocket: ';
/** Warnings of one kind that are printed each; of further ones, the 10th, the 100th and so on. */
const EACH = 3;
/** Milliseconds without a warning of a kind after which counting begins anew. */
const PAUSE = 60_000;

/** By kind. Kinds are few: a call or event and a code. */
const counts = new Map<string, { count: number; last: number }>();

/**
 * Prints a warning. Many of one kind, such as thousands of sends to a peer that has left, become few lines.
 *
 * @param kind  what is counted together
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
