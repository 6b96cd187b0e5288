// Ctrl-C, once and twice.

/**
 * Under npm and npx one Ctrl-C arrives twice: the terminal signals the whole foreground process group, and npm passes
 * its own copy on. No hand presses the key twice within this many milliseconds.
 */
const SAME_PRESS = 300;

/**
 * Calls `first` on SIGINT or SIGTERM, and `again` when the user insists.
 *
 * @returns a function that stops listening
 */
export function onInterrupt(first: (signal: NodeJS.Signals) => void, again: () => void): () => void {
  let since = 0;
  const interrupted = (signal: NodeJS.Signals): void => {
    const now = performance.now();
    if (since === 0) {
      since = now;
      first(signal);
    } else if (now - since > SAME_PRESS) {
      again();
    }
  };
  process.on('SIGINT', interrupted);
  process.on('SIGTERM', interrupted);
  return () => {
    process.off('SIGINT', interrupted);
    process.off('SIGTERM', interrupted);
  };
}
